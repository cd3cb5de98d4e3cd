"""Commands in the clients' menus: Pidgin's contact menu with its own forms, profanity's /cmd, and the
raw stanzas of people who may not."""
import re

import texts
from actors import ScenarioError

COMMANDS = "http://jabber.org/protocol/commands"
SESSION = re.compile(r"sessionid=\"([0-9a-f]{32})\"")


def scenario(desk):
    queue = desk.queue("north-lake")
    ann = desk.pidgin("ann", "north-lake-ann")
    entries = ann.menu(queue)
    missing = [entry for entry in texts.MENU if entry not in entries]
    assert not missing, f"Pidgin's menu has no {missing}: {entries}"
    cyd = desk.pidgin("cyd", "north-hill-cyd", "north-hill")

    patron = desk.patron("patron")
    patron.say(queue, "Where are the maps?")
    chat = ann.offer("Where are the maps?")
    ann.say(chat, "Let me see.")
    patron.wait(body="Let me see.")
    forms_in_pidgin(desk, ann, cyd, queue)
    raw_stanzas(desk, queue, chat)
    in_profanity(desk)

    ann.run(queue, "End a chat")
    ann.wait("form", instructions="Chat ", fields="[Answered]")
    ann.fill("The question is=The patron was lost")
    ann.wait("dialog", text=texts.ENDED)
    patron.wait(body=texts.ENDED_PATRON)
    patron.never(body="atlas")


def forms_in_pidgin(desk, ann, cyd, queue):
    """A note, a transfer that has to be confirmed and is taken back, a form that is closed."""
    ann.run(queue, "Write a note for colleagues")
    ann.wait("form", title="Write a note", fields="never sees it")
    ann.fill("Note (the patron never sees it)=the old atlas")
    ann.wait("dialog", text=texts.NOTED)

    ann.run(queue, "Hand a chat over")
    ann.wait("form", fields="north-hill (Hill Library)")
    ann.fill("Hand over to=north-hill (", "A note for whoever takes it=maps are yours")
    ann.wait("form", instructions=texts.TRANSFER_CONFIRM, fields="become Hill Library's")
    cyd.never(body="maps are yours", seconds=0.3)
    ann.fill("What shall happen=Ask for help")
    ann.wait("dialog", text="Offered to north-hill")
    cyd.offer("maps are yours")
    ann.run(queue, "Take a hand-over back")
    ann.wait("dialog", text="Taken back")

    ann.run(queue, "Go off duty")
    ann.wait("form", fields="[All my queues]")
    ann.fill("For=north-lake-shut")
    ann.wait("dialog", text="north-lake-shut")
    ann.run(queue, "Go on duty")
    ann.wait("form", fields="north-lake-shut")
    ann.fill("For=All my queues")
    ann.wait("dialog", text="on duty")

    ann.run(queue, "End a chat")
    ann.wait("form", title="End a chat")
    ann.dismiss()
    ann.run(queue, "Who can take a chat")
    ann.wait("dialog", text="north-hill-cyd")


def execute(person, to, node, attributes="", inner=""):
    """The answer to one command stanza: an iq, or an error with its condition."""
    person.raw(f"<iq type='set' to='{to}' id='command'><command xmlns='{COMMANDS}' node='{node}' {attributes}>"
               f"{inner}</command></iq>")
    try:
        return person.wait("iq", seconds=3, id="command", type="result")["xml"]
    except ScenarioError:
        return person.wait("error", seconds=3, id="command")["condition"]


def items(person, to):
    person.raw(f"<iq type='get' to='{to}' id='items'><query xmlns='http://jabber.org/protocol/disco#items' "
               f"node='{COMMANDS}'/></iq>")
    return person.wait("iq", id="items", type="result")["xml"]


def raw_stanzas(desk, queue, chat):
    """Foreign chats and sessions, replays, patrons: nothing is run, and nothing is told apart."""
    guest = desk.patron("guest", "north-hill")
    for address in (queue, desk.queue("north-hill"), "chat.localhost", chat):
        assert "<item " not in items(guest, address), f"a patron is shown commands at {address}"
        assert execute(guest, address, "end") == "item-not-found"

    bob = desk.operator("bob", "north-lake-bob")
    assert "node=\"end\"" in items(bob, queue)
    assert "<item " not in items(bob, desk.queue("north-hill")), "another library's queue"
    for address in (chat, f"north-lake.zzzz@{chat.split('@')[1]}"):
        assert "<item " not in items(bob, address), f"a foreign chat shows commands: {address}"
        assert execute(bob, address, "end") == "item-not-found"
    assert "You have no chat" in execute(bob, queue, "end")

    ann = desk.operator("ann-raw", "north-lake-ann")
    form = execute(ann, queue, "tag")
    session = SESSION.search(form).group(1)
    fields = ("<x xmlns='jabber:x:data' type='submit'><field var='tag'><value>maps</value></field></x>")
    assert execute(bob, queue, "tag", f"sessionid='{session}'", fields) == "bad-request"
    assert "Tagged 'maps'" in execute(ann, queue, "tag", f"sessionid='{session}'", fields)
    assert execute(ann, queue, "tag", f"sessionid='{session}'", fields) == "bad-request", "a replay"
    for person in (ann, bob):
        person.quit()


def in_profanity(desk):
    queue = desk.queue("north-hill")
    cyd = desk.profanity("cyd-text", "north-hill-cyd")
    cyd.wait("logged in successfully")
    cyd.keys(f"/cmd list {queue}")
    cyd.wait("transfer")
    cyd.keys(f"/cmd exec wait {queue}")
    cyd.wait("Nobody is waiting.")
    cyd.keys(f"/cmd exec end {queue}")
    cyd.wait("You have no chat now.")
