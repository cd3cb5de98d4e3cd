"""The patron goes on from another address: in the widget through a change of page while the operator
in Pidgin writes, and in raw stanzas. Each line is seen once, in order; a token is good for one use."""
import re
import time

import texts
import transcript

RESUME = "urn:x-deskbell:resume"


def told(person, word, seconds=15):
    """What the desk says about going on, as XML."""
    return person.wait("stanza", seconds, xml=re.compile(f"<{word} [^>]*{RESUME}"))["xml"]


def token_of(person):
    return re.search(r"token=.([a-z2-9]{4,8}\.[0-9a-f]{32})", told(person, "resume")).group(1)


def present(desk, person, token, after=""):
    person.raw(f"<message type='chat' to='{desk.queue('north-hill')}'>"
               f"<resume xmlns='{RESUME}' token='{token}' after='{after}'/></message>")


def change_of_page(desk, cyd):
    web = desk.browser("web", "north-hill")
    web.say("Where is the map room?")
    chat = cyd.offer("map room")
    cyd.say(chat, "Second floor, on the left.")
    web.wait("Second floor")
    web.say("And the atlases?")
    cyd.wait(body="atlases")
    # The page is left; the answers come while there is none.
    web("leave")
    for number in range(1, 4):
        cyd.say(chat, f"Shelf {number}.")
    time.sleep(0.5)
    web("open", url=desk.page("north-hill") + "&lang=en", ms=30000)
    web("wait", text="Shelf 3.", ms=20000)
    cyd.say(chat, "Found it?")
    web("wait", text="Found it?", ms=10000)
    web.say("Yes, thank you.")
    cyd.wait(window=chat, body="Yes, thank you.")
    lines = [(line["from"], line["text"]) for line in web("texts")["lines"]]
    said = [("patron", "Where is the map room?"), ("desk", "Second floor, on the left."),
            ("patron", "And the atlases?"), ("desk", "Shelf 1."), ("desk", "Shelf 2."), ("desk", "Shelf 3."),
            ("desk", "Found it?"), ("patron", "Yes, thank you.")]
    assert [line for line in lines if line in said] == said, lines
    transcript.expect(desk, "map room", [("operator" if who == "desk" else who, body) for who, body in said])
    cyd.say(chat, "!end")
    web("wait", text=texts.ENDED_PATRON, ms=10000)


def raw_stanzas(desk, cyd):
    queue = desk.queue("north-hill")
    first = desk.patron("first", "north-hill")
    first.raw(f"<message type='chat' id='r1' to='{queue}'><body>Do you lend globes?</body>"
              f"<request xmlns='urn:xmpp:receipts'/><resume xmlns='{RESUME}'/></message>")
    first.wait("receipt", id="r1")
    token = token_of(first)
    chat = cyd.offer("lend globes")
    cyd.say(chat, "Small ones.")
    shown = first.wait(body="Small ones.")["id"]
    first.raw(f"<message type='chat' id='r2' to='{queue}'><body>How small?</body></message>")
    cyd.wait(body="How small?")
    first.kill()
    cyd.say(chat, "Like a fist.")

    second = desk.patron("second", "north-hill")
    present(desk, second, token[:-1] + ("0" if token[-1] != "0" else "1"), shown)
    told(second, "gone")
    present(desk, second, token, shown)
    fresh = token_of(second)
    assert fresh != token
    told(second, "resumed")
    messages = [(event["id"], event["body"]) for event in second.seen if event["event"] == "message"]
    assert messages[0] == ("r2", "How small?") and messages[1][1] == "Like a fist.", messages
    assert len(messages) == 2, messages
    # Repeated from the new address, the line is known.
    second.raw(f"<message type='chat' id='r2' to='{queue}'><body>How small?</body>"
               "<request xmlns='urn:xmpp:receipts'/></message>")
    second.wait("receipt", id="r2")

    third = desk.patron("third", "north-hill")
    present(desk, third, token)
    told(third, "gone")
    present(desk, third, fresh, messages[-1][0])
    token_of(third)
    told(second, "moved")
    told(third, "resumed")
    cyd.say(chat, "Take two.")
    third.wait(body="Take two.")
    second.never(body="Take two.", seconds=1)
    assert [body for body in cyd.bodies() if "How small?" in body] == ["How small?"], cyd.bodies()
    cyd.say(chat, "!end")
    third.wait(body=texts.ENDED_PATRON)


def scenario(desk):
    cyd = desk.pidgin("cyd", "north-hill-cyd", "north-hill")
    raw_stanzas(desk, cyd)
    change_of_page(desk, cyd)
