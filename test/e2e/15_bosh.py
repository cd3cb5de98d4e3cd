"""The widget where WebSocket is refused: the same chat by BOSH, typing is seen, markup stays text. The
operator's client is a plain one, since Pidgin tells only contacts of its list that it is typing."""
import texts


def scenario(desk):
    ann = desk.operator("ann", "north-lake-ann")
    web = desk.browser("web", "north-lake", "--no-websocket")
    transport = web("state")["transport"]
    assert transport == "bosh", transport
    web.say("Does the old way work?")
    chat = ann.offer("old way")
    ann.say(chat, "It does. <img src=x onerror=alert(1)>")
    line = web.wait("It does.")["text"]
    assert "<img src=x onerror=alert(1)>" in line, line
    ann.typing(chat)
    web("wait", typing=True, ms=10000)
    web("type", text="Goo")
    ann.wait("typing", state="composing")
    ann.say(chat, "!end")
    web.wait(texts.ENDED_PATRON)
