"""The public files of a queue follow it: who comes, who waits, who goes."""
import json
import os
import time

from actors import ScenarioError


def scenario(desk):
    ann = desk.pidgin("ann", "north-lake-ann")
    expect(desk, "north-lake", state="open", reason=None, waiting=0, next=None)
    expect(desk, "north-lake-shut", state="closed", waiting=0)
    patron = desk.patron("patron")
    patron.say(desk.queue("north-lake"), "Is this public?")
    chat = ann.offer("Is this public?")
    found = expect(desk, "north-lake", waiting=1)
    assert "ann" not in json.dumps(found).lower(), f"a person is named: {found}"
    ann.say(chat, "No.")
    expect(desk, "north-lake", waiting=0)
    ann.status("dnd")
    expect(desk, "north-lake", state="closed", reason="unstaffed", next=None)


def expect(desk, queue, **wanted):
    """Reads until the file says so, for ten seconds."""
    path = os.path.join(desk.daemon.settings["status"], f"{queue}.json")
    end = time.monotonic() + 10
    found = None
    while time.monotonic() < end:
        try:
            with open(path) as file:
                found = json.load(file)
        except FileNotFoundError:
            pass
        if found and all(found[key] == value for key, value in wanted.items()):
            return found
        time.sleep(0.05)
    raise ScenarioError(f"{path} says {found}, not {wanted}")
