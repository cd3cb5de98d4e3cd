"""A question is left at a closed desk, in words, by form and in the widget. It survives a restart; when an import
opens the queue, the operator in Pidgin reads it, and what is done is done in the database."""
import re

import texts
import transcript

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
    web = desk.browser("web", QUEUE)
    web("leave_question", question="An atlas <b>, too?", contact="web@example.org")
    web.wait("question is kept")
    third = ["An atlas <b>, too?", "web@example.org", "left"]
    first = ["Where is the map of 1846?", "pat@example.org", "left"]
    second = ["Globes?\nPlease!", "573-555-1234", "left"]
    transcript.expect_followups(desk, QUEUE, [first + ["open", "", "no", ""], second + ["open", "", "no", ""],
                                               third + ["open", "", "no", ""]])

    desk.restart()
    ann.never(body="map of 1846", seconds=0.5)
    import_queue(desk, '{ days = "all"; open = "00:00"; close = "24:00"; }')
    found = ann.wait(body="map of 1846")
    assert found["from"].startswith(queue) and "pat@example.org" in found["body"], found
    ann.wait(body="573-555-1234")
    ann.wait(body="An atlas")
    told = ["open", "north-lake-ann", "yes", ""]
    transcript.expect_followups(desk, QUEUE, [first + told, second + told, third + told])
    ann.say(queue, "!todo")
    ann.wait(body="Globes? Please!")
    ann.say(queue, "!done " + CODE.search(found["body"]).group(1))
    ann.wait(body="Done")
    done = ["done", "north-lake-ann", "yes", "north-lake-ann"]
    transcript.expect_followups(desk, QUEUE, [first + done, second + told, third + told])
