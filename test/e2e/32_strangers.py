"""A guest who knows a chat's address and more of XMPP than is good: spoofed senders, wrapped copies, forged
answers, probes, other people's commands. Nobody hears any of it, and a chat that is there answers the guest
as one that never was. No secret is in the daemon's arguments."""
import os
import re
import sys
from xml.etree import ElementTree

import stack

sys.path.insert(0, os.path.join(stack.ROOT, "test", "hostile"))
from guests import Guest, GuestError  # noqa: E402

ANN = f"north-lake-ann@{stack.ACCOUNTS}/plain"
COMMANDS = "http://jabber.org/protocol/commands"
INNER = "<message xmlns='jabber:client' from='{ann}' to='{to}' type='chat'><body>{text}</body></message>"
FORWARDED = "<forwarded xmlns='urn:xmpp:forward:0'>" + INNER + "</forwarded>"
WRAPPED = (
    "<received xmlns='urn:xmpp:carbons:2'>" + FORWARDED + "</received>",
    "<sent xmlns='urn:xmpp:carbons:2'>" + FORWARDED + "</sent>",
    "<result xmlns='urn:xmpp:mam:2' queryid='q' id='1'>" + FORWARDED + "</result>",
    FORWARDED,
    "<privilege xmlns='urn:xmpp:privilege:2'>" + FORWARDED + "</privilege>",
    "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='n'><item id='i'>" + INNER
    + "</item></items></event>",
    "<addresses xmlns='http://jabber.org/protocol/address'><address type='ofrom' jid='{ann}'/></addresses>",
)
ROSTER = "<iq type='set' to='{to}' id='push'><query xmlns='jabber:iq:roster'><item jid='{ann}' subscription='both'/></query></iq>"
PROBES = (
    "<message to='{to}' type='chat' id='a1'><body>Who is there?</body></message>",
    "<message to='{to}' type='chat' id='a2'><body>!end</body></message>",
    "<message to='{to}' type='chat' id='a3'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>",
    "<message to='{to}' type='chat' id='a4'><resume xmlns='urn:x-deskbell:resume' token='" + "0" * 32 + "'/></message>",
    "<presence to='{to}'/>",
    "<presence to='{to}' type='probe'/>",
    "<presence to='{to}' type='subscribe'/>",
    "<iq to='{to}' type='get' id='a5'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
    "<iq to='{to}' type='get' id='a6'><query xmlns='http://jabber.org/protocol/disco#items' node='" + COMMANDS + "'/></iq>",
    "<iq to='{to}' type='set' id='a7'><command xmlns='" + COMMANDS + "' node='end'/></iq>",
    "<iq to='{to}' type='set' id='a8'><command xmlns='" + COMMANDS + "' node='end' sessionid='x' action='complete'/></iq>",
    "<iq to='{to}' type='get' id='a9'><query xmlns='urn:xmpp:mam:2'/></iq>",
    "<iq to='{to}' type='result' id='a10'/>",
    "<iq to='{to}' type='get' id='a11'><vCard xmlns='vcard-temp'/></iq>",
)


def answers(desk, address):
    """All that a fresh guest hears after the probes, with the address and the guest made alike."""
    guest = Guest(desk.server.c2s, stack.GUESTS)
    heard = []  # questions are answered at once, lines when the database has them
    for probe in PROBES:
        guest.send(probe.format(to=address))
    guest.send(f"<iq to='{address}' type='get' id='last'><ping xmlns='urn:xmpp:ping'/></iq>")
    while not any('id="last"' in stanza for stanza in heard):
        found = guest.stanzas(10)
        assert found, f"no answer to a ping of {address}"
        heard += [ElementTree.tostring(stanza, encoding="unicode") for stanza in found]
    heard += [ElementTree.tostring(stanza, encoding="unicode") for stanza in guest.stanzas(0.5)]
    heard += [ElementTree.tostring(stanza, encoding="unicode") for stanza in guest.stanzas(0.3)]
    guest.close()
    text = "\n".join(sorted(heard)).replace(address, "THERE").replace(guest.jid, "GUEST").replace(guest.jid.split("/")[0], "GUEST")
    return re.sub(r'(stamp|id)="[^"a][^"]*"', "", text)


def scenario(desk):
    queue = desk.queue("north-lake")
    ann = desk.operator("ann", "north-lake-ann")
    ann.presence(queue, "subscribe")
    ann.wait("presence", **{"from": queue, "type": "available"})
    patron = desk.patron("patron")
    patron.say(queue, "I am a patron with a question.")
    chat = ann.offer("with a question")
    ann.say(chat, "Here is your answer.")
    patron.wait(body="Here is your answer.")

    there = answers(desk, chat)
    nowhere = answers(desk, "north-lake.zzzzzzzzzzzz@" + stack.DESK)
    assert there == nowhere, f"a chat that is there answers\n{there}\none that never was\n{nowhere}"
    for text in ("north-lake-ann", "Who is there?"):
        assert text not in there, there

    for to in (queue, chat):
        for number, wrapped in enumerate(WRAPPED):
            text = wrapped.format(ann=ANN, to=to, text=f"wrapped {number}")
            patron.raw(f"<message to='{to}' type='chat' id='w{number}'>{text}</message>")
        patron.raw(ROSTER.format(ann=ANN, to=to))

    spoofer = Guest(desk.server.c2s, stack.GUESTS)
    try:  # the server stamps the guest's own address on it, or ends the stream
        for text in ("!off", "!end spoofed", "psst from nobody"):
            spoofer.send(f"<message from='{ANN}' to='{chat}' type='chat'><body>{text}</body></message>")
        spoofer.send(f"<presence from='{ANN}' to='{queue}' type='unavailable'/>")
        spoofer.until("nothing", seconds=0.5)
    except GuestError:
        pass
    spoofer.close()

    patron.say(queue, "Are you still there, please?")
    ann.wait(body="Are you still there, please?")
    ann.say(chat, "Yes, on duty as ever.")
    patron.wait(body="Yes, on duty as ever.")
    for person in (ann, patron):
        for text in ("wrapped", "psst from nobody", "Who is there?"):
            person.never(body=text)

    with open(f"/proc/{desk.daemon.process.child.pid}/cmdline", "rb") as file:
        assert desk.server.secret.encode() not in file.read(), "the secret is in the arguments"
    assert desk.server.secret not in desk.daemon.must("status"), "the secret is in the status"
