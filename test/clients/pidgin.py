"""An operator's Pidgin, as a new user has it: an account, and no other setting."""
import os
import re
import time
from xml.sax.saxutils import escape

import stack
from actors import ScenarioError
from screen import USER, give

ACCOUNT = """<?xml version='1.0' encoding='UTF-8' ?>
<account version='1.0'><account>
 <protocol>prpl-jabber</protocol><name>{jid}/</name><password>{password}</password>
 <settings>
  <setting name='connect_server' type='string'>127.0.0.1</setting>
  <setting name='port' type='int'>{port}</setting>
  <setting name='connection_security' type='string'>opportunistic_tls</setting>
  <setting name='auth_plain_in_clear' type='bool'>1</setting>
 </settings>
 <settings ui='gtk-gaim'><setting name='auto-login' type='bool'>1</setting></settings>
</account></account>
"""
# The one preference that a test may want: minutes until Pidgin is away by itself, 5 in a new one.
IDLE = """<?xml version='1.0' encoding='UTF-8' ?>
<pref version='1' name='/'><pref name='purple'><pref name='away'>
 <pref name='mins_before_away' type='int' value='{minutes}'/>
</pref></pref></pref>
"""
SENT = re.compile(r"jabber: Sending \([^)]*\): (<presence(?:/>|.*?</presence>))")


class Pidgin:
    name = "pidgin"

    def __init__(self, desk, screen, login, idle_minutes=None):
        self.screen, self.jid = screen, f"{login}@{stack.ACCOUNTS}"
        self.folder = os.path.join(screen.home, ".purple")
        os.makedirs(self.folder)
        self.write("accounts.xml", ACCOUNT.format(jid=self.jid, password=escape(desk.passwords[self.jid]),
                                                  port=desk.server.c2s))
        if idle_minutes:
            self.write("prefs.xml", IDLE.format(minutes=idle_minutes))
        give(screen.home)
        self.log = os.path.join(screen.folder, "pidgin.log")
        screen.run("pidgin", ["pidgin", "-d"], USER, log=self.log)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def sent(self):
        """The presences that went out, in order."""
        with open(self.log, errors="replace") as file:
            return SENT.findall(file.read())

    def consent(self, queues, shots=None):
        """Each queue's wish to see us appears below the buddy list; yes, and the queue into the list."""
        for _ in range(queues):
            if shots:
                stack.wait_until("Pidgin's question", self.question, 60, 0.3)
                shots.take("consent")
            stack.wait_until("Pidgin's question and its answer", self.authorize, 40, 0.3)
            self.press_until_gone("Add", "Add Buddy")

    def question(self):
        """The question is the one thing of Pidgin's that its toolkit hides from our eyes: a box between
        the list and the status."""
        nodes = self.screen.look()
        table = next((node for node in nodes if node["role"] == "tree table"), None)
        return next((node for node in nodes if table and node["role"] == "filler" and node["h"] > 60
                     and node["y"] > table["y"] + table["h"] - 5), None)

    def authorize(self):
        """Presses the last button of the box's last row."""
        box = self.question()
        if box:
            x, y = box["x"] + box["w"] - 38, box["y"] + box["h"] - 18
            self.screen.tool("xdotool", "mousemove", str(x), str(y), "click", "1")
        return any("Add Buddy" in title for _, title in self.screen.windows())

    def press_until_gone(self, button, window, seconds=20):
        end = time.monotonic() + seconds
        while any(window in title for _, title in self.screen.windows()):
            found = self.screen.find(button, "push button")
            if found:
                self.screen.click(found)
            if time.monotonic() > end:
                raise ScenarioError(f"the window '{window}' does not close")
            time.sleep(0.5)

    def window(self, chat):
        """The chats' window, made wide enough for a picture."""
        number = self.open(chat)
        self.screen.place(number, 300, 60, 560, 400)
        time.sleep(0.5)
        return number

    def command(self, queue, entry, shots):
        """Runs a command of the queue's from its menu in the buddy list."""
        for number, title in self.screen.windows():
            if "@" in title:
                self.screen.place(number, 700, 60, 560, 400)
        self.screen.focus(self.main_window())
        self.screen.click(self.screen.wait(queue, "table cell"), 3)
        item = self.screen.wait(entry, "menu item")
        menu = [node for node in self.screen.look() if node["role"] == "menu item" and node["name"]
                and abs(node["x"] - item["x"]) < 5]
        shots.take("commands", self.main_window(), nodes=menu)
        self.screen.click(item)

    def service_add(self, service):
        """The desk into the buddy list, which is where its commands are."""
        self.screen.focus(self.main_window())
        self.screen.key("ctrl+b")
        self.screen.window("Add Buddy")
        self.screen.line(service)
        self.screen.wait(service, "table cell")

    def operator_add(self, service, wrong, right, shots):
        """'Add an operator' to its end: a name that cannot be one, what is wrong with it, a good one."""
        title = "Add an operator"
        self.screen.focus(self.main_window())
        self.screen.click(self.screen.wait(service, "table cell"), 3)
        self.screen.click(self.screen.wait(title, "menu item"))
        for name, answer in ((wrong, "cannot be a name"), (right, f"{right} is new")):
            window = self.screen.window(title)
            self.screen.focus(window)
            self.screen.key("ctrl+a")
            self.screen.tool("xdotool", "type", "--delay", "8", name)
            self.screen.click(self.screen.wait("OK", "push button"))
            self.screen.wait(answer)
        shots.take("operator-add", self.screen.window(title))

    def main_window(self):
        return self.screen.window("Buddy List", 60)

    def arrived(self, chat, words):
        """The chat has a window or, beside others, a tab of its own; what was said in the front one of
        them can be read."""
        def there():
            titles = [title for _, title in self.screen.windows() if title.startswith(chat)]
            if titles:
                return self.screen.find(words, "text")
            return self.screen.find(chat, "page tab")
        stack.wait_until(f"Pidgin's tab '{chat}'", there, 30, 0.2)

    def open(self, chat):
        """Brings the chat's tab to the front, by the keys that go from tab to tab."""
        for _ in range(20):
            for number, title in self.screen.windows():
                if "@" in title:
                    self.screen.focus(number)
                    if title.startswith(chat):
                        return number
                    self.screen.key("ctrl+Next")
                    time.sleep(0.2)
        raise ScenarioError(f"Pidgin has no tab '{chat}': {self.screen.windows()}")

    def say(self, chat, text):
        self.open(chat)
        self.screen.line(text)

    def sees(self, chat, words, seconds=30):
        self.open(chat)
        return self.screen.wait(words, "text", seconds)
