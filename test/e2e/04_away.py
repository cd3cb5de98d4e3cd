"""Who is away or busy is not asked; who comes back is."""
import time

import texts


def scenario(desk):
    ann, bob = desk.pidgin("ann", "north-lake-ann"), desk.pidgin("bob", "north-lake-bob")
    for status in ("dnd", "away"):
        bob.status(status)
        patron = desk.patron(f"while_{status}")
        settle(desk, bob)
        patron.say(desk.queue("north-lake"), f"first question, bob is {status}")
        ann.say(ann.offer(f"bob is {status}"), "Mine.")
        patron.wait(body="Mine.")
        bob.never(body=f"bob is {status}", seconds=0.3)

    ann.status("dnd")
    settle(desk, ann)
    late = desk.patron("late")
    late.say(desk.queue("north-lake"), "second question, all are away")
    late.wait(body=texts.NOBODY)
    bob.status("available")
    chat = bob.offer("all are away")
    bob.say(chat, "I am back.")
    late.wait(body="I am back.")
    ann.never(body="all are away")


def settle(desk, operator):
    """Presence and a patron's words come by different ways; an answered word shows that what the
    same client sent before it has arrived."""
    operator.say(desk.queue("north-lake"), "!help")
    operator.wait(body=texts.HELP)
    time.sleep(1.1)  # away counts after a second, should it be the first step of an idle time-out
