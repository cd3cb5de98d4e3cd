#!/usr/bin/env python3
"""Runs the desk of scripts/run-local, which has built it: a private PostgreSQL, Prosody with the
patrons' page, Deskbell with etc/mobius.conf. Prints how to get in, waits for Ctrl-C, ends all of it."""
import argparse
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

import stack

PASSWORDS = os.path.join(stack.ROOT, "build", "local.passwords.json")


def accounts_find(path):
    """JID -> what the person is, of everybody the consortium file names."""
    with open(path) as file:
        text = re.sub(r"^\s*(//|#).*$", "", file.read(), flags=re.M)
    people = {}
    for word, list_text in re.findall(r"\b(coordinators|admins)\s*=\s*\[(.*?)\]", text, re.S):
        for jid in re.findall(r'"([^"]+)"', list_text):
            people[jid] = "coordinator" if word == "coordinators" else "mini-administrator"
    for list_text in re.findall(r"\boperators\s*=\s*\((.*?)\)\s*;", text, re.S):
        for fields in re.findall(r"\{(.*?)\}", list_text, re.S):
            name = re.search(r'\bname\s*=\s*"([^"]+)"', fields)
            account = re.search(r'\baccount\s*=\s*"([^"]+)"', fields)
            if name:
                people.setdefault(account.group(1) if account else f"{name.group(1)}@{stack.ACCOUNTS}",
                                  "operator")
    return people


def passwords_load(people):
    """The same in every run, so that a client may remember them."""
    known = {}
    if os.path.exists(PASSWORDS):
        with open(PASSWORDS) as file:
            known = json.load(file)
    passwords = {jid: known.get(jid) or stack.password_new() for jid in people}
    os.makedirs(os.path.dirname(PASSWORDS), exist_ok=True)
    with open(PASSWORDS, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        json.dump({**known, **passwords}, file, indent=1)
    return passwords


def queues_find(path, people):
    """Every long name of the file that is neither a person's nor the backup's, whose queue has no
    patrons of its own."""
    with open(path) as file:
        text = file.read()
    backup = re.findall(r'\bqueue\s*=\s*"([^"]+)"', text)[:1]
    names = re.findall(r'\bname\s*=\s*"([a-z0-9]+-[a-z0-9-]+)"', text)
    return [name for name in dict.fromkeys(names)
            if name not in backup and f"{name}@{stack.ACCOUNTS}" not in people]


class LocalDesk:
    def __init__(self, program, consortium, ports):
        self.consortium = consortium
        self.folder = tempfile.mkdtemp(prefix="deskbell-local.")
        os.chmod(self.folder, 0o755)  # database and server run as users of their own
        self.www = os.path.join(self.folder, "www")
        pages = os.path.join(stack.ROOT, "widget", "dist")
        if os.path.isdir(pages):
            shutil.copytree(pages, self.www)
        for name in ("operators", "dashboard"):
            built = os.path.join(stack.ROOT, "web", name, "dist")
            if os.path.isdir(built):
                shutil.copytree(built, os.path.join(self.www, name))
        os.makedirs(os.path.join(self.www, "status"))
        self.database = stack.Database(os.path.join(self.folder, "db"))
        self.server = stack.Prosody(os.path.join(self.folder, "prosody"), stack.password_new(),
                                    self.www, ports)
        self.people = accounts_find(consortium)
        self.passwords = passwords_load(self.people)
        self.daemon = stack.Deskbell(os.path.join(self.folder, "desk"), os.path.abspath(program), self.server,
                                     self.database, stack.consortium_name(consortium),
                                     os.path.join(self.www, "status"))

    def start(self):
        print("starting PostgreSQL, Prosody and Deskbell", flush=True)
        self.database.start()
        self.database.create("deskbell")
        self.server.start()
        stack.accounts_create(self.server, self.passwords)
        self.daemon.must("migrate")
        self.daemon.must("import", self.consortium)
        self.daemon.start()
        stack.wait_until("Deskbell's first sign of life", self.answers, 30)

    def answers(self):
        """Its status files are there, and it has not ended."""
        self.daemon.process.check()
        return glob.glob(os.path.join(self.www, "status", "*.txt")) or self.connected()

    def connected(self):
        with open(self.server.log(), errors="replace") as file:
            return file.read().count("External component successfully authenticated") > 1

    def page(self, queue=None):
        name = "widget.html" if os.path.exists(os.path.join(self.www, "widget.html")) else ""
        return f"http://localhost:{self.server.http}/{name}" + (f"?queue={queue}" if queue else "")

    def staff_page(self, name):
        return f"http://localhost:{self.server.http}/{name}/"

    def page_check(self):
        for page in (self.page(), self.staff_page("operators"), self.staff_page("dashboard")):
            try:
                urllib.request.urlopen(page, timeout=10).close()
            except (OSError, urllib.error.URLError) as error:
                raise stack.StackError(f"the page {page} is not there: {error}") from None

    def now(self, queue):
        """In words, who is asked at this moment, if the program can tell."""
        status, output = self.daemon.call("explain", queue)
        fields = output.strip().split("\t")
        if status or len(fields) < 6:
            return ""
        if fields[1] == "closed":
            return f"(closed now; opens {fields[5]})"
        return f"(asked now: {fields[3].replace('>', ', then ')})"

    def describe(self):
        queues = queues_find(self.consortium, self.people)
        width = max(map(len, self.people))
        lines = ["", "The desk is open.", "", "A patron opens one of"]
        lines += [f"    {self.page(queue)}  {self.now(queue)}".rstrip() for queue in queues]
        lines += ["", "An operator logs in on the operators' page, and is on duty,",
                  f"    {self.staff_page('operators')}",
                  "or with Pidgin, Gajim or any other XMPP client, and accepts the queues' requests:"]
        for jid, role in sorted(self.people.items(), key=lambda item: (item[1] != "operator", item[0])):
            lines.append(f"    {jid:{width}}  password {self.passwords[jid]}"
                         + ("" if role == "operator" else f"  ({role})"))
        lines += ["", "Administrators and coordinators have their commands, figures and queues on",
                  f"    {self.staff_page('dashboard')}"]
        lines += ["",
                  f"    Pidgin, tab Advanced: connect server 127.0.0.1, connect port {self.server.c2s},",
                  "        use encryption if available, allow plaintext auth over unencrypted streams.",
                  f"    Gajim, Advanced: server 127.0.0.1, port {self.server.c2s}, type Plain.", "",
                  f"The daemon's log is {self.daemon.log}, its database",
                  f"    psql -h {self.database.folder} -U deskbell deskbell", "",
                  "Ctrl-C ends all of it.", ""]
        print("\n".join(lines), flush=True)

    def watch(self, ended):
        """Returns when `ended` is set; raises when a part ends by itself."""
        while not ended.wait(0.5):
            for process in (self.database.process, self.server.process, self.daemon.process):
                process.check()

    def stop(self):
        """Daemon first, so that it says goodbye; then nothing may be left."""
        for part in (self.daemon, self.server, self.database):
            part.stop()
        left = stack.processes_below(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        return left


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the deskbell that was built")
    parser.add_argument("--consortium", default=os.path.join(stack.ROOT, "etc", "mobius.conf"))
    arguments = parser.parse_args()

    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: interrupt(ended))
    desk, status = None, 0
    try:
        desk = LocalDesk(arguments.program, arguments.consortium,
                         {"c2s": stack.port_pick(5222), "http": stack.port_pick(5280),
                          "component": stack.port_pick(5347)})
        desk.start()
        desk.page_check()
        desk.describe()
        desk.watch(ended)
    except KeyboardInterrupt:
        pass
    except (stack.StackError, OSError, subprocess.SubprocessError) as error:
        print(f"run-local: {error}", file=sys.stderr)
        status = 1
    ended.set()  # a second Ctrl-C must not cut the clean-up short
    left = desk.stop() if desk else []
    if left:
        print(f"run-local: still running: {' '.join(left)}", file=sys.stderr)
        status = 1
    elif desk:
        print("\nThe desk is closed; nothing of it is running any more.")
    sys.exit(status)


def interrupt(ended):
    if not ended.is_set():
        ended.set()
        raise KeyboardInterrupt


if __name__ == "__main__":
    main()
