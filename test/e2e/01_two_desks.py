"""Two patrons, one in the widget and one in a plain client, talk to two operators in Pidgin at once:
each reply reaches the right patron, and the transcripts of both are complete and in order."""
import transcript


def scenario(desk):
    ann, bob = desk.pidgin("ann", "north-lake-ann"), desk.pidgin("bob", "north-lake-bob")
    web = desk.browser("web", "north-lake")
    plain = desk.patron("plain")

    web.say("Where is the map room?")
    plain.say(desk.queue("north-lake"), "When do you close tonight?")
    maps, hours = ann.offer("map room"), bob.offer("close tonight")
    assert maps != hours, f"two chats share the address {maps}"
    assert maps.startswith("north-lake."), maps

    ann.say(maps, "Second floor, on the left.")
    bob.say(hours, "At ten.")
    web.wait("Second floor")
    plain.wait(body="At ten")

    plain.typing(desk.queue("north-lake"))
    bob.wait("typing", state="composing")
    for number in range(1, 11):
        plain.say(desk.queue("north-lake"), f"thought {number}.")
        if number == 5:
            web.say("Is it open on Sunday?")
    bob.wait(body="thought 10.")
    thoughts = [body for body in bob.bodies() if "thought" in body]
    assert [f"thought {number}." in body for number, body in enumerate(thoughts, 1)] == [True] * 10, thoughts
    ann.wait(body="on Sunday")
    ann.say(maps, "Only by appointment.")
    bob.say(hours, "That were many thoughts.")
    web.wait("by appointment")
    plain.wait(body="many thoughts")

    plain.never(body="Second floor")
    plain.never(body="appointment")
    strangers = [text for text in web.bodies() if "At ten" in text or "thoughts" in text]
    assert not strangers, strangers
    transcript.expect(desk, "map room", [
        ("patron", "Where is the map room?"), ("operator", "Second floor, on the left."),
        ("patron", "Is it open on Sunday?"), ("operator", "Only by appointment.")])
    transcript.expect(desk, "close tonight", [
        ("patron", "When do you close tonight?"), ("operator", "At ten."),
        *[("patron", f"thought {number}.") for number in range(1, 11)],
        ("operator", "That were many thoughts.")])
