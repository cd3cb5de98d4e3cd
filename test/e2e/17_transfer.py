"""A chat is handed over across libraries: only with a confirmation, with all that was said, and the
patron talks on as if nothing had happened."""
import texts
import transcript


def scenario(desk):
    ann = desk.pidgin("ann", "north-lake-ann")
    cyd = desk.pidgin("cyd", "north-hill-cyd", "north-hill")
    patron = desk.patron("patron")
    patron.say(desk.queue("north-lake"), "Who has the rare atlas?")
    chat = ann.offer("rare atlas")
    ann.say(chat, "Let me see.")
    patron.wait(body="Let me see.")

    ann.say(chat, "!transfer north-hill")
    ann.wait(body=texts.TRANSFER_CONFIRM)
    cyd.never(body="rare atlas", seconds=0.3)
    ann.say(chat, "!transfer help north-hill it is in your vault")
    handed = cyd.offer("in your vault")
    assert handed == chat, f"the chat changed its address: {chat}, {handed}"
    assert any("Let me see." in body for body in cyd.bodies()), "what was said is not handed over"

    patron.say(desk.queue("north-lake"), "Shall I come by?")
    cyd.wait(body="come by")
    cyd.say(chat, "It is here, come by at ten.")
    ann.wait(body=texts.TAKEN_BY)
    patron.wait(body="come by at ten")
    ann.say(chat, "Told you!")
    ann.wait(body=texts.NOT_SENT)
    patron.never(body="Told you!", seconds=0.3)
    cyd.say(chat, "!end answered")
    patron.wait(body=texts.ENDED_PATRON)
    transcript.expect(desk, "rare atlas", [
        ("patron", "Who has the rare atlas?"), ("operator", "Let me see."),
        ("patron", "Shall I come by?"), ("operator", "It is here, come by at ten.")])
