"""Nobody is there: the patron is told at once, in words, and who comes on duty finds the question. A
queue that is closed by its hours says so."""
import texts


def scenario(desk):
    patron = desk.patron("patron")
    patron.say(desk.queue("north-lake"), "Is anybody at the desk?")
    patron.wait(body=texts.NOBODY, seconds=4)

    shut = desk.patron("shut", "north-lake-shut")
    shut.say(desk.queue("north-lake-shut"), "Are you open?")
    shut.wait(body=texts.CLOSED, seconds=4)

    ann = desk.pidgin("ann", "north-lake-ann")
    chat = ann.offer("anybody at the desk")
    ann.say(chat, "I am now.")
    patron.wait(body="I am now.")
    ann.never(body="Are you open?")
