#!/usr/bin/python3
"""Tries component/stream.c against a real server: try_server.py prosody|ejabberd STREAM_ECHO

An anonymous guest writes to the echo component and reads what comes back; has a stanza refused;
the server is restarted, killed, and comes back; a second component kicks the first. Exits with 77
when the server is not installed. Uses ports of 127.0.0.1 that are free between 16000 and 16999.
"""
import os
import pwd
import random
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 60  # seconds: for a slow, shared machine


def free_port(taken):
    while True:
        port = random.randint(16000, 16999)
        if port in taken:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        taken.add(port)
        return port


class Server:
    def __init__(self, kind):
        self.kind = kind
        self.dir = tempfile.mkdtemp(prefix="deskbell-stream-")
        taken = set()
        self.c2s, self.component = free_port(taken), free_port(taken)
        self.process = None
        name = {"prosody": "prosody.cfg.lua", "ejabberd": "ejabberd.yml"}[kind]
        self.config = os.path.join(self.dir, name)
        with open(os.path.join(HERE, name + ".in")) as template:
            text = template.read()
        for key, value in (("DIR", self.dir), ("C2S", self.c2s), ("COMPONENT", self.component)):
            text = text.replace("@%s@" % key, str(value))
        with open(self.config, "w") as file:
            file.write(text)
        for folder in ("data", "spool", "logs"):
            os.mkdir(os.path.join(self.dir, folder))
        self.drop = []
        if os.getuid() == 0:
            account = pwd.getpwnam(kind)
            for root, folders, files in os.walk(self.dir):
                for entry in [root] + [os.path.join(root, f) for f in files]:
                    os.chown(entry, account.pw_uid, account.pw_gid)
            self.drop = ["setpriv", "--reuid", kind, "--regid", kind, "--init-groups"]

    def start(self):
        environment = dict(os.environ, HOME=self.dir)
        if self.kind == "prosody":
            command = ["prosody", "--config", self.config, "-F"]
        else:
            # Without a node name there is no distribution, so no epmd and no cookie.
            command = ["erl", "+K", "true", "-noinput", "-noshell", "-mnesia", "dir",
                       '"%s/spool"' % self.dir, "-s", "ejabberd"]
            environment.update(EJABBERD_CONFIG_PATH=self.config,
                               EJABBERD_LOG_PATH=self.dir + "/logs/ejabberd.log",
                               ERL_CRASH_DUMP=self.dir + "/logs/crash.dump",
                               ERL_LIBS="/usr/lib/%s-linux-gnu" % os.uname().machine)
        with open(self.dir + "/stdout.log", "ab") as log:
            self.process = subprocess.Popen(self.drop + command, env=environment, cwd=self.dir,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait_for(self.c2s)
        self.wait_for(self.component)

    def wait_for(self, port):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("%s does not listen" % self.kind)

    def stop(self, number=signal.SIGKILL):
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE)
            self.process = None


class Guest:
    """As much of a client as is needed here: text is sent, and awaited by a regular expression."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.got = ""
        header = ("<stream:stream xmlns='jabber:client' to='guest.localhost' version='1.0' "
                  "xmlns:stream='http://etherx.jabber.org/streams'>")
        self.say(header)
        self.until("</stream:features>")
        self.say("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>")
        self.until("<success")
        self.say(header)
        self.until("</stream:features>")
        self.say("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
        self.until("</iq>")
        self.say("<presence/>")

    def say(self, text):
        self.got = ""
        self.socket.sendall(text.encode())

    def until(self, pattern):
        end = time.monotonic() + PATIENCE
        while not re.search(pattern, self.got, re.S):
            data = self.socket.recv(65536)
            if not data or time.monotonic() > end:
                raise AssertionError("no '%s' in '%s'" % (pattern, self.got))
            self.got += data.decode()

    def echo(self, word):
        self.say("<message to='echo@chat.localhost' type='chat' id='%s'>"
                 "<body xml:lang='de'>%s &amp; &lt;more&gt;</body></message>" % (word, word))
        self.until(r"<message[^>]*>.*%s &amp; &lt;more&gt;</body></message>" % word)
        assert re.search(r"<body xml:lang=['\"]de['\"]>", self.got), self.got

    def refused(self):
        self.say("<message to='echo@chat.localhost' id='wide'>" + "<a/>" * 300 + "</message>")
        self.until(r"<message[^>]*type=['\"]error['\"].*policy-violation.*</message>")
        self.say("<iq to='echo@chat.localhost' id='deep' type='get'>" + "<a xmlns='u'>" * 20 +
                 "</a>" * 20 + "</iq>")
        self.until(r"<iq[^>]*type=['\"]error['\"].*policy-violation.*</iq>")


class Echo:
    def __init__(self, program, port, secret="s3cret"):
        self.process = subprocess.Popen(
            [program, "127.0.0.1", str(port), "chat.localhost", secret, "500", "2000"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def expect(self, word):
        line = self.process.stdout.readline().strip()
        assert line == word, "'%s' instead of '%s'" % (line, word)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, err
        return out, err

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


# What a client may try to get past its server to the component's parser. The server may close the
# client's stream for any of them; the component's must stay.
TRICKS = (
    "<x:y xmlns:x='urn:u' x:attr='1'><x:z/></x:y>",
    "<y xmlns:x='urn:u' x:attr='1'/>",
    "<x:y xmlns:x='urn:u'><z xmlns='' x:a=''/></x:y>",
    "<y xmlns:a='u' xmlns:b='u' a:c='1' b:c='2'/>",
    "<y xml:lang='de' lang='en' xml:space='preserve'/>",
    "<y xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:a=''/>",
    "<y xmlns='http://www.w3.org/XML/1998/namespace'/>",
    "<y xmlns='http://www.w3.org/2000/xmlns/'/>",
    "<y xmlns='http://etherx.jabber.org/streams'/>",
    "<error xmlns='http://etherx.jabber.org/streams'/>",
    "<y xmlns='a&#9;b'/>",
    "<y xmlns='a&#10;b' c='&#13;&#10;&#9;'/>", "<y xmlns='&lt;&quot;&apos;'/>",
    "<x:y xmlns:x='a|b c'/>", "<y xmlns:x='' x:a=''/>", "<x:y/>", "<y x:a='1'/>", "<:y/>",
    "<x:y:z xmlns:x='u'/>", "<y:/>", "<y :a='1'/>", "<y a:='1'/>", "<xmlns:y/>", "<y xmlns:='u'/>",
    "<y>]]&gt;]]></y>", "<y>]]&gt;</y>", "<y><![CDATA[<z>]]]]><![CDATA[>]]></y>", "<y a=']]&gt;'/>",
    "<y>&#xFFFE;</y>", "<y>\uFFFF</y>", "<y>&#x1F600;\U0010FFFF\u0085\u2028</y>", "<y>&#1;</y>",
    "<y>&#127;&#x80;&#x9F;</y>", "<\u00E9\u4E00 \u00E9='1'/>", "<y a='1' a='2'/>", "<y>&nbsp;</y>",
    "<y><!-- --></y>", "<y><?php ?></y>", "<!DOCTYPE y>", "<y xmlns='%s'/>" % ("n" * 3000),
    "<y>%s</y>" % ("&#10;" * 3000), "<%s/>" % ("n" * 3000),
)


def tricks(server, echo):
    for trick in TRICKS:
        guest = Guest(server.c2s)
        guest.socket.settimeout(3)
        guest.say("<message to='echo@chat.localhost' id='trick'>%s</message>" % trick)
        try:
            guest.until("id=['\"]trick['\"]|</stream:stream>")
        except (AssertionError, OSError):
            pass  # closed by the server
        Guest(server.c2s).echo("still-there")
        assert not select.select([echo.process.stdout], [], [], 0)[0], "down by " + trick


def attempt(server, program, echoes):
    server.start()
    echo = Echo(program, server.component)
    echoes.append(echo)
    echo.expect("up")
    guest = Guest(server.c2s)
    guest.echo("first")
    guest.refused()
    guest.echo("second")
    print("echoed, refused, echoed")
    tricks(server, echo)
    print("survived %d tricks" % len(TRICKS))

    for number in (signal.SIGTERM, signal.SIGKILL):
        server.stop(number)
        echo.expect("down")
        server.start()
        echo.expect("up")
        Guest(server.c2s).echo("after-%d" % number)
    print("came back after a restart and after a kill")

    time.sleep(3)  # the link lives on its pings alone: silence is 2 s at most
    out, err = echo.end()
    counts = re.search(r"refused (\d+) connects (\d+)", out)
    assert int(counts[1]) >= 2 and counts[2] == "3", out
    assert "s3cret" not in err and "more" not in err, err
    print("ended politely:", out.split("\n")[-2])

    wrong = Echo(program, server.component, "other")
    echoes.append(wrong)
    time.sleep(2)
    out, err = wrong.end()
    assert err.count("component_secret differ") == 1, err
    print("a wrong secret is named once")

    if server.kind == "prosody":
        first = Echo(program, server.component)
        echoes.append(first)
        first.expect("up")
        second = Echo(program, server.component)
        echoes.append(second)
        second.expect("up")
        first.expect("down")
        time.sleep(2)
        assert second.process.poll() is None
        out, err = first.end()
        assert out.startswith("in") and "'conflict'" in err, out + err
        out, err = second.end()
        assert out.startswith("down\nin"), out
        print("the loser of a conflict stays away")


def main():
    kind, program = sys.argv[1:]
    if shutil.which({"prosody": "prosody", "ejabberd": "ejabberdctl"}[kind]) is None:
        print("%s is not installed" % kind)
        return 77
    server, echoes = Server(kind), []
    try:
        attempt(server, program, echoes)
    except BaseException:
        for name in ("server.log", "stdout.log", "logs/ejabberd.log"):
            path = os.path.join(server.dir, name)
            if os.path.exists(path):
                with open(path, errors="replace") as log:
                    print("--- %s\n%s" % (name, log.read()[-3000:]))
        raise
    finally:
        for echo in echoes:
            echo.kill()
        server.stop()
        shutil.rmtree(server.dir, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
