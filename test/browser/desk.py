#!/usr/bin/python3
"""A whole desk for a browser test: server, database, daemon, the patrons' page and those below web/.

    desk.py BUILD operators|dashboard...
                             prints one line of JSON when all is there; ends with standard input
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(ROOT, "test", "e2e"), os.path.join(ROOT, "scripts")]
sys.dont_write_bytecode = True

import stack  # noqa: E402
from desk import Desk  # noqa: E402


def main():
    folder = tempfile.mkdtemp(prefix="deskbell-pages.")
    os.chmod(folder, 0o755)  # server and database run as users of their own
    desk, complaints = Desk(folder, "prosody", os.path.abspath(sys.argv[1])), "it did not start"
    try:
        for name in sys.argv[2:]:
            subprocess.run(["node", os.path.join(ROOT, "web", name, "build.mjs"),
                            "--out", os.path.join(desk.www, name)], check=True, timeout=60)
        desk.start()
        print(json.dumps({"port": desk.server.http, "passwords": desk.passwords}), flush=True)
        sys.stdin.read()
    finally:
        complaints = desk.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if complaints:
        sys.exit(complaints)
    left = stack.processes_below(folder)
    sys.exit(f"processes are left: {' '.join(left)}" if left else 0)


if __name__ == "__main__":
    main()
