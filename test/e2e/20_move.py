"""The patron was in the wrong library. Whoever answers in the right one takes the chat and all that
was said; the old library is out, in the database too, and the patron goes on at the old address."""
import time

import texts
import transcript
from actors import ScenarioError

ROWS = ("SELECT x.kind, l.name, count(*) FROM (SELECT 'chat' AS kind, library_id, number FROM deskbell.chat"
        " UNION ALL SELECT 'line', library_id, chat FROM deskbell.line"
        " UNION ALL SELECT 'offer', library_id, chat FROM deskbell.offer"
        " UNION ALL SELECT 'act', library_id, chat FROM deskbell.act) x"
        " JOIN deskbell.library l USING (library_id)"
        " WHERE x.number = (SELECT chat FROM deskbell.line WHERE position('hill card' in body) > 0"
        "  ORDER BY at LIMIT 1) GROUP BY 1, 2")


def belongs_to(desk, library, seconds=10):
    """Rows of all four kinds are there, and all of them are that library's."""
    end = time.monotonic() + seconds
    while True:
        rows = [tuple(row) for row in desk.database.query(ROWS)]
        if {row[0] for row in rows} == {"chat", "line", "offer", "act"} and {row[1] for row in rows} == {library}:
            return
        if time.monotonic() > end:
            raise ScenarioError(f"the chat's rows should be {library}'s: {rows}")
        time.sleep(0.1)


def scenario(desk):
    ann = desk.pidgin("ann", "north-lake-ann")
    cyd = desk.pidgin("cyd", "north-hill-cyd", "north-hill")
    patron = desk.patron("patron")
    patron.say(desk.queue("north-lake"), "Where is my hill card?")
    chat = ann.offer("hill card")
    ann.say(chat, "You have come to the Lake Library.")
    patron.wait(body="Lake Library")
    ann.say(chat, "!transfer north-hill")
    ann.wait(body=texts.TRANSFER_CONFIRM)

    ann.say(chat, "!transfer move north-hill lost card")
    assert cyd.offer("lost card") == chat, "the chat changed its address"
    belongs_to(desk, "lake")  # nothing moves before somebody answers
    cyd.say(chat, "We have it here.")
    ann.wait(body=texts.TAKEN_BY)
    patron.wait(body=texts.NOW_WITH)
    patron.wait(body="We have it here")
    belongs_to(desk, "hill")

    ann.say(chat, "Good luck!")
    ann.wait(body=texts.NOT_SENT)
    ann.say(chat, "!info")
    ann.wait(body="no chat of yours")
    patron.say(desk.queue("north-lake"), "I am on my way.")
    cyd.wait(body="on my way")
    ann.never(body="on my way", seconds=0.3)

    desk.restart()
    patron.say(desk.queue("north-lake"), "Are you open?")
    cyd.wait(body="Are you open?")
    cyd.say(chat, "Until six.")
    patron.wait(body="Until six")
    cyd.say(chat, "!end answered")
    patron.wait(body=texts.ENDED_PATRON)
    belongs_to(desk, "hill")
    transcript.expect(desk, "hill card", [
        ("patron", "Where is my hill card?"), ("operator", "You have come to the Lake Library."),
        ("operator", "We have it here."), ("patron", "I am on my way."), ("patron", "Are you open?"),
        ("operator", "Until six.")])
