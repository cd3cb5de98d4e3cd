"""Two hostile guests at full speed, over TCP and over BOSH, while others talk: no line of theirs is lost or
overtaken, and the stream stays up. test/hostile/attack takes the time of it."""
import os
import sys
import time

import stack

sys.path.insert(0, os.path.join(stack.ROOT, "test", "hostile"))
from guests import Attackers  # noqa: E402

LINES, PATRONS = 8, 3


def scenario(desk):
    queue = desk.queue("north-lake")
    ann = desk.pidgin("ann", "north-lake-ann")
    patrons = [desk.patron(f"patron{number}") for number in range(PATRONS)]
    resets = len(desk.log())
    ports = {"c2s": desk.server.c2s, "bosh": desk.server.http}
    with Attackers(["c2s", "bosh"], ports, stack.GUESTS, desk.queue("north-hill")) as attackers:
        end = time.monotonic() + 15
        while min(attackers.sent()) < 5:
            assert time.monotonic() < end, f"the attack does not come through: {attackers.sent()}"
            time.sleep(0.05)
        for line in range(LINES):
            for number, patron in enumerate(patrons):
                patron.ask(queue, f"line {line} of patron {number}.")
            time.sleep(0.2)
        for number, patron in enumerate(patrons):
            for _ in range(LINES):
                patron.wait("receipt", seconds=30)
        for number in range(PATRONS):
            ann.saw(body=f"line {LINES - 1} of patron {number}.", seconds=30)
        before = attackers.sent()
    text = "\n".join(ann.bodies())
    for number in range(PATRONS):
        places = [text.find(f"line {line} of patron {number}.") for line in range(LINES)]
        assert -1 not in places, f"a line of patron {number} is lost: {places}"
        assert places == sorted(places), f"lines of patron {number} in the wrong order: {places}"
    assert min(before) >= 5, before
    assert "no link to the XMPP server" not in desk.log()[resets:], desk.log()[resets:]
