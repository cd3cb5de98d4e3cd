#!/usr/bin/env python3
"""`deskbell explain` against the oracle, for random consortia.

    property.py DESKBELL [--years N] [--seed N] [--span N] [--jobs N]

Makes consortium files until N zone-years (a queue through one year) are compared: the second
before and the second of every change that either the tiers, the reason or the detail make, and
random instants besides. Three quarters come from fixed seeds and the rest from a fresh one; the
seed of what fails is printed, and --seed N runs that consortium alone.
"""

import argparse
import datetime
import multiprocessing
import pathlib
import random
import subprocess
import sys
import tempfile
import time
import zoneinfo

sys.dont_write_bytecode = True  # no __pycache__ in the source tree
from oracle import DAY, Answers, Oracle, date_of, day_of

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# Half hours, quarters, changes at midnight, of a whole day, backwards, or none at all.
ODD_ZONES = ["Australia/Lord_Howe", "America/Havana", "America/Sao_Paulo", "Pacific/Apia",
             "Asia/Kathmandu", "Pacific/Chatham", "Europe/Dublin", "Africa/Casablanca",
             "Asia/Gaza", "America/St_Johns", "Etc/GMT+12", "Pacific/Kiritimati",
             "America/Nuuk", "Africa/Cairo", "Asia/Tehran", "America/Phoenix"]
USUAL_ZONES = ["America/Chicago", "America/New_York", "America/Denver"]
ALL_ZONES = sorted(name for name in zoneinfo.available_timezones()
                   if name[0].isupper() and "/" in name)
NAMES = ["", "Reading day", "Winter break", "Ferien für alle", "Snow; all day"]


class Maker:
    def __init__(self, seed, span):
        self.random = random.Random(seed)
        self.span = span
        year = self.random.choice([self.random.randint(1970, 2199 - span),
                                   self.random.randint(2005, 2045)])
        self.first = day_of(datetime.date(year, 1, 1)) * DAY
        self.last = day_of(datetime.date(year + span, 1, 1)) * DAY

    def zone(self):
        return self.random.choice(self.random.choice([USUAL_ZONES, ODD_ZONES, ALL_ZONES]))

    def date(self):
        day = self.random.randint(self.first // DAY - 5, self.last // DAY + 405)
        date = date_of(day)
        if self.random.random() < 0.3:
            month, day = self.random.choice([(12, 31), (1, 1), (2, 28), (3, 1), (11, 11), (7, 4),
                                             (7, 5), (12, 24), (12, 26), (11, 1), (3, 31)])
            date = datetime.date(date.year, month, day)
        return date

    def minute(self):
        if self.random.random() < 0.4:
            return self.random.randrange(0, 4 * 60, 15)
        return self.random.choice([0, 480, 1020, self.random.randrange(0, 1440)])

    def window(self, weekly, queues):
        days = self.random.sample(range(7), self.random.choice([1, 2, 5, 7])) if weekly else ()
        closes = self.minute() or 1440
        answered_by = None
        if queues and self.random.random() < 0.4:
            answered_by = self.random.sample(queues, self.random.randint(1, min(3, len(queues))))
        return frozenset(days), self.minute(), closes, answered_by

    def hours(self, queues, chance):
        if self.random.random() >= chance:
            return None
        return [self.window(True, queues) for _ in range(self.random.choice([0, 1, 1, 2, 3]))]

    def closures(self, queues, most):
        found = {}
        for _ in range(self.random.randint(0, most)):
            date, hours = self.date(), None
            if self.random.random() < 0.5:
                hours = [self.window(False, queues) for _ in range(self.random.randint(1, 2))]
            for day in range(self.random.choice([1, 1, 2])):
                date += datetime.timedelta(days=day)
                found[date] = (self.random.choice(NAMES), hours)
        return found

    def coverage(self):
        kind = self.random.randrange(3)
        if kind < 2:
            return kind == 1
        return {self.date() for _ in range(30)}

    def consortium(self):
        names = {f"l{i}": [f"c-l{i}"] + [f"c-l{i}-{k}" for k in range(self.random.randint(0, 1))]
                 for i in range(self.random.randint(2, 4))}
        queues = [queue for list_ in names.values() for queue in list_]
        zone = self.zone()
        libraries = {}
        for name, own in names.items():
            libraries[name] = {
                "zone": zone if self.random.random() < 0.4 else self.zone(),
                "coverage": self.coverage(),
                "hours": self.hours(queues, 0.5),
                "closures": self.closures(queues, 4 * self.span),
                "queues": {queue: {"rollover": self.random.random() < 0.6,
                                   "hours": self.hours(queues, 0.5),
                                   "closures": self.closures(queues, 4 * self.span)}
                           for queue in own},
            }
        return {
            "zone": zone,
            "hours": self.hours(queues, 1),
            "closures": self.closures(queues, 2 * self.span),
            "backup": self.random.choice(queues) if self.random.random() < 0.85 else None,
            "backup_hours": self.hours([], 1),
            "calendar": self.random.random() < 0.85,
            "dates": self.random.choice(["observed", "actual", "both"]),
            "add": {self.date(): self.random.choice(NAMES) for _ in range(10)},
            "remove": {self.date() for _ in range(10)},
            "libraries": libraries,
        }


def clock(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


def write_hours(hours, weekly):
    windows = []
    for days, opens, closes, answered_by in hours:
        text = "{ "
        if weekly:
            text += 'days = "%s"; ' % ",".join(DAYS[day] for day in sorted(days))
        text += f'open = "{clock(opens)}"; close = "{clock(closes)}"; '
        if answered_by is not None:
            text += "answered_by = [%s]; " % ", ".join(f'"{queue}"' for queue in answered_by)
        windows.append(text + "}")
    return "hours = ( %s );" % ", ".join(windows)


def write_owner(owner):
    text = ""
    if owner["hours"] is not None:
        text += write_hours(owner["hours"], True) + "\n"
    closures = []
    for date, (name, hours) in owner["closures"].items():
        entry = f'{{ date = "{date}"; '
        if name:
            entry += f'name = "{name}"; '
        if hours is not None:
            entry += write_hours(hours, False) + " "
        closures.append(entry + "}")
    return text + "closures = ( %s );\n" % ",\n  ".join(closures)


def write_library(name, library):
    coverage = library["coverage"]
    if coverage not in (True, False):
        coverage = "[ %s ]" % ", ".join(f'"{date}"' for date in sorted(coverage))
    text = f'{{ name = "{name}"; title = "{name}"; timezone = "{library["zone"]}";\n'
    text += f"holiday_coverage = {str(coverage).lower() if coverage in (True, False) else coverage};\n"
    queues = [f'{{ name = "{queue}"; retention_days = 30; rollover = '
              f'{str(settings["rollover"]).lower()};\n' + write_owner(settings) + "}"
              for queue, settings in library["queues"].items()]
    return text + write_owner(library) + "queues = (\n%s\n); }" % ",\n".join(queues)


def write(consortium):
    text = f'consortium = {{ name = "c"; title = "C"; timezone = "{consortium["zone"]}";\n'
    text += write_owner(consortium)
    add = ", ".join(f'{{ date = "{date}"; ' + (f'name = "{name}"; ' if name else "") + "}"
                    for date, name in consortium["add"].items())
    remove = ", ".join(f'"{date}"' for date in sorted(consortium["remove"]))
    calendar = "us-federal" if consortium["calendar"] else "none"
    text += (f'holidays = {{ calendar = "{calendar}"; dates = "{consortium["dates"]}"; '
             f"add = ( {add} ); remove = [ {remove} ]; }};\n")
    if consortium["backup"] is not None:
        text += (f'backup = {{ queue = "{consortium["backup"]}"; '
                 + write_hours(consortium["backup_hours"], True) + " };\n")
    libraries = [write_library(*item) for item in consortium["libraries"].items()]
    return text + "libraries = (\n%s\n);\n};\n" % ",\n".join(libraries)


def compare_queue(program, path, oracle, name, chance):
    answers = Answers(oracle, name)
    times = [at + off for at in answers.edges() for off in (-1, 0)]
    times += [chance.randrange(oracle.first, oracle.last) for _ in range(200)]
    asked = "".join(Answers.text(at) + "\n" for at in times)
    done = subprocess.run([program, "explain", "-f", path, name, "-"], input=asked,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return 0, f"{name}: exit {done.returncode}: {done.stderr}"
    got = done.stdout.splitlines()
    if len(got) != len(times):
        return 0, f"{name}: {len(got)} answers to {len(times)} questions"
    for at, line in zip(times, got):
        expected = answers.line(at)
        if line != expected:
            return 0, f"{name}:\n  program {line!r}\n  oracle  {expected!r}"
    return len(times), None


def compare(job):
    """One consortium: (zone-years, questions, error or None)."""
    program, seed, span = job
    maker = Maker(seed, span)
    consortium = maker.consortium()
    oracle = Oracle(consortium, maker.first, maker.last)
    questions = 0
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "consortium.conf"
        path.write_text(write(consortium), encoding="utf-8")
        for name in oracle.queues:
            count, error = compare_queue(program, path, oracle, name, maker.random)
            if error:
                kept = pathlib.Path(tempfile.gettempdir()) / f"deskbell-property-{seed}.conf"
                kept.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
                return 0, questions, f"seed {seed}, {kept}: {error}"
            questions += count
    return len(oracle.queues) * span, questions, None


def seeds(years):
    """Endless: three fixed ones, then a fresh one."""
    fresh = time.time_ns() % 1_000_000_007
    number = 0
    while True:
        number += 1
        yield number if number % 4 else fresh + number


def main():
    parser = argparse.ArgumentParser(description="explain against an independent calculation")
    parser.add_argument("program")
    parser.add_argument("--years", type=int, default=1000, help="zone-years")
    parser.add_argument("--span", type=int, default=8, help="years of one consortium")
    parser.add_argument("--seed", type=int, help="this consortium alone")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    if options.seed is not None:
        options.years, chosen = 1, iter([options.seed])
    else:
        chosen = seeds(options.years)
    jobs = ((options.program, seed, options.span) for seed in chosen)
    years = questions = consortia = 0
    with multiprocessing.Pool(options.jobs) as pool:
        # Not imap: it would read the endless jobs in advance.
        while years < options.years:
            batch = [job for job, _ in zip(jobs, range(options.jobs))]
            for span, count, error in pool.map(compare, batch, 1):
                if error:
                    print(error, file=sys.stderr)
                    return 1
                years, questions, consortia = years + span, questions + count, consortia + 1
    print(f"{consortia} consortia, {years} zone-years, {questions} questions: all the same")
    return 0


if __name__ == "__main__":
    sys.exit(main())
