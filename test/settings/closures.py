"""`deskbell import-closures`, through the real program and a real database.

Runs as settings_store.py does. Dates count from today, as the command reads two years ahead.
"""

import datetime
import subprocess
import unittest

from settings_store import MIGRATE, Settings, small, sql


def day(ahead):
    return datetime.date.today() + datetime.timedelta(days=ahead)


def event(ahead, *lines):
    return "\n".join(["BEGIN:VEVENT", f"UID:{ahead}", f"DTSTART;VALUE=DATE:{day(ahead):%Y%m%d}", *lines,
                      "END:VEVENT", ""])


class Closures(Settings):
    def closures(self, *events, library="slu", options=()):
        path = self.folder / "closures.ics"
        path.write_text("BEGIN:VCALENDAR\n" + "".join(events) + "END:VCALENDAR\n")
        return self.run_it("import-closures", *options, library, path)

    def test_adds_and_is_idempotent(self):
        self.change(small())
        events = [event(30, "SUMMARY:Winter break", "DURATION:P2D"), event(40)]
        result = self.closures(*events)
        self.assertEqual((result.code, result.err), (0, ""))
        self.assertEqual(result.out, f"+ library slu: closure {day(30)} Winter break\n"
                                     f"+ library slu: closure {day(31)} Winter break\n"
                                     f"+ library slu: closure {day(40)}\n3 changes\n")
        exported = self.export()
        self.assertIn(f'{{ date = "{day(31)}"; name = "Winter break"; }}', exported)
        again = self.closures(*events)
        self.assertEqual((again.code, again.out, again.err), (0, "nothing changes\n", ""))
        self.assertEqual(self.export(), exported)
        said = self.run_fine("explain", "mobius-slu", f"{day(30)}T18:00:00Z").out.split("\t")
        self.assertEqual(said[1:3] + said[6:], ["closed", "closure", "Winter break\n"])

    def test_keeps_what_is_there(self):
        self.change(small(library=f'closures = ( {{ date = "{day(30)}"; name = "Move"; }}, {{ date = "{day(31)}";'
                                  ' hours = ( { open = "08:00"; close = "12:00"; } ); } );'))
        result = self.closures(event(30, "SUMMARY:Break", "DURATION:P3D"))
        path = self.folder / "closures.ics"
        self.assertEqual(result.out, f"+ library slu: closure {day(32)} Break\n1 change\n")
        self.assertEqual(result.err, f"{path}:2: 'Break' is skipped: {day(30)} keeps its closure 'Move'\n"
                                     f"{path}:2: 'Break' is skipped: {day(31)} keeps its special hours ''\n")

    def test_dry_run(self):
        self.change(small())
        before = self.export()
        result = self.closures(event(30), options=["--dry-run"])
        self.assertEqual((result.code, result.out),
                         (0, f"+ library slu: closure {day(30)}\n1 change, not made (--dry-run)\n"))
        self.assertEqual(self.export(), before)

    def test_says_what_it_skips(self):
        self.change(small())
        result = self.closures(event(30, "STATUS:CANCELLED", "SUMMARY:Break"), event(900))
        path = self.folder / "closures.ics"
        self.assertEqual((result.code, result.out), (0, "nothing changes\n"))
        self.assertIn(f"{path}:2: event 'Break' is skipped: it is cancelled\n"
                      f"{path}:8: event '900' is skipped: no date of it is from ", result.err)

    def test_refusals(self):
        self.change(small())
        before = self.export()
        path = self.folder / "closures.ics"
        unknown = self.closures(event(30), library="nobody")
        self.assertEqual((unknown.code, unknown.out, unknown.err),
                         (1, "", "deskbell: consortium 'mobius' has no library 'nobody'\n"))
        bad = self.closures(event(30), "BEGIN:VEVENT\n")
        self.assertEqual((bad.code, bad.out), (1, ""))
        self.assertEqual(bad.err, f"{path}:7: END of what is not open: lines before it are missing\n")
        path.write_text("x" * (4 * 1024 * 1024 + 1))
        large = self.run_it("import-closures", "slu", path)
        self.assertEqual((large.code, large.out, large.err), (1, "", f"{path}: larger than 4194304 bytes\n"))
        gone = self.run_it("import-closures", "slu", self.folder / "none.ics")
        self.assertEqual((gone.code, gone.out), (1, ""))
        self.assertIn("none.ics: cannot open: No such file or directory\n", gone.err)
        self.write_config(more="nonsense = 1;")
        self.assertEqual(self.closures(event(30)).code, 78)
        self.write_config()
        self.assertEqual(self.export(), before)

    def test_too_many_for_the_library(self):
        dates = [f'{{ date = "{day(-200 + at)}"; }}' for at in range(199)]
        self.change(small(library=f"closures = ( {', '.join(dates)} );"))
        whole = [event(1, "RRULE:FREQ=DAILY;COUNT=601")]
        self.assertEqual(self.closures(*whole).out.splitlines()[-1], "601 changes")
        more = self.closures(event(700))
        self.assertEqual((more.code, more.out), (1, ""))
        self.assertIn("library 'slu' would have 801 closures, more than 800\n", more.err)

    def test_empty_database(self):
        result = self.closures(event(30))
        self.assertEqual((result.code, result.err), (1, "deskbell: consortium 'mobius' has no library 'slu'\n"))

    def test_the_desk_is_told(self):
        self.change(small())
        channel = "deskbell_settings_" + sql("SELECT consortium_id FROM deskbell.consortium")
        with subprocess.Popen(["psql", MIGRATE, "-XqAt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as listener:
            listener.stdin.write(f"LISTEN {channel}; SELECT 'done';\n")
            listener.stdin.flush()
            self.assertEqual(listener.stdout.readline(), "done\n")
            self.closures(event(30))
            said, _ = listener.communicate("SELECT 'done';\n", timeout=60)
        self.assertIn(f'"{channel}"', said)


def load_tests(loader, tests, pattern):
    """Not those of the class that we build on, which have a run of their own."""
    return unittest.TestSuite(Closures(name) for name in sorted(vars(Closures)) if name.startswith("test_"))


if __name__ == "__main__":
    unittest.main()
