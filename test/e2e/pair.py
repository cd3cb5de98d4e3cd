"""Two desks of one consortium, and what stands between them and the world: each reaches the server and
the database through a gate of its own, which writes down when its stream was up and when it spoke, and
which can cut the way to the database. A small supervisor does what systemd does with our unit: it starts
who died again after a second, and kills whoever has not reported for WatchdogSec.

A teller is a patron whose client does what the widget does: it repeats a line under its id until it has
the receipt. The gap is from the fault to the first receipt of a line that the fault had met."""
import os
import re
import select
import signal
import socket
import threading
import time

import stack
from actors import Plain, ScenarioError

WATCHDOG_SECONDS, RESTART_SECONDS = 5, 1
STANDBY, ACTIVE = "Standby: ", "Active"
# Each stream is seen by a thread of its own.
BLUR_SECONDS = 0.1


class Stream:
    """One connection of a node to the server, as its gate saw it."""

    def __init__(self, node):
        self.node, self.up, self.down, self.said = node, None, None, []


class Gate:
    """Passes a socket on to another one, both ways."""

    def __init__(self, node, listener, target, streams=None):
        self.node, self.target, self.streams, self.listener = node, target, streams, listener
        self.pairs, self.lock, self.open = [], threading.Lock(), True
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.socket(self.listener.family, socket.SOCK_STREAM)
            try:
                if not self.open:
                    raise OSError("the gate is shut")
                far.connect(self.target)
            except OSError:
                near.close()
                far.close()
                continue
            stream = Stream(self.node)
            with self.lock:
                self.pairs.append((near, far))
                if self.streams is not None:
                    self.streams.append(stream)
            threading.Thread(target=self.carry, args=(near, far, stream), daemon=True).start()

    def carry(self, near, far, stream):
        try:
            while True:
                for ready in select.select([near, far], [], [])[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    if ready is near:
                        stream.said.append(time.monotonic())
                    elif stream.up is None and b"<handshake" in data:
                        stream.up = time.monotonic()
                    (far if ready is near else near).sendall(data)
        except (OSError, ValueError):
            pass
        finally:
            stream.down = time.monotonic()
            for end in (near, far):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                end.close()

    def cut(self):
        """Nobody passes, and whoever was passing is thrown out."""
        self.open = False
        with self.lock:
            for pair in self.pairs:
                for end in pair:
                    try:
                        end.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        pass
            self.pairs.clear()

    def mend(self):
        self.open = True

    def close(self):
        self.cut()
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()


def listener_tcp():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def listener_unix(path):
    if os.path.exists(path):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    os.chmod(path, 0o666)
    listener.listen()
    return listener


class Node:
    """A desk under its supervisor."""

    def __init__(self, desk, name, streams):
        self.name, self.watched = name, True
        folder = os.path.join(desk.folder, f"node-{name}")
        os.makedirs(folder, exist_ok=True)
        tcp = listener_tcp()
        self.server_gate = Gate(self, tcp, ("127.0.0.1", desk.server.component), streams)
        self.database_gate = Gate(self, listener_unix(os.path.join(folder, ".s.PGSQL.5432")),
                                  os.path.join(desk.database.folder, ".s.PGSQL.5432"))
        self.daemon = stack.Deskbell(folder, os.path.join(desk.build, "deskbell"), desk.server, desk.database,
                                     "north", os.path.join(folder, "status"))
        self.daemon.settings.update(failover="true", port=tcp.getsockname()[1],
                                    database=f"host={folder} dbname=deskbell user=deskbell")
        self.daemon.configure()
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = os.path.join(folder, "notify")
        if os.path.exists(path):
            os.unlink(path)
        self.notify.bind(path)
        self.notify.settimeout(0.1)
        self.daemon.process.env.update(NOTIFY_SOCKET=path, WATCHDOG_USEC=str(WATCHDOG_SECONDS * 1000000))
        self.status, self.ready, self.heard, self.wanted = "", False, 0.0, False
        self.deaths = []
        self.thread = threading.Thread(target=self.supervise, daemon=True)

    def start(self):
        self.wanted = True
        self.begin()
        self.thread.start()
        return self

    def begin(self):
        self.status, self.ready = "", False
        self.daemon.start()

    def supervise(self):
        died = None
        while self.wanted:
            try:
                said = self.notify.recv(4096).decode()
                self.heard = time.monotonic()
                self.ready = self.ready or "READY=1" in said
                found = re.search("^STATUS=(.*)$", said, re.M)
                if found:
                    self.status = found.group(1)
            except TimeoutError:
                pass
            now = time.monotonic()
            if self.daemon.process.alive():
                died = None
                if self.watched and self.ready and now - self.heard > WATCHDOG_SECONDS:
                    self.daemon.process.child.kill()
            elif died is None:
                died = now
                self.status, self.ready = "", False
                self.deaths.append(self.daemon.process.child.returncode)
            elif now - died > RESTART_SECONDS:
                self.begin()

    def send(self, number):
        self.daemon.process.child.send_signal(number)

    def stop(self):
        """Ends it kindly; its exit status."""
        self.wanted = False
        if self.thread.is_alive():
            self.thread.join()
        self.send(signal.SIGCONT)
        status = self.daemon.stop()
        for end in (self.server_gate, self.database_gate, self.notify):
            end.close()
        return status

    def log(self):
        with open(self.daemon.log, errors="replace") as file:
            return file.read()


class Pair:
    """One active, one standby; the desk's own daemon rests meanwhile."""

    def __init__(self, desk):
        self.desk, self.streams = desk, []
        desk.daemon.stop()
        self.nodes = [Node(desk, name, self.streams) for name in "ab"]

    def __enter__(self):
        self.nodes[0].start()
        self.wait(lambda: self.nodes[0].status == ACTIVE, 30, "the first is active")
        self.nodes[1].start()
        self.settle()
        return self

    def __exit__(self, *_):
        self.ends = [node.stop() for node in reversed(self.nodes)]

    def wait(self, condition, seconds, what):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise ScenarioError(f"not within {seconds} s: {what}\n{self.story()}")
            time.sleep(0.02)

    def settle(self, seconds=40):
        """Until one is active and the other stands by; (active, standby)."""
        def both():
            return sorted(node.status[:len(STANDBY)] for node in self.nodes) == sorted([ACTIVE, STANDBY])
        self.wait(both, seconds, "one active, one standby")
        return sorted(self.nodes, key=lambda node: node.status != ACTIVE)

    def story(self):
        return "".join(f"--- {node.name}: '{node.status}'\n{stack.log_tail(node.daemon.log, 15)}"
                       for node in self.nodes)

    def together(self):
        """How often two nodes' streams were up at once, as the server saw it."""
        lives = [(stream.up, stream.down or time.monotonic(), stream.node) for stream in self.streams if stream.up]
        return sum(1 for i, one in enumerate(lives) for other in lives[i + 1:]
                   if one[2] is not other[2] and
                   min(one[1], other[1]) - max(one[0], other[0]) > BLUR_SECONDS)

    def zombies(self):
        """How many pieces older streams said after another node's stream had come up."""
        return sum(1 for old in self.streams for new in self.streams
                   if old.up and new.up and new.node is not old.node and old.up < new.up
                   for said in old.said if said > new.up + BLUR_SECONDS)

    def complaints(self):
        texts = [self.desk.complaints_in(node.log()) for node in self.nodes]
        return next((text for text in texts if text), None)

    def check(self):
        assert self.together() == 0, f"two were active {self.together()} times\n{self.story()}"
        assert self.zombies() == 0, f"{self.zombies()} pieces said by who was over\n{self.story()}"
        complaints = self.complaints()
        assert not complaints, complaints


class Teller:
    """A patron who says one line after the other, each repeated until it is acknowledged."""

    REPEAT_SECONDS, PAUSE_SECONDS = 0.3, 0.25

    def __init__(self, desk, name, word):
        self.desk, self.word = desk, word
        self.queue = desk.queue("north-lake")
        self.person = desk.join(Plain(desk, name))
        self.person.presence(self.queue)
        self.said, self.times, self.mutex = [], {}, threading.Lock()
        self.running, self.failed = False, None
        self.thread = None

    def tell(self, text):
        """Says it until it is acknowledged; remembers when that was."""
        number = len(self.said) + 1
        self.said.append(text)
        stanza = (f"<message type='chat' to='{self.queue}' id='tell-{number}'><body>{text}</body>"
                  "<request xmlns='urn:xmpp:receipts'/></message>")
        began = time.monotonic()
        self.person.raw(stanza)
        asked = began
        while True:
            self.person.collect(0.02)
            seen = self.person.seen[self.person.cursors.get("tell", 0):]
            self.person.cursors["tell"] = len(self.person.seen)
            now = time.monotonic()
            if any(event["event"] == "receipt" and event.get("id") == f"tell-{number}" for event in seen):
                with self.mutex:
                    self.times[number] = (began, now)
                return
            bounced = any(event["event"] == "error" and event.get("id") == f"tell-{number}" for event in seen)
            if now - asked > (0.05 if bounced else self.REPEAT_SECONDS):
                self.person.raw(stanza)
                asked = now
            if now - began > 60:
                raise ScenarioError(f"'{text}' is not acknowledged within 60 s; the patron saw:\n"
                                    + self.person.story(max(0, len(self.person.seen) - 10)))

    def run(self):
        try:
            while self.running:
                self.tell(f"{self.word}, line {len(self.said) + 1}.")
                time.sleep(self.PAUSE_SECONDS)
        except Exception as error:  # shown by the thread that asks
            self.failed = error

    def start(self):
        self.running = True
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        return self

    def stop(self):
        self.running = False
        if self.thread:
            self.thread.join()
            self.thread = None
        if self.failed:
            raise self.failed

    def gap(self, fault, seconds=60):
        """From `fault` to the first receipt that came after it for a line that was said after it, or was
        under way then."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.failed:
            with self.mutex:
                after = [got for began, got in self.times.values() if got > fault + 0.01 and
                         (began > fault or got > fault + 0.05)]
            if after:
                return min(after) - fault
            time.sleep(0.01)
        raise self.failed or ScenarioError("no line comes through any more")
