"""A database of the time before the roles comes under them, and who may do that and who may serve."""

import glob
import os
import pwd
import re
import subprocess
import tempfile
import unittest

from gates import GATES
from session import DESKBELL, LOGIN, SUPERUSER, Session

ASKED = "may not change the schema: let 'migrate_database' in deskbell.conf name a superuser"


class Upgrade(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.chmod(self.folder, 0o755)
        self.superuser = Session(SUPERUSER)
        self.addCleanup(self.superuser.close)
        self.superuser.must("DROP SCHEMA IF EXISTS deskbell CASCADE")

    def run_it(self, command, *arguments, database=LOGIN, more=f'migrate_database = "{SUPERUSER}";'):
        path = os.path.join(self.folder, "deskbell.conf")
        with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write('consortium = "mobius"; component = { jid = "chat.localhost"; port = 1; secret = "s"; };\n'
                       f'accounts = {{ domain = "localhost"; }}; database = "{database}"; {more}\n'
                       f'state_dir = "{self.folder}"; status_dir = "{self.folder}/status";\n')
        done = subprocess.run([DESKBELL, command, "-c", path, *arguments], capture_output=True, text=True,
                              timeout=60)
        self.assertNotIn("Sanitizer", done.stderr)
        return done.returncode, done.stdout, done.stderr

    def old_database(self):
        """As the versions before the roles made it: all belongs to the login."""
        self.superuser.say("CREATE ROLE deskbell LOGIN")
        self.superuser.must("ALTER ROLE deskbell INHERIT")
        self.superuser.must("ALTER DATABASE deskbell OWNER TO deskbell")
        for path in sorted(glob.glob("schema/00[1-7]_*.sql")):
            name = os.path.basename(path)[:-4]
            done = subprocess.run(["psql", LOGIN, "-Xq1", "-v", "ON_ERROR_STOP=1", "-f", path, "-c",
                                   "INSERT INTO deskbell.schema_version (version, name)"
                                   f" VALUES ({int(name[:3])}, '{name}')"], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_old_database(self):
        self.old_database()
        self.superuser.must("INSERT INTO deskbell.consortium (name, timezone, hours_given, backup_hours_given)"
                            " VALUES ('mobius', 'America/Chicago', true, false)")
        self.superuser.must("INSERT INTO deskbell.library (consortium_id, name) VALUES (1, 'slu')")
        self.superuser.must("INSERT INTO deskbell.library_admin VALUES (1, 'a@localhost', 1)")
        self.superuser.must("INSERT INTO deskbell.address VALUES (1, 'mobius-slu', 'queue'),"
                            " (1, 'mobius-nobody', 'queue')")
        self.superuser.must("INSERT INTO deskbell.queue (library_id, consortium_id, name, retention_days)"
                            " VALUES (1, 1, 'mobius-slu', 30)")
        self.superuser.must("INSERT INTO deskbell.hours_window (consortium_id, library_id, queue_id, owner, position,"
                            " days, open_minute, close_minute, others_answer)"
                            " VALUES (1, 1, 1, 'queue', 0, 1, 60, 120, true)")
        self.superuser.must("INSERT INTO deskbell.answered_by VALUES (1, 1, 1, 0)")
        self.superuser.must("INSERT INTO deskbell.reserved_name VALUES (1, 'mobius-slu-x', 'queue', 'slu', now()),"
                            " (1, 'gone', 'library', 'gone', now())")
        code, _, err = self.run_it("import", "etc/mobius.conf")
        self.assertEqual(code, 78, err)
        self.assertIn("run 'deskbell migrate'", err)
        code, out, err = self.run_it("migrate", more="")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("the database's user 'deskbell' " + ASKED, err)
        code, out, err = self.run_it("migrate")
        self.assertEqual((code, err), (0, ""))
        self.assertTrue(out.startswith("applied 008_tenancy\n"), out)
        self.assertEqual(self.superuser.must("SELECT library_id FROM deskbell.address"), ["1"])
        self.assertEqual(self.superuser.must("SELECT library_id FROM deskbell.answered_by"), ["1"])
        self.assertEqual(self.superuser.must("SELECT name, library_id FROM deskbell.reserved_name ORDER BY 1"),
                         ["gone|", "mobius-slu-x|1"])
        self.assertEqual(self.superuser.value("SELECT pg_get_userbyid(datdba) FROM pg_database"
                                              " WHERE datname = current_database()"), "deskbell_owner")
        for gate, question in GATES.items():
            self.assertEqual(self.superuser.must(question), [], gate)
        code, out, err = self.run_it("export", "mobius")
        self.assertEqual((code, err), (0, ""))
        self.assertIn('"mobius-slu"', out)
        # There is nothing to do any more, which the login may know.
        self.assertEqual(self.run_it("migrate", more=""), (0, "the schema is up to date\n", ""))
        self.superuser.must("DELETE FROM deskbell.schema_version WHERE version > 7")
        self.assertIn(ASKED, self.run_it("migrate", more="")[2])

    def test_made_by_who_makes_roles(self):
        """A database's owner with CREATEROLE is enough."""
        self.superuser.say("CREATE ROLE maker LOGIN CREATEROLE")
        self.superuser.must("ALTER DATABASE deskbell OWNER TO maker")
        code, out, err = self.run_it("migrate", more=f'migrate_database = "{SUPERUSER.replace("user=postgres", "user=maker")}";')
        self.superuser.must("ALTER DATABASE deskbell OWNER TO postgres")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("applied 008_tenancy\n", out)
        for gate, question in GATES.items():
            if gate != "a member of the owners":
                self.assertEqual(self.superuser.must(question), [], gate)

    def test_nobody_mighty_serves(self):
        self.assertEqual(self.run_it("migrate")[0], 0)
        self.superuser.must("INSERT INTO deskbell.consortium (name, timezone, hours_given, backup_hours_given)"
                            " VALUES ('mobius', 'America/Chicago', true, false)")
        code, _, err = self.run_it("run", database=SUPERUSER)
        self.assertEqual(code, 78, err)
        self.assertIn("the database's user 'postgres' is above the rules that keep libraries apart", err)
        for to_it, back in (("ALTER ROLE deskbell BYPASSRLS", "ALTER ROLE deskbell NOBYPASSRLS"),
                            ("GRANT deskbell_owner TO deskbell", "REVOKE deskbell_owner FROM deskbell")):
            self.superuser.must(to_it)
            code, _, err = self.run_it("run")
            self.superuser.must(back)
            self.assertEqual(code, 78, err)
            self.assertIn("the database's user 'deskbell' is above", err)

    @unittest.skipUnless(os.geteuid() == 0, "needs root")
    def test_root_becomes_the_databases_user(self):
        """The server is asked who came, as it is in a real installation."""
        folder = re.search(r"host=(\S+)", SUPERUSER).group(1)
        if "postgres" not in [account.pw_name for account in pwd.getpwall()]:
            self.skipTest("no account 'postgres'")
        hba = os.path.join(folder, "data", "pg_hba.conf")
        with open(hba) as file:
            trusting = file.read()
        try:
            with open(hba, "w") as file:
                file.write("local all postgres peer\nlocal all all trust\n")
            self.superuser.must("SELECT pg_reload_conf()")
            code, out, err = self.run_it("migrate")
            self.assertEqual((code, err), (0, ""), out)
        finally:
            with open(hba, "w") as file:
                file.write(trusting)
            self.superuser.must("SELECT pg_reload_conf()")


if __name__ == "__main__":
    unittest.main()
