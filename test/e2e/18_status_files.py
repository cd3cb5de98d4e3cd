"""The public files of a queue follow it: who comes, who waits, who goes. Patrons of the scenarios
before may still be in their grace, so those who wait are counted as "at least"."""
import json
import os
import time

from actors import ScenarioError


def scenario(desk):
    ann = desk.pidgin("ann", "north-lake-ann")
    expect(desk, "north-lake", state="open", reason=None, next=None)
    expect(desk, "north-lake-shut", state="closed")
    patron = desk.patron("patron")
    patron.say(desk.queue("north-lake"), "Is this public?")
    chat = ann.offer("Is this public?")
    found = expect(desk, "north-lake", waiting=lambda count: count >= 1)
    assert "ann" not in json.dumps(found).lower(), f"a person is named: {found}"
    ann.say(chat, "No.")
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
        if found and all(value(found[key]) if callable(value) else found[key] == value
                         for key, value in wanted.items()):
            return found
        time.sleep(0.05)
    raise ScenarioError(f"{path} says {found}, not {wanted}")
