"""Pidgin's idle time-out. A librarian who reads a shelf list for ten minutes is still at the desk: the
queue stays open for the grace (ten minutes here, as by default) after the last key or movement of the
mouse, and closes then. What libpurple sends, in this order and within a few milliseconds:

    idle   <presence><show>away</show><status>I'm not here right now</status>...   without a mark
           the same with <query xmlns='jabber:iq:last' seconds='400'/>             XEP-0256
    back   the first one again, then <presence><priority>1</priority>...           no <show/>

The settings of a new Pidgin also ask for automatic answers while away. Such an answer would claim
the chat; libpurple sends none over XMPP."""
import re
import time

import texts
from actors import ScenarioError

AUTO_AWAY = re.compile("<presence><show>away</show><status>.*not here right now")
BACK = re.compile("<presence><priority>1</priority>")
NO_SHOW = re.compile("^(?!.*<show>)")
MARK = "<query xmlns='jabber:iq:last' seconds='{}'/>"


def idle(ann, seconds):
    """Nobody touches ann's mouse and keyboard for so long; the two presences that follow."""
    ann.command("idle", "-", str(seconds))
    bare = ann.wait("sent", xml=AUTO_AWAY)["xml"]
    assert "jabber:iq:last" not in bare and "urn:xmpp:idle" not in bare, f"a mark at once: {bare}"
    marked = ann.wait("sent", xml=MARK.format(seconds))["xml"]
    assert AUTO_AWAY.search(marked) and "<priority>" not in marked, marked


def back(ann):
    ann.command("idle", "-", "0")
    ann.wait("sent", xml=AUTO_AWAY)
    assert NO_SHOW.search(ann.wait("sent", xml=BACK)["xml"])


def closes(ann, queue, since, grace):
    """Until the grace is over and the queue's last presence is that nobody is there."""
    while True:
        ann.collect(0.2)
        last = [event for event in ann.seen
                if event["event"] == "presence" and event["from"].startswith(queue)][-1]
        passed = time.monotonic() - since
        if passed > grace and texts.NOBODY in last.get("status", "").lower():
            return
        if passed > grace + 10:
            raise ScenarioError(f"still open {passed - grace:.0f} s after the grace: {last}")


def scenario(desk):
    ann = desk.pidgin("ann", "north-lake-ann")
    queue = desk.queue("north-lake")

    idle(ann, 400)
    soon = desk.patron("soon")
    soon.say(queue, "is somebody there within the grace?")
    chat = ann.offer("within the grace")
    ann.never("sent", xml=f"to='{chat}'", seconds=1)  # neither an automatic answer nor a receipt
    back(ann)
    ann.say(chat, "I am here.")
    soon.wait(body="I am here.")
    assert "not here right now" not in " ".join(soon.bodies())
    ann.say(chat, "!end")
    soon.wait(body=texts.ENDED_PATRON)

    # The first of the two steps alone asks nobody else: Night Service would come in at once.
    cyd = desk.pidgin("cyd", "north-hill-cyd", "north-hill")
    dan = desk.pidgin("dan", "north-night-dan", "north-night")
    desk.patron("hill", "north-hill").say(desk.queue("north-hill"), "is cyd there?")
    cyd.offer("is cyd there?")
    idle(cyd, 400)
    dan.never(body="is cyd there?", seconds=1)
    dan.offer("is cyd there?")

    began = time.monotonic()
    idle(ann, 597)
    closes(ann, queue, began, 3)
    late = desk.patron("late")
    late.say(queue, "is somebody there after the grace?")
    late.wait(body=texts.NOBODY)
    ann.never(body="after the grace")
    back(ann)
    ann.say(ann.offer("after the grace"), "Back again.")
    late.wait(body="Back again.")
