"""A standby takes over in mid-chat, four times: the active dies; it hangs (on ejabberd a watchdog kills
it, on Prosody nobody does, and when it wakes it may say nothing more); it loses its way to the database;
and the database itself is away for longer than the lease, when it has to stay. A patron whose client repeats what is not
acknowledged talks on through all of it, and each line is written down once and in order. Never are two
active. The gaps are printed; test/e2e/takeovers measures many."""
import re
import signal
import time

import transcript
from pair import Pair, Teller


def fault(pair, teller, name, strike, limit=40):
    """Strikes the active and waits until a standby has taken over; prints the gap."""
    active, standby = pair.settle()
    began = time.monotonic()
    strike(active)
    gap = teller.gap(began, limit)
    pair.wait(lambda: standby.status == "Active", 10, "the standby says that it is active")
    print(f"     {pair.desk.server.title}: gap of {gap:.2f} s when the active {name}", flush=True)
    return active


def operators(node):
    """How many it has, by the settings that it loaded last."""
    return int(re.findall(r"settings of .* (\d+) operators", node.log())[-1])



def scenario(desk):
    prosody = desk.server.title == "Prosody"
    with Pair(desk) as pair:
        ann = desk.pidgin("ann", "north-lake-ann")
        teller = Teller(desk, "teller", "My story of the lighthouse")
        teller.tell("May I tell you of the lighthouse?")
        chat = ann.offer("of the lighthouse")
        ann.say(chat, "Do.")
        teller.person.wait(body="Do.")
        active, standby = pair.settle()
        for node, words in ((active, "failover: active since 20"), (standby, "failover: standby since 20")):
            shown = node.daemon.must("status")
            assert words in shown, f"'{words}' is not in:\n{shown}"
        assert standby.ready, "systemd would wait for the standby for ever"
        people = operators(standby)
        desk.import_file(operators=', { name = "north-lake-late"; title = "Late"; }',
                         assigned=', "north-lake-late"')
        pair.wait(lambda: operators(standby) == people + 1, 10, "the standby has the new settings")
        teller.start()

        fault(pair, teller, "dies", lambda node: node.send(signal.SIGKILL))

        assert "operator north-lake-late" in pair.settle()[0].daemon.must("status"), "it has the old settings"
        if prosody:
            for node in pair.nodes:
                node.watched = False
        zombie = fault(pair, teller, "hangs", lambda node: node.send(signal.SIGSTOP))
        if prosody:
            zombie.send(signal.SIGCONT)
            pair.wait(lambda: zombie.deaths[-1:] == [1], 10, "the woken one ends")
            assert "another process" in zombie.log(), zombie.log()

        lost = fault(pair, teller, "loses the database", lambda node: node.database_gate.cut())
        pair.wait(lambda: lost.status.startswith("Paused"), 10, "who is cut off pauses")
        lost.database_gate.mend()

        active, standby = pair.settle()
        desk.database.stop()
        pair.wait(lambda: active.status.startswith("Paused"), 15, "without a database the active pauses")
        desk.database.start()
        began = time.monotonic()
        print(f"     {desk.server.title}: gap of {teller.gap(began):.2f} s behind an outage of the database")
        assert pair.settle() == [active, standby], "the database came back, and the standby took over"

        teller.stop()
        ann.say(chat, "A fine story.")
        teller.person.wait(body="A fine story.")
        pair.check()
        transcript.expect(desk, "May I tell you of the lighthouse?",
                          [("patron", teller.said[0]), ("operator", "Do.")]
                          + [("patron", line) for line in teller.said[1:]]
                          + [("operator", "A fine story.")])
        heard = ann.bodies()
        for line in teller.said[1:]:
            assert any(line in body for body in heard), f"ann never read '{line}'"
        print(f"     {desk.server.title}: {len(teller.said)} lines, {len(heard)} messages to the operator")
    desk.import_file()
    assert pair.ends == [0, 0], f"the two ended with {pair.ends}\n{pair.story()}"
