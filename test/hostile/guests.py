"""Anonymous guests who write what they want, over TCP or BOSH, and a hostile one at full speed.

Not a client: a socket, and as much of XMPP as it takes to get in.
"""
import itertools
import os
import select
import signal
import socket
import sys
import time
from xml.etree import ElementTree

HOST = "127.0.0.1"
NS = {"sasl": "urn:ietf:params:xml:ns:xmpp-sasl", "bind": "urn:ietf:params:xml:ns:xmpp-bind"}
BIND = f"<iq type='set' id='bind'><bind xmlns='{NS['bind']}'/></iq>"
AUTH = f"<auth xmlns='{NS['sasl']}' mechanism='ANONYMOUS'/>"
BODY_MAX = 15800  # the servers let stanzas of 16 KiB through


class GuestError(Exception):
    """The server does not let the guest in, or has thrown it out."""


class Guest:
    """Over TCP."""

    def __init__(self, port, domain, seconds=15):
        self.domain = domain
        self.socket = socket.create_connection((HOST, port), seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.begin()
        self.send(AUTH)
        self.until("success")
        self.begin()
        self.send(BIND)
        self.jid = self.until("iq").find(f".//{{{NS['bind']}}}jid").text

    def begin(self):
        self.parser, self.depth, self.waiting = ElementTree.XMLPullParser(("start", "end")), 0, []
        self.send(f"<stream:stream to='{self.domain}' version='1.0' xmlns='jabber:client'"
                  " xmlns:stream='http://etherx.jabber.org/streams'>")
        self.until("features")

    def send(self, text):
        try:
            self.socket.sendall(text.encode())
        except OSError as error:
            raise GuestError(str(error)) from None

    def take(self, data):
        if not data:
            raise GuestError("the server closed the stream")
        self.parser.feed(data)
        for event, element in self.parser.read_events():
            self.depth += 1 if event == "start" else -1
            if event == "end" and self.depth == 1:
                self.waiting.append(element)

    def stanzas(self, seconds=0.0):
        """What has come, after waiting up to `seconds` for a first one."""
        end = time.monotonic() + seconds
        while not self.waiting:
            left = end - time.monotonic()
            if not select.select([self.socket], [], [], max(0.0, left))[0]:
                break
            try:
                self.take(self.socket.recv(65536))
            except OSError as error:
                raise GuestError(str(error)) from None
        found, self.waiting = self.waiting, []
        return found

    def until(self, name, seconds=15, **attributes):
        """The next stanza of that name; others before it are dropped."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.stanzas(max(0.0, end - time.monotonic()))
            for index, stanza in enumerate(found):
                if stanza.tag.endswith("}" + name) and all(stanza.get(key) == value
                                                           for key, value in attributes.items()):
                    self.waiting = found[index + 1:]
                    return stanza
        raise GuestError(f"no <{name}/> with {attributes} within {seconds} s")

    def drain(self):
        """Takes what has come without looking at it, so that the server does not wait for us."""
        while select.select([self.socket], [], [], 0)[0]:
            if not self.socket.recv(1 << 20):
                raise GuestError("the server closed the stream")

    def close(self):
        self.socket.close()


class BoshGuest:
    """Over BOSH: two connections take turns, since the server holds one answer back."""

    def __init__(self, port, domain, seconds=15):
        self.port, self.seconds = port, seconds
        self.sockets = [socket.create_connection((HOST, port), seconds) for _ in range(2)]
        for one in self.sockets:
            one.settimeout(seconds)
        self.rid, self.sid, self.unread = 1000 + os.getpid(), None, []
        answer = self.ask(f" to='{domain}' xml:lang='en' wait='10' hold='1' ver='1.6'"
                          " xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh'")
        self.sid = answer.get("sid")
        if self.sid is None:
            raise GuestError("no BOSH session: " + ElementTree.tostring(answer, encoding="unicode"))
        self.expect("success", inner=AUTH)
        self.ask(f" to='{domain}' xmpp:restart='true' xmlns:xmpp='urn:xmpp:xbosh'")
        self.expect("jid", inner=BIND)

    def expect(self, name, inner):
        answer = self.ask("", inner)
        for _ in range(3):
            if any(element.tag.endswith("}" + name) for element in answer.iter()):
                return
            answer = self.ask("")
        raise GuestError(f"no <{name}/> by BOSH")

    def post(self, attributes, inner=""):
        self.rid += 1
        sid = f" sid='{self.sid}'" if self.sid else ""
        body = f"<body rid='{self.rid}'{sid} xmlns='http://jabber.org/protocol/httpbind'{attributes}>{inner}</body>"
        one = self.sockets[self.rid % 2]
        head = (f"POST /http-bind HTTP/1.1\r\nHost: guest.localhost:{self.port}\r\n"
                f"Content-Type: text/xml\r\nContent-Length: {len(body.encode())}\r\n\r\n")
        try:
            one.sendall(head.encode() + body.encode())
        except OSError as error:
            raise GuestError(str(error)) from None
        self.unread.append(one)

    def answer(self):
        one, data = self.unread.pop(0), b""
        try:
            while b"\r\n\r\n" not in data:
                data += self.part(one)
            head, _, body = data.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").lower().split("\r\n")
            length = next((int(line.split(":")[1]) for line in lines if line.startswith("content-length:")), None)
            if length is None or not lines[0].split()[1] == "200":
                raise GuestError(f"BOSH answers {lines[0]}")
            while len(body) < length:
                body += self.part(one)
            return ElementTree.fromstring(body[:length])
        except (OSError, ElementTree.ParseError) as error:
            raise GuestError(str(error)) from None

    @staticmethod
    def part(one):
        data = one.recv(1 << 20)
        if not data:
            raise GuestError("the server closed the connection")
        return data

    def ask(self, attributes, inner=""):
        self.post(attributes, inner)
        return self.answer()

    def send(self, text):
        """Like TCP, but at most one request ahead."""
        self.post("", text.replace("<message ", "<message xmlns='jabber:client' ", 1))
        if len(self.unread) == 2 and self.answer().get("type") == "terminate":
            raise GuestError("the server ended the BOSH session")

    def drain(self):
        """send() reads the answers."""

    def close(self):
        for one in self.sockets:
            one.close()


def shapes(queue):
    """Hostile stanzas, within the desk's bounds and over them; each below the servers' own limit."""
    def message(inner, number=itertools.count()):
        return f"<message to='{queue}' type='chat' id='h{next(number)}'>{inner}</message>"

    def fill(unit, room=BODY_MAX - 200):
        return unit * (room // len(unit))

    attributes = "<a" + "".join(f" a{number}=''" for number in range(30)) + "/>"
    return [
        message("<g>" + "<a/>" * 250 + "</g><g>" + "<a/>\n" * 250 + "</g><g>" + "<a/>\n" * 250 + "</g>"),
        message(fill("<a/>")),
        message(fill(attributes)),
        message(f"<body>{fill(chr(10))}</body>"),
        message(f"<body>{fill('&lt;')}</body>"),
        message(f"<body>{fill('&#10;&amp;')}</body>"),
        message("<a>" * 14 + fill("\n", 8000) + "</a>" * 14),
        message("<a>" * 1000 + "</a>" * 1000),
        message(f"<g xmlns='{'n' * 255}'>{fill('<a/>', 1000)}</g>"),
        message("<body>" + fill("x") + "</body>"),
    ]


def attack(kind, port, domain, queue, count):
    """For ever at full speed; a lost connection is opened again. `count` is a shared number."""
    stanzas = itertools.cycle(shapes(queue))
    while True:
        try:
            guest = (BoshGuest if kind == "bosh" else Guest)(port, domain)
            while True:
                guest.send(next(stanzas))
                guest.drain()
                count.value += 1
        except (GuestError, OSError):
            time.sleep(0.05)  # thrown out: in again


class Attackers:
    """Processes that attack until the end of a `with`."""

    def __init__(self, kinds, desk_ports, domain, queue):
        import multiprocessing
        context = multiprocessing.get_context("fork")
        self.counts = [context.Value("q", 0, lock=False) for _ in kinds]
        self.processes = [
            context.Process(target=self.run, args=(kind, desk_ports[kind], domain, queue, count))
            for kind, count in zip(kinds, self.counts)]

    @staticmethod
    def run(*arguments):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        sys.stdout = sys.stderr = open(os.devnull, "w")
        attack(*arguments)

    def __enter__(self):
        for process in self.processes:
            process.daemon = True
            process.start()
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.join()

    def sent(self):
        return [count.value for count in self.counts]
