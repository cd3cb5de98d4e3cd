"""A librarian whose client is gone for a moment reads what came meanwhile, once. Two librarians vanish
in mid-chat, one in Pidgin and one in a plain client: after the grace both
patrons are told, and who comes on duty later is offered both chats, the oldest first, with all
that was said."""
import texts

GRACE_SECONDS = 60


def scenario(desk):
    queue = desk.queue("north-lake")
    ann, bob = desk.pidgin("ann", "north-lake-ann"), desk.operator("bob", "north-lake-bob")
    bob.presence(queue)
    first, second = desk.patron("first"), desk.patron("second")
    first.say(queue, "Where are the newspapers?")
    chat = ann.offer("newspapers")
    ann.say(chat, "Which year?")
    first.wait(body="Which year?")
    second.say(queue, "Where are the microfilms?")
    other = bob.offer("microfilms")
    bob.say(other, "Which title?")
    second.wait(body="Which title?")

    ann.kill()
    desk.settled("north-lake-ann: 0 clients")
    first.say(queue, "Or is it the cellar?")
    ann = desk.pidgin("ann-again", "north-lake-ann")
    ann.wait(window=chat, body="Or is it the cellar?")
    ann.collect(0.5)
    assert ann.bodies().count("Or is it the cellar?") == 1, ann.bodies()

    ann.kill()
    bob.kill()
    first.say(queue, "Of 1904.")
    second.say(queue, "The Star.")
    first.wait(body=texts.LOST, seconds=GRACE_SECONDS + 15)
    second.wait(body=texts.LOST)

    late = desk.pidgin("late", "north-lake-ann")
    assert late.offer("newspapers") == chat and late.offer("microfilms") == other
    # Prosody now and then also keeps a line that it has delivered, and shows it at the next log-in.
    offers = [body for body in late.bodies() if body.startswith("[north-lake]")]
    assert "newspapers" in offers[0] and "microfilms" in offers[1], f"not the oldest first: {offers}"
    for said in ("Which year?", "Of 1904."):
        assert said in offers[0], f"'{said}' is not in the offer: {offers[0]}"
    raw = desk.operator("raw", "north-lake-bob")
    raw.presence(queue)
    assert raw.offer("microfilms") == other
    late.say(chat, "On the second floor.")
    raw.say(other, "In the cellar.")
    first.wait(body="On the second floor.")
    second.wait(body="In the cellar.")
    late.never(body="In the cellar.")
