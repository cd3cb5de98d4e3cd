"""What an operator lives through in a chat program, the same in each of them. The colleague is Ann,
whose client is scripted; the patrons are plain clients."""
import os

import stack
import texts
import transcript
from actors import ScenarioError


class Shots:
    """Pictures for doc/clients.md, when they are wanted."""

    def __init__(self, folder, client):
        self.folder, self.client = folder, client

    def take(self, what, *windows, nodes=()):
        if self.folder:
            self.client.screen.shot(os.path.join(self.folder, f"{self.client.name}-{what}.png"),
                                    *(windows or (self.client.main_window(),)), nodes=nodes)


def story(desk, client, folder):
    shots, queue = Shots(folder, client), desk.queue("north-lake")
    ann = desk.pidgin("ann", "north-lake-ann")
    client.main_window()
    client.consent(1, shots)

    # Two patrons, two places to write in, and nothing had to be clicked to see what they want.
    first, second = desk.patron("first"), desk.patron("second")
    first.say(queue, "Do you lend laptops?")
    laptops = ann.offer("laptops")
    client.arrived(laptops, "laptops")
    second.say(queue, "Where is the map room?")
    maps = ann.offer("map room")
    client.arrived(maps, "map room")
    shots.take("two-chats", client.window(laptops))

    # Whoever answers has the chat, and each patron gets the own answer.
    client.say(maps, "On the third floor.")
    second.wait(body="On the third floor.")
    client.say(laptops, "Yes, for a week.")
    first.wait(body="Yes, for a week.")
    ann.wait(window=laptops, body=texts.TAKEN_BY)
    first.never(body="third floor")
    second.never(body="for a week")
    first.say(queue, "Thank you!")
    client.sees(laptops, "Thank you!")

    lost_race(desk, client, ann, queue, shots)
    transfers(client, ann, laptops, first, shots)
    transcript.expect(desk, "lend laptops", [
        ("patron", "Do you lend laptops?"), ("operator", "Yes, for a week."), ("patron", "Thank you!"),
        ("operator", "Chargers are at the desk.")])
    client.say(maps, "!end")
    second.wait(body=texts.ENDED_PATRON)
    if has_commands(desk, queue):
        client.command(queue, "Who can take a chat", shots)
        client.screen.wait("north-lake-ann", "label")


def administration(desk, client, folder):
    """A library's administrator adds an operator, whose account works."""
    client.main_window()
    client.service_add(stack.DESK)
    client.operator_add(stack.DESK, f"{client.name.title()} Doe!", f"{client.name}doe", Shots(folder, client))
    rows = desk.database.query(f"SELECT count(*) FROM deskbell.operator WHERE name LIKE '%-{client.name}doe'")
    assert rows == [["1"]], rows


def lost_race(desk, client, ann, queue, shots):
    """Ann is faster: the window says so, and what is typed there afterwards goes nowhere."""
    third = desk.patron("third")
    third.say(queue, "Have you an atlas of 1850?")
    atlas = ann.offer("atlas")
    client.arrived(atlas, "atlas")
    ann.say(atlas, "Yes, in the vault.")
    third.wait(body="in the vault")
    client.sees(atlas, texts.TAKEN_BY)
    client.say(atlas, "I think we have two.")
    client.sees(atlas, texts.NOT_SENT)
    shots.take("lost-race", client.window(atlas))
    third.never(body="I think we have two.", seconds=0.5)
    ann.never(body="I think we have two.")

    # Now Ann has no time: the chat comes with all that was said, and with her note.
    ann.say(atlas, f"!transfer {client.jid.partition('@')[0]} she may see it at ten")
    client.sees(atlas, "she may see it at ten")
    client.say(atlas, "Please come at ten.")
    third.wait(body="Please come at ten.")
    shots.take("transfer", client.window(atlas))
    client.say(atlas, "!end")
    third.wait(body=texts.ENDED_PATRON)


def transfers(client, ann, chat, patron, shots):
    """And the other way, by the word that works in any client."""
    client.say(chat, "!transfer north-lake-ann wants a charger, too")
    ann.offer("wants a charger, too")
    ann.say(chat, "Chargers are at the desk.")
    patron.wait(body="Chargers are at the desk.")
    client.sees(chat, texts.TAKEN_BY)


def has_commands(desk, queue):
    """True when the queue offers its operators commands (XEP-0050)."""
    bob = desk.operator("bob", "north-lake-bob")
    bob.raw(f"<iq type='get' to='{queue}' id='commands'><query xmlns='http://jabber.org/protocol/disco#items'"
            " node='http://jabber.org/protocol/commands'/></iq>")
    try:
        return "<item " in bob.wait("iq", seconds=10, id="commands", type="result")["xml"]
    except ScenarioError:
        return False
    finally:
        bob.quit()
