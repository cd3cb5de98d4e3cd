"""The people of a scenario: operators in Pidgin's engine, in a plain client or in profanity, patrons
in a plain client or in a browser. All speak through the same few verbs.

An actor keeps everything that it was told. wait() looks at what was not yet waited for, in order, so
that a scenario reads like a conversation; messages, presence and so on are waited for independently,
since nothing orders them. saw() and never() look at all of it.
"""
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import threading
import time

from stack import ACCOUNTS, GUESTS, ended_with_us

WAIT_SECONDS = 15
ON_DUTY = re.compile("available|freeforchat|away|dnd")  # what a queue that is not offline shows in Pidgin


class ScenarioError(AssertionError):
    """The desk did not do what the scenario says; the text tells what was seen instead."""


def shorten(text, limit=int(os.environ.get("E2E_LINE", 160))):
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text)} characters)"


spoken = set()


def said():
    """All that was said so far, but for what is too short to be anybody's own words."""
    return {text for text in spoken if len(text) >= 12 and text[0] not in "!/"}


class Actor:
    """A child process that prints JSON events, one a line."""

    def __init__(self, name, command, folder):
        self.name, self.seen, self.cursors = name, [], {}
        self.lines = queue.Queue()
        self.errors = open(os.path.join(folder, f"{name}.log"), "ab")
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=self.errors, cwd=folder, start_new_session=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.child.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                event = {"event": "garbled", "text": line.decode(errors="replace")}
            self.lines.put(event)
        self.lines.put({"event": "ended"})

    def collect(self, seconds=0.0):
        """Takes in what has arrived; waits up to `seconds` for a first event."""
        try:
            self.seen.append(self.lines.get(timeout=seconds) if seconds else self.lines.get_nowait())
            while True:
                self.seen.append(self.lines.get_nowait())
        except queue.Empty:
            return

    def command(self, verb, jid="", text=""):
        if verb in ("say", "ask"):
            spoken.add(text)
        text = text.replace("\\", "\\\\").replace("\n", "\\n")
        try:
            self.child.stdin.write(f"{verb} {jid} {text}\n".encode())
            self.child.stdin.flush()
        except OSError as error:
            raise ScenarioError(f"{self.name} is not there any more: {error}") from None

    @staticmethod
    def matches(event, wanted):
        """A value is met by a part of the text, by one of several, or by a pattern's find."""
        for key, value in wanted.items():
            text = event.get(key, "")
            if isinstance(value, re.Pattern):
                fits = value.search(text)
            elif isinstance(value, (list, tuple)):
                fits = any(part.lower() in text.lower() for part in value)
            elif key in ("event", "show", "type", "state"):
                fits = text == value
            else:
                fits = value.lower() in text.lower()
            if not fits:
                return False
        return True

    def wait(self, event="message", seconds=WAIT_SECONDS, **wanted):
        """The next event of that kind that fits; later waits for the kind go on behind it."""
        wanted["event"], cursor = event, self.cursors.get(event, 0)
        end = time.monotonic() + seconds
        while True:
            self.collect()
            for index in range(cursor, len(self.seen)):
                if self.matches(self.seen[index], wanted):
                    self.cursors[event] = index + 1
                    return self.seen[index]
            left = end - time.monotonic()
            if left <= 0:
                raise ScenarioError(f"{self.name} waited {seconds} s for {wanted}, got since:\n"
                                    + self.story(cursor))
            self.collect(min(left, 0.5))

    def saw(self, event="message", seconds=WAIT_SECONDS, **wanted):
        """As wait(), but whatever was ever seen counts, and later waits are not moved."""
        cursor = self.cursors.pop(event, 0)
        try:
            return self.wait(event, seconds, **wanted)
        finally:
            self.cursors[event] = cursor

    def never(self, event="message", seconds=0.0, **wanted):
        """Nothing that fits, in all that was ever seen and in the next `seconds`."""
        wanted["event"] = event
        end = time.monotonic() + seconds
        while True:
            self.collect(max(0.0, min(end - time.monotonic(), 0.2)))
            found = [seen for seen in self.seen if self.matches(seen, wanted)]
            if found:
                raise ScenarioError(f"{self.name} must never get {wanted}, but: {found[0]}")
            if time.monotonic() >= end:
                return

    def story(self, start=0):
        return "".join(f"    {shorten(json.dumps(event))}\n" for event in self.seen[start:]) or "    nothing\n"

    def bodies(self):
        self.collect()
        return [event["body"] for event in self.seen if event["event"] == "message"]

    def quit(self, seconds=5):
        """Leaves as a user does."""
        if self.child.poll() is None:
            try:
                self.command("quit")
                self.child.wait(seconds)
            except (ScenarioError, subprocess.TimeoutExpired):
                pass
        self.kill()

    def kill(self):
        """Is gone without a word."""
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()
        self.reader.join(5)
        for stream in (self.child.stdin, self.child.stdout):
            try:
                stream.close()
            except OSError:
                pass
        self.errors.close()


class Client(Actor):
    def say(self, jid, text):
        self.command("say", jid, text)

    def typing(self, jid, state="composing"):
        self.command("typing", jid, state)

    def status(self, word, text=""):
        self.command("status", word, text)


class Purple(Client):
    """An operator in Pidgin."""

    def __init__(self, desk, name, login, manual=False):
        folder = os.path.join(desk.folder, "purple", name)
        os.makedirs(folder, exist_ok=True)
        self.account = f"{login}@{ACCOUNTS}"
        super().__init__(name, [desk.tool("purple_client"), f"{self.account}/pidgin",
                                desk.passwords[self.account], str(desk.server.c2s), folder]
                         + (["manual"] if manual else []), desk.folder)

    def offer(self, text, seconds=WAIT_SECONDS):
        """Waits for a patron's words; the address to answer to, one window for each chat."""
        return self.wait(body=text, seconds=seconds)["from"].split("/")[0]

    def menu(self, jid, seconds=WAIT_SECONDS):
        """The entries of a contact's menu, as soon as its commands are known."""
        end = time.monotonic() + seconds
        while True:
            self.command("menu", jid)
            entries = self.wait("menu")["entries"].splitlines()
            if len(entries) > 5 or time.monotonic() > end:
                return entries
            time.sleep(0.3)

    def run(self, jid, entry):
        self.command("run", jid, entry)

    def fill(self, *answers):
        """Fills the open form in (LABEL=VALUE, a choice by a part of what is shown) and presses OK."""
        self.command("fill", "-", "\n".join(answers))

    def dismiss(self):
        self.command("dismiss")

    def ready(self, queue_name, seconds=WAIT_SECONDS):
        """Logged in, and the queue's presence is in the list: whoever sees it is on duty."""
        self.wait("online")
        self.wait("presence", seconds, show=ON_DUTY, **{"from": queue_name + "@"})
        return self


class Plain(Client):
    """A client on libstrophe: without a login an anonymous patron, else an operator."""

    def __init__(self, desk, name, login=None):
        jid, password = GUESTS, "-"
        if login:
            jid = f"{login}@{ACCOUNTS}/plain"
            password = desk.passwords[f"{login}@{ACCOUNTS}"]
        super().__init__(name, [desk.tool("strophe_client"), jid, password, str(desk.server.c2s)]
                         + (["accept"] if login else []), desk.folder)
        self.jid = self.wait("online")["jid"]

    def ask(self, jid, text):
        """Says it with a wish for a receipt; the message's id."""
        self.command("ask", jid, text)
        return self.wait("sent")["id"]

    def presence(self, jid, kind="available"):
        self.command("presence", jid, kind)

    def raw(self, xml):
        self.command("raw", "-", xml)

    def offer(self, text, seconds=WAIT_SECONDS):
        return self.wait(body=text, seconds=seconds)["from"].split("/")[0]


class Browser:
    """A patron on the widget's page in Chromium; test/browser/README.md has the commands."""

    def __init__(self, desk, name, queue_name, *options):
        self.name, self.index = name, 0
        self.errors = open(os.path.join(desk.folder, f"{name}.log"), "ab")
        self.child = subprocess.Popen(
            ["node", f"{desk.root}/test/browser/patron.mjs", *options], text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, start_new_session=True)
        try:
            self("open", url=desk.page(queue_name), ms=30000)
        except ScenarioError:
            self.kill()
            raise

    def __call__(self, do, **more):
        try:
            self.child.stdin.write(json.dumps({"do": do, **more}) + "\n")
            answer = json.loads(self.child.stdout.readline() or '{"ok": false, "error": "ended"}')
        except OSError as error:
            answer = {"ok": False, "error": str(error)}
        if not answer.get("ok"):
            raise ScenarioError(f"{self.name} in the browser cannot {do} {more}: {answer}")
        return answer

    def say(self, text):
        return self("say", text=text)

    def wait(self, body, seconds=WAIT_SECONDS):
        parts = body if isinstance(body, (list, tuple)) else [body]
        for number, part in enumerate(parts):
            try:
                found = self("wait", text=part, after=self.index, ms=int(seconds * 1000 / len(parts)))
            except ScenarioError:
                if number == len(parts) - 1:
                    raise
            else:
                self.index = found["index"] + 1
                return found["line"]
        return None

    def bodies(self):
        return [line["text"] for line in self("texts")["lines"] if line["from"] == "desk"]

    def quit(self):
        try:
            self("close")
            self.child.wait(10)
        except (ScenarioError, subprocess.TimeoutExpired):
            pass
        self.kill()

    def kill(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.child.kill()
        self.child.wait()
        self.child.stdin.close()
        self.child.stdout.close()
        self.errors.close()


class Profanity:
    """An operator in profanity, which has a real terminal: tmux holds it, keys go in, text comes out."""

    def __init__(self, desk, name, login):
        self.name = name
        self.folder = os.path.join(desk.folder, "profanity", name)
        self.socket = os.path.join(self.folder, "tmux")
        account = f"{login}@{ACCOUNTS}"
        config = os.path.join(self.folder, "config", "profanity")
        data = os.path.join(self.folder, "data", "profanity")
        for path in (config, data):
            os.makedirs(path, exist_ok=True)
        with open(os.path.join(config, "profrc"), "w") as file:
            file.write("[ui]\nsplash=false\nfirstrun=false\n[notifications]\nmessage=false\n[connection]\nautoping=0\n")
        with open(os.path.join(data, "accounts"), "w") as file:
            file.write(f"[{account}]\nenabled=true\njid={account}\nresource=profanity\n"
                       f"server=127.0.0.1\nport={desk.server.c2s}\ntls.policy=disable\n"
                       f"password={desk.passwords[account]}\n")
        # Its own session of the terminal server, in the foreground, so that it is a child of ours.
        self.child = subprocess.Popen(
            ["tmux", "-S", self.socket, "-f", "/dev/null", "-D"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=ended_with_us(signal.SIGTERM))
        self.tmux("new-session", "-d", "-x", "160", "-y", "50", "env", f"HOME={self.folder}",
                  f"XDG_DATA_HOME={self.folder}/data", f"XDG_CONFIG_HOME={self.folder}/config",
                  "TERM=screen", "LC_ALL=C.UTF-8", "profanity", "-a", account)

    def tmux(self, *arguments):
        end = time.monotonic() + 10
        while True:
            done = subprocess.run(["tmux", "-S", self.socket, *arguments], capture_output=True,
                                  text=True, timeout=10)
            if done.returncode == 0 or time.monotonic() > end:
                break
            time.sleep(0.1)
        if done.returncode:
            raise ScenarioError(f"tmux {arguments[0]}: {done.stderr.strip()}")
        return done.stdout

    def keys(self, text):
        """Types a line and presses Enter."""
        self.tmux("send-keys", "-l", text)
        self.tmux("send-keys", "Enter")

    def screen(self):
        return self.tmux("capture-pane", "-p", "-J")

    def wait(self, body, seconds=WAIT_SECONDS):
        """Until the screen shows the text, wherever a line is broken."""
        wanted = "".join(body.lower().split())
        end = time.monotonic() + seconds
        while True:
            screen = self.screen()
            if wanted in "".join(screen.lower().split()):
                return screen
            if time.monotonic() > end:
                raise ScenarioError(f"{self.name}'s screen never shows '{body}':\n{screen}")
            time.sleep(0.2)

    def quit(self):
        if self.child.poll() is None:
            try:
                self.keys("/quit")
                self.child.wait(3)
            except (ScenarioError, subprocess.TimeoutExpired):
                pass
        self.kill()

    def kill(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(5)
            except subprocess.TimeoutExpired:
                self.child.kill()
        self.child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
