#!/usr/bin/env python3
"""The manual pages name every command and every key that the program knows, and the service is
locked in as tightly as promised.

    test/package/manual.py DESKBELL
"""
import glob
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXPOSURE_MAX = 15  # in tenths, as systemd-analyze counts

# Which tables of keys each page has to explain.
PAGES = {
    "deskbell.conf.5": ["component/config.c"],
    "deskbell-consortium.5": ["component/settings_read*.c"],
}
KEY = re.compile(r'^    (?:\{"([a-z_]+)", FILE_|(?:QUEUE_[A-Z]+|WINDOW_KEY|[A-Z]+_KEY)\(([a-z_]+), )', re.M)


def read(path):
    with open(os.path.join(ROOT, path)) as file:
        return file.read()


def page(name):
    return read(f"doc/man/{name}.scd")


def keys(patterns):
    found = set()
    for pattern in patterns:
        for path in glob.glob(os.path.join(ROOT, pattern)):
            found.update(first or second for first, second in KEY.findall(read(path)))
    return found


def main():
    missing = []
    for name, patterns in PAGES.items():
        known = keys(patterns)
        assert len(known) >= 8, f"{patterns}: the tables look different now"
        missing += [f"{name}: {key}" for key in sorted(known) if f"*{key}*" not in page(name)]
    overview = subprocess.run([sys.argv[1], "help"], capture_output=True, text=True, check=True, timeout=60).stdout
    commands = re.findall(r"^  ([a-z-]+)  ", overview, re.M)
    assert "run" in commands, overview
    missing += [f"deskbell.1: {command}" for command in commands if f"*{command}*" not in page("deskbell.1")]
    if missing:
        sys.exit("no word about:\n  " + "\n  ".join(missing))
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX}",
                           os.path.join(ROOT, "etc/systemd/deskbell.service")],
                          capture_output=True, text=True, timeout=60)
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr
    if done.returncode:
        sys.exit(f"the service is too open: {last}")
    print(last)


main()
