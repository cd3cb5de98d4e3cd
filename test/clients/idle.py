"""An operator who walks away from the screen: the program goes away by itself, says so in its own way,
and the queue stays open for the grace after the last key or movement of the mouse, and closes then.

Only the minutes until a program is away are changed for this (1 instead of 5): see doc/clients.md for
what was sent."""
import re
import time

import texts
from actors import ScenarioError

# XEP-0256 with the seconds, or XEP-0319 with the time.
MARK = re.compile(r"jabber:iq:last|urn:xmpp:idle:1")


class Idle:
    def __init__(self, desk, client, queue_name, minutes, grace):
        self.client, self.queue, self.name = client, desk.queue(queue_name), client.name
        self.away_after, self.grace = minutes * 60, grace
        client.main_window()
        client.consent(1)
        self.began = time.monotonic()  # hands off from now on
        self.patron = desk.patron(f"looks-at-{queue_name}", queue_name)
        desk.people.remove(self.patron)  # stays while others come and go
        self.opened()

    def opened(self):
        self.patron.wait("presence", 30, **{"from": self.queue}, status="open")

    def last(self):
        self.patron.collect()
        return [event for event in self.patron.seen if event["event"] == "presence"
                and event["from"].startswith(self.queue)][-1]

    def sent_away(self):
        return [xml for xml in self.client.sent() if "<show>away</show>" in xml]

    def until(self, what, condition, deadline):
        """Looks until so many seconds after hands off."""
        while not condition():
            if time.monotonic() - self.began > deadline:
                raise ScenarioError(f"{self.name}: {what}: not within {deadline} s;"
                                    f" it sent\n{self.client.sent()}")
            time.sleep(0.2)
        return time.monotonic() - self.began

    def finish(self):
        try:
            self.judge()
        finally:
            self.patron.quit()

    def judge(self):
        self.until("goes away with a mark", lambda: any(MARK.search(xml) for xml in self.sent_away()),
                   self.away_after + 30)
        marked = [xml for xml in self.sent_away() if MARK.search(xml)][-1]
        print(f"     {self.name} sends {' then '.join(self.sent_away()[:2])}", flush=True)
        assert "<priority>-" not in marked, f"a negative priority wants no messages: {marked}"
        if time.monotonic() - self.began < self.grace - 5:
            assert self.last()["show"] != "xa", "the queue closed within the grace"
        closed = self.until("the queue closes", lambda: texts.NOBODY in self.last()["status"].lower(),
                            self.grace + 30)
        assert closed > self.grace - 5, f"the queue closed after {closed:.0f} s, within the grace"
        # A hand on the mouse, and it is open again.
        self.client.screen.tool("xdotool", "mousemove_relative", "40", "40")
        self.opened()
