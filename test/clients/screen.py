"""A desktop for one chat program: a screen without a monitor, a small window manager, a session bus,
eyes (what is written in the windows) and hands (mouse and keyboard)."""
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import time

import stack
from actors import ScenarioError

HERE = os.path.dirname(os.path.abspath(__file__))
SIZE = (1280, 900)
USER = "nobody" if os.geteuid() == 0 else None  # Gajim refuses to be root
# The toolkits tell the eyes what they show. No setting of the clients is touched by that.
ACCESSIBLE = {"GTK_MODULES": "gail:atk-bridge", "NO_AT_BRIDGE": "0"}


def give(folder):
    """The folder and all in it become the client's."""
    if USER:
        for path, _, files in os.walk(folder):
            for entry in [path] + [os.path.join(path, name) for name in files]:
                shutil.chown(entry, USER, pwd.getpwnam(USER).pw_gid)


class Screen:
    def __init__(self, folder):
        self.folder, self.processes = folder, []
        self.home = os.path.join(folder, "home")
        os.makedirs(self.home)
        shutil.copy(os.path.join(HERE, "eyes.py"), folder)  # its user may not see into ours
        give(folder)
        self.bus = f"unix:path={folder}/bus"
        self.env = {"HOME": self.home, "LC_ALL": "C.UTF-8", "DBUS_SESSION_BUS_ADDRESS": self.bus,
                    "XDG_RUNTIME_DIR": self.home, "XDG_CONFIG_HOME": f"{self.home}/.config",
                    "XDG_DATA_HOME": f"{self.home}/.local/share", "XDG_CACHE_HOME": f"{self.home}/.cache",
                    **ACCESSIBLE}

    # Up and down ----------------------------------------------------------------------------------

    def start(self):
        self.display_start()
        self.run("dbus-daemon", ["dbus-daemon", "--session", "--nofork", f"--address={self.bus}"], USER)
        stack.wait_until("the session bus", lambda: os.path.exists(f"{self.folder}/bus"), 20)
        self.run("openbox", ["openbox", "--sm-disable"], USER)
        return self

    def display_start(self):
        """The first display that is free; another test may take it at the same moment."""
        for number in range(70, 170):
            if os.path.exists(f"/tmp/.X{number}-lock") or os.path.exists(f"/tmp/.X11-unix/X{number}"):
                continue
            self.env["DISPLAY"] = f":{number}"
            server = self.run("Xvfb", ["Xvfb", f":{number}", "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24",
                                       "-nolisten", "tcp", "-noreset"])
            while server.alive():
                if self.tool("xdotool", "getmouselocation", check=False).returncode == 0:
                    return
                time.sleep(0.05)
            self.processes.remove(server)
        raise stack.StackError("no display is free")

    def run(self, name, command, user=None, env=None, log=None):
        process = stack.Process(name, command, log or os.path.join(self.folder, f"{name}.log"), user,
                                env={**self.env, **(env or {})}, cwd=self.home if user else "/")
        self.processes.append(process)
        return process.start()

    def stop(self):
        """Ends all of it, the client first."""
        for process in reversed(self.processes):
            process.stop(5)

    # Eyes -----------------------------------------------------------------------------------------

    def look(self):
        """All that is visible now."""
        command = stack.command_as(USER, ["/usr/bin/python3", "-B", f"{self.folder}/eyes.py"], signal.SIGTERM)
        for _ in range(5):
            try:
                return json.loads(self.tool(*command, seconds=10).stdout)
            except subprocess.TimeoutExpired:
                continue  # a client that is busy does not answer: look again
        raise ScenarioError("nothing can be seen: the client does not answer")

    def find(self, words, role=None, among=None):
        """What shows the words, whatever their capitals; the last such, or None."""
        parts = [part.lower() for part in ([words] if isinstance(words, str) else words)]
        found = [node for node in (self.look() if among is None else among)
                 if role in (None, node["role"]) and node["w"] > 0
                 and any(part in f"{node['name']}\n{node['text']}".lower() for part in parts)]
        return found[-1] if found else None

    def wait(self, words, role=None, seconds=30):
        end = time.monotonic() + seconds
        while True:
            nodes = self.look()
            found = self.find(words, role, nodes)
            if found:
                return found
            if time.monotonic() > end:
                seen = "\n".join(f"    {node['role']}: {node['name']} {node['text'][-300:]}" for node in nodes
                                 if node["name"] or node["text"])
                raise ScenarioError(f"nothing shows '{words}' in {seconds} s; the windows "
                                    f"{self.windows()} show\n{seen}")
            time.sleep(0.2)

    def windows(self):
        """Id and title of every window."""
        ids = self.tool("xdotool", "search", "--onlyvisible", "--name", ".", check=False).stdout.split()
        titles = [(number, self.tool("xdotool", "getwindowname", number, check=False).stdout.strip())
                  for number in ids]
        return [(number, title) for number, title in titles if title and title != "Openbox"]

    def window(self, words, seconds=30):
        """The window with these words in its title."""
        def look():
            return next((number for number, title in self.windows() if words in title), None)
        try:
            return stack.wait_until(f"a window '{words}'", look, seconds, 0.2)
        except stack.StackError as error:
            raise ScenarioError(f"{error}; there are {self.windows()}") from None

    def shot(self, path, *windows, nodes=()):
        """A picture of the windows, with their frames, and of an open menu's nodes, no larger than these."""
        boxes = [(node["x"], node["y"], node["x"] + node["w"], node["y"] + node["h"]) for node in nodes]
        for number in windows:
            text = self.tool("xwininfo", "-id", number).stdout
            x, y, width, height = (int(re.search(rf"{name}: +(\d+)", text).group(1)) for name in
                                   ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height"))
            frame = self.tool("xprop", "-id", number, "_NET_FRAME_EXTENTS").stdout
            west, east, north, south = map(int, re.findall(r"\d+", frame.partition("=")[2]) or (0, 0, 0, 0))
            boxes.append((x - west, y - north, x + width + east, y + height + south))
        left, top = max(0, min(box[0] for box in boxes)), max(0, min(box[1] for box in boxes))
        right, bottom = max(box[2] for box in boxes), max(box[3] for box in boxes)
        self.tool("import", "-window", "root", "-crop", f"{right - left}x{bottom - top}+{left}+{top}",
                  "+repage", "-strip", "+dither", "-colors", "96", f"png8:{path}")

    # Hands ----------------------------------------------------------------------------------------

    def tool(self, *command, check=True, seconds=30):
        done = subprocess.run(command, env={**os.environ, **self.env}, capture_output=True, text=True,
                              timeout=seconds, check=False)
        if check and done.returncode:
            raise ScenarioError(f"{' '.join(command)}: {done.stderr.strip()}")
        return done

    def click(self, node, button=1):
        x, y = node["x"] + node["w"] // 2, node["y"] + node["h"] // 2
        self.tool("xdotool", "mousemove", str(x), str(y), "click", str(button))

    def focus(self, window):
        self.tool("xdotool", "windowactivate", "--sync", window)

    def place(self, window, x, y, width, height):
        self.tool("xdotool", "windowmove", window, str(x), str(y),
                  "windowsize", window, str(width), str(height))

    def key(self, *keys):
        self.tool("xdotool", "key", "--delay", "30", *keys)

    def line(self, text):
        """Types a line and presses Enter."""
        self.tool("xdotool", "type", "--delay", "8", text)
        self.key("Return")
