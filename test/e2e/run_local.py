#!/usr/bin/env python3
"""The demo opens, serves the page, lets an operator and a patron in, and ends without a trace.

    test/e2e/run_local.py BUILD
"""
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "scripts")]
sys.dont_write_bytecode = True

import stack  # noqa: E402
from actors import Purple  # noqa: E402


class Printed:
    """What an actor needs to know of a desk, read from what people read."""

    def __init__(self, text, build, folder):
        self.folder, self.build = folder, build
        self.passwords = dict(re.findall(r"(\S+@localhost)\s+password (\w+)", text))
        self.server = type("Server", (), {"c2s": int(re.search(r"connect port (\d+)", text).group(1))})
        self.page = re.search(r"http://localhost:\d+/\S*", text).group(0)
        self.rest = re.search(r"/\S*deskbell-local\.\w+", text).group(0)

    def tool(self, name):
        return os.path.join(self.build, "test", name)


def main():
    build = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "output")
        with open(path, "wb") as output:
            demo = subprocess.Popen(
                [sys.executable, "-B", f"{ROOT}/scripts/local_desk.py", "--program", f"{build}/deskbell"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        try:
            def text():
                with open(path, errors="replace") as file:
                    return file.read()
            stack.wait_until("the demo", lambda: "Ctrl-C ends" in text() or demo.poll() is not None, 90)
            assert demo.poll() is None, text()
            desk = Printed(text(), build, folder)
            assert urllib.request.urlopen(desk.page, timeout=10).status == 200
            operator = Purple(desk, "jane", "mobius-mobstate-janedoe")
            operator.wait("presence", **{"from": "mobius-mobstate@"})
            operator.quit()
            demo.send_signal(signal.SIGINT)
            time.sleep(0.2)
            demo.send_signal(signal.SIGINT)  # the impatient press it twice
            assert demo.wait(40) == 0, text()
        finally:
            if demo.poll() is None:
                demo.terminate()
                demo.wait(40)
        assert "nothing of it is running" in text(), text()
        assert not stack.processes_below(desk.rest) and not os.path.exists(desk.rest), desk.rest


if __name__ == "__main__":
    main()
