#!/usr/bin/env python3
"""The commands of doc/operations.md do what the page says: backup, restore on a new machine, rollback.

    test/support/private-postgres python3 -B test/operations/operations.py

DESKBELL names the program. A block of the page that begins with "# NAME" is run word for word; only its
paths lie below a folder of ours, and runuser, systemctl and the program are stand-ins that reach the private
cluster and one desk. The "new machine" is a second cluster.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DESKBELL = os.environ["DESKBELL"]
PATHS = re.compile(r"(?<![\w.])/?(etc/deskbell|var/lib/deskbell|var/backups/deskbell)\b")

SYSTEMCTL = """#!/bin/sh
pid=%(folder)s/pid
case $1 in
stop) [ ! -s $pid ] || { kill $(cat $pid); while kill -0 $(cat $pid) 2>/dev/null; do sleep 0.05; done; rm $pid; } ;;
start) "$DESKBELL" run -c %(folder)s/etc/deskbell/deskbell.conf >>%(folder)s/log 2>&1 &
    echo $! >$pid ;;
esac
"""

# One chat with what hangs on it, and a batch of its epoch.
CHAT = """
INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address, queue_id, patron, patron_resource,
        state, opened, closed, last_line)
    SELECT consortium_id, library_id, 1, 'k3f9', name || '.k3f9', queue_id, 'p@guest.localhost', 'r', 'closed', now(),
        now(), 1 FROM deskbell.queue WHERE name = 'mobius-mobstate';
INSERT INTO deskbell.line SELECT library_id, 1, 1, now(), 'patron', NULL, NULL, 'i', 'open sesame' FROM deskbell.chat;
INSERT INTO deskbell.audit (consortium_id, library_id, account, command, object, reason, detail)
    SELECT consortium_id, library_id, 'boss@localhost', 'transcript-get', 'k3f9', 'a question', '' FROM deskbell.chat;
"""


def blocks():
    text = (ROOT / "doc/operations.md").read_text()
    return dict(re.findall(r"^```sh\n# ([a-z ]+)\n(.*?)^```$", text, re.M | re.S))


def sql(statement, database="deskbell"):
    done = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-c", statement, database],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Machine:
    """A PostgreSQL with its socket's folder, and the folders of one installation."""

    def __init__(self, folder, socket):
        self.folder, self.socket = folder, socket
        for name in ("etc/deskbell", "var/lib/deskbell", "var/backups", "bin"):
            (folder / name).mkdir(parents=True)
        self.write("bin/systemctl", SYSTEMCTL % {"folder": folder}, 0o755)
        self.write("bin/deskbell", f'#!/bin/sh\nexec "$DESKBELL" "$@" -c {folder}/etc/deskbell/deskbell.conf\n', 0o755)
        # Who is not root is postgres in a private cluster already.
        if os.geteuid() != 0:
            self.write("bin/runuser", '#!/bin/sh\nshift 3\nexec "$@"\n', 0o755)
        os.environ.update(PGHOST=socket, PATH=f"{folder}/bin:{os.environ['PATH']}")

    def write(self, name, text, mode):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)

    def run(self, block):
        script = PATHS.sub(lambda match: match.group() if match.group()[0] != "/" else f"{self.folder}{match.group()}",
                           block).replace("tar -C /", f"tar -C {self.folder}")
        if os.geteuid() != 0:
            script = script.replace(" -o postgres", "").replace("runuser -u postgres -- p", "PGUSER=postgres p")
        done = subprocess.run(["sh", "-eu", "-c", script], capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, f"{done.stderr}\n{script}"
        return done.stdout + done.stderr

    def configure(self):
        self.write("etc/deskbell/deskbell.conf", f"""
            consortium = "mobius"; component = {{ jid = "chat.localhost"; port = 1; secret = "s3cret"; }};
            accounts = {{ domain = "localhost"; }}; database = "host={self.socket} dbname=deskbell user=deskbell";
            migrate_database = "host={self.socket} dbname=deskbell user=postgres";
            state_dir = "{self.folder}/var/lib/deskbell"; status_dir = "{self.folder}/status";
            metrics_file = "{self.folder}/deskbell.prom";
            """, 0o600)

    def status(self):
        """What the running desk says, as soon as it has its database."""
        for _ in range(200):
            done = subprocess.run(["deskbell", "status"], capture_output=True, text=True, timeout=60, check=False)
            if "database: connected" in done.stdout and "desk: " in done.stdout:
                return done.stdout
            subprocess.run(["sleep", "0.1"], check=True)
        raise AssertionError((self.folder / "log").read_text())


def schema():
    """With policies and grants; newer pg_dumps mark each run with words of their own."""
    done = subprocess.run(["pg_dump", "-U", "postgres", "--schema-only", "deskbell"], capture_output=True, text=True,
                          timeout=60, check=True)
    return re.sub(r"^\\(un)?restrict .*$", "", done.stdout, flags=re.M)


def rows():
    """A digest of each table but for what a desk that starts writes itself."""
    tables = sql("SELECT relname FROM pg_class WHERE relnamespace = 'deskbell'::regnamespace AND relkind = 'r'"
                 " AND relname NOT IN ('lease', 'numbering', 'purge') ORDER BY 1").split()
    union = " UNION ALL ".join(f"SELECT '{table}', count(*), md5(string_agg(t::text, '|' ORDER BY t::text))"
                               f" FROM deskbell.{table} t" + " WHERE account = 'boss@localhost'" * (table == "audit")
                               for table in tables)
    return sql(union)


class Operations(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deskbell-operations-"))
        self.folder.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.folder)
        socket = re.search(r"host=(\S+)", os.environ["DESKBELL_DATABASE"]).group(1)
        self.old = Machine(self.folder / "old", socket)
        self.old.configure()
        self.old.run(f"deskbell migrate\ndeskbell import {ROOT}/etc/mobius.conf")
        sql(CHAT)

    def new_machine(self):
        """A second cluster, to the end of the test."""
        process = subprocess.Popen([ROOT / "test/support/private-postgres"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.wait, 60)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)
        socket = re.search(r"host=(\S+)", process.stdout.readline()).group(1)
        new = Machine(self.folder / "new", socket)
        self.addCleanup(new.run, "systemctl stop deskbell")
        sql("DROP DATABASE deskbell", "postgres")
        return new

    def test_page(self):
        page = blocks()
        self.assertEqual(sorted(page), ["backup", "before an upgrade", "restore", "rollback"])
        self.old.write("var/lib/deskbell/kept", "state", 0o600)
        self.old.run(page["backup"])
        self.old.run(page["before an upgrade"])
        before_schema, before_rows = schema(), rows()
        self.assertIn("FORCE ROW LEVEL SECURITY", before_schema)
        self.assertIn("chat|1|", before_rows)
        self.assertIn("audit|1|", before_rows)
        denied = subprocess.run(["pg_dump", "-U", "deskbell", "deskbell"], capture_output=True, text=True, timeout=60,
                                check=False)
        self.assertNotEqual(denied.returncode, 0)  # as the page says

        # An upgrade that went wrong: the schema is newer, and the present program refuses it.
        sql("INSERT INTO deskbell.schema_version (version, name) VALUES (999, '999_newer')")
        refused = subprocess.run(["deskbell", "run"], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(refused.returncode, 78, refused.stderr)
        self.old.run(page["rollback"])
        self.assertEqual((schema(), rows()), (before_schema, before_rows))
        self.assertIn("999", sql("SELECT max(version) FROM deskbell.schema_version", "deskbell_aside"))

        # The machine is gone. What the backup has is all there is.
        new = self.new_machine()
        shutil.copytree(self.old.folder / "var/backups/deskbell", new.folder / "var/backups/deskbell")
        if os.geteuid() == 0:
            for path in [new.folder / "var/backups/deskbell", *new.folder.glob("var/backups/deskbell/*")]:
                shutil.chown(path, "postgres")
        # The new machine's addresses are its own: it has the old file, with another socket in it.
        restore = page["restore"].replace("\nrunuser", f"\nsed -i 's#{self.old.socket}#{new.socket}#;"
                                          f" s#{self.old.folder}#{new.folder}#' /etc/deskbell/deskbell.conf\nrunuser", 1)
        self.assertIn("the schema is up to date", new.run(restore))
        self.assertIn('secret = "s3cret"', (new.folder / "etc/deskbell/deskbell.conf").read_text())
        self.assertEqual((new.folder / "var/lib/deskbell/kept").read_text(), "state")
        said = new.status()
        self.assertIn("queue mobius-mobstate", said)
        self.assertEqual(schema(), before_schema)
        self.assertEqual(rows(), before_rows)
        self.assertEqual(sql("SELECT rolinherit FROM pg_roles WHERE rolname = 'deskbell'"), "f")
        self.assertIn("deskbell_database_up", (new.folder / "deskbell.prom").read_text())


if __name__ == "__main__":
    if not shutil.which("pg_dump"):
        sys.exit("pg_dump is missing")
    unittest.main()
