"""Connections to the private database, and two libraries that differ in nothing but their words.

Run under test/support/private-postgres with DESKBELL naming the program.
"""

import os
import subprocess
import tempfile
import unittest

DESKBELL = os.environ["DESKBELL"]
LOGIN = os.environ["DESKBELL_DATABASE"]
SUPERUSER = os.environ["DESKBELL_MIGRATE_DATABASE"]
NOT_ALLOWED = "42501"

# Consortium 1 has the libraries 1 and 2, consortium 2 has library 3. For each table the rows of one
# library: every table with a tenant must be here, so a new one gets its line.
ROWS = {
    "consortium": None, "library": None,  # made by hand
    "coordinator": "VALUES ({c}, 'boss{n}@x', {n})",
    "library_admin": "VALUES ({l}, 'admin{n}@x', {n})",
    "holiday_coverage": "VALUES ({l}, DATE '2026-01-01' + {n})",
    "address": "(consortium_id, name, kind) VALUES ({c}, '{p}-q{n}', 'queue'), ({c}, '{p}-o{n}', 'operator')",
    "queue": "(library_id, consortium_id, name, retention_days) VALUES ({l}, {c}, '{p}-q{n}', 30)",
    "operator": "(library_id, consortium_id, name, account) VALUES ({l}, {c}, '{p}-o{n}', 'op{n}.{l}@x')",
    "assignment": "SELECT {l}, q.queue_id, {c}, o.operator_id, 1 FROM deskbell.queue q, deskbell.operator o"
                  " WHERE q.name = '{p}-q{n}' AND o.name = '{p}-o{n}'",
    "snippet": "(library_id, consortium_id, name, queue_id) SELECT {l}, {c}, '{w} (s{n})', queue_id"
               " FROM deskbell.queue WHERE name = '{p}-q{n}'",
    "closure": "(consortium_id, library_id, date) VALUES ({c}, {l}, DATE '2026-01-01' + {n})",
    "hours_window": "(consortium_id, library_id, owner, position, days, open_minute, close_minute)"
                    " VALUES ({c}, {l}, 'library', {n}, 1, 1, 2)",
    "answered_by": "SELECT {c}, w.window_id, q.queue_id, 1 FROM deskbell.hours_window w, deskbell.queue q"
                   " WHERE w.library_id = {l} AND w.position = {n} AND q.name = '{p}-q{n}'",
    "holiday": "VALUES ({c}, DATE '2026-01-01' + {n}, 'add', 'day')",
    "reserved_name": "VALUES ({c}, '{p}-gone{n}', 'queue', '{w}')",
    "profile": "(consortium_id, library_id, text) VALUES ({c}, {l}, 'secret of {l}')",
    "canned": "(consortium_id, library_id, name, text) VALUES ({c}, {l}, 'hello{n}', 'secret of {l}')",
    "notice": "(consortium_id, library_id, position, text, until)"
              " VALUES ({c}, {l}, {n}, 'secret {n} of {l}', '2026-01-01')",
    "chat": "(consortium_id, library_id, number, code, address, queue_id, patron, patron_resource, state, opened,"
            " last_line) VALUES ({c}, {l}, {l}0{n}, 'c{n}', 'secret of {l}', 1, 'p', 'r', 'closed', now(), 1)",
    "line": "VALUES ({l}, {l}0{n}, 1, now(), 'patron', NULL, NULL, 'i', 'secret of {l}')",
    "offer": "(library_id, chat, operator_id, at, outcome) VALUES ({l}, {l}0{n}, 1, now(), 'lost')",
    "act": "(library_id, chat, at, act, detail) VALUES ({l}, {l}0{n}, now(), 'opened', 'secret of {l}')",
    "lease": "VALUES ({c}, 1, 'secret of {l}', now(), now())",
    "numbering": "VALUES ({c}, {l}, 0)",
    "batch": "VALUES ({c}, 1, {l}0{n}, now())",
    "duty": "(consortium_id, library_id, operator_id, is_off, changed) VALUES ({c}, {l}, {n}, true, now())",
    "duty_log": "(library_id, queue_id, operator_id, on_duty, at) VALUES ({l}, 1, {n}, true, now())",
    "block": "(consortium_id, library_id, patron, until, chat, at) VALUES ({c}, {l}, 'p{n}', now(), 1, now())",
    "followup": "(consortium_id, library_id, chat, queue_id, kind, state, body, contact, at, handed)"
                " VALUES ({c}, {l}, {l}0{n}, 1, 'left', 'open', 'secret of {l}', '', now(), true)",
    "answering": "VALUES ({l}, {c}, {l}0{n}, {n}, {l}, {l}, NULL, NULL, now(), now(), now(), true, false)",
    "chat_words": "VALUES ({l}, {l}0{n}, 0, 'secret')",
    "purge": "VALUES ({c}, {l}, 'blocks', {n}, NULL, '2026-01-01', now(), 0, 0, 0, 0)",
    "account_check": "SELECT {c}, {l}, o.operator_id, 'new{n}.{l}@x', 'secret of {l}', now(), 0"
                     " FROM deskbell.operator o WHERE o.name = '{p}-o{n}'",
    "former_name": "SELECT {l}, {c}, '{p}-old{n}', q.queue_id, NULL, now() FROM deskbell.queue q"
                   " WHERE q.name = '{p}-q{n}'",
    "help_request": "(consortium_id, library_id, account, kind, text, tier)"
                    " VALUES ({c}, {l}, 'op{n}.{l}@x', 'other', 'secret of {l}', 'consortium')",
    "permission": "VALUES ({c}, {l}, 'granted{n}@x', 'desk', 'boss1@x')",
    "audit": "(consortium_id, library_id, account, command, object, reason, detail)"
             " VALUES ({c}, {l}, 'a@x', 'c', 'secret of {l}', '', '')",
}

LIBRARIES = {1: (1, "alma"), 2: (1, "beta"), 3: (2, "gama"), 999: (1, "none")}
CONSORTIUM = {1: "twin", 2: "other"}


def row_insert(table, library, number):
    consortium, word = LIBRARIES[library]
    return f"INSERT INTO deskbell.{table} " + ROWS[table].format(
        l=library, c=consortium, w=word, p=f"{CONSORTIUM[consortium]}-{word}", n=number)


class Session:
    """A psql of its own; say() runs one statement."""

    def __init__(self, conninfo=LOGIN):
        self.process = subprocess.Popen(["psql", conninfo, "-XqAt", "-v", "VERBOSITY=sqlstate"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)

    def say(self, statement):
        """(SQLSTATE, how many rows, the rows' lines)"""
        self.process.stdin.write(statement + ";\n\\echo ==== :SQLSTATE :ROW_COUNT\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.startswith("==== "):
                _, state, count = line.split()
                return state, int(count), lines
            lines.append(line.rstrip("\n"))
        raise AssertionError(f"psql is gone: {statement}")

    def must(self, statement):
        state, _, lines = self.say(statement)
        if state != "00000":
            raise AssertionError(f"{state}: {statement}")
        return lines

    def value(self, statement):
        return self.must(statement)[0]

    def enter(self, library, account, right, reason="asked", consortium=1):
        """As component/permit.c does it; returns the role, or '' when it is not permitted."""
        self.must("BEGIN")
        self.must("SET LOCAL ROLE deskbell_admin")
        role = self.value(f"SELECT deskbell.enter({consortium}, {library}, '{account}', {right}, 'test', '',"
                          f" '{reason}', false)")
        if role:
            self.must(f"SET LOCAL ROLE {role}")
        return role

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


def migrate():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "deskbell.conf")
        with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write('consortium = "twin"; component = { jid = "chat.localhost"; secret = "s"; };\n'
                       f'accounts = {{ domain = "localhost"; }}; database = "{LOGIN}";\n'
                       f'migrate_database = "{SUPERUSER}"; state_dir = "{folder}";\n')
        done = subprocess.run([DESKBELL, "migrate", "-c", path], capture_output=True, text=True, timeout=60)
    if done.returncode or done.stderr:
        raise AssertionError(done.stderr)


class World(unittest.TestCase):
    """Each class begins with an empty database and the twins in it; what a test does is rolled back
    or taken back by itself."""
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.superuser = Session(SUPERUSER)
        cls.superuser.must("DROP SCHEMA IF EXISTS deskbell CASCADE")
        migrate()
        cls.superuser.must("INSERT INTO deskbell.consortium (name, timezone, hours_given, backup_hours_given)"
                           " VALUES ('twin', 'UTC', false, false), ('other', 'UTC', false, false)")
        cls.superuser.must("INSERT INTO deskbell.library (consortium_id, name)"
                           " VALUES (1, 'alma'), (1, 'beta'), (2, 'gama')")
        for table, rows in ROWS.items():
            done = set()
            for library in (1, 2, 3) if rows else ():
                statement = row_insert(table, library, 1)
                if statement not in done and not (table in ("lease", "numbering", "coordinator", "holiday")
                                                  and library == 2):
                    cls.superuser.must(statement)
                done.add(statement)

    @classmethod
    def tearDownClass(cls):
        cls.superuser.close()

    def setUp(self):
        self.desk = Session()
        self.addCleanup(self.desk.close)
