"""Commands of administrators at the service, on a real server: who sees which, forms that ask for a
library, a reason or a yes, work in the database, and its loss while the desk goes on."""
import re

from forms import MISSING, Form, nodes, run, until_true


def scenario(desk):
    lake = desk.operator("lake-admin", "north-lake-admin")
    hill = desk.operator("hill-admin", "north-hill-admin")
    coordinator = desk.operator("coordinator", "north-coordinator")
    ann = desk.operator("ann", "north-lake-ann")
    guest = desk.patron("guest", "north-hill")

    assert "block-list" in nodes(lake) and "duty" not in nodes(lake)
    assert "duty" in nodes(ann) and "block-list" not in nodes(ann)
    assert nodes(guest) == []
    for person in (ann, guest):
        for node in ("block-list", "audit", "grant", "no-such-command"):
            assert run(person, node) == MISSING, f"{person.name} learns of {node}"

    in_memory(desk, lake, hill, coordinator, ann)
    rights(lake, ann)
    blocks(desk, lake, hill)
    audit(lake, hill, coordinator)


def in_memory(desk, lake, hill, coordinator, ann):
    status = run(lake, "queue-status")
    assert "north-lake-shut" in status and "north-hill" not in status, status
    assert "north-hill" in run(hill, "queue-status")
    assert "<reported>" in run(coordinator, "queue-status")
    assert "2026-11-26" in run(ann, "holidays", year="2026")
    week = run(coordinator, "policy-show", queue="north-hill", date="2026-11-24")
    assert "The week" in week and "north-night" in week, week
    told = run(ann, "help-request", kind="problem", text="My window is empty")
    assert "north-lake-admin@localhost" in told, told
    lake.wait(body="My window is empty")
    coordinator.never(body="My window is empty")
    told = run(lake, "help-request", kind="rename", text="We are called Lakeside now")
    assert "north-coordinator@localhost" in told, told
    coordinator.wait(body="Lakeside")
    ann.presence(desk.queue("north-lake"))
    off = run(lake, "operator-signoff", operator="north-lake-ann")
    assert "Off duty for all queues" in off, off
    ann.wait(body="has taken you off duty")
    on = run(ann, "duty", duty="on", queue="all", max="2", until="")
    assert "on duty" in on and "At most 2 chats" in on, on


def rights(lake, ann):
    """A grant acts at the next step, and its end does."""
    assert run(ann, "audit") == MISSING
    given = run(lake, "grant", account="north-lake-ann@localhost", right="audit")
    assert "now holds the right" in given, given
    until_true(lambda: "audit" in nodes(ann))
    form = Form(ann, "audit")
    assert "<value>" in form.send()
    taken = Form(lake, "revoke")
    assert "north-lake-ann@localhost: audit" in taken.send()
    assert "next step" in taken.send(grant="north-lake-ann@localhost audit")
    assert "no longer holds" in taken.send(confirm="1")
    until_true(lambda: "audit" not in nodes(ann))
    assert form.send(**{"from": "2026-01-01", "to": "2199-12-31"}) == MISSING


def blocks(desk, lake, hill):
    queue = desk.queue("north-lake")
    bob = desk.operator("bob", "north-lake-bob")
    bob.presence(queue)
    patron = desk.patron("rude", "north-lake")
    patron.say(queue, "You fools!")
    chat = bob.offer("You fools!")
    bob.say(chat, "!block 1")
    bob.wait(body="hears no more of this patron")
    patron.say(queue, "Are you there?")
    patron.wait("error")
    listed = run(lake, "block-list")
    number = re.search(r"<field var=\"block\"><value>([0-9]+)</value>", listed).group(1)
    assert patron.jid.split("/")[0] not in listed, listed
    assert "Nobody is blocked at hill" in run(hill, "block-list")
    later = run(lake, "block-extend", block=number, hours="720")
    assert "is blocked at lake until" in later, later
    form = Form(lake, "block-lift")
    form.send()
    assert "from now on?" in form.send(block=number)
    assert f"<value>{number}<" in form.send("action='prev'")
    form.send(block=number)
    assert "can write to lake again" in form.send(confirm="1")
    assert form.send(confirm="1") in ("bad-request", MISSING), "a replay"
    patron.say(queue, "I am sorry.")
    bob.wait(body="I am sorry.")


def audit(lake, hill, coordinator):
    days = {"from": "2020-01-01", "to": "2199-12-31"}
    own = run(lake, "audit", **days)
    assert "block-lift" in own and "operator-signoff" in own and "north-lake-admin@localhost" in own
    assert "block-lift" not in run(hill, "audit", **days)
    form = Form(coordinator, "audit")
    assert "The whole consortium" in form.send()
    form.send(library="lake")
    assert "block-lift" in form.send(**days)
    form = Form(coordinator, "followups")
    form.send()
    assert "Your reason" in form.send(library="lake")
    assert "left to do" in form.send(reason="the yearly report")  # by scenarios before, perhaps
    assert "the yearly report" in run(lake, "audit", **days)
