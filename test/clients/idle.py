"""An operator who walks away from the screen: the program goes away by itself, says so in its own way,
and the queue stays open for the grace after the last key or movement of the mouse, and closes then.

Only the minutes until a program is away are changed for this (1 instead of 5): see doc/clients.md for
what was sent."""
import re
import threading
import time

import texts
from actors import ScenarioError

# XEP-0256 with the seconds, or XEP-0319 with the time.
MARK = re.compile(r"jabber:iq:last|urn:xmpp:idle:1")


class Idle:
    """Watches by itself from the moment that the hands are off, while others are at work."""

    def __init__(self, desk, client, queue_name, minutes, grace):
        self.client, self.queue, self.name = client, desk.queue(queue_name), client.name
        self.marked_at = self.closed_at = None  # seconds after hands off
        client.main_window()
        client.consent(1)
        self.patron = desk.patron(f"looks-at-{queue_name}", queue_name)
        desk.people.remove(self.patron)  # stays while others come and go
        self.opened()
        self.began = time.monotonic()
        self.watcher = threading.Thread(target=self.watch, args=(minutes * 60 + 30, grace + 45), daemon=True)
        self.watcher.start()

    def opened(self):
        self.patron.wait("presence", 30, **{"from": self.queue}, status="open")

    def closed(self):
        self.patron.collect()
        shown = [event for event in self.patron.seen if event["event"] == "presence"
                 and event["from"].startswith(self.queue)]
        return texts.NOBODY in shown[-1]["status"].lower()

    def sent_away(self):
        return [xml for xml in self.client.sent() if "<show>away</show>" in xml]

    def until(self, condition, deadline):
        """When it was so at two looks one after the other, since Pidgin's two presences may show the
        queue closed for a moment; None if never."""
        before = False
        while time.monotonic() - self.began < deadline:
            now = condition()
            if now and before:
                return time.monotonic() - self.began
            before = now
            time.sleep(0.3)
        return None

    def watch(self, away_deadline, closed_deadline):
        self.marked_at = self.until(lambda: any(map(MARK.search, self.sent_away())), away_deadline)
        if self.marked_at:
            self.closed_at = self.until(self.closed, closed_deadline)

    def finish(self):
        try:
            self.watcher.join()
            self.judge()
        finally:
            self.patron.quit()

    def judge(self):
        if not self.marked_at:
            raise ScenarioError(f"{self.name} does not go away with a mark; it sent {self.client.sent()}")
        marked = [xml for xml in self.sent_away() if MARK.search(xml)][-1]
        assert "<priority>-" not in marked, f"a negative priority wants no messages: {marked}"
        assert self.closed_at, f"{self.name}: the queue does not close after the grace"
        print(f"     {self.name} sends {' then '.join(self.sent_away()[:2])}\n     after"
              f" {self.marked_at:.0f} s; the queue closes after {self.closed_at:.0f} s", flush=True)
        assert self.closed_at > self.marked_at + 5, "the queue closed within the grace"
        # A hand on the mouse, and it is open again.
        self.client.screen.tool("xdotool", "mousemove_relative", "40", "40")
        self.opened()
