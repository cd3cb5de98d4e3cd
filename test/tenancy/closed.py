"""Whoever has entered nothing sees nothing, whatever happened on the connection before; and what the
audit has, it keeps."""

import unittest

from session import NOT_ALLOWED, SUPERUSER, Session, World

SEEN = "SELECT string_agg(DISTINCT library_id::text, ' ') FROM deskbell.line"
NONE = ("", "abc", "1 or true", "1; SELECT 1", "-1", "0x1", "1.0", " 1", "99999999999999999999", "4")
ROLES = ("admin", "coordinator", "report")


class Closed(World):
    def seen(self, role):
        self.desk.must(f"SET ROLE deskbell_{role}")
        state, _, lines = self.desk.say(SEEN)
        self.desk.must("RESET ROLE")
        self.assertEqual(state, "00000")
        return lines[0]

    def nothing_seen(self, when):
        for role in ROLES:
            self.assertEqual(self.seen(role), "", (role, when))

    def test_no_tenant(self):
        self.nothing_seen("never entered")
        for text in NONE:
            self.desk.must(f"SELECT set_config('deskbell.consortium', '{text}', false),"
                           f" set_config('deskbell.library', '{text}', false)")
            self.nothing_seen(text)
        for one, other in (("consortium", "library"), ("library", "consortium")):
            self.desk.must(f"SELECT set_config('deskbell.{one}', '1', false),"
                           f" set_config('deskbell.{other}', '', false)")
            self.nothing_seen(one)
        # A consortium with another's library is no pair.
        self.desk.must("SELECT set_config('deskbell.consortium', '1', false),"
                       " set_config('deskbell.library', '3', false)")
        self.nothing_seen("mixed")

    def test_nothing_stays(self):
        for end in ("COMMIT", "ROLLBACK"):
            self.desk.enter(1, "admin1@x", "'transcripts'")
            self.assertEqual(self.desk.value(SEEN), "1")
            self.desk.must(end)
            self.nothing_seen(end)
        self.desk.enter(1, "admin1@x", "'transcripts'")
        self.assertNotEqual(self.desk.say("SELECT 1/0")[0], "00000")
        self.desk.say("COMMIT")
        self.nothing_seen("an error")
        self.desk.must("BEGIN")
        self.desk.must("SAVEPOINT before")
        self.desk.must("SET LOCAL ROLE deskbell_admin")
        self.desk.must("SELECT deskbell.enter(1, 1, 'admin1@x', 'transcripts', 'test', '', '', false)")
        self.assertEqual(self.desk.value(SEEN), "1")
        self.desk.must("ROLLBACK TO before")
        self.nothing_seen("a savepoint")
        self.desk.must("ROLLBACK")

    def test_a_prepared_statement_follows_the_tenant(self):
        """The server makes a plan for all parameters at the sixth time."""
        self.desk.must("SET ROLE deskbell_admin")
        self.desk.must("PREPARE said AS SELECT DISTINCT body FROM deskbell.line WHERE line = $1")
        for _ in range(7):
            for library, account in ((1, "admin1@x"), (2, "admin1@x")):
                self.assertEqual(self.desk.enter(library, account, "'transcripts'"), "deskbell_admin")
                self.assertEqual(self.desk.must("EXECUTE said (1)"), [f"secret of {library}"])
                self.desk.must("COMMIT")
            self.assertEqual(self.desk.must("EXECUTE said (1)"), [])
        self.desk.must("SET ROLE deskbell_writer")
        self.assertEqual(len(self.desk.must("EXECUTE said (1)")), 3)

    def test_another_connection_sees_nothing(self):
        other = Session()
        self.addCleanup(other.close)
        self.desk.enter(1, "admin1@x", "'transcripts'")
        other.must("SET ROLE deskbell_admin")
        self.assertEqual(other.value(SEEN), "")
        self.desk.must("ROLLBACK")

    def test_row_security_cannot_be_switched_off(self):
        for role in ROLES:
            self.desk.must(f"SET ROLE deskbell_{role}")
            self.desk.must("SET row_security = off")
            self.assertEqual(self.desk.say(SEEN)[0], NOT_ALLOWED)
            self.desk.must("SET row_security = on")

    def test_audit_only_grows(self):
        before = self.superuser.must("SELECT a::text FROM deskbell.audit a ORDER BY 1")
        attacks = ("UPDATE deskbell.audit SET reason = 'none'", "DELETE FROM deskbell.audit",
                   "TRUNCATE deskbell.audit",
                   "INSERT INTO deskbell.audit (consortium_id, account, command, object, reason, detail)"
                   " VALUES (1, 'a@x', 'c', '', '', '')", "ALTER TABLE deskbell.audit DISABLE TRIGGER ALL")
        for account, right, role in (("admin1@x", "'audit'", "deskbell_admin"),
                                     ("boss1@x", "'transcripts'", "deskbell_coordinator"),
                                     ("admin1@x", "'statistics'", "deskbell_report")):
            for attack in attacks + ("SELECT deskbell.audit_add(1, 1, 'boss1@x', 'c', 'audit', '', '', '')",):
                self.assertEqual(self.desk.enter(1, account, right), role)
                self.assertEqual(self.desk.say(attack)[0], NOT_ALLOWED, (role, attack))
                self.desk.must("ROLLBACK")
        for role in ("writer", "settings"):
            self.desk.must(f"SET ROLE deskbell_{role}")
            for attack in attacks + ("SELECT deskbell.audit_add(1, 1, '', '', '', '', '', '')",):
                self.assertEqual(self.desk.say(attack)[0], NOT_ALLOWED, (role, attack))
        # Not even whoever owns it, or the superuser by mistake.
        mighty = Session(SUPERUSER)
        self.addCleanup(mighty.close)
        for attack in attacks[:3]:
            for who in ("deskbell_audit", "postgres"):
                mighty.must(f"SET ROLE {who}")
                self.assertEqual(mighty.say(attack)[0], "23001", (who, attack))
        self.assertEqual(self.superuser.must("SELECT a::text FROM deskbell.audit a ORDER BY 1"), before)

    def test_the_database_signs_what_is_noted(self):
        """Whoever has entered says what was done; who and where is what enter() has written."""
        note = "SELECT deskbell.audit_note({}, 'o', 'r', 'd')"
        for entered, right, library, signed in ((1, "'texts'", 1, True), (1, "'texts'", 2, False),
                                                (1, "NULL", 1, False)):
            self.desk.enter(entered, "admin1@x", right)
            self.assertEqual(self.desk.value(note.format(library)), "t" if signed else "f", (right, library))
            self.desk.must("ROLLBACK")
        self.desk.enter(0, "boss1@x", "'policy'")
        self.assertEqual(self.desk.value(note.format(2)), "t")
        self.desk.must("SELECT set_config('deskbell.consortium', '2', true)")
        self.assertEqual(self.desk.value(note.format(3)), "f")
        self.desk.must("COMMIT")
        self.assertEqual(self.superuser.must("SELECT account, library_id, \"right\", object, detail FROM deskbell.audit"
                                             " WHERE detail = 'd'"), ["boss1@x|2|policy|o|d"])

    def test_who_reads_the_audit(self):
        for library, account in ((1, "admin1@x"), (2, "admin1@x")):
            self.desk.enter(library, account, "'audit'")
            self.assertEqual(self.desk.must("SELECT DISTINCT library_id FROM deskbell.audit"), [str(library)])
            self.desk.must("ROLLBACK")
        self.desk.enter(0, "boss1@x", "'audit'")
        self.assertEqual(self.desk.must("SELECT DISTINCT library_id FROM deskbell.audit WHERE library_id IS NOT NULL"
                                        " ORDER BY 1"), ["1", "2"])
        self.desk.must("ROLLBACK")

    def test_grants_of_who_left(self):
        self.desk.must("SET ROLE deskbell_settings")
        self.superuser.must("INSERT INTO deskbell.permission VALUES (1, 1, 'op1.1@x', 'transcripts', 'boss1@x')")
        held = "SELECT deskbell.holds(1, 1, 'op1.1@x', 'transcripts')"
        self.assertEqual(self.superuser.value(held), "t")
        self.desk.must("UPDATE deskbell.operator SET account = 'new@x' WHERE account = 'op1.1@x'")
        self.assertEqual(self.superuser.value(held), "f")
        self.desk.must("UPDATE deskbell.operator SET account = 'op1.1@x' WHERE account = 'new@x'")
        self.superuser.must("INSERT INTO deskbell.permission VALUES (1, 1, 'op1.1@x', 'transcripts', 'boss1@x')")
        self.desk.must("BEGIN")
        self.desk.must("DELETE FROM deskbell.operator WHERE account = 'op1.1@x'")
        self.desk.must("RESET ROLE")
        self.desk.must("SET LOCAL ROLE deskbell_admin")
        self.assertEqual(self.desk.value(held), "f")
        self.desk.must("ROLLBACK")


if __name__ == "__main__":
    unittest.main()
