"""Small stories that go on wherever the desk dies in them, and what must be true at their ends."""
import os
import re
import signal
import time

import audit
from desk import ACCOUNTS, DOMAIN, Failed, HERE, RECEIPT_WANTED, stack

QUEUE, SHUT = f"north-lake@{DOMAIN}", f"north-lake-shut@{DOMAIN}"
ANN, BOB = f"north-lake-ann@{ACCOUNTS}", f"north-lake-bob@{ACCOUNTS}"
ADMIN = f"north-lake-admin@{ACCOUNTS}/desk"
COMMANDS = "http://jabber.org/protocol/commands"
COMPLETED = re.compile(r"status=[\"']completed")
SESSION = re.compile(r"sessionid=[\"']([0-9a-f]+)")
LEAVE = ("<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>"
         "<value>urn:x-deskbell:leave</value></field><field var='question'><value>{body}</value></field>"
         "<field var='contact'><value>pat@example.org</value></field></x>")


class Story:
    """One patron, Ann and Bob. Texts carry the tag of the run."""

    def __init__(self, world, tag):
        self.world, self.tag, self.number = world, tag, 0
        self.patron = f"{tag}p@{stack.GUESTS}/x"
        self.poisoned = False
        world.operators = {ANN, BOB}

    def text(self, words):
        self.number += 1
        return f"{words} [{self.tag}.{self.number}]"

    def begin(self):
        if self.world.child is None or self.world.child.poll() is not None:
            self.world.start()
        self.world.sync()
        self.world.sync()  # behind the operators' presence, which was asked for when the stream came up

    def asks(self, words):
        """The patron's line is acknowledged, whatever happens."""
        body = self.text(words)
        sent = self.world.compose(self.patron, QUEUE, body)
        self.world.patron_sends(sent)
        self.world.until(f"a receipt for '{body}'", lambda: sent.acknowledged)
        return body

    def offered(self, who, words):
        """The chat's address, in a window of that operator."""
        self.world.until(f"{who} sees '{words}'", lambda: self.world.received(who, words))
        return self.world.received(who, words)[-1][1]

    def answers(self, who, chat, words):
        """A line that the patron reads. Without an answer of any kind it is typed again."""
        tried = []

        def say():
            sent = self.world.compose(f"{who}/desk", chat, self.text(words))
            tried.append(sent)
            self.world.send(sent.stanza)

        bare = self.patron.split("/")[0]
        self.world.attempt(f"'{words}' is received", say,
                           lambda: any(self.world.received(bare, sent.body) for sent in tried))

    def commands(self, who, chat, word, done):
        def say():
            self.world.send(f"<message type='chat' from='{who}/desk' to='{chat}'><body>{word}</body></message>")
        self.world.attempt(f"'{word}' is done", say, done)

    def opens(self):
        """Somebody gives the other queue its library's hours; the desk hears of it, and says so."""
        self.world.sql("UPDATE deskbell.queue SET hours_given = false WHERE name = 'north-lake-shut'")
        self.world.sql("NOTIFY deskbell_settings_1")
        path = os.path.join(self.world.daemon.settings["status"], "north-lake-shut.json")
        word = '"state":"closed"'

        def seen():
            if not os.path.exists(path):
                return False
            with open(path) as file:
                text = file.read()
            if not text.endswith("}\n"):
                raise Failed(f"half a status file: '{text}'")
            return word not in text
        self.world.until("the queue is open", seen)

    def leaves_question(self):
        body = self.text("Is the archive warm?")
        sent = self.world.compose(f"{self.tag}q@{stack.GUESTS}/x", SHUT, body)
        sent.stanza = (f"<message from='{sent.author}' to='{SHUT}' type='chat' id='{sent.id}'>{RECEIPT_WANTED}"
                       + LEAVE.format(body=body) + "</message>")
        self.world.patron_sends(sent)
        self.world.until("a receipt for the left question", lambda: sent.acknowledged)
        return body

    def administers(self, node, values):
        """A command with its forms, each filled in with what it asks for. True when it is done; the
        desk may have died over it."""
        world, session, fields, life = self.world, "", "", self.world.lives
        for _ in range(4):
            world.ids += 1
            number = f"adm{world.ids}"
            form = f"<x xmlns='jabber:x:data' type='submit'>{fields}</x>" if fields else ""
            at = f" sessionid='{session}'" if session else ""
            world.send(f"<iq type='set' from='{ADMIN}' to='{DOMAIN}' id='{number}'><command xmlns='{COMMANDS}'"
                       f" node='{node}'{at}>{form}</command></iq>")
            world.until("an answer to the command", lambda: number in world.answers or world.lives != life)
            answer = world.answers.get(number, "")
            found = SESSION.search(answer)
            if COMPLETED.search(answer) or not found:
                return bool(found)
            session = found.group(1)
            fields = "".join(f"<field var='{name}'><value>{value}</value></field>"
                             for name, value in values.items() if f'var="{name}"' in answer)
        raise Failed(f"the command is never done: {answer}")

    def edits_profile(self):
        """An administrator changes what others read of the library."""
        text = f"Warm enough. {self.tag}"
        for _ in range(5):
            self.world.until("the desk is up", lambda: self.world.up)
            if self.administers("profile-edit", {"queue": "-", "text": text}):
                break
        kept = self.world.sql("SELECT text FROM deskbell.profile WHERE queue_id IS NULL")
        if kept != [[text]]:
            raise Failed(f"the profile is {kept}")

    # The parts ---------------------------------------------------------------------------------

    def chat(self):
        """Claimed by Ann, handed to Bob, who ends it."""
        first = self.asks("Where is the atlas?")
        chat = self.offered(ANN, first)
        self.answers(ANN, chat, "On the shelf.")
        self.offered(ANN, self.asks("Which one?"))
        self.hands_over(chat, "The left one.")
        self.offered(BOB, self.asks("Thank you!"))
        self.ends(BOB, chat)

    def ends(self, who, chat):
        bare = self.patron.split("/")[0]
        self.commands(who, chat, "!end answered", lambda: self.world.received(bare, "has ended this chat"))

    def hands_over(self, chat, words):
        """An offer to a colleague ends with the process, so it is made again."""
        world, tried, patron = self.world, [], self.patron.split("/")[0]
        offers, refusals = "hands this chat over", "has this chat"

        def count():
            return len(world.received(BOB, offers)) + len(world.received(ANN, refusals))

        def is_read():
            return any(world.received(patron, sent.body) for sent in tried)

        def offer_and_answer():
            before, life = count(), world.lives
            world.send(f"<message type='chat' from='{ANN}/desk' to='{chat}'><body>!transfer north-lake-bob"
                       "</body></message>")
            world.until("Bob is asked", lambda: count() > before or world.lives != life)
            sent = world.compose(f"{BOB}/desk", chat, self.text(words))
            tried.append(sent)
            world.send(sent.stanza)
        world.attempt(f"'{words}' is received", offer_and_answer, is_read)

    def spool_files(self):
        folder = os.path.join(self.world.state, "spool")
        return sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".spool"))

    def finish(self, gaps=True):
        world = self.world
        world.until("the spool is written back", lambda: not self.spool_files())
        rows = audit.check(world, self.tag, world.operators, gaps)
        world.end()
        return rows

    def check_chat(self):
        """One chat, with each step once."""
        found = self.world.sql("SELECT state, resolution, (SELECT count(*) FROM deskbell.act a WHERE a.chat ="
                               " c.number AND act IN ('opened', 'claimed', 'transferred', 'closed')) FROM"
                               f" deskbell.chat c WHERE patron LIKE '{self.tag}p@%'")
        if found != [["closed", "answered", "4"]]:
            raise Failed(f"the patron's chats are {found}")


def desk(world, tag):
    """A day in short: a chat with a transfer, a left question, hours that change, a command."""
    story = Story(world, tag)
    world.sql("UPDATE deskbell.queue SET hours_given = true WHERE name = 'north-lake-shut'")
    story.begin()
    left = story.leaves_question()
    story.chat()
    story.opens()
    world.until("Ann is told what was left", lambda: world.received(ANN, left))
    story.edits_profile()
    told = ("SELECT count(*), bool_and(handed), count(told_to_id) FROM deskbell.followup"
            f" WHERE body LIKE '%[{tag}.%'")
    world.until("the left question is there once, and told", lambda: world.sql(told) == [["1", "t", "1"]])
    rows = story.finish()
    story.check_chat()
    return rows


def away(world, tag):
    """The database goes in mid-batch, and chats go on; the desk is killed in that time, with its last
    words half written; the spool comes back, once; then the same without a kill."""
    story = Story(world, tag)
    story.begin()
    chat = story.offered(ANN, story.asks("Where is the atlas?"))
    story.answers(ANN, chat, "On the shelf.")
    world.sql("BEGIN")
    world.sql("LOCK TABLE deskbell.line IN SHARE MODE")
    stuck = world.compose(story.patron, QUEUE, story.text("Which one?"))
    world.patron_sends(stuck)
    for _ in range(5):
        world.pump(0.03)
    world.away()
    world.sql("COMMIT")
    world.until("a receipt from the spool", lambda: stuck.acknowledged)
    story.answers(ANN, chat, "The left one.")
    story.offered(ANN, story.asks("It is not there."))
    world.kill()
    files = story.spool_files()
    if files:
        with open(files[-1], "r+b") as file:
            head = file.read()[24:44]
            file.write(head)  # of a frame: what a lost power line leaves
        with open(f"{files[-1][:-len('0.spool')]}9.spool", "wb") as file:
            file.write(head[:10])
    world.start()
    world.pump(0.1)
    world.back()
    story.answers(ANN, chat, "Then it is lent.")
    world.away()
    story.offered(ANN, story.asks("Thank you!"))
    story.answers(ANN, chat, "You are welcome.")
    world.back()
    story.ends(ANN, chat)
    return story.finish()


def overtaken(world, tag):
    """Another process serves while the spool of the dead one is not written: it is kept in a folder,
    and what was acknowledged is found there."""
    story = Story(world, tag)
    story.begin()
    chat = story.offered(ANN, story.asks("Where is the atlas?"))
    story.answers(ANN, chat, "On the shelf.")
    world.away()
    story.offered(ANN, story.asks("Which one?"))
    world.kill()
    world.sql("UPDATE deskbell.lease SET epoch = epoch + 1")
    world.back()
    world.start()
    story.offered(ANN, story.asks("Thank you!"))
    story.ends(ANN, chat)
    return story.finish()


def refused(world, tag):
    """A record that the database never takes is kept in a file, and nothing else waits for it."""
    story = Story(world, tag)
    story.begin()
    chat = story.offered(ANN, story.asks("Where is the atlas?"))
    world.sql("ALTER TABLE deskbell.line ADD CONSTRAINT tested CHECK (body NOT LIKE '%poison%') NOT VALID")
    try:
        story.offered(ANN, story.asks("And the book on poison?"))
        story.answers(ANN, chat, "On the shelf.")
        story.ends(ANN, chat)
    finally:
        world.sql("ALTER TABLE deskbell.line DROP CONSTRAINT tested")
    return story.finish(gaps=False)


def slow_server(world, tag):
    """The server reads nothing for a while. What waits for it in the kernel dies with the desk when
    something unread lies there, and is sent again."""
    story = Story(world, tag)
    world.window(4096)
    story.begin()
    chat = story.offered(ANN, story.asks("Where is the atlas?"))
    story.answers(ANN, chat, "On the shelf.")
    marks = f"SELECT last_line, patron_mark FROM deskbell.chat WHERE patron LIKE '{tag}p@%'"
    world.is_deaf = True
    for _ in range(40):
        world.send(world.compose(f"{ANN}/desk", chat, story.text("A long answer. " * 400)).stanza)
    count = f"SELECT count(*) FROM deskbell.line WHERE body LIKE 'A long answer.%[{tag}.%'"
    world.until("all is kept", lambda: world.sql(count) == [["40"]])
    until = time.monotonic() + 1.5  # longer than a mark may wait
    while time.monotonic() < until:
        world.pump(0.05)
    if int(world.sql(marks)[0][1]) > 30:
        raise Failed(f"lines that no server has are marked as sent: {world.sql(marks)}")
    world.child.send_signal(signal.SIGSTOP)
    world.send(" " * 10)
    world.is_deaf = False
    world.kill()
    world.window(1 << 20)
    world.start()
    story.ends(ANN, chat)
    return story.finish()


def install(world, tag):
    """A database from nothing, and settings into it, whichever step was the last."""
    world.sql(f"CREATE DATABASE install_{tag}")
    database = f"host={world.database.folder} dbname=install_{tag} user="
    world.daemon.configure(database=database + "deskbell", migrate=database + "postgres")
    try:
        for command in (("migrate",), ("import", os.path.join(HERE, "north.conf"))):
            while world.command(*command) is None:
                pass
        again = world.command("import", os.path.join(HERE, "north.conf"))
        if again != "nothing changes\n" or len(world.command("export", "north")) < 1000:
            raise Failed(f"the file is not in the database: {again}")
        return 0, 0
    finally:
        world.daemon.configure()
        world.sql(f"DROP DATABASE install_{tag} WITH (FORCE)")


# The shortest first: in the short form each point is visited in the first story that passes it.
ALL = (refused, away, overtaken, slow_server, desk, install)
