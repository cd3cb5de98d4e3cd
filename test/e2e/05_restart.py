"""The daemon is restarted in mid-chat, kindly and not: patron and operator go on in the same windows,
a waiting patron keeps the place and nobody is told anything."""
import time

import transcript


def scenario(desk):
    ann = desk.pidgin("ann", "north-lake-ann")
    queue = desk.queue("north-lake")
    talker, waiter = desk.patron("talker"), desk.patron("waiter")
    talker.say(queue, "Where do I renew a book?")
    chat = ann.offer("renew a book")
    ann.say(chat, "Tell me your card number.")
    talker.wait(body="card number")
    waiter.say(queue, "I am waiting in line.")
    waiting = ann.offer("waiting in line")
    waiter.wait()
    time.sleep(0.5)  # what the desk says at once has been said

    for way in ("SIGTERM", "SIGKILL"):
        heard = len(talker.bodies()), len(waiter.bodies())
        desk.restart(kill=way == "SIGKILL")
        ann.say(chat, f"Still here after {way}.")
        talker.wait(body=f"after {way}")
        talker.say(queue, f"Me too after {way}.")
        ann.wait(window=chat, body=f"Me too after {way}")
        assert (len(talker.bodies()), len(waiter.bodies())) == (heard[0] + 1, heard[1]), \
            f"patrons noticed the restart: {talker.bodies()} {waiter.bodies()}"

    ann.say(waiting, "Now you.")
    waiter.wait(body="Now you.")
    transcript.expect(desk, "renew a book", [
        ("patron", "Where do I renew a book?"), ("operator", "Tell me your card number."),
        ("operator", "Still here after SIGTERM."), ("patron", "Me too after SIGTERM."),
        ("operator", "Still here after SIGKILL."), ("patron", "Me too after SIGKILL.")])
