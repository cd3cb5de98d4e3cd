"""A desk that dies again and again, and the world that goes on around it: the XMPP server (XEP-0114,
played here, so that nothing else can be the cause), the people, the database.

What was sent, acknowledged and received is written down here; audit.py compares it with PostgreSQL.
"""
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from xml.sax.saxutils import escape, unescape

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
sys.dont_write_bytecode = True

import stack  # noqa: E402

DOMAIN, ACCOUNTS = stack.DESK, stack.ACCOUNTS
STANZA = re.compile(rb"<(message|presence|iq)\b[^>]*?(?:/>|>.*?</\1>)", re.S)
ATTRIBUTE = re.compile(r"""\b(to|from|id|type)=(?:"([^"]*)"|'([^']*)')""")
BODY = re.compile(r"<body>(.*?)</body>", re.S)
RECEIPT = re.compile(r"<received xmlns='urn:xmpp:receipts' id=\"([^\"]*)\"/>")
SANITIZER = re.compile(r"ERROR: (Address|Leak)Sanitizer|runtime error:|Assertion .* failed")
RECEIPT_WANTED = "<request xmlns='urn:xmpp:receipts'/>"
# What is freed is free, so that memory can be measured.
ASAN = "detect_leaks=0:quarantine_size_mb=1:thread_local_quarantine_size_kb=64"
ENTITIES = {"&quot;": '"', "&apos;": "'"}


class Failed(Exception):
    """What the test is there to find; the text is for people."""


class Sql:
    """One session as the superuser; statements and answers by pipes."""

    END = "\x1e-- done --"

    def __init__(self, database, name="deskbell"):
        self.child = subprocess.Popen(
            ["psql", *database.address(name, "postgres"), "-qAt", "-F", "\x1f", "-v", "ON_ERROR_STOP=0"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def __call__(self, statement):
        self.child.stdin.write(f"{statement};\n\\echo {self.END}\n")
        self.child.stdin.flush()
        rows = []
        while (line := self.child.stdout.readline()) != self.END + "\n":
            if not line or line.startswith(("ERROR", "FATAL")):
                raise Failed(f"'{statement}': {line}")
            rows.append(line.rstrip("\n").split("\x1f"))
        return rows

    def close(self):
        self.child.stdin.close()
        self.child.wait()


class Sent:
    """A line that somebody sent: by a patron, who repeats it until the receipt, or an operator."""

    def __init__(self, author, number, body, stanza):
        self.author, self.id, self.body, self.stanza = author, number, body, stanza
        self.acknowledged = False


class World:
    def __init__(self, folder, program, build):
        self.folder, self.program, self.build = folder, program, build
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # by way of everybody's `finally`
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.secret, self.component = "s3cret", self.listener.getsockname()[1]
        self.database = stack.Database(os.path.join(folder, "db"), durable=False)
        self.conn, self.inbox, self.up, self.up_at = None, b"", False, 0.0
        self.is_deaf = False     # a server that reads nothing
        self.rest = b""          # begun, and not taken by the desk
        self.refused = 0
        self.child, self.lives, self.is_away = None, 0, False
        self.deaths = []         # where it is to die: "POINT:VISIT", one a life
        self.ids, self.answers = 0, {}
        self.operators = set()   # bare JIDs of those who are online
        self.sent = {}           # id: Sent
        self.unanswered = {}     # patrons' lines without a receipt
        self.got = []            # (to, from, id, body) of all messages with a body
        self.on_message = None
        self.counts, self.visited = os.path.join(folder, "counts"), {}

    # The stack ---------------------------------------------------------------------------------

    def prepare(self, consortium):
        """Database, schema and settings; the desk itself is not started."""
        self.database.start()
        self.database.create("deskbell")
        self.daemon = stack.Deskbell(os.path.join(self.folder, "desk"), os.path.join(self.build, "deskbell"),
                                     self, self.database, "north")
        self.daemon.must("migrate")
        self.daemon.must("import", consortium)
        self.sql = Sql(self.database)
        self.sql("SET client_min_messages = error")
        self.state = self.daemon.settings["state"]

    def environment(self):
        with open(self.counts, "wb"):
            os.chmod(self.counts, 0o666)  # 'migrate' becomes the database's user
        return {**os.environ, "DESKBELL_CRASH": self.deaths[0] if self.deaths else "",
                "DESKBELL_CRASH_COUNTS": self.counts, "ASAN_OPTIONS": ASAN}

    def start(self):
        self.lives += 1
        with open(self.daemon.log, "ab") as log:
            self.child = subprocess.Popen(
                [self.program, "run", "-c", self.daemon.config], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, env=self.environment(), preexec_fn=stack.ended_with_us(signal.SIGKILL))

    def command(self, *words):
        """Another word of the program; its output, or None when it died at its point."""
        done = subprocess.run([self.program, words[0], "-c", self.daemon.config, *words[1:]], text=True,
                              env=self.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60)
        self.count()
        if done.returncode == -signal.SIGKILL and self.deaths:
            self.deaths.pop(0)
            return None
        if done.returncode != 0:
            raise Failed(f"deskbell {' '.join(words)} failed ({done.returncode}): {done.stdout}")
        return done.stdout

    def kill(self):
        """A death that nobody planned for, but we."""
        self.child.kill()
        self.child.wait()
        self.drain()

    def drain(self):
        """What a dead desk had handed to the kernel still arrives."""
        self.count()
        self.accept()
        while self.conn is not None and self.read():
            pass
        self.hang_up()

    def look_after(self):
        """Starts it again when it died at its point. Any other end is a fault."""
        code = self.child.poll()
        if code is None:
            return
        self.drain()
        if code != -signal.SIGKILL or not self.deaths:
            raise Failed(f"the desk ended by itself ({code}); its log:\n{stack.log_tail(self.daemon.log)}")
        self.deaths.pop(0)
        if self.is_away:
            self.back()  # it starts with the database only
        self.start()

    def end(self):
        """Kindly. A point on the way may fire."""
        self.child.send_signal(signal.SIGTERM)
        until = time.monotonic() + 20
        while self.child.poll() is None:
            if time.monotonic() > until:
                raise Failed("SIGTERM does not end the desk")
            self.pump(0.05, looks=False)
        self.drain()
        if self.child.returncode == -signal.SIGKILL and self.deaths:
            self.deaths.pop(0)
            return
        if self.child.returncode != 0:
            raise Failed(f"SIGTERM: the desk ended with {self.child.returncode}")

    def away(self):
        """The database hangs up, with whatever was under way, and lets nobody in."""
        self.is_away = True
        self.sql("ALTER ROLE deskbell NOLOGIN")
        self.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'deskbell'")

    def back(self):
        self.sql("ALTER ROLE deskbell LOGIN")
        self.is_away = False

    def count(self):
        """How often the life that has just ended passed each point; the most of all lives is kept."""
        with open(self.counts, "rb") as file:
            rows = re.findall(rb"([a-z-]+) (\d+)\n", file.read())
        for name, count in rows:
            self.visited[name.decode()] = max(int(count), self.visited.get(name.decode(), 0))

    def complaints(self):
        """What a sanitizer or an assertion wrote."""
        if not os.path.exists(self.daemon.log):
            return None
        with open(self.daemon.log, errors="replace") as file:
            text = file.read()
        found = SANITIZER.search(text)
        return text[max(0, found.start() - 200):found.start() + 3000] if found else None

    def close(self):
        if self.child and self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        self.hang_up()
        self.listener.close()
        if hasattr(self, "sql"):
            self.sql.close()
        self.database.stop()

    # The server --------------------------------------------------------------------------------

    def accept(self):
        try:
            fresh, _ = self.listener.accept()
        except BlockingIOError:
            return
        self.hang_up()
        self.conn, self.inbox = fresh, b""
        self.conn.setblocking(False)
        self.conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def window(self, size):
        """How much the kernel takes for the server that it has not read."""
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)

    def hang_up(self):
        if self.conn is not None:
            self.conn.close()
        self.conn, self.up = None, False

    def push(self, text, seconds):
        """To a desk that may not be reading. False: it has not been for so long, and nothing is sent
        but the beginning; the rest goes with the next flush()."""
        end = time.monotonic() + seconds
        self.rest += text.encode()
        while self.rest:
            try:
                self.rest = self.rest[self.conn.send(self.rest):]
            except BlockingIOError:
                if time.monotonic() > end:
                    return False
                select.select([], [self.conn], [], 0.05)
        return True

    def flush(self):
        self.until("the desk reads again", lambda: self.push("", 0.05), 60)

    def memory(self):
        """Of the desk, in KiB."""
        with open(f"/proc/{self.child.pid}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))

    def send(self, text):
        if self.conn is None:
            return
        bytes_ = text.encode() if isinstance(text, str) else text
        while bytes_:
            try:
                bytes_ = bytes_[self.conn.send(bytes_):]
            except BlockingIOError:
                select.select([], [self.conn], [], 0.1)
                if not self.is_deaf:
                    self.read()
                if self.conn is None:
                    return
            except OSError:
                return  # what it does not hear it does not hear

    def read(self):
        """False: there is nothing more for now."""
        try:
            bytes_ = self.conn.recv(1 << 18)
        except BlockingIOError:
            return False
        except OSError:
            bytes_ = b""
        if not bytes_:
            self.hang_up()
            return False
        self.inbox += bytes_
        if not self.up:
            self.greet()
        done = 0
        if self.up:
            for match in STANZA.finditer(self.inbox):
                done = match.end()
                self.stanza(match.group(1), match.group().decode())
        self.inbox = self.inbox[done:]
        if self.inbox.rstrip().endswith(b"</stream:stream>"):
            self.send("</stream:stream>")
            self.hang_up()
            return False
        return True

    def greet(self):
        if b"<stream:stream" in self.inbox and b"<handshake>" not in self.inbox:
            self.inbox = b""
            self.send("<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
                      f"xmlns:stream='http://etherx.jabber.org/streams' id='1' from='{DOMAIN}'>")
        elif b"</handshake>" in self.inbox:
            self.inbox = self.inbox.split(b"</handshake>", 1)[1]
            self.up, self.up_at = True, time.monotonic()
            self.send("<handshake/>")

    def stanza(self, kind, xml):
        head = {name: double or single for name, double, single in ATTRIBUTE.findall(xml[:xml.index(">")])}
        to, sender = head.get("to", ""), head.get("from", "")
        if kind == b"message":
            self.message(head, xml)
        elif to == DOMAIN:
            self.send(xml)  # its own ping, by way of the server
        elif kind == b"iq" and head.get("type") == "get":
            self.send(f"<iq type='result' from='{to}' to='{sender}' id='{head.get('id')}'/>")
        elif kind == b"iq" and head.get("type") in ("result", "error"):
            self.answers[head.get("id")] = xml
        elif kind == b"presence" and head.get("type") in ("probe", "subscribe"):
            bare = to.split("/")[0]
            if head["type"] == "subscribe":
                self.send(f"<presence from='{bare}' to='{sender}' type='subscribed'/>")
            if bare in self.operators:
                self.send(f"<presence from='{bare}/desk' to='{sender}'/>")

    def message(self, head, xml):
        receipt, body = RECEIPT.search(xml), BODY.search(xml)
        if receipt:
            number = receipt.group(1)
            self.sent[number].acknowledged = True
            self.unanswered.pop(number, None)
        if head.get("type") == "error":
            if "resource-constraint" not in xml:  # that is tried again
                raise Failed(f"refused: {xml}")
            self.refused += 1
        if body:
            text = unescape(body.group(1), ENTITIES)
            self.got.append((head["to"], head["from"], head.get("id", ""), text))
            if self.on_message:
                self.on_message(*self.got[-1])

    # Time --------------------------------------------------------------------------------------

    def pump(self, seconds, looks=True):
        """Lets the world go on for a moment: until something came, or so long."""
        if looks:
            self.look_after()
        watched = [self.listener] + ([self.conn] if self.conn and not self.is_deaf else [])
        ready = select.select(watched, [], [], seconds)[0]
        if self.listener in ready:
            self.accept()
        was_up = self.up
        if self.conn is not None and not self.is_deaf:
            self.read()
        if self.up and not was_up:
            self.greeted = self.lives
            for sent in list(self.unanswered.values()):
                self.send(sent.stanza)
        return bool(ready)

    def until(self, what, condition, seconds=20):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise Failed(f"never: {what}; log:\n{stack.log_tail(self.daemon.log)}")
            self.pump(0.05)

    def attempt(self, what, act, done, patience=0.6, seconds=30):
        """Does it, and does it again when the desk died over it, as a person would who sees nothing
        come of it."""
        end = time.monotonic() + seconds
        while not done():
            self.until("the desk is up", lambda: self.up)
            life = self.lives
            act()  # in which it may die, too
            while not done() and time.monotonic() < end:
                self.pump(0.05)
                if self.lives != life and self.up and time.monotonic() > self.up_at + patience:
                    break
            if not done() and time.monotonic() >= end:
                raise Failed(f"never: {what}; log:\n{stack.log_tail(self.daemon.log)}")

    def sync(self):
        """Until the desk has read all that was sent before."""
        self.command_id = None

        def ask():
            self.ids += 1
            self.command_id = f"sync{self.ids}"
            self.send(f"<iq type='get' from='sync@{ACCOUNTS}/x' to='{DOMAIN}' id='{self.command_id}'>"
                      "<ping xmlns='urn:xmpp:ping'/></iq>")
        self.attempt("a ping is answered", ask, lambda: self.command_id in self.answers, 0.0)

    # People ------------------------------------------------------------------------------------

    def compose(self, author, to, body, extra=""):
        self.ids += 1
        number = f"id{self.ids}"
        stanza = (f"<message type='chat' from='{author}' to='{to}' id='{number}'>"
                  f"<body>{escape(body)}</body>{extra}{RECEIPT_WANTED}</message>")
        self.sent[number] = sent = Sent(author, number, body, stanza)
        return sent

    def patron_sends(self, sent):
        """Repeated after each connection until the receipt comes, as the widget does."""
        self.unanswered[sent.id] = sent
        if self.up:
            self.send(sent.stanza)

    def received(self, to, words):
        """The messages to that bare JID with these words."""
        return [message for message in self.got if message[0].split("/")[0] == to and words in message[3]]


def world_run(name, build, program, work):
    """A world in a folder of its own, in which `work` is done. Returns the exit status: 1 with a line on standard
    error when it failed, or when the desk has complained."""
    build = os.path.abspath(build)
    with tempfile.TemporaryDirectory(prefix="deskbell-crash-",
                                     dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        os.chmod(folder, 0o755)
        world = World(folder, program or os.path.join(build, "deskbell"), build)
        try:
            world.prepare(os.path.join(HERE, "north.conf"))
            work(world)
            if world.complaints():
                raise Failed(world.complaints())
        except (Failed, stack.StackError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 1
        finally:
            world.close()
    return 0
