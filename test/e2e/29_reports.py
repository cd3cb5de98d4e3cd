"""What was said and what was counted, for those who may: a library's administrator searches, reads and
exports, another's finds nothing, a coordinator says why, an archive is read by a raw client, figures
equal what was done, and what is erased is gone everywhere."""
import csv
import html
import importlib
import io
import json
import re
import time
import urllib.request

from actors import ScenarioError

form = importlib.import_module("26_administration")
Form, run, MISSING = form.Form, form.run, form.MISSING
MAM = "urn:xmpp:mam:2"
LINK = re.compile(r"(\S+): (http://[a-z0-9.]+:\d+/\S+)")
WORD = "okapi"


def today(desk):
    return desk.database.query("SELECT (now() AT TIME ZONE 'America/Chicago')::date")[0][0]


def days(desk):
    return {"from": today(desk), "to": today(desk), "queue": "*", "tag": "", "resolution": "*", "words": WORD,
            "left": "0"}


def chat_hold(desk, operator, name, queue, words, answer):
    """A chat from its first line to its end; its ID."""
    patron = desk.patron(name, queue)
    patron.say(desk.queue(queue), words)
    chat = operator.offer(words)
    operator.say(chat, answer)
    patron.wait(body=answer)
    operator.say(chat, "!tag maps")
    operator.wait(body="Tagged")
    operator.say(chat, "!end answered")
    operator.wait(body="ended")
    return chat.split("@")[0].rsplit(".", 1)[1]


def scenario(desk):
    lake = desk.operator("lake-admin", "north-lake-admin")
    hill = desk.operator("hill-admin", "north-hill-admin")
    coordinator = desk.operator("coordinator", "north-coordinator")
    ann = desk.operator("ann", "north-lake-ann")
    ann.presence(desk.queue("north-lake"))
    before = figures(desk, lake)
    first = chat_hold(desk, ann, "pat", "north-lake", f"Have you a picture of an {WORD}?", "In room 3.")
    second = chat_hold(desk, ann, "lou", "north-lake", f"=1+{WORD} and its stripes", "Shelf 7.")
    written(desk, first, second)

    search(desk, lake, hill, coordinator, first, second)
    operators(desk, lake, ann, first)
    exports(desk, lake, hill)
    archive(desk, lake, hill, coordinator, ann)
    after = figures(desk, lake)
    assert [b - a for a, b in zip(before, after)] == [2, 2], (before, after)
    statistics(desk, hill, coordinator, ann)
    erase(desk, lake, first, second)


def written(desk, *codes):
    for _ in range(50):
        names = ",".join(f"'{code}'" for code in codes)
        if desk.database.query(f"SELECT count(*) FROM deskbell.chat WHERE code IN ({names})"
                               " AND state = 'closed'")[0][0] == str(len(codes)):
            return
        time.sleep(0.1)
    raise ScenarioError("the chats are not over in the database")


def search(desk, lake, hill, coordinator, first, second):
    steps = Form(lake, "transcript-search")
    assert "Words" in steps.send()
    listed = steps.send(**days(desk))
    assert first in listed and second in listed and "(maps)" in listed, listed
    choice = re.search(rf"<value>([^<]*\.{first}#\d+)</value>", listed).group(1)
    text = steps.send(found=choice)
    assert "picture of an okapi" in text and "In room 3." in text and "@guest" not in text, text
    assert second in steps.send("action='prev'")
    steps.send(found=choice)
    assert "Done." in steps.send(done="1")
    assert "In room 3." in run(lake, "transcript-get", chat=first, how="form")
    run(lake, "transcript-get", chat=first, how="lines")
    lake.wait(body="picture of an okapi")
    assert "No chat was found" in run(hill, "transcript-search", **days(desk))
    assert "There is no such chat at hill" in run(hill, "transcript-get", chat=first, how="form")
    steps = Form(coordinator, "transcript-get")
    steps.send()
    steps.send(library="lake")
    assert "please fill this in" in steps.send(chat=first, how="form", reason="")
    assert "In room 3." in steps.send(chat=first, how="form", reason="a complaint")
    lake.wait(body=f"has read chat {first} of lake. Reason: a complaint")
    hill.never(body="a complaint")
    assert "a complaint" in run(lake, "audit", **{"from": "2020-01-01", "to": "2199-12-31"})


def operators(desk, lake, ann, first):
    assert run(ann, "transcript-get") == MISSING
    run(lake, "grant", account="north-lake-ann@localhost", right="transcripts-own")
    form.until_true(lambda: "transcript-get" in form.nodes(ann))
    assert "In room 3." in run(ann, "transcript-get", chat=first, how="form")
    assert "transcript-erase" not in form.nodes(ann)


def export(desk, person, **how):
    steps = Form(person, "transcript-export")
    steps.send()
    return steps.send(**{**days(desk), "text": "1", "way": "upload", **how})


def fetched(person):
    """The file behind the link that the person was told."""
    told = person.wait(body="http://")["body"]
    with urllib.request.urlopen(html.unescape(LINK.search(told).group(2)), timeout=10) as answer:
        return answer.read().decode()


def exports(desk, lake, hill):
    assert "The link to the file follows" in export(desk, lake, format="csv")
    rows = list(csv.reader(io.StringIO(fetched(lake))))
    texts = [row[rows[0].index("text")] for row in rows[1:]]
    assert f"Have you a picture of an {WORD}?" in texts and f"'=1+{WORD} and its stripes" in texts, texts
    export(desk, lake, format="json")
    chats = json.loads(fetched(lake))
    assert len(chats) == 2 and chats[0]["lines"], chats
    export(desk, lake, format="json", text="0")
    assert WORD not in fetched(lake)
    assert "follow as messages" in export(desk, lake, format="text", way="lines")
    lake.wait(body="its stripes")
    assert "No chat was found" in export(desk, hill, format="csv")


def archive_ask(person, queue, kind="set", inner=""):
    form.Form.count += 1
    number = f"mam-{form.Form.count}-"
    person.raw(f"<iq type='{kind}' to='{queue}' id='{number}'><query xmlns='{MAM}'>{inner}</query></iq>")
    answer = Form(person, "mam").answer(number)
    return answer.get("xml") or answer["condition"]


def archive(desk, lake, hill, coordinator, ann):
    queue = desk.queue("north-lake")
    for person, may in ((lake, True), (hill, False), (coordinator, False), (ann, False)):
        person.raw(f"<iq type='get' to='{queue}' id='disco-mam'><query xmlns='http://jabber.org/protocol/"
                   f"disco#info'/></iq>")
        info = person.wait("iq", id="disco-mam")["xml"]
        assert (MAM in info) == may, (person.name, info)
        answer = archive_ask(person, queue)
        assert ("<fin" in answer) == may and (answer == MISSING) != may, (person.name, answer)
        assert ("start" in archive_ask(person, queue, "get")) == may
    last = archive_ask(lake, queue, inner="<set xmlns='http://jabber.org/protocol/rsm'><max>2</max><before/></set>")
    assert re.search(r"<first>\d+-\d+</first>", last), last
    lines = desk.database.query("SELECT count(*) FROM deskbell.audit WHERE command = 'mam'")[0][0]
    assert lines == "2", lines


def figures(desk, person):
    """Chats and answered ones of the library's today."""
    steps = Form(person, "statistics")
    steps.send()
    answer = steps.send(**{"from": today(desk), "to": today(desk), "by": "total", "minimum": "0",
                           "unanswered": "1", "format": "upload"})
    assert "link to the file" in answer, answer
    rows = list(csv.reader(io.StringIO(fetched(person))))
    assert rows[0] == ["chats"], rows
    return [int(value) for value in rows[2][1:3]]


def statistics(desk, hill, coordinator, ann):
    asked = {"from": today(desk), "to": today(desk), "by": "total", "minimum": "0", "unanswered": "1",
             "format": "text"}
    own = run(ann, "statistics", **asked)
    assert "north-lake-ann" in own and "north-hill" not in own, own
    assert "north-lake-ann" not in run(hill, "statistics", **asked)
    steps = Form(coordinator, "statistics")
    steps.send()
    steps.send(library="*")
    sums = steps.send(**{**asked, "by": "origin", "format": "table"})
    assert "<reported>" in sums and "lake" in sums and "north-lake-ann" not in sums, sums


def erase(desk, lake, first, second):
    # A chat is the desk's own until it has been over for a minute.
    desk.database.query("UPDATE deskbell.chat SET closed = closed - interval '2 minutes', opened = opened"
                        f" - interval '2 minutes' WHERE code IN ('{first}', '{second}')")
    steps = Form(lake, "transcript-erase")
    steps.send()
    asked = steps.send(**{**days(desk), "chat": "", "how": "text"})
    assert "the text of 2 chats" in asked and "cannot be undone" in asked, asked
    assert "Erased: the text of 2 chats" in steps.send(confirm="1")
    assert "(erased)" in run(lake, "transcript-get", chat=first, how="form")
    assert desk.database.query(f"SELECT count(*) FROM deskbell.line WHERE body LIKE '%{WORD}%'") == [["0"]]
    assert "No chat was found" in run(lake, "transcript-search", **days(desk))
