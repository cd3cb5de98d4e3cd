"""A whole desk for the scenarios: server, database, daemon, and whoever talks to it."""
import json
import os
import re
import subprocess
import time

import stack
from actors import Browser, Plain, Profanity, Purple, ScenarioError, said

HERE = os.path.dirname(os.path.abspath(__file__))
SERVERS = {"prosody": stack.Prosody, "ejabberd": stack.Ejabberd}
LOGINS = ("north-coordinator", "north-lake-admin", "north-lake-ann", "north-lake-bob", "north-lake-new",
          "north-hill-admin", "north-hill-cyd", "north-night-admin", "north-night-dan",
          "walk-state-jane", "walk-slu-sue", "walk-backup-avery")
PING_ID = re.compile(r"^r\d")
SANITIZER = re.compile(r"ERROR: (Address|Leak)Sanitizer|runtime error:|Assertion .* failed")


class Desk:
    root = stack.ROOT

    def __init__(self, folder, server, build):
        self.folder, self.build, self.people = folder, build, []
        self.queues = ("north-lake", "north-lake-shut", "north-hill", "north-lake-map")
        self.passwords = {f"{login}@{stack.ACCOUNTS}": stack.password_new() for login in LOGINS}
        self.www = os.path.join(folder, "www")
        os.makedirs(os.path.join(self.www, "status"))
        self.database = stack.Database(os.path.join(folder, "db"), durable=False)
        self.server = SERVERS[server](os.path.join(folder, "server"), stack.password_new(), self.www)
        self.daemon = None

    # The stack ---------------------------------------------------------------------------------

    def start(self):
        self.database.start()
        self.database.create("deskbell")
        self.server.start()
        stack.accounts_create(self.server, self.passwords)
        self.daemon = stack.Deskbell(os.path.join(self.folder, "desk"), os.path.join(self.build, "deskbell"),
                                     self.server, self.database, "north", os.path.join(self.www, "status"))
        self.daemon.must("migrate")
        self.import_file()
        self.page_build()
        self.daemon.start()
        self.wait_ready()

    def import_file(self, operators="", assigned="", queues=""):
        """Imports the consortium, with additions. Returns what the command printed."""
        path = os.path.join(self.folder, "north.conf")
        stack.render(os.path.join(HERE, "desk.conf.in"), path,
                     {"@MORE_OPERATORS@": operators, "@MORE_ASSIGNED@": assigned, "@MORE_QUEUES@": queues})
        return self.daemon.must("import", path)

    def page_build(self):
        """The widget's page for our queues, where the server gives it out."""
        builder = os.path.join(self.root, "widget", "build.mjs")
        if not os.path.exists(os.path.join(self.root, "widget", "node_modules")):
            return
        with open(os.path.join(self.root, "widget", "config.json")) as file:
            config = json.load(file)
        config.update(guest_domain=stack.GUESTS, desk_domain=stack.DESK, websocket="/xmpp-websocket",
                      bosh="/http-bind", queues={name: name for name in self.queues})
        with open(os.path.join(self.folder, "widget.json"), "w") as file:
            json.dump(config, file)
        done = subprocess.run(["node", builder, "--out", self.www, "--config", file.name],
                              capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise stack.StackError(f"the widget does not build:\n{done.stdout}{done.stderr}")

    def page(self, queue_name):
        return f"http://guest.localhost:{self.server.http}/widget.html?queue={queue_name}"

    def tool(self, name):
        return os.path.join(self.build, "test", name)

    def wait_ready(self, seconds=30):
        """Until the desk answers a guest's ping through the server."""
        self.daemon.process.check()
        guest = Plain(self, "ready")
        try:
            for attempt in range(int(seconds * 4)):
                guest.raw(f"<iq type='get' to='{stack.DESK}' id='r{attempt}'><ping xmlns='urn:xmpp:ping'/></iq>")
                try:
                    guest.wait("iq", seconds=0.25, type="result", id=PING_ID)
                    return
                except ScenarioError:
                    self.daemon.process.check()
                time.sleep(0.1)
            raise stack.StackError(f"the desk does not answer; its log:\n{stack.log_tail(self.daemon.log)}")
        finally:
            guest.quit()

    def settled(self, words, seconds=10):
        """Until `deskbell status` says so."""
        end = time.monotonic() + seconds
        while words not in self.daemon.must("status"):
            if time.monotonic() > end:
                raise ScenarioError(f"the desk never says '{words}':\n{self.daemon.must('status')}")
            time.sleep(0.1)

    def restart(self, kill=False):
        """Ends the daemon, kindly or not, and starts it again."""
        if kill:
            self.daemon.process.kill()
        elif self.daemon.stop() != 0:
            raise ScenarioError(f"SIGTERM did not end the daemon cleanly; its log:\n{self.log()[-3000:]}")
        self.daemon.start()
        self.wait_ready()

    def ensure(self):
        """A running daemon for the next scenario."""
        if not self.daemon.process.alive():
            self.daemon.configure()
            self.daemon.start()
            self.wait_ready()

    def log(self):
        with open(self.daemon.log, errors="replace") as file:
            return file.read()

    def complaints(self):
        """What the sanitizers or an assertion wrote into the daemon's log, or what may never be in it: a secret,
        or the words of a person. None when all is well."""
        text = self.log() if self.daemon else ""
        for secret in (self.server.secret, *self.passwords.values(), *said()):
            if secret in text:
                return f"the daemon's log has the secret or the words '{secret}'"
        return self.complaints_in(text)

    @staticmethod
    def complaints_in(text):
        found = SANITIZER.search(text)
        return text[max(0, found.start() - 200):found.start() + 4000] if found else None

    def log_tails(self):
        paths = [self.server.log(), os.path.join(self.database.folder, "postgresql.log")]
        if self.daemon:
            paths.append(self.daemon.log)
        return "".join(f"--- end of {path}\n{stack.log_tail(path)}" for path in paths)

    def stop(self):
        """Ends all of it. Returns complaints, or None."""
        self.clear()
        status = self.daemon.stop() if self.daemon else 0
        complaints = self.complaints()
        self.server.stop()
        self.database.stop()
        if complaints:
            return complaints
        return None if status == 0 else f"the daemon ended with {status}; its log:\n{self.log()[-3000:]}"

    # The people --------------------------------------------------------------------------------

    def join(self, person):
        self.people.append(person)
        return person

    def pidgin(self, name, login, queue_name="north-lake", manual=False):
        """An operator on duty at the queue."""
        return self.join(Purple(self, name, login, manual)).ready(queue_name)

    def operator(self, name, login):
        return self.join(Plain(self, name, login))

    def patron(self, name, queue_name="north-lake", login=None):
        """A patron in a plain client, who shows presence to the queue as the widget does."""
        person = self.join(Plain(self, name, login))
        person.presence(self.queue(queue_name))
        return person

    def browser(self, name, queue_name, *options):
        return self.join(Browser(self, name, queue_name, *options))

    def profanity(self, name, login):
        return self.join(Profanity(self, name, login))

    def queue(self, name):
        return f"{name}@{stack.DESK}"

    def clear(self):
        """Everybody leaves, patrons first, so that no chat waits for anybody."""
        for person in reversed(self.people):
            person.quit()
        self.people = []
