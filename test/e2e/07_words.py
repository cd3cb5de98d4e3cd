"""Words for the desk: `!help`, a mistyped one, `!!`, `!end`. No line that begins with `!` ever reaches
the patron."""
import texts


def scenario(desk):
    ann = desk.pidgin("ann", "north-lake-ann")
    queue = desk.queue("north-lake")
    patron = desk.patron("patron")
    patron.say(queue, "How do I cite a map?")
    chat = ann.offer("cite a map")
    ann.say(chat, "Like this:")
    patron.wait(body="Like this:")

    ann.say(chat, "!help")
    for word in texts.HELP:
        ann.saw(window=chat, body=word)
    ann.say(chat, "!hlep me")
    ann.wait(window=chat, body=texts.UNKNOWN_WORD)
    ann.say(chat, "!!important")
    assert patron.wait(body="important")["body"].endswith("!important")
    patron.never(body="!!important")

    ann.say(chat, "!end")
    ann.wait(window=chat, body=texts.ENDED)
    patron.wait(body=texts.ENDED_PATRON)
    patron.never(body="hlep")
    patron.never(body="!help")
    patron.never(body="!end")

    patron.say(queue, "One more: atlases?")
    assert ann.offer("atlases") != chat, "an ended chat's address was given again"
