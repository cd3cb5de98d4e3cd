"""A question is left at a closed desk, in words and by form. It survives a restart; when an import opens the queue,
the operator in Pidgin reads it, and what is done is done in the database."""
import re
import time

import texts
from actors import ScenarioError

QUEUE = "north-lake-map"
CODE = re.compile(r"!done ([a-z2-9]{4,8})")
FORM = ("<message to='{to}' type='chat' id='{id}'><request xmlns='urn:xmpp:receipts'/>"
        "<x xmlns='jabber:x:data' type='submit'>"
        "<field var='FORM_TYPE' type='hidden'><value>urn:x-deskbell:leave</value></field>"
        "<field var='question'><value>{question}</value><value>Please!</value></field>"
        "<field var='contact'><value>{contact}</value></field></x></message>")


def import_queue(desk, hours):
    desk.import_file(queues=f', {{ name = "{QUEUE}"; operators = [ "north-lake-ann" ]; transcripts = true;'
                            f' retention_days = 30; hours = ({hours}); }}')


def rows(desk):
    return desk.database.query(
        "SELECT string_agg(concat_ws(' ', body, contact, kind, state, told_to_name, handed, done_by_name), '; '"
        f" ORDER BY at, chat) FROM deskbell.followup WHERE queue_name = '{QUEUE}'").strip()


def until(desk, wanted, seconds=10):
    end = time.monotonic() + seconds
    while rows(desk) != wanted:
        if time.monotonic() > end:
            raise ScenarioError(f"the database has {rows(desk)!r}, not {wanted!r}")
        time.sleep(0.1)


def scenario(desk):
    queue = desk.queue(QUEUE)
    import_queue(desk, "")
    ann = desk.pidgin("ann", "north-lake-ann")
    patron = desk.patron("patron", QUEUE)
    patron.say(queue, "Where is the map of 1846?")
    patron.wait(body=texts.CLOSED)
    patron.say(queue, "pat@example.org")
    patron.wait(body=texts.LEFT)

    other = desk.patron("other", QUEUE)
    other.raw(FORM.format(to=queue, id="bad", question="Globes?", contact="nowhere"))
    other.wait("error")
    other.raw(FORM.format(to=queue, id="good", question="Globes?", contact="573-555-1234"))
    other.wait(body=texts.LEFT)
    wanted = "Where is the map of 1846? pat@example.org left open f; Globes?\nPlease! 573-555-1234 left open f"
    until(desk, wanted)

    desk.restart()
    ann.never(body="map of 1846", seconds=0.5)
    import_queue(desk, '{ days = "all"; open = "00:00"; close = "24:00"; }')
    found = ann.wait(body="map of 1846")
    assert found["from"].startswith(queue) and "pat@example.org" in found["body"], found
    ann.wait(body="573-555-1234")
    until(desk, wanted.replace("open f", "open north-lake-ann t"))
    ann.say(queue, "!todo")
    ann.wait(body="Globes? Please!")
    ann.say(queue, "!done " + CODE.search(found["body"]).group(1))
    ann.wait(body="Done")
    until(desk, wanted.replace("open f", "done north-lake-ann t north-lake-ann", 1)
          .replace("open f", "open north-lake-ann t"))
