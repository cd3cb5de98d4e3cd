#!/usr/bin/env python3
"""What the desk needs while something around it fails: a bound, whatever is sent in that time, and
afterwards everything is where it belongs.

    test/crash/memory.py BUILD [--lines N] [FAULT...]

    slow-server     the server reads nothing: the desk stops reading, too
    database-away   lines go to the spool, and back
    database-slow   a lock that lasts: at most four turns wait, then the spool
    both-away       no disk, either: refused to the sender, each one

Each fault takes a first lot of lines, then twice as many; the second lot may not cost what the first
did.
"""
import argparse
import os
import resource
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import story as stories  # noqa: E402
from desk import Failed, world_run  # noqa: E402

GROWTH_KIB = 12 * 1024  # between the lots; a leak of each line would be more than all of them
SLOW_KIB = 64 * 1024    # 8 MiB in the output, as much in the outbox, and twice that while they grow


class Fault:
    def __init__(self, world, tag, lines):
        self.world, self.lines = world, lines
        world.sent, world.got, world.unanswered, world.answers = {}, [], {}, {}
        self.story = story = stories.Story(world, tag)
        story.begin()
        self.chat = story.offered(stories.ANN, story.asks("Where is the atlas?"))
        story.answers(stories.ANN, self.chat, "On the shelf.")
        self.before = world.memory()

    def line(self, size):
        words = "A line of an operator, who may write as fast as she likes. " * (size // 60 + 1)
        return self.world.compose(f"{stories.ANN}/desk", self.chat, self.story.text(words[:size])).stanza

    def lot(self, number, size=120):
        """So many lines, as fast as they are taken; what comes back is read beside."""
        for i in range(number):
            self.world.send(self.line(size))
            if i % 20 == 0:
                self.world.pump(0)
        self.world.sync()

    def growth(self, name, bound, first, second):
        print(f"{name}: {self.before} KiB before, {first} KiB after {self.lines} lines, {second} KiB after"
              f" {2 * self.lines} more", flush=True)
        if second - first > bound:
            raise Failed(f"{name}: memory grows by {second - first} KiB")

    def lots(self, name):
        self.lot(self.lines)
        first = self.world.memory()
        self.lot(2 * self.lines)
        self.growth(name, GROWTH_KIB, first, self.world.memory())

    def finish(self):
        story, world = self.story, self.world
        story.ends(stories.ANN, self.chat)
        kept, _ = story.finish()
        return kept


def slow_server(world, tag, lines):
    fault = Fault(world, tag, lines)
    world.is_deaf = True
    for sent in range(100000):
        if not world.push(fault.line(6000), 1):
            break
    else:
        raise Failed("a server that reads nothing does not stop the desk from reading")
    first = world.memory()
    if first - fault.before > SLOW_KIB:
        raise Failed(f"slow-server: memory grows by {first - fault.before} KiB")
    for _ in range(20):
        world.push(fault.line(6000), 0.05)
    second = world.memory()
    print(f"slow-server: {fault.before} KiB before, {first} KiB when it stopped reading after {sent} lines,"
          f" {second} KiB after more were offered", flush=True)
    if second - first > 1024:
        raise Failed(f"slow-server: memory grows by {second - first} KiB")
    world.is_deaf = False
    world.flush()
    world.until("all lines", lambda: all(sent.acknowledged for sent in world.sent.values()), 60)
    return fault.finish()


def database_away(world, tag, lines):
    fault = Fault(world, tag, lines)
    world.away()
    fault.lots("database-away")
    world.back()
    world.until("the spool is written back", lambda: not fault.story.spool_files(), 60)
    return fault.finish()


def database_slow(world, tag, lines):
    fault = Fault(world, tag, lines)
    world.sql("BEGIN")
    world.sql("LOCK TABLE deskbell.line IN SHARE MODE")
    fault.lots("database-slow")
    world.sql("COMMIT")
    return fault.finish()


def both_away(world, tag, lines):
    fault = Fault(world, tag, lines)
    world.refused = 0
    resource.prlimit(world.child.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    world.away()
    until = time.monotonic() + 10
    while not world.refused:  # until both are known to be away; what came before is kept in memory
        fault.lot(1)
        world.pump(0.05)
        if time.monotonic() > until:
            raise Failed("both-away: nothing is refused")
    world.refused = 0
    fault.lots("both-away")
    world.until("each line is refused", lambda: world.refused == 3 * lines)
    resource.prlimit(world.child.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    world.back()
    until = time.monotonic() + 30
    patron, before = fault.story.patron.split("/")[0], world.refused
    while not world.received(patron, "And again."):
        world.send(world.compose(f"{stories.ANN}/desk", fault.chat, fault.story.text("And again.")).stanza)
        world.pump(0.3)
        if time.monotonic() > until:
            raise Failed(f"both-away: not over ({world.refused - before} refused)")
    return fault.finish()


FAULTS = {"slow-server": slow_server, "database-away": database_away, "database-slow": database_slow,
          "both-away": both_away}


def faults_try(world, arguments):
    for number, name in enumerate(arguments.faults or FAULTS):
        kept = FAULTS[name](world, f"m{number}", arguments.lines)
        print(f"{name}: {kept} lines kept and received, 0 lost, 0 double", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    parser.add_argument("--program", help="another than the build's")
    parser.add_argument("--lines", type=int, default=1000, help="of the first lot")
    arguments = parser.parse_args()
    return world_run("memory", arguments.build, arguments.program, lambda world: faults_try(world, arguments))


if __name__ == "__main__":
    sys.exit(main())
