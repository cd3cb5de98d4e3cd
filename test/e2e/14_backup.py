"""A library's queue with rollover: nobody of its own is there, so the backup is asked at once; somebody
is there but silent, so the backup is asked after ring_seconds, and the first offer stays open."""


def scenario(desk):
    queue = desk.queue("north-hill")
    dan = desk.pidgin("dan", "north-night-dan", "north-night")
    patron = desk.patron("patron", "north-hill")
    patron.say(queue, "Is the hill open at night?")
    chat = dan.offer("hill open at night", seconds=5)
    assert chat.startswith("north-hill."), chat
    dan.say(chat, "The night service answers.")
    patron.wait(body="night service answers")

    cyd = desk.pidgin("cyd", "north-hill-cyd", "north-hill")
    second = desk.patron("second", "north-hill")
    second.say(queue, "Anybody at home?")
    chat = cyd.offer("at home")
    assert dan.offer("at home") == chat
    cyd.say(chat, "At home, just slow.")
    second.wait(body="just slow")
    second.never(body="night service")
