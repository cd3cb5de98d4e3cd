"""The pieces around the daemon, for scripts/run-local and test/e2e: a private PostgreSQL cluster,
Prosody or ejabberd, Deskbell itself. Standard library only.

Everything lives below one folder, listens on loopback only and is ended by its process id. Each
process also has the kernel end it should this one die without a word (PR_SET_PDEATHSIG).
"""
import ctypes
import glob
import hashlib
import os
import pwd
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
import xml.etree.ElementTree as ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ACCOUNTS, GUESTS, DESK = "localhost", "guest.localhost", "chat.localhost"
PR_SET_PDEATHSIG = 1


class StackError(Exception):
    """Something around the daemon failed; the text is for people."""


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def port_pick(wanted=None, taken=()):
    """`wanted` if it is free, else one below the kernel's own range of outgoing ports."""
    if wanted and wanted not in taken and port_is_free(wanted):
        return wanted
    for _ in range(200):
        port = random.randint(15000, 32000)
        if port not in taken and port_is_free(port):
            return port
    raise StackError("no free port on 127.0.0.1")


def wait_until(what, condition, seconds, every=0.05):
    """Calls `condition` until it gives something true, which is returned."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise StackError(f"{what}: not within {seconds} s")
        time.sleep(every)


def log_tail(path, lines=25):
    try:
        with open(path, errors="replace") as log:
            return "".join(log.readlines()[-lines:])
    except OSError as error:
        return f"(no log: {error})\n"


def render(source, target, values):
    """Copies a file with each key of `values` replaced by its value."""
    with open(source) as template:
        text = template.read()
    for key, value in values.items():
        text = text.replace(key, str(value))
    with open(target, "w") as result:
        result.write(text)


def own(path, user):
    """Gives a folder and all in it to `user`, where we may."""
    if os.geteuid() == 0:
        for folder, _, files in os.walk(path):
            for entry in [folder] + [os.path.join(folder, name) for name in files]:
                shutil.chown(entry, user, user)


def ended_with_us(number):
    """For Popen's preexec_fn: the kernel sends the child this signal should we die without a word."""
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, int(number))


def processes_below(folder):
    """Ids of the processes whose command line names something in `folder`."""
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                if f"{folder}/".encode() in file.read():
                    found.append(path.split("/")[2])
        except OSError:
            pass  # it has just ended
    return found


def command_as(user, command, death_signal):
    """Root steps down to `user`, as these programs refuse to be root; others run it themselves."""
    if os.geteuid() != 0 or user is None:
        return command
    return ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--init-groups",
            f"--pdeathsig={death_signal.name[3:]}"] + command


class Process:
    """A child of ours with its log. Output of each start is appended to the same file."""

    def __init__(self, name, command, log, user=None, stop_signal=signal.SIGTERM, env=None, cwd="/"):
        self.name, self.log, self.stop_signal = name, log, stop_signal
        self.command = command_as(user, command, stop_signal)
        self.env, self.cwd, self.child = {**os.environ, **(env or {})}, cwd, None

    def start(self):
        with open(self.log, "ab") as log:
            # A session of its own: Ctrl-C at the terminal must reach us alone, who know the order.
            self.child = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env,
                cwd=self.cwd, start_new_session=True, preexec_fn=ended_with_us(self.stop_signal))
        return self

    def alive(self):
        return self.child is not None and self.child.poll() is None

    def check(self):
        if not self.alive():
            code = self.child.returncode if self.child else "never started"
            raise StackError(f"{self.name} ended ({code}); end of {self.log}:\n{log_tail(self.log)}")

    def wait_port(self, port, seconds=30):
        def answers():
            self.check()
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0
        try:
            wait_until(f"{self.name} on port {port}", answers, seconds)
        except StackError as error:
            raise StackError(f"{error}; end of {self.log}:\n{log_tail(self.log)}") from None

    def wait_end(self, seconds):
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self):
        if self.alive():
            self.child.kill()
            self.child.wait()

    def stop(self, seconds=15):
        """Ends it, kindly first. Returns the exit status, None if it had to be killed."""
        if not self.alive():
            return self.child.returncode if self.child else 0
        self.child.send_signal(self.stop_signal)
        status = self.wait_end(seconds)
        if status is None:
            self.kill()
        return status


class Database:
    """A PostgreSQL cluster of our own: Unix socket only, superuser `postgres`, trust."""

    def __init__(self, folder, durable=True):
        self.folder, self.durable = folder, durable
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        if not found:
            raise StackError("PostgreSQL is missing: scripts/install-deps run")
        self.programs = os.path.dirname(found[-1])
        self.process = None

    def start(self):
        data, log = os.path.join(self.folder, "data"), os.path.join(self.folder, "postgresql.log")
        if not os.path.exists(os.path.join(data, "PG_VERSION")):
            os.makedirs(self.folder, exist_ok=True)
            own(self.folder, "postgres")
            initdb = [os.path.join(self.programs, "initdb"), "-D", data, "-A", "trust", "-E", "UTF8",
                      "-U", "postgres", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
            done = subprocess.run(command_as("postgres", initdb, signal.SIGINT), cwd="/",
                                  capture_output=True, text=True, timeout=120)
            if done.returncode:
                raise StackError(f"initdb failed:\n{done.stdout}{done.stderr}")
        options = {"listen_addresses": "", "unix_socket_directories": self.folder,
                   "max_connections": 40, "shared_buffers": "32MB", "log_min_messages": "warning"}
        if not self.durable:
            options.update({"fsync": "off", "full_page_writes": "off"})
        command = [os.path.join(self.programs, "postgres"), "-D", data]
        for key, value in options.items():
            command += ["-c", f"{key}={value}"]
        self.process = Process("PostgreSQL", command, log, "postgres", signal.SIGINT).start()
        wait_until("PostgreSQL", self.answers, 30)

    def answers(self):
        self.process.check()
        return subprocess.run(["psql", *self.address("postgres", "postgres"), "-c", ""],
                              capture_output=True, check=False).returncode == 0

    def address(self, name, user):
        return ["-X", "-h", self.folder, "-d", name, "-U", user]

    def create(self, name):
        """An empty database, as an administrator makes it; `deskbell migrate` makes the roles."""
        self.query(f"CREATE DATABASE {name}", "postgres")

    def query(self, statement, name="deskbell"):
        """Rows as lists of text; NULL is an empty one. Seen with the superuser's eyes."""
        done = subprocess.run(["psql", *self.address(name, "postgres"), "-v", "ON_ERROR_STOP=1", "-qAt",
                               "-F", "\x1f", "-R", "\x1e", "-c", statement],
                              capture_output=True, text=True, timeout=30)
        if done.returncode:
            raise StackError(f"'{statement}' failed: {done.stderr.strip()}")
        text = done.stdout.rstrip("\n")
        return [row.split("\x1f") for row in text.split("\x1e")] if text else []

    def stop(self):
        return self.process.stop() if self.process else 0


class Server:
    """What Prosody and ejabberd have in common. The hosts come from the files of etc/."""

    def __init__(self, folder, secret, www, ports=None):
        self.folder, self.secret, self.www = folder, secret, www
        ports = dict(ports or {})
        for name in ("c2s", "http", "component"):
            ports[name] = ports.get(name) or port_pick(taken=ports.values())
        self.c2s, self.http, self.component = ports["c2s"], ports["http"], ports["component"]
        self.process = None

    def values(self):
        return {"@DIR@": self.folder, "@WWW@": self.www, "@C2S_PORT@": self.c2s,
                "@HTTP_PORT@": self.http, "@COMPONENT_PORT@": self.component,
                "guest.example.org": GUESTS, "chat.example.org": DESK, "example.org": ACCOUNTS,
                "CHANGE-ME": self.secret, "/etc/prosody/deskbell": f"{self.folder}/deskbell"}

    def start(self):
        os.makedirs(self.folder, exist_ok=True)
        self.configure()
        own(self.folder, self.user)
        self.process = Process(self.title, self.command(), os.path.join(self.folder, "output.log"),
                               self.user, env=self.environment(), cwd=self.folder)
        self.process.start()
        self.wait()

    def wait(self):
        for port in (self.c2s, self.component, self.http):
            self.process.wait_port(port)

    def environment(self):
        return {"HOME": self.folder}

    def stop(self):
        return self.process.stop() if self.process else 0

    def restart(self):
        self.stop()
        self.process.start()
        self.wait()


class Prosody(Server):
    title, user = "Prosody", "prosody"

    def configure(self):
        os.makedirs(os.path.join(self.folder, "data"), exist_ok=True)
        for name in ("deskbell-global.cfg.lua", "deskbell.cfg.lua", "deskbell-guests.pfw"):
            render(f"{ROOT}/etc/prosody/{name}", f"{self.folder}/{name}", self.values())
        render(f"{ROOT}/etc/demo/prosody.cfg.lua.in", f"{self.folder}/prosody.cfg.lua", self.values())

    def command(self):
        return ["prosody", "--config", f"{self.folder}/prosody.cfg.lua", "-F"]

    def log(self):
        return os.path.join(self.folder, "prosody.log")


class Ejabberd(Server):
    title, user = "ejabberd", "ejabberd"

    def configure(self):
        for name in ("spool", "logs", "upload"):
            os.makedirs(os.path.join(self.folder, name), exist_ok=True)
        ports = {"port: 5222": f"port: {self.c2s}", "port: 5347": f"port: {self.component}",
                 "port: 5280": f"port: {self.http}",
                 "http://localhost:5280": f"http://localhost:{self.http}",
                 "https://localhost/upload": f"http://localhost:{self.http}/upload",
                 "/var/lib/ejabberd/upload": f"{self.folder}/upload",
                 "/xmpp-websocket: ejabberd_http_ws":
                 "/xmpp-websocket: ejabberd_http_ws\n      /: mod_http_fileserver"}
        render(f"{ROOT}/etc/ejabberd/deskbell.yml", f"{self.folder}/deskbell.yml",
               {**self.values(), **ports})
        render(f"{ROOT}/etc/demo/ejabberd.yml.in", f"{self.folder}/ejabberd.yml", self.values())

    def command(self):
        # Without -name or -sname there is no distribution: no epmd, no cookie, no port of its own.
        return ["erl", "+K", "true", "-noinput", "-noshell", "-mnesia", "dir",
                f'"{self.folder}/spool"', "-s", "ejabberd"]

    def environment(self):
        libraries = glob.glob("/usr/lib/*/ejabberd-*")
        if not libraries:
            raise StackError("ejabberd is missing: scripts/install-deps test")
        return {"HOME": self.folder, "ERL_LIBS": os.path.dirname(libraries[0]),
                "EJABBERD_CONFIG_PATH": f"{self.folder}/ejabberd.yml",
                "EJABBERD_LOG_PATH": self.log(), "ERL_CRASH_DUMP": f"{self.folder}/logs/crash.dump"}

    def log(self):
        return os.path.join(self.folder, "logs", "ejabberd.log")


class Administrator:
    """A short-lived component in the desk's place that creates accounts (XEP-0133), which works
    alike on both servers and needs none of their tools."""

    FORM = ("<iq type='set' from='{desk}' to='{domain}' id='{id}'>"
            "<command xmlns='http://jabber.org/protocol/commands' action='execute'"
            " node='http://jabber.org/protocol/admin#add-user'><x xmlns='jabber:x:data' type='submit'>"
            "<field var='FORM_TYPE'><value>http://jabber.org/protocol/admin</value></field>"
            "<field var='accountjid'><value>{jid}</value></field>"
            "<field var='password'><value>{password}</value></field>"
            "<field var='password-verify'><value>{password}</value></field></x></command></iq>")

    def __init__(self, server):
        self.parser = ElementTree.XMLPullParser(("start", "end"))
        self.socket = socket.create_connection(("127.0.0.1", server.component), 10)
        self.socket.settimeout(10)
        self.depth = 0
        self.send("<stream:stream xmlns='jabber:component:accept' "
                  f"xmlns:stream='http://etherx.jabber.org/streams' to='{DESK}'>")
        stream = self.read(stanza=False)
        digest = hashlib.sha1((stream.get("id") + server.secret).encode()).hexdigest()
        self.send(f"<handshake>{digest}</handshake>")
        if not self.read().tag.endswith("handshake"):
            raise StackError("the server refuses the component: wrong secret?")

    def send(self, text):
        self.socket.sendall(text.encode())

    def read(self, stanza=True):
        """The stream's head, or the next whole stanza."""
        while True:
            for event, element in self.parser.read_events():
                self.depth += 1 if event == "start" else -1
                if (event == "end" and self.depth == 1) if stanza else event == "start":
                    return element
            data = self.socket.recv(4096)
            if not data:
                raise StackError("the server closed the component's stream")
            self.parser.feed(data)

    def account_create(self, jid, password):
        domain = jid.split("@")[1]
        self.send(self.FORM.format(desk=DESK, domain=domain, id=jid, jid=jid, password=password))
        while True:
            answer = self.read()
            if answer.tag.endswith("}iq") and answer.get("id") == jid:
                break
        if answer.get("type") != "result":
            raise StackError(f"the server does not create '{jid}': "
                             + ElementTree.tostring(answer, encoding="unicode"))

    def close(self):
        self.send("</stream:stream>")
        self.socket.close()


def accounts_create(server, passwords):
    """`passwords` is JID -> password; those at other domains than ours are skipped."""
    administrator = Administrator(server)
    try:
        for jid, password in passwords.items():
            if jid.endswith("@" + ACCOUNTS):
                administrator.account_create(jid, password)
    finally:
        administrator.close()


def password_new():
    return secrets.token_hex(5)


def consortium_name(path):
    with open(path) as file:
        return re.search(r'\bname\s*=\s*"([a-z0-9]+)"', file.read()).group(1)


class Deskbell:
    """The daemon with a configuration of its own."""

    def __init__(self, folder, program, server, database, consortium, status=None):
        self.folder, self.program, self.server = folder, program, server
        os.makedirs(folder, exist_ok=True)
        self.config, self.log = os.path.join(folder, "deskbell.conf"), os.path.join(folder, "deskbell.log")
        self.settings = {
            "consortium": consortium, "failover": "false", "secret": server.secret, "port": server.component,
            "database": f"host={database.folder} dbname=deskbell user=deskbell",
            "migrate": f"host={database.folder} dbname=deskbell user=postgres",
            "state": os.path.join(folder, "state"), "status": status or os.path.join(folder, "status")}
        self.configure()
        for path in (self.settings["state"], self.settings["status"]):
            os.makedirs(path, mode=0o700 if path.endswith("state") else 0o755, exist_ok=True)
        self.process = Process("deskbell", [program, "run", "-c", self.config], self.log, cwd=folder)

    def configure(self, **changes):
        """Writes deskbell.conf anew, which the daemon reads at its next start or SIGHUP."""
        text = ('consortium = "{consortium}";\nfailover = {failover};\n'
                'component = {{ jid = "' + DESK + '"; host = "127.0.0.1"; port = {port};'
                ' secret = "{secret}"; }};\n'
                'accounts = {{ domain = "' + ACCOUNTS + '"; provision = true; }};\n'
                'database = "{database}";\nmigrate_database = "{migrate}";\nstate_dir = "{state}";\nstatus_dir = "{status}";\n'
                'metrics_file = "{state}/deskbell.prom";\n')
        with open(self.config, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(text.format(**{**self.settings, **changes}))

    def call(self, *arguments, seconds=60):
        """Runs `deskbell COMMAND -c ...` to its end; returns (exit status, output)."""
        done = subprocess.run([self.program, arguments[0], "-c", self.config, *arguments[1:]],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=self.folder,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=seconds)
        return done.returncode, done.stdout

    def must(self, *arguments):
        status, output = self.call(*arguments)
        if status:
            raise StackError(f"deskbell {' '.join(arguments)} failed ({status}):\n{output}")
        return output

    def start(self):
        self.process.start()

    def stop(self):
        return self.process.stop() if self.process.child else 0
