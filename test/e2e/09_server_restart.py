"""The XMPP server restarts: the daemon comes back by itself and the chat goes on. The patron has an
account, since an anonymous one is a new person to the server after any new login."""


def scenario(desk):
    queue = desk.queue("north-hill")
    cyd = desk.operator("cyd", "north-hill-cyd")
    cyd.presence(queue, "subscribe")
    cyd.wait("presence", **{"from": queue, "type": "available"})
    patron = desk.patron("patron", "north-hill", "north-coordinator")
    patron.say(queue, "Before the power cut?")
    chat = cyd.offer("power cut")
    cyd.say(chat, "Yes, before.")
    patron.wait(body="Yes, before.")

    desk.server.restart()
    cyd.wait("offline")
    patron.wait("offline")
    desk.wait_ready(60)
    cyd = desk.operator("cyd_again", "north-hill-cyd")
    cyd.wait("presence", **{"from": queue, "type": "available"})
    patron = desk.patron("patron_again", "north-hill", "north-coordinator")
    patron.say(queue, "And after it?")
    assert cyd.offer("after it") == chat, "the chat did not survive"
    cyd.say(chat, "And after.")
    patron.wait(body="And after.")
