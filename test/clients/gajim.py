"""An operator's Gajim, as a new user has it: an account without encryption, as loopback has no
certificate, and no other setting."""
import json
import os
import re
import subprocess

import stack
from actors import ScenarioError
from screen import USER, give

# Gajim keeps its settings in a database, whose tables this very Gajim names.
SETTINGS = """
import json, sqlite3, sys
from gajim.common.settings import CREATE_SQL
app, account = json.load(sys.stdin)
database = sqlite3.connect(sys.argv[1])
database.executescript(CREATE_SQL)
database.execute("UPDATE settings SET settings = ? WHERE name = 'app'", (json.dumps(app),))
database.execute("INSERT INTO account_settings VALUES ('localhost', ?)",
                 (json.dumps({"account": account, "contact": {}, "group_chat": {}}),))
database.commit()
"""
SENT = re.compile(r"Send presence:[^\n]*\n(<presence[^\n]*)")
LIST_RIGHT = 420  # the chat list is left of this, the open chat right of it


class Gajim:
    name = "gajim"

    def __init__(self, desk, screen, login, idle_minutes=None):
        self.screen, self.jid = screen, f"{login}@{stack.ACCOUNTS}"
        self.folder = os.path.join(screen.home, "gajim")
        os.makedirs(self.folder)
        app = {"use_keyring": False}  # there is none on this desktop; the password stays in the settings
        if idle_minutes:
            app["autoawaytime"] = idle_minutes
        account = {"name": login, "hostname": stack.ACCOUNTS, "active": True,
                   "password": desk.passwords[self.jid], "use_custom_host": True,
                   "custom_host": "127.0.0.1", "custom_port": desk.server.c2s, "custom_type": "PLAIN",
                   "confirm_unencrypted_connection": False}
        done = subprocess.run(["/usr/bin/python3", "-B", "-c", SETTINGS, f"{self.folder}/settings.sqlite"],
                              input=json.dumps([app, account]), capture_output=True, text=True, timeout=60,
                              env={**os.environ, **screen.env}, check=False)
        if done.returncode:
            raise ScenarioError(f"Gajim's settings cannot be written:\n{done.stderr}")
        give(screen.home)
        self.log = os.path.join(screen.folder, "gajim.log")
        screen.run("gajim", ["gajim", "-v", "-s", "-c", self.folder], USER, log=self.log)

    def sent(self):
        """The presences that went out, in order."""
        with open(self.log, errors="replace") as file:
            return SENT.findall(file.read())

    def command(self, queue, entry, shots):
        """Runs a command of the queue's from the menu of its row in the list of contacts."""
        frame = self.screen.wait("Gajim", "frame")
        add = self.screen.wait("Add", "push button")
        # Our own picture is in the corner below.
        self.screen.click({**add, "y": frame["y"] + frame["h"] - 37 - add["h"] // 2})
        self.screen.click(self.screen.wait(queue.split("@")[0], "table cell"), 3)
        self.screen.click(self.screen.wait("Execute Command"))
        self.screen.click(self.screen.wait(entry, "table cell"))
        shots.take("commands", self.screen.window("Command List"))
        self.screen.click(self.screen.wait("Execute", "push button"))

    def service_add(self, _):
        """Nothing has to be added: the desk is among the server's services."""

    def operator_add(self, service, wrong, right, shots):
        """'Add an operator' to its end: a name that cannot be one, what is wrong with it, a good one."""
        screen, title = self.screen, "Add an operator"
        screen.click(screen.wait("Accounts", "menu"))
        screen.click(screen.wait("Discover Services", "menu item"))
        screen.click(screen.wait(service, "table cell"))
        screen.click(screen.wait("Command", "push button"))
        screen.place(screen.window("Command List"), 20, 20, 560, 840)
        self.entry_show(title)
        screen.click(screen.wait("Execute", "push button"))
        for name, answer in ((wrong, "cannot be a name"), (right, f"{right} is new")):
            label = screen.wait("Name, what follows", "label")
            screen.click({**label, "x": label["x"] + label["w"] + 12, "w": 200})
            screen.key("ctrl+a")
            screen.tool("xdotool", "type", "--delay", "8", name)
            screen.click(screen.wait("Next", "push button"))
            screen.wait(answer)
        shots.take("operator-add", screen.window("Completed"))

    def entry_show(self, title):
        """Chooses the entry of the list, down to which it has to be rolled."""
        def turn():
            entry = self.screen.find(title, "table cell")
            if entry and 0 < entry["y"] < 780:
                self.screen.click(entry)
                return True
            self.screen.tool("xdotool", "mousemove", "300", "400", "click", "--repeat", "3", "5")
            return False
        stack.wait_until(f"'{title}' in the list of commands", turn, 30, 0.2)

    def main_window(self):
        return self.screen.window("Gajim", 60)

    def consent(self, queues, shots=None):
        """A queue's wish to see us is a number at the account's picture; below it, 'Accept', and then
        the queue is put into the list."""
        badge = self.screen.wait("1" if queues == 1 else str(queues), "label", 60)
        self.screen.click({**badge, "x": badge["x"] - 14, "y": badge["y"] + 17})
        for _ in range(queues):
            accept = self.screen.wait("Accept", "push button")
            if shots:
                shots.take("consent")
            self.screen.click(accept)
            self.screen.window("Add Contact")
            self.screen.click(self.screen.wait("Next", "push button"))
            self.screen.click(self.screen.wait("Add Contact", "push button"))
        # Back to the chats: the picture of the workspace is above the button that adds another one.
        add = self.screen.wait("Add", "push button")
        self.screen.click({**add, "y": add["y"] - 52})
        self.screen.wait("My Workspace", "label")

    def window(self, _):
        return self.main_window()

    def row(self, chat):
        """The chat's name in the list of chats."""
        found = [node for node in self.screen.look() if node["role"] == "label"
                 and node["name"] == chat.split("@")[0] and 0 < node["x"] < LIST_RIGHT]
        return found[0] if found else None

    def arrived(self, chat, words):
        """The chat is in the list and with it what the patron said."""
        stack.wait_until(f"'{chat}' in the list of chats", lambda: self.row(chat), 30, 0.2)
        self.screen.wait(words)

    def right(self, nodes=None):
        """What the right side shows: the open chat, its name on top, its input line at the bottom."""
        return [node for node in nodes or self.screen.look() if node["x"] >= LIST_RIGHT]

    def is_open(self, chat):
        names = [node for node in self.right() if node["role"] == "label" and node["y"] < 110]
        return any(node["name"] == chat.split("@")[0] for node in names)

    def open(self, chat):
        def turn():
            if self.is_open(chat):
                return True
            row = self.row(chat)
            if row:
                self.screen.click(row)
            return False
        stack.wait_until(f"the chat '{chat}'", turn, 30, 0.3)
        return self.main_window()

    def say(self, chat, text):
        self.open(chat)
        inputs = [node for node in self.right() if node["role"] == "text" and node["w"] > 200]
        self.screen.click(max(inputs, key=lambda node: node["y"]))
        self.screen.line(text)

    def sees(self, chat, words, seconds=30):
        """In the chat itself, not only as its last line in the list of chats."""
        self.open(chat)
        stack.wait_until(f"'{words}' in '{chat}'", lambda: self.screen.find(
            words, among=self.right()), seconds, 0.2)
