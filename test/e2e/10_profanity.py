"""An operator in profanity, in a real terminal: authorises the queue, finds the question in a window of
its own, answers, ends."""
import re
import time

import texts
from actors import ScenarioError


def scenario(desk):
    queue = desk.queue("north-hill")
    cyd = desk.profanity("cyd", "north-hill-cyd")
    cyd.wait("logged in successfully")
    cyd.wait(queue)  # asks for authorisation, or is in the list since an earlier login
    if "authorization" in cyd.screen().lower() or "subscription" in cyd.screen().lower():
        cyd.keys(f"/sub allow {queue}")
        cyd.keys(f"/sub request {queue}")
    time.sleep(1)

    patron = desk.patron("patron", "north-hill")
    patron.say(queue, "Does the terminal ring?")
    window_open(cyd, "terminal ring?")
    cyd.keys("It rings here.")
    patron.wait(body="It rings here.")
    patron.say(queue, "Wonderful.")
    cyd.wait("Wonderful.")
    cyd.keys("!end")
    patron.wait(body=texts.ENDED_PATRON)


def window_open(profanity, text):
    """Looks through the chats' windows for the one with the text."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        for chat in sorted(set(re.findall(r"north-hill\.[a-z2-9]+@chat\.localhost", profanity.screen()))):
            profanity.keys(f"/win {chat}")
            time.sleep(0.3)
            if text in profanity.screen():
                return
        profanity.keys("/win 1")
        time.sleep(0.3)
    raise ScenarioError(f"no window shows '{text}':\n{profanity.screen()}")
