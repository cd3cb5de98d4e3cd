"""Who answers first has the chat; the other is told who has it, and nothing that the other types
reaches the patron. The same when both answer at the same moment."""
import texts
from actors import ScenarioError


def scenario(desk):
    ann, bob = desk.pidgin("ann", "north-lake-ann"), desk.pidgin("bob", "north-lake-bob")
    patron = desk.patron("patron")

    patron.say(desk.queue("north-lake"), "Do you lend laptops?")
    chat = ann.offer("laptops")
    assert bob.offer("laptops") == chat
    ann.say(chat, "Yes, at the desk.")
    patron.wait(body="at the desk")
    bob.wait(window=chat, body=texts.TAKEN_BY)
    bob.say(chat, "Yes we do lend them.")
    bob.wait(window=chat, body=texts.NOT_SENT)
    patron.say(desk.queue("north-lake"), "Thank you!")
    ann.wait(window=chat, body="Thank you!")
    patron.never(body="we do lend")
    bob.never(body="Thank you!")

    other = desk.patron("other")
    other.say(desk.queue("north-lake"), "And chargers?")
    chat = ann.offer("chargers")
    bob.offer("chargers")
    ann.say(chat, "alpha says yes.")
    bob.say(chat, "beta says yes.")
    first = other.wait(body=["alpha says", "beta says"])["body"]
    winner, loser = ("alpha", "beta") if "alpha" in first else ("beta", "alpha")
    (bob if loser == "beta" else ann).wait(window=chat, body=texts.TAKEN_BY)
    other.never(body=f"{loser} says", seconds=0.5)
    if sum("says yes" in body for body in other.bodies()) != 1:
        raise ScenarioError(f"{winner} was heard more than once: {other.bodies()}")
