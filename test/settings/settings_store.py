"""The settings' way between file and database, through the real program.

Runs under test/support/private-postgres, with DESKBELL naming the program. Every test begins with an
empty database and says what an administrator would do and see.
"""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

DESKBELL = os.environ["DESKBELL"]
DATABASE = os.environ["DESKBELL_DATABASE"]
MIGRATE = os.environ["DESKBELL_MIGRATE_DATABASE"]
SAMPLE = pathlib.Path("etc/mobius.conf")

SMALL = """\
consortium = { name = "mobius"; title = "MOBIUS"; %(consortium)s
  libraries = (
    { name = "slu"; title = "SLU"; admins = [ "a@localhost" ]; %(library)s
      operators = ( { name = "mobius-slu-kim"; title = "Kim"; } %(operators)s );
      queues = ( { name = "mobius-slu"; retention_days = 30; %(queue)s } %(queues)s ); } %(libraries)s
  ); };
"""


def small(**parts):
    names = ("consortium", "library", "operators", "queue", "queues", "libraries")
    return SMALL % {name: parts.get(name, "") for name in names}


class Result:
    def __init__(self, process):
        self.code = process.returncode
        self.out = process.stdout
        self.err = process.stderr


def sql(text):
    process = subprocess.run(["psql", MIGRATE, "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", text],
                             capture_output=True, text=True, timeout=30, check=True)
    return process.stdout.strip()


class Settings(unittest.TestCase):
    maxDiff = None
    schema_is_good = False

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.config = self.folder / "deskbell.conf"
        self.write_config()
        if Settings.schema_is_good:
            sql("TRUNCATE deskbell.consortium CASCADE")
        else:
            sql("SET client_min_messages = error; DROP SCHEMA IF EXISTS deskbell CASCADE")
            self.run_fine("migrate")
            Settings.schema_is_good = True

    def spoil_schema(self, text):
        Settings.schema_is_good = False
        sql("SET client_min_messages = error; " + text)

    def write_config(self, database=DATABASE, more=""):
        self.config.write_text(
            f'consortium = "mobius"; component = {{ jid = "chat.localhost"; secret = "s"; }};\n'
            f'accounts = {{ domain = "localhost"; }}; database = "{database}"; '
            f'migrate_database = "{MIGRATE if database == DATABASE else database}";\n'
            f'state_dir = "{self.folder}"; {more}\n')
        self.config.chmod(0o600)

    def run_it(self, command, *arguments):
        process = subprocess.run([DESKBELL, command, "-c", self.config, *arguments],
                                 capture_output=True, text=True, timeout=60)
        self.assertNotIn("Sanitizer", process.stderr)
        return Result(process)

    def run_fine(self, command, *arguments):
        result = self.run_it(command, *arguments)
        self.assertEqual((result.code, result.err), (0, "") if command != "import" else (0, result.err))
        return result

    def import_text(self, text, *options):
        path = self.folder / "consortium.conf"
        path.write_text(text)
        return self.run_it("import", *options, path)

    def change(self, text, *options):
        result = self.import_text(text, *options)
        self.assertEqual(result.code, 0, result.err)
        return result.out.splitlines()

    def export(self):
        return self.run_fine("export", "mobius").out

    # Schema

    def test_migrate_twice(self):
        before = sql("SELECT version, name, applied_at FROM deskbell.schema_version ORDER BY 1")
        self.assertTrue(before.startswith("1|001_settings|"))
        self.assertEqual(self.run_fine("migrate").out, "the schema is up to date\n")
        self.assertEqual(sql("SELECT version, name, applied_at FROM deskbell.schema_version ORDER BY 1"),
                         before)

    def test_two_migrates_at_once(self):
        self.spoil_schema("DROP SCHEMA deskbell CASCADE")
        both = [subprocess.Popen([DESKBELL, "migrate", "-c", self.config], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True) for _ in range(2)]
        said = [process.communicate(timeout=60) for process in both]
        self.assertEqual([process.returncode for process in both], [0, 0], said)
        applied = [line for out, _ in said for line in out.splitlines() if line.startswith("applied")]
        self.assertEqual(len(applied), len(set(applied)), applied)
        self.assertEqual(len(applied), int(sql("SELECT count(*) FROM deskbell.schema_version")))

    def test_a_failing_file_leaves_nothing(self):
        self.spoil_schema("DROP SCHEMA deskbell CASCADE; CREATE SCHEMA deskbell; CREATE TABLE deskbell.snippet (x int)")
        result = self.run_it("migrate")
        self.assertEqual(result.code, 1)
        self.assertEqual(result.err.count("\n"), 1, result.err)
        self.assertEqual(sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'deskbell'"), "1")

    def test_older_schema(self):
        self.spoil_schema("DROP SCHEMA deskbell CASCADE")
        result = self.import_text(small())
        self.assertEqual(result.code, 78)
        self.assertRegex(result.err, r"^deskbell: the database has schema version 0, this deskbell "
                                     r"needs \d+: run 'deskbell migrate'\n$")

    def test_newer_schema(self):
        newest = int(sql("SELECT max(version) FROM deskbell.schema_version"))
        self.spoil_schema(f"INSERT INTO deskbell.schema_version VALUES ({newest + 1}, 'later')")
        for result in (self.import_text(small()), self.run_it("migrate")):
            self.assertEqual(result.code, 78)
            self.assertEqual(result.err, "deskbell: this deskbell is older than the database: it knows "
                                         f"schema version {newest}, the database has {newest + 1}\n")

    def test_bad_configuration(self):
        self.write_config(more="nonsense = 1;")
        for command, code in (("check", 1), ("migrate", 78), ("export", 1)):
            result = self.run_it(command, *(["mobius"] if command == "export" else []))
            self.assertEqual(result.code, code, command)
            self.assertEqual(result.err, f"{self.config}:3: unknown key 'nonsense' in the file\n")
        self.assertEqual(self.import_text(small()).code, 78)

    def test_check(self):
        self.assertEqual(self.run_fine("check").out, f"{self.config}: fine\n")

    def test_no_database(self):
        self.write_config(database="host=/nonexistent dbname=x")
        for result in (self.import_text(small()), self.run_it("migrate")):
            self.assertEqual(result.code, 1)
            self.assertEqual(result.err.count("\n"), 1, result.err)
            self.assertTrue(result.err.startswith("deskbell: database: "), result.err)

    # Import

    def test_import_twice(self):
        first = self.run_it("import", SAMPLE)
        self.assertEqual(first.code, 0)
        self.assertEqual(first.out.splitlines()[0], "+ consortium mobius")
        dump = self.dump()
        second = self.run_it("import", SAMPLE)
        self.assertEqual((second.code, second.out), (0, "nothing changes\n"))
        self.assertEqual(self.dump(), dump)

    def dump(self):
        """Every row of every table of settings, ids and row versions too."""
        tables = sql("SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables "
                     "WHERE schemaname = 'deskbell'").split()
        return sql("".join(f"SELECT '{table}', xmin, t.* FROM deskbell.{table} t ORDER BY t::text;"
                           for table in tables))

    def test_warnings_of_the_sample(self):
        warnings = [re.sub(r"^.*?:\d+: ", "", line)
                    for line in self.run_it("import", SAMPLE).err.splitlines()]
        self.assertEqual(warnings, [
            "warning: queue mobius-mobstate and 4 more: nobody answers sat from 08:00 to 10:00",
            "warning: queue mobius-mobstate and 4 more: nobody answers sat from 22:00 to 10:00 the next day",
            "warning: queue mobius-umkc-law: nobody answers mon-fri from 12:00 to 13:00",
        ])

    def test_warnings(self):
        result = self.import_text(small(
            consortium='backup = { queue = "mobius-slu"; };',
            queue='hours = ( { days = "mon"; open = "22:00"; close = "02:00"; },\n'
                  '{ days = "tue"; open = "01:00"; close = "03:00"; } );',
            libraries=',{ name = "umkc"; hours = ();\nqueues = ( { name = "mobius-umkc"; rollover = true; } ); }'))
        self.assertEqual(result.code, 0)
        said = [line.split("consortium.conf:")[1] for line in result.err.splitlines()]
        self.assertIn("6: warning: queue mobius-slu: the window tue 01:00-03:00 overlaps another", said)
        self.assertIn("5: warning: queue mobius-slu: the backup has no operators", said)
        self.assertIn("7: warning: queue mobius-umkc: has no retention_days, taken as 365", said)
        self.assertIn("7: warning: queue mobius-umkc: has rollover, but library umkc has no hours at all",
                      said)

    def test_warning_of_inherited_none(self):
        result = self.import_text(small(consortium="hours = ();", queue="rollover = true;"))
        self.assertIn("has rollover, but library slu has no hours at all", result.err)

    def test_dry_run(self):
        lines = self.change(small(), "--dry-run")
        self.assertEqual(lines, ["+ consortium mobius", "+ library slu", "+ operator mobius-slu-kim",
                                 "+ queue mobius-slu", "4 changes, not made (--dry-run)"])
        self.assertEqual(sql("SELECT count(*) FROM deskbell.consortium"), "0")
        self.assertEqual(self.change(small())[-1], "4 changes")

    def test_key_left_out_keeps(self):
        self.change(small(queue='rollover = true; welcome = "Hi"; ring_seconds = 9;',
                          consortium='coordinators = [ "c@localhost" ];',
                          library='timezone = "America/New_York"; holiday_coverage = [ "2026-12-25" ];'))
        lines = self.change(small(queue="ring_seconds = 11;"))
        self.assertEqual(lines, ["~ queue mobius-slu: ring_seconds 9 -> 11", "1 change"])
        kept = self.export()
        for line in ("rollover = true;", 'welcome = "Hi";', "ring_seconds = 11;",
                     'coordinators = [ "c@localhost" ];', 'timezone = "America/New_York";',
                     'holiday_coverage = [ "2026-12-25" ];'):
            self.assertIn(line, kept)

    def test_lists_are_replaced(self):
        more = ', { name = "mobius-slu-lee"; }'
        self.change(small(operators=more, queue='operators = [ "mobius-slu-kim", "mobius-slu-lee" ];'))
        lines = self.change(small(operators=more, queue='operators = [ "mobius-slu-lee" ];',
                                  library='hours = ();'))
        self.assertEqual(lines, [
            "~ library slu: hours none -> ( )",
            '~ queue mobius-slu: operators [ "mobius-slu-kim", "mobius-slu-lee" ] -> [ "mobius-slu-lee" ]',
            "2 changes"])

    def test_not_in_the_file_and_prune(self):
        self.change(small(operators=', { name = "mobius-slu-lee"; }', queues=', { name = "mobius-slu-x"; }'))
        lines = self.change(small())
        self.assertEqual(lines, ["  operator mobius-slu-lee: not in the file",
                                 "  queue mobius-slu-x: not in the file", "nothing changes"])
        lines = self.change(small(), "--prune")
        self.assertEqual(lines, ["- operator mobius-slu-lee", "- queue mobius-slu-x", "2 changes"])
        self.assertEqual(sql("SELECT name FROM deskbell.queue"), "mobius-slu")
        self.assertEqual(sql("SELECT name, kind, library_name FROM deskbell.reserved_name ORDER BY 1"),
                         "mobius-slu-lee|operator|slu\nmobius-slu-x|queue|slu")

    def test_prune_what_others_need(self):
        self.change(small(queues=', { name = "mobius-slu-x"; }',
                          libraries=', { name = "umkc"; queues = ( { name = "mobius-umkc"; hours = ( '
                                    '{ days = "all"; open = "08:00"; close = "09:00"; answered_by = '
                                    '[ "mobius-slu-x" ]; } ); } ); }'))
        before = self.dump()
        result = self.import_text(small(libraries=', { name = "umkc"; queues = ( { name = "mobius-umkc"; } ); }'),
                                  "--prune")
        self.assertEqual(result.code, 1)
        self.assertIn("queue 'mobius-slu-x' in answered_by does not exist", result.err)
        self.assertEqual(self.dump(), before)

    def test_removed_name_is_reserved(self):
        self.change(small(operators=', { name = "mobius-slu-lee"; }'))
        self.change(small(), "--prune")
        before = self.dump()
        result = self.import_text(small(queues=',\n{ name = "mobius-slu-lee"; }'))
        self.assertEqual(result.code, 1)
        self.assertRegex(result.err, r"consortium.conf:6: name: 'mobius-slu-lee' was a removed operator's "
                                     r"and is reserved until \d{4}-\d\d-\d\d\n")
        self.assertEqual(self.dump(), before)
        self.change(small(operators=', { name = "mobius-slu-lee"; }'))
        self.assertEqual(sql("SELECT count(*) FROM deskbell.reserved_name"), "0")

    def test_reservation_ends(self):
        self.change(small(operators=', { name = "mobius-slu-lee"; }'))
        self.change(small(), "--prune")
        sql("UPDATE deskbell.reserved_name SET removed_at = now() - interval '30 days 1 second'")
        self.assertEqual(self.change(small(queues=', { name = "mobius-slu-lee"; }'))[-1], "1 change")

    def test_library_with_transcripts_stays(self):
        self.change(small(libraries=', { name = "umkc"; queues = ( { name = "mobius-umkc"; } ); }'))
        sql("INSERT INTO deskbell.chat (consortium_id, library_id, number, code, address, queue_id, "
            "patron, patron_resource, state, opened, last_line) SELECT consortium_id, library_id, 1, "
            "'k3f9', 'mobius-umkc.k3f9', queue_id, 'guest@localhost', 'x', 'closed', now(), 0 "
            "FROM deskbell.queue WHERE name = 'mobius-umkc'")
        before = self.dump()
        result = self.import_text(small(), "--prune")
        self.assertEqual(result.code, 1)
        self.assertIn("deskbell: library 'umkc' cannot be removed: transcripts of its chats are kept; "
                      "erase its chats first, or wait until none is left\n",
                      result.err)
        self.assertEqual(self.dump(), before)

    def test_name_clash_with_the_database(self):
        self.change(small(operators=', { name = "mobius-slu-lee"; account = "lee@localhost"; }'))
        result = self.import_text(small(queues=',\n{ name = "mobius-slu-lee"; }'))
        self.assertEqual((result.code, result.out), (1, ""))
        self.assertIn("operator 'mobius-slu-lee': a queue has that name", result.err)
        result = self.import_text(small(operators=',\n{ name = "mobius-slu-max"; account = "lee@localhost"; }'))
        self.assertEqual((result.code, result.out), (1, ""))
        self.assertIn("account 'lee@localhost' is that of 'mobius-slu-lee'", result.err)

    def test_accounts_can_be_swapped(self):
        two = ', {{ name = "mobius-slu-a"; account = "{}"; }}, {{ name = "mobius-slu-b"; account = "{}"; }}'
        self.change(small(operators=two.format("x@localhost", "y@localhost")))
        self.assertEqual(self.change(small(operators=two.format("y@localhost", "x@localhost")))[-1],
                         "2 changes")

    def test_long_lists_are_shown_by_their_elements(self):
        dates = [f'{{ date = "2027-0{month}-01"; name = "Quoted \\", ) day {month}"; }}' for month in range(1, 6)]
        hours = 'hours = ( { days = "mon-fri"; open = "08:00"; close = "12:00"; }, %s );'
        self.change(small(library=f"closures = ( {', '.join(dates[:4])} );",
                          queue=hours % '{ days = "sat"; open = "10:00"; close = "12:00"; }'))
        changed = small(library=f"closures = ( {', '.join(dates[1:])} );",
                        queue=hours % '{ days = "sun"; open = "10:00"; close = "12:00"; answered_by = [ "mobius-slu" ]; }')
        self.assertEqual(self.change(changed, "--dry-run"), [
            "~ library slu: closures", f"  - {dates[0]}", f"  + {dates[4]}",
            "~ queue mobius-slu: hours",
            '  - { days = "sat"; open = "10:00"; close = "12:00"; }',
            '  + { days = "sun"; open = "10:00"; close = "12:00"; answered_by = [ "mobius-slu" ]; }',
            "2 changes, not made (--dry-run)"])

    def test_profiles_by_key(self):
        """Each key by itself: left out it keeps, empty it is none, and inherits nothing."""
        self.change(small(consortium='profile = { policies = "https://c.example.org"; };',
                          library='profile = { text = "Quiet"; phone = "1"; };',
                          queue='profile = { phone = "2"; };'))
        self.assertEqual(self.change(small(library='profile = { text = "Loud"; link = "http://slu"; };',
                                           queue='profile = { phone = ""; };')), [
            '~ library slu: profile.text "Quiet" -> "Loud"',
            '~ library slu: profile.link none -> "http://slu"',
            '~ queue mobius-slu: profile.phone "2" -> ""', "3 changes"])
        self.assertEqual(sql("SELECT l.name, q.name, p.text, p.link, p.phone IS NULL, p.phone, p.policies "
                             "FROM deskbell.profile p LEFT JOIN deskbell.library l USING (library_id) "
                             "LEFT JOIN deskbell.queue q USING (queue_id) ORDER BY 1, 2").splitlines(),
                         ["slu|mobius-slu|||f||", "slu||Loud|http://slu|f|1|",
                          "||||t||https://c.example.org"])
        exported = self.export()
        self.assertIn('profile = {\n            phone = "";\n          };', exported)
        self.assertEqual(self.change(exported), ["nothing changes"])

    def test_canned_replies_and_notices(self):
        both = ('canned = ( { name = "b"; text = "%s"; }, { name = "a"; text = "{{ {hours}"; } );'
                'notices = ( { text = "Flood"; until = "%s"; }, { text = "\\"Fire\\""; until = "2026-12-01T00:00"; } );')
        self.change(small(library=both % ("Two\\nlines", "2026-11-01T01:30"),
                          consortium='canned = ( { name = "a"; text = "For all"; } );'
                                     'notices = ( { text = "Flood"; until = "2026-12-01T23:59"; } );'))
        self.assertEqual(sql("SELECT l.name, c.name FROM deskbell.canned c "
                             "LEFT JOIN deskbell.library l USING (library_id) ORDER BY 1, 2"),
                         "slu|a\nslu|b\n|a")
        exported = self.export()
        self.assertEqual(self.change(exported), ["nothing changes"])
        self.assertEqual(self.change(small()), ["nothing changes"], "lists left out stay")
        self.assertEqual(self.change(small(library=both % ("One line", "2026-11-01T02:30"))), [
            "~ library slu: canned", '  - { name = "b"; text = "Two\\nlines"; }',
            '  + { name = "b"; text = "One line"; }', "~ library slu: notices",
            '  - { text = "Flood"; until = "2026-11-01T01:30"; }',
            '  + { text = "Flood"; until = "2026-11-01T02:30"; }', "2 changes"])
        self.change(small(library="canned = (); notices = ();"))
        self.assertEqual(sql("SELECT count(*), (SELECT count(*) FROM deskbell.canned) FROM deskbell.notice"),
                         "1|1", "the consortium's own stay")

    def test_single_rows_by_another_hand(self):
        """What the commands for single rows will do is seen, and judged like a file."""
        self.change(small())
        ids = "SELECT consortium_id, library_id, %s FROM deskbell.library"
        sql("INSERT INTO deskbell.canned (consortium_id, library_id, name, text) " +
            ids % "'late', 'Call {phone}.'" + "; INSERT INTO deskbell.notice (consortium_id, library_id, "
            "position, text, until) " + ids % "0, 'Flood', '2026-12-01 17:00'")
        exported = self.export()
        self.assertIn('canned = ( { name = "late"; text = "Call {phone}."; } );', exported)
        self.assertIn('notices = ( { text = "Flood"; until = "2026-12-01T17:00"; } );', exported)
        sql("UPDATE deskbell.canned SET text = 'Call {fone}.'")
        result = self.run_it("export", "mobius")
        self.assertEqual((result.code, result.out), (1, ""))
        self.assertIn("database: library 'slu': canned 'late': there is no field '{fone}'", result.err)
        sql("DELETE FROM deskbell.canned; DELETE FROM deskbell.notice")
        self.assertEqual(self.change(small()), ["nothing changes"])

    def test_warning_of_a_reply_that_cannot_be_sent(self):
        replies = 'canned = ( { name = "a"; text = "{phone} {next} {library}"; } );'
        result = self.import_text(small(library=replies, queue="hours = ();",
                                        queues=', { name = "mobius-slu-x"; profile = { phone = "1"; }; }'))
        said = [line.split("consortium.conf:")[1] for line in result.err.splitlines() if "canned" in line]
        self.assertEqual(said, ["3: warning: canned 'a': queue mobius-slu has nothing for {phone}",
                                "3: warning: canned 'a': queue mobius-slu has nothing for {next}"])
        result = self.import_text(small(consortium=replies, queues=', { name = "mobius-slu-y"; }'))
        self.assertIn("canned 'a': queue mobius-slu and 1 more have nothing for {phone}", result.err)

    def test_bad_file_changes_nothing(self):
        self.change(small())
        before = self.dump()
        result = self.import_text(small(queue='\nring_seconds = 0;\nhalo = 1;'))
        self.assertEqual(result.code, 1)
        path = self.folder / "consortium.conf"
        self.assertEqual(result.err, f"{path}:6: ring_seconds: 0 is not between 1 and 86400\n"
                                     f"{path}:7: unknown key 'halo' in a queue\n")
        self.assertEqual(self.dump(), before)

    def test_other_consortium_is_refused(self):
        result = self.import_text('consortium = { name = "north"; };')
        self.assertEqual(result.code, 1)
        self.assertEqual(result.err, f"{self.folder}/consortium.conf: consortium 'north' is not 'mobius', "
                                     f"the one that {self.config} names\n")

    def test_ids_are_stable(self):
        self.change(small(operators=', { name = "mobius-slu-lee"; }', queues=', { name = "mobius-slu-x"; }'))
        ids = ("SELECT library_id, queue_id, q.name FROM deskbell.queue q ORDER BY q.name",
               "SELECT operator_id, name FROM deskbell.operator ORDER BY name")
        before = [sql(query) for query in ids]
        self.change(small(operators=', { name = "mobius-slu-lee"; title = "Lee"; }',
                          queue='rollover = true;', library='closures = ( { date = "2026-12-24"; } );'))
        self.assertEqual([sql(query) for query in ids], before)

    def test_two_consortia(self):
        self.change(small())
        other = self.folder / "other.conf"
        other.write_text(self.config.read_text().replace('"mobius"', '"north"'))
        other.chmod(0o600)
        path = self.folder / "north.conf"
        path.write_text(small().replace("mobius", "north"))
        process = subprocess.run([DESKBELL, "import", "-c", other, path], capture_output=True, text=True,
                                 timeout=60)
        self.assertEqual(process.returncode, 0, process.stderr)
        self.assertEqual(self.change(small()), ["nothing changes"])
        self.assertEqual(sql("SELECT count(*) FROM deskbell.library"), "2")

    def test_export_round_trip(self):
        self.run_fine("import", SAMPLE)
        self.change(SAMPLE.read_text().replace(
            'welcome = "Welcome to the Health Sciences library.";',
            r'welcome = "Quoted \"so\", a \\, a tab\t, lines\nand more, ümläuts, 図書館.";').replace(
            'dates = "observed"; };',
            'dates = "both"; add = ( { date = "2026-12-24"; name = "Eve"; }, { date = "2026-12-31"; } );'
            ' remove = [ "2026-10-12" ]; }; closures = ( { date = "2027-01-02"; hours = ( { open = "10:00";'
            ' close = "00:00"; answered_by = [ "mobius-slu", "mobius-umkc" ]; } ); } );'))
        first = self.export()
        self.assertEqual(self.change(first), ["nothing changes"])
        sql("DELETE FROM deskbell.consortium; DELETE FROM deskbell.address")
        self.assertEqual(self.change(first)[0], "+ consortium mobius")
        self.assertEqual(self.export(), first)

    def test_export_of_nothing(self):
        result = self.run_it("export", "north")
        self.assertEqual((result.code, result.err), (1, "deskbell: the database has no consortium 'north'\n"))

    def test_explain_agrees(self):
        self.run_fine("import", SAMPLE)
        times = ["2026-11-26T10:00:00-06:00", "2026-11-26T18:00:00-06:00", "2026-11-28T09:00:00-06:00"]
        for queue in ("mobius-mobstate", "mobius-slu", "mobius-umkc-law"):
            by_file = subprocess.run([DESKBELL, "explain", "-f", SAMPLE, queue, *times],
                                     capture_output=True, text=True, timeout=60)
            self.assertEqual(by_file.returncode, 0, by_file.stderr)
            self.assertEqual(self.run_fine("explain", queue, *times).out, by_file.stdout)

    def test_two_hands_at_once(self):
        """What another hand changed between load and save is not undone unseen."""
        self.change(small())
        with subprocess.Popen(["psql", MIGRATE, "-XqAt"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as other:
            other.stdin.write("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended("
                              "'deskbell settings mobius', 0)); SELECT 'locked';\n")
            other.stdin.flush()
            while other.stdout.readline().strip() != "locked":
                pass
            path = self.folder / "late.conf"
            path.write_text(small(queue="rollover = true;"))
            late = subprocess.Popen([DESKBELL, "import", "-c", self.config, path], text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            while sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == "0":
                self.assertIsNone(late.poll(), "the import did not wait")
            other.stdin.write("UPDATE deskbell.library SET title = 'Other'; COMMIT;\n")
            other.stdin.close()
            _, words = late.communicate(timeout=60)
        self.assertEqual(late.returncode, 1)
        self.assertIn("the settings of 'mobius' were changed meanwhile: try again", words)
        self.assertEqual(sql("SELECT rollover, title FROM deskbell.queue, "
                             "(SELECT title AS t FROM deskbell.library) l WHERE t = 'Other'"), "f|")

    # Notifications

    def test_notify(self):
        self.change(small())
        channel = "deskbell_settings_" + sql("SELECT consortium_id FROM deskbell.consortium")
        with subprocess.Popen(["psql", MIGRATE, "-XqAt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as listener:
            def ask(text):
                listener.stdin.write(text + "SELECT 'done';\n")
                listener.stdin.flush()
                lines = []
                while not lines or lines[-1] != "done":
                    lines.append(listener.stdout.readline().strip())
                return [line for line in lines if "notification" in line]
            self.assertEqual(ask(f"LISTEN {channel};\n"), [])
            self.change(small())
            self.assertEqual(ask("SELECT 1;\n"), [], "nothing changed, so nobody is told")
            self.change(small(queue="rollover = true;"))
            heard = ask("SELECT 1;\n") or ask("SELECT 1;\n")
            self.assertEqual(len(heard), 1)
            self.assertIn(f'"{channel}"', heard[0])
            listener.stdin.close()


class Commands(unittest.TestCase):
    """What needs no database."""

    CASES = [
        ([], 2, "usage: deskbell COMMAND"),
        (["frobnicate"], 2, "deskbell: no command 'frobnicate'; 'deskbell help' lists them\n"),
        (["import"], 2, "deskbell: usage: deskbell import [-c deskbell.conf] [--dry-run] [--prune] FILE\n"),
        (["import", "a", "b"], 2, "deskbell: usage: deskbell import"),
        (["migrate", "--prune"], 2, "deskbell: usage: deskbell migrate [-c deskbell.conf]\n"),
        (["explain"], 2, "deskbell: usage: deskbell explain"),
        (["explain", "-c", "x", "-f", "y", "q"], 2, "deskbell: explain: -c and -f exclude each other\n"),
        (["help", "nothing"], 2, "deskbell: no command 'nothing'"),
        (["check", "-c", "/nonexistent"], 1, "/nonexistent: cannot open: No such file or directory\n"),
        (["run", "-c", "/nonexistent"], 78, "/nonexistent: cannot open: No such file or directory\n"),
        (["explain", "-f", "etc/mobius.conf", "mobius-none"], 2, ""),
        (["explain", "-f", "/nonexistent", "mobius-none"], 1, "/nonexistent: cannot open"),
    ]

    def test_errors(self):
        for arguments, code, words in self.CASES:
            with self.subTest(arguments=arguments):
                process = subprocess.run([DESKBELL, *arguments], capture_output=True, text=True, timeout=60)
                self.assertEqual(process.returncode, code, process.stderr)
                self.assertIn(words, process.stderr)
                self.assertEqual(process.stdout, "")

    def test_help(self):
        overview = subprocess.run([DESKBELL, "help"], capture_output=True, text=True, check=True).stdout
        commands = re.findall(r"^  ([a-z-]+) ", overview, re.MULTILINE)
        self.assertGreaterEqual(len(commands), 8)
        for command in commands:
            for arguments in (["help", command], [command, "--help"]):
                said = subprocess.run([DESKBELL, *arguments], capture_output=True, text=True)
                self.assertEqual(said.returncode, 0, arguments)
                self.assertTrue(said.stdout.startswith(f"usage: deskbell {command}"), said.stdout)

    def test_version(self):
        for word in ("version", "--version"):
            said = subprocess.run([DESKBELL, word], capture_output=True, text=True, check=True).stdout
            self.assertRegex(said, r"^deskbell \d+\.\d+\.\d+\n$")


if __name__ == "__main__":
    unittest.main()
