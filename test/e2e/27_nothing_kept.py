"""A queue without transcripts: raw clients talk, the desk is killed in mid-chat and goes on, and what was said
is in no dump of the database, in no file of the desk and in no log, while it is counted as ever."""
import os
import subprocess
import time


QUEUE = "north-lake-map"
SECRETS = ("quincunx-one", "quincunx-two", "quincunx-three", "quincunx-four", "quincunx-five")
LATER = "quincunx-kept"


def import_queue(desk, transcripts):
    desk.import_file(queues=f', {{ name = "{QUEUE}"; operators = [ "north-lake-ann" ]; transcripts = {transcripts};'
                            ' retention_days = 30; hours = ({ days = "all"; open = "00:00"; close = "24:00"; }); }')


def texts_everywhere(desk):
    """All that the desk leaves behind: the database as a dump, its folders, the log."""
    done = subprocess.run(["pg_dumpall", "-h", desk.database.folder, "-U", "postgres"], capture_output=True,
                          text=True, timeout=60, check=True)
    found = {"dump": done.stdout, "log": desk.log()}
    for folder in (desk.daemon.settings["state"], os.path.join(desk.database.folder, "data")):
        for path, _, names in os.walk(folder):
            for name in (os.path.join(path, name) for name in names):
                if os.path.isfile(name):  # and no socket
                    with open(name, "rb") as file:
                        found[name] = file.read().decode("latin-1")
    return found


def expect_nowhere(desk, secrets):
    for place, text in texts_everywhere(desk).items():
        for secret in secrets:
            assert secret not in text, f"'{secret}' is in {place}"


def scenario(desk):
    queue = desk.queue(QUEUE)
    import_queue(desk, "false")
    ann = desk.operator("ann", "north-lake-ann")
    ann.presence(queue, "subscribe")
    ann.wait("presence", **{"from": queue, "type": "available"})
    patron = desk.patron("patron", QUEUE)
    patron.say(queue, f"Is there help for {SECRETS[0]}?")
    chat = ann.offer(SECRETS[0])
    ann.say(chat, f"Yes, {SECRETS[1]}.")
    patron.wait(body=SECRETS[1])
    ann.say(chat, f"!note {SECRETS[2]}")
    ann.wait(body="nothing is kept here")
    ann.say(chat, "!tag health")
    ann.wait(body="Tagged")
    patron.say(queue, f"And where? {SECRETS[3]}")
    ann.wait(body=SECRETS[3])
    expect_nowhere(desk, SECRETS)

    desk.restart(kill=True)
    patron.wait(body="write again what was not answered")
    ann.say(chat, f"In room 12, {SECRETS[4]}.")
    patron.wait(body=SECRETS[4])
    expect_nowhere(desk, SECRETS)

    # From the next line on it is kept, and the search finds it.
    import_queue(desk, "true")
    time.sleep(1)  # the running desk loads it
    patron.say(queue, LATER)
    ann.wait(body=LATER)
    ann.say(chat, "!end answered")
    patron.wait(body="has ended this chat")
    expect_nowhere(desk, SECRETS)
    assert LATER in texts_everywhere(desk)["dump"], "the dump has no text at all"

    rows = desk.database.query("SELECT count(*), count(*) FILTER (WHERE body <> ''), count(DISTINCT author)"
                               f" FROM deskbell.line l JOIN deskbell.chat c ON c.number = l.chat"
                               f" WHERE c.queue_name = '{QUEUE}'")
    lines, kept, authors = map(int, rows[0])
    assert lines >= 8 and kept == 2 and authors == 4, rows  # of the patron's last and the desk's farewell
    acts = [row[0] for row in desk.database.query(
        f"SELECT a.act || coalesce(nullif(' ' || a.detail, ' '), '') FROM deskbell.act a"
        f" JOIN deskbell.chat c ON c.number = a.chat WHERE c.queue_name = '{QUEUE}'")]
    assert "tagged health" in acts and "claimed" in acts, acts
