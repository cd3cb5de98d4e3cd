#!/usr/bin/env python3
"""servers.py BUILD [quick|full]: a chat of two through real servers, three ways, in one run: from client
to client directly, in a room of the server's own, and by way of Deskbell from the operator to the
patron. Prints a table of medians; the ways run in turn.

The clients are raw sockets in this process, alike for all three ways. The operator writes, since
the desk limits how fast patrons may."""
import base64
import os
import re
import select
import socket
import statistics
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "scripts"))
import stack  # noqa: E402

ROOM = f"bench@rooms.{stack.ACCOUNTS}"
QUEUE = f"north-lake@{stack.DESK}"
TICKS = os.sysconf("SC_CLK_TCK")


class Prosody(stack.Prosody):
    def configure(self):
        super().configure()
        with open(f"{self.folder}/prosody.cfg.lua", "a") as file:
            file.write(f'\nComponent "rooms.{stack.ACCOUNTS}" "muc"\n'
                       'muc_room_default_history_length = 0\n')


class Ejabberd(stack.Ejabberd):
    def configure(self):
        super().configure()
        path = f"{self.folder}/deskbell.yml"
        with open(path) as file:
            text = file.read()
        text = re.sub(r"^modules:\n", f"modules:\n  mod_muc:\n    host: rooms.{stack.ACCOUNTS}\n"
                      "    history_size: 0\n    min_message_interval: 0\n", text, flags=re.M)
        with open(path, "w") as file:
            file.write(text)


class Client:
    """A client on a raw socket. It parses nothing but the ends of stanzas."""

    def __init__(self, server, name, password):
        self.bare, self.buffer = f"{name}@{stack.ACCOUNTS}", b""
        self.socket = socket.create_connection(("127.0.0.1", server.c2s), 10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain = base64.b64encode(f"\0{name}\0{password}".encode()).decode()
        self.stream()
        self.send(f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>")
        self.wait(b"<success")
        self.stream()
        self.send("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                  "<resource>bench</resource></bind></iq>")
        self.wait(b"</bind>")
        self.send("<presence/>")

    def stream(self):
        self.buffer = b""
        self.send(f"<?xml version='1.0'?><stream:stream to='{stack.ACCOUNTS}' xmlns='jabber:client'"
                  " xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>")
        self.wait(b"</stream:features>")

    def send(self, text):
        self.socket.sendall(text.encode() if isinstance(text, str) else text)

    def read(self, seconds):
        if select.select([self.socket], [], [], seconds)[0]:
            data = self.socket.recv(1 << 18)
            if not data:
                raise stack.StackError(f"the server closed {self.bare}'s stream")
            self.buffer += data

    def wait(self, part, seconds=20):
        """Until that came; what came until then."""
        end = time.monotonic() + seconds
        while part not in self.buffer:
            if time.monotonic() > end:
                raise stack.StackError(f"{self.bare}: no {part!r} in {self.buffer[-600:]!r}")
            self.read(0.2)
        came, self.buffer = self.buffer, b""
        return came

    def bodies(self, seconds=0):
        """Our lines that came since the last call, and how many."""
        self.read(seconds)
        at = self.buffer.rfind(b"</message>")
        if at < 0:
            return []
        whole, self.buffer = self.buffer[:at + 10], self.buffer[at + 10:]
        return re.findall(rb"<body>#(\d+) ", whole)


def cpu_of(folder_or_pid):
    """Seconds of processor time of a process, or of all that name a folder."""
    pids = [folder_or_pid] if isinstance(folder_or_pid, int) else stack.processes_below(folder_or_pid)
    used = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
            used += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return used / TICKS


class Way:
    """One way from `writer` to `reader`."""

    def __init__(self, name, writer, reader, to, kind):
        self.name, self.writer, self.reader = name, writer, reader
        self.head = f"<message to='{to}' type='{kind}' id='m'><body>#".encode()
        self.tail = b" " + b"x" * 100 + b"</body></message>"

    def say(self, count=1):
        self.writer.send(b"".join(self.head + b"%d" % time.monotonic_ns() + self.tail
                                  for _ in range(count)))

    def closed(self, window, count):
        """Messages a second with so many under way."""
        sent, came, since = min(window, count), 0, time.monotonic()
        self.say(sent)
        while came < count:
            bodies = self.reader.bodies(1)
            if time.monotonic() - since > 120:
                raise stack.StackError(f"{self.name}: {came} of {count} came")
            came += len(bodies)
            more = min(len(bodies), count - sent)
            if more:
                self.say(more)
                sent += more
            self.drain()
        return count / (time.monotonic() - since)

    def paced(self, rate, seconds):
        """Microseconds of the median and of the 99th of a hundred, at so many a second."""
        times, since, said = [], time.monotonic(), 0
        while len(times) < rate * seconds and time.monotonic() - since < seconds + 20:
            due = since + said / rate
            if said < rate * seconds and time.monotonic() >= due:
                self.say()
                said += 1
            wait = max(0, due - time.monotonic()) if said < rate * seconds else 0.2
            times += [time.monotonic_ns() - int(body) for body in self.reader.bodies(min(wait, 0.2))]
        self.drain()
        times.sort()
        return times[len(times) // 2] / 1000, times[len(times) * 99 // 100] / 1000

    def drain(self):
        """A room sends its own lines back to who wrote them."""
        self.writer.read(0)
        self.writer.buffer = b""


def chat_open(patron, operator):
    """Claims a chat; its address."""
    patron.buffer = operator.buffer = b""
    patron.send(f"<message to='{QUEUE}' type='chat' id='q1'><body>hello there</body></message>")
    came = operator.wait(b"hello there")
    address = re.search(rb"from=['\"](north-lake\.[^'\"/]+)", came).group(1).decode()
    operator.send(f"<message to='{address}' type='chat' id='a1'><body>I take it</body></message>")
    patron.wait(b"I take it")
    return address


def ways_open(server, passwords):
    patron = Client(server, "patron", passwords["patron"])
    operator = Client(server, "north-lake-ann", passwords["north-lake-ann"])
    operator.wait(b"subscribe", 60)  # the desk is there, and asks for the operator's presence
    operator.send(f"<presence type='subscribed' to='{QUEUE}'/><presence to='{QUEUE}'/>")
    for client, nick in ((operator, "ann"), (patron, "pat")):
        client.send(f"<presence to='{ROOM}/{nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>")
        came = client.wait(b"110")
        if b"201" in came:
            client.send(f"<iq type='set' to='{ROOM}' id='c'><query xmlns='http://jabber.org/protocol/muc#owner'>"
                        "<x xmlns='jabber:x:data' type='submit'/></query></iq>")
            client.wait(b"id='c'" if b"id='b'" in came else b"result")
    time.sleep(2.5)  # the desk settles who is there
    address = chat_open(patron, operator)
    return [Way("client to client", operator, patron, f"{patron.bare}/bench", "chat"),
            Way("the server's own room", operator, patron, ROOM, "groupchat"),
            Way("by way of Deskbell", operator, patron, address, "chat")]


def measure(name, server, desk, ways, full):
    rounds, count = (5, 6000) if full else (5, 1500)
    results = {way.name: [] for way in ways}
    for number in range(-1, rounds):
        for way in ways:
            before = cpu_of(server.process.child.pid), cpu_of(desk.process.child.pid)
            rate = way.closed(64, count if number >= 0 else count // 4)
            used = cpu_of(server.process.child.pid) - before[0], cpu_of(desk.process.child.pid) - before[1]
            half, most = way.paced(200, 2 if full else 1)
            if number >= 0:
                results[way.name].append((rate, half, most, *(1e6 * part / count for part in used)))
    room, middle = results[ways[1].name], statistics.median
    for way in ways:
        mine = results[way.name]
        rate, half, most, server_cpu, desk_cpu = (middle(column) for column in zip(*mine))
        to_room = middle(a[0] / b[0] for a, b in zip(mine, room))
        wait = middle(a[1] / b[1] for a, b in zip(mine, room))
        share = middle(a[4] / (a[3] + a[4]) if a[3] + a[4] else 0 for a in mine)
        print(f"| {name}: {way.name} | {rate:.0f} | {to_room:.2f} | {half:.0f} / {most:.0f} | {wait:.2f} "
              f"| {server_cpu:.0f} | {desk_cpu:.1f} | {100 * share:.0f} % |", flush=True)


def run(name, build, full):
    folder = tempfile.mkdtemp(prefix="deskbell-bench-")
    os.chmod(folder, 0o755)
    os.makedirs(f"{folder}/www")
    passwords = {login: stack.password_new() for login in ("patron", "north-lake-ann")}
    database = stack.Database(f"{folder}/db", durable=True)
    server = {"Prosody": Prosody, "ejabberd": Ejabberd}[name](f"{folder}/server", stack.password_new(), f"{folder}/www")
    desk = None
    try:
        database.start()
        database.create("deskbell")
        server.start()
        stack.accounts_create(server, {f"{login}@{stack.ACCOUNTS}": word for login, word in passwords.items()})
        desk = stack.Deskbell(f"{folder}/desk", f"{build}/deskbell", server, database, "north")
        desk.must("migrate")
        stack.render(f"{ROOT}/test/e2e/desk.conf.in", f"{folder}/north.conf",
                     {key: "" for key in ("@MORE_OPERATORS@", "@MORE_ASSIGNED@", "@MORE_QUEUES@")})
        desk.must("import", f"{folder}/north.conf")
        desk.start()
        time.sleep(1)
        measure(name, server, desk, ways_open(server, passwords), full)
    finally:
        if desk:
            desk.stop()
        server.stop()
        database.stop()
        stack.shutil.rmtree(folder, ignore_errors=True)


def main():
    build, full = os.path.abspath(sys.argv[1]), sys.argv[2:] == ["full"]
    print("\n| a chat of two, 64 under way | messages/s | to the room | p50 / p99 us at 200/s | p50 to the room "
          "| server CPU us | Deskbell CPU us | Deskbell's share |\n|---|---|---|---|---|---|---|---|", flush=True)
    for name in ("Prosody", "ejabberd"):
        run(name, build, full)


if __name__ == "__main__":
    main()
