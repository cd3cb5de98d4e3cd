"""A patron's connection breaks: the operator is told, and after the grace time the chat is over."""
import texts


def scenario(desk):
    ann = desk.pidgin("ann", "north-lake-ann")
    patron = desk.patron("patron")
    patron.say(desk.queue("north-lake"), "My train enters a tunnel.")
    chat = ann.offer("tunnel")
    ann.say(chat, "See you on the other side.")
    patron.wait(body="other side")
    patron.kill()
    ann.wait(window=chat, body=texts.PATRON_LEFT)
    ann.wait(window=chat, body=texts.ENDED, seconds=15)  # patron_grace_seconds is 3 here
