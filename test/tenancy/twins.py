"""Two libraries of the same rows: whoever entered the one neither sees nor changes the other, and a
foreign row answers like one that is not there. For each table, role and action of the catalog."""

import unittest

from session import LIBRARIES, NOT_ALLOWED, ROWS, World, row_insert

SHARED = ("consortium", "coordinator", "library", "library_admin", "holiday_coverage", "address", "queue", "operator",
          "assignment", "snippet", "closure", "hours_window", "answered_by", "holiday", "reserved_name", "profile",
          "canned", "notice", "account_check", "former_name")
OWN = ("lease", "numbering", "batch")  # the desk's own
WHOLE = ("coordinator", "holiday", "consortium")  # the consortium's, no library's
# Who sees no library's rows but the one that was entered: (account, right, role)
ENTERED = (("admin1@x", "'texts'", "deskbell_admin"), ("granted1@x", "'desk'", "deskbell_admin"),
           ("admin1@x", "'statistics'", "deskbell_report"), ("boss1@x", "'transcripts'", "deskbell_coordinator"),
           ("admin1@x", "NULL", "deskbell_admin"), ("op1.1@x", "NULL", "deskbell_admin"))


class Twins(World):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.superuser.must("DELETE FROM deskbell.library_admin WHERE library_id <> 1")
        cls.superuser.must("INSERT INTO deskbell.library_admin VALUES (2, 'other@x', 1), (3, 'third@x', 1)")
        cls.superuser.must("DELETE FROM deskbell.permission WHERE library_id <> 1")
        cls.columns = {}
        for line in cls.superuser.must(
                "SELECT relname, string_agg(attname, ' ') FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid"
                " WHERE relnamespace = 'deskbell'::regnamespace AND relkind = 'r' AND attnum > 0"
                " AND NOT attisdropped GROUP BY 1"):
            table, names = line.split("|")
            cls.columns[table] = names.split(" ")

    def setUp(self):
        super().setUp()
        self.entered = None

    def of_library(self, table, library):
        """A condition for the rows of one library; of its consortium where rows have no library."""
        if table not in WHOLE and "library_id" in self.columns[table]:
            return f"library_id = {library}"
        return f"consortium_id = {LIBRARIES[library][0]}"

    def everything(self):
        return {table: self.superuser.must(f"SELECT t::text FROM deskbell.{table} t WHERE NOT (t::text ~ '@x.*test')"
                                           " ORDER BY 1") for table in ROWS}

    def actions(self, table, library):
        """Statements that reach for rows of that library."""
        where = self.of_library(table, library)
        tenant = where.split(" ")[0]
        column = tenant if ROWS[table] else "title"  # who makes the tenants' ids is refused for that
        yield f"SELECT count(*) FROM deskbell.{table} WHERE {where} HAVING count(*) > 0"
        yield f"UPDATE deskbell.{table} SET {column} = {column} WHERE {where}"
        yield f"UPDATE deskbell.{table} SET {column} = {column} WHERE {where} RETURNING *"
        yield f"DELETE FROM deskbell.{table} WHERE {where}"
        yield f"DELETE FROM deskbell.{table} WHERE {where} RETURNING *"
        yield f"COPY (SELECT * FROM deskbell.{table} WHERE {where}) TO STDOUT"
        if ROWS[table]:
            for number in (1, 2):
                yield row_insert(table, library, number)
                yield row_insert(table, library, number) + " ON CONFLICT DO NOTHING"
        if tenant == "library_id" and column == tenant:
            yield f"UPDATE deskbell.{table} SET library_id = {library} WHERE library_id = 1"
        yield f"TRUNCATE deskbell.{table} CASCADE"

    def answer(self, entered, statement):
        """What somebody who entered library 1 is told, as a client could see it."""
        if self.entered != entered:
            account, right, role = self.entered = entered
            self.desk.must("ROLLBACK")
            self.assertEqual(self.desk.enter(1, account, right), role)
        self.desk.must("SAVEPOINT before")
        told = self.desk.say(statement)
        self.desk.must("ROLLBACK TO before")
        return told

    def test_foreign_is_missing(self):
        before = self.everything()
        for entered in ENTERED:
            for table in ROWS:
                readable = table in SHARED
                for library in (2, 3):
                    for statement, missing in zip(self.actions(table, library), self.actions(table, 999)):
                        if library == 2 and (table in WHOLE or table in OWN):
                            continue  # the own consortium's
                        reads = statement.startswith(("SELECT", "COPY"))
                        if reads and readable and library == 2:
                            continue
                        with self.subTest(entered=entered, statement=statement):
                            state, count, lines = self.answer(entered, statement)
                            self.assertIn(state, ("00000", NOT_ALLOWED))
                            self.assertEqual((count, lines), (0, []))
                            # Settings of the own consortium are no secret, only not theirs.
                            if not (table in WHOLE or table in OWN or table in SHARED and library == 2
                                    or table == "library"):
                                self.assertEqual((state, count, lines), self.answer(entered, missing))
        self.assertEqual(self.everything(), before)

    def test_the_own_is_there(self):
        """Without this the test above would praise roles that may nothing."""
        for entered in ENTERED:
            for table in set(ROWS) - set(OWN):
                where = self.of_library(table, 1)
                if table in ("permission", "audit", "chat_words", "account_check", "help_request") and entered[2] == "deskbell_report":
                    continue
                with self.subTest(table=table, entered=entered):
                    state, _, lines = self.answer(entered, f"SELECT count(*) FROM deskbell.{table} WHERE {where}")
                    self.assertEqual(state, "00000")
                    self.assertGreater(int(lines[0]), 0)
        for statement in ("UPDATE deskbell.chat SET patron = 'x' WHERE library_id = 1",
                          "DELETE FROM deskbell.line WHERE library_id = 1", row_insert("canned", 1, 7),
                          "DELETE FROM deskbell.chat WHERE library_id = 1",
                          "UPDATE deskbell.queue SET title = 'x' WHERE library_id = 1",
                          "UPDATE deskbell.library SET title = 'x' WHERE library_id = 1"):
            for entered in (ENTERED[0], ENTERED[3]):
                with self.subTest(statement=statement, entered=entered):
                    self.assertEqual(self.answer(entered, statement)[:2], ("00000", 1))

    def test_report_writes_nothing(self):
        for table in ROWS:
            for statement in list(self.actions(table, 1))[1:]:
                if not statement.startswith("COPY"):
                    with self.subTest(statement=statement):
                        self.assertEqual(self.answer(ENTERED[2], statement)[0], NOT_ALLOWED)

    def test_what_the_consortium_decides(self):
        for statement in ("UPDATE deskbell.queue SET rollover = true WHERE library_id = 1",
                          "UPDATE deskbell.library SET covers_all_holidays = true WHERE library_id = 1",
                          "UPDATE deskbell.library SET name = 'zeta' WHERE library_id = 1",
                          "INSERT INTO deskbell.library (consortium_id, name) VALUES (1, 'zeta')",
                          "DELETE FROM deskbell.library WHERE library_id = 1", row_insert("library_admin", 1, 5),
                          row_insert("coordinator", 1, 5), row_insert("holiday_coverage", 1, 5),
                          row_insert("permission", 1, 5), "UPDATE deskbell.consortium SET title = 'x'",
                          "INSERT INTO deskbell.closure (consortium_id, date) VALUES (1, '2026-05-05')"):
            with self.subTest(statement=statement):
                self.assertEqual(self.answer(ENTERED[0], statement)[0], NOT_ALLOWED)
        self.desk.must("ROLLBACK")
        self.assertEqual(self.desk.enter(1, "boss1@x", "'policy'"), "deskbell_coordinator")
        self.desk.must("UPDATE deskbell.queue SET rollover = true WHERE library_id = 1")
        self.desk.must("ROLLBACK")
        self.assertEqual(self.desk.enter(0, "boss1@x", "'libraries'"), "deskbell_coordinator")
        self.desk.must("INSERT INTO deskbell.library (consortium_id, name) VALUES (1, 'zeta')")
        self.desk.must("UPDATE deskbell.consortium SET title = 'x' WHERE consortium_id = 1")
        self.assertEqual(self.desk.say("INSERT INTO deskbell.library (consortium_id, name) VALUES (2, 'z')")[0],
                         NOT_ALLOWED)
        self.desk.must("ROLLBACK")

    def test_the_consortium_as_a_whole(self):
        count = "SELECT string_agg(DISTINCT library_id::text, ' ' ORDER BY library_id::text) FROM deskbell.line"
        for right, seen in (("'transcripts'", "1 2"), ("'statistics'", "1 2"), ("NULL", "")):
            self.desk.enter(0, "boss1@x", right)
            self.assertEqual(self.desk.value(count), seen, right)
            self.desk.must("ROLLBACK")
        # The tenant alone, without the row in the audit, opens nothing.
        for role in ("coordinator", "report", "admin"):
            self.desk.must("BEGIN")
            self.desk.must(f"SET LOCAL ROLE deskbell_{role}")
            self.desk.must("SELECT set_config('deskbell.consortium', '1', true),"
                           " set_config('deskbell.library', '0', true)")
            self.assertEqual(self.desk.value(count), "", role)
            self.desk.must("ROLLBACK")
        # Nor does the row of a transaction before.
        self.desk.enter(0, "boss1@x", "'transcripts'")
        self.desk.must("COMMIT")
        self.desk.must("BEGIN")
        self.desk.must("SET LOCAL ROLE deskbell_coordinator")
        self.desk.must("SELECT set_config('deskbell.consortium', '1', true), set_config('deskbell.library', '0', true)")
        self.assertEqual(self.desk.value(count), "")
        self.desk.must("ROLLBACK")

    def test_writer_and_settings(self):
        self.desk.must("SET ROLE deskbell_writer")
        self.assertEqual(self.desk.value("SELECT count(DISTINCT library_id) FROM deskbell.line"), "3")
        for table in ROWS:
            for statement in (f"DELETE FROM deskbell.{table}", f"TRUNCATE deskbell.{table} CASCADE"):
                if statement not in ("DELETE FROM deskbell.batch", "DELETE FROM deskbell.answering"):
                    self.assertEqual(self.desk.say(statement)[0], NOT_ALLOWED, statement)
        for statement in ("UPDATE deskbell.line SET body = ''", "UPDATE deskbell.act SET detail = ''",
                          "SELECT FROM deskbell.audit", "SELECT FROM deskbell.permission",
                          "UPDATE deskbell.queue SET title = ''", "UPDATE deskbell.duty_log SET at = now()"):
            self.assertEqual(self.desk.say(statement)[0], NOT_ALLOWED, statement)
        self.desk.must("SET ROLE deskbell_settings")
        self.assertEqual(self.desk.value("SELECT count(DISTINCT library_id) FROM deskbell.chat"), "3")
        for statement in ["SELECT patron FROM deskbell.chat"] + [
                f"SELECT * FROM deskbell.{table}" for table in ROWS if table not in SHARED + ("permission",)]:
            self.assertEqual(self.desk.say(statement)[0], NOT_ALLOWED, statement)

    def test_login_may_nothing(self):
        for table in ROWS:
            for statement in self.actions(table, 1):
                self.assertEqual(self.desk.say(statement)[0], NOT_ALLOWED, statement)
        for role in ("owner", "audit"):
            self.assertEqual(self.desk.say(f"SET ROLE deskbell_{role}")[0], NOT_ALLOWED)


if __name__ == "__main__":
    unittest.main()
