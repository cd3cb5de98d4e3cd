#!/usr/bin/env python3
"""Kills the desk at random moments while a thousand lines a second go through it.

    test/crash/kills.py BUILD [--kills N | --seconds S] [--rate N] [--program PROGRAM] [--seed N]

Forty chats; patrons repeat what has no receipt, operators never repeat. A fifth of the kills comes
while the desk starts, the others 100 to 300 ms after its link is up. audit.py compares after each
hundred kills, with new chats for the next hundred.
"""
import argparse
import os
import random
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import audit  # noqa: E402
import story as stories  # noqa: E402
from desk import ACCOUNTS, Failed, stack, world_run  # noqa: E402

CHATS, ROUND, WINDOW = 40, 100, 8
OPERATORS = [f"north-lake-{name}@{ACCOUNTS}" for name in ("ann", "bob", "cyd", "dan")]


class Chat:
    def __init__(self, number, patron, operator):
        self.number, self.patron, self.operator, self.address, self.waiting = number, patron, operator, None, []


class Load:
    def __init__(self, world, rate, seed):
        self.world, self.rate, self.random = world, rate, random.Random(seed)
        self.tag, self.number, self.kept, self.repeats, self.kills, self.starts = "", 0, 0, 0, 0, []
        self.busy = 0.0  # seconds in which lines were sent
        self.lines = 0
        world.operators = set(OPERATORS)

    def text(self):
        self.number += 1
        return f"A line as people write them when they ask a library something. [{self.tag}.{self.number}]"

    # A hundred kills ---------------------------------------------------------------------------

    def begin(self, tag):
        """New patrons, each with an operator."""
        world = self.world
        self.tag, self.number = tag, 0
        world.sent, world.got, world.unanswered, world.answers = {}, [], {}, {}
        world.sync()
        self.chats = [Chat(i, f"{tag}p{i}@{stack.GUESTS}/x", OPERATORS[i % 4]) for i in range(CHATS)]
        for chat in self.chats:
            sent = world.compose(chat.patron, stories.QUEUE, self.text())
            world.patron_sends(sent)
            world.until("an offer", lambda: world.received(chat.operator, sent.body))
            chat.address = world.received(chat.operator, sent.body)[0][1]
            answer = world.compose(f"{chat.operator}/desk", chat.address, self.text())
            world.send(answer.stanza)
            world.until("an answer", lambda: world.received(chat.patron.split("/")[0], answer.body))

    def say(self):
        """One line, of a patron or of an operator."""
        world, chat = self.world, self.random.choice(self.chats)
        if self.random.random() < 0.5:
            chat.waiting = [sent for sent in chat.waiting if not sent.acknowledged]
            if len(chat.waiting) >= WINDOW:
                return
            sent = world.compose(chat.patron, stories.QUEUE, self.text())
            chat.waiting.append(sent)
            world.patron_sends(sent)
        else:
            sent = world.compose(f"{chat.operator}/desk", chat.address, self.text())
            world.send(sent.stanza)
        self.lines += 1

    def talk(self, seconds):
        """Lines at the rate, for so long."""
        world, begin, said = self.world, time.monotonic(), 0
        while (passed := time.monotonic() - begin) < seconds:
            if world.up:
                for _ in range(min(int(passed * self.rate) - said, 50)):
                    self.say()
                said = int(passed * self.rate)
            world.pump(0.003)
        self.busy += seconds

    def life(self):
        """Starts it, lets it work, kills it."""
        world, begin = self.world, time.monotonic()
        world.start()
        if self.random.random() < 0.2 and self.starts:
            until = begin + self.random.random() * self.starts[-1]
            while time.monotonic() < until:
                world.pump(0.003)
        else:
            world.until("the desk is up", lambda: world.up)
            self.starts.append(time.monotonic() - begin)
            self.talk(self.random.uniform(0.1, 0.3))
        world.kill()
        self.kills += 1

    def end(self):
        """All that is owed arrives; then the books are compared, and the chats end."""
        world = self.world
        world.start()
        world.until("all receipts", lambda: not world.unanswered, 60)
        for attempt in range(20):
            world.sync()
            try:
                kept, repeats = audit.check(world, self.tag, world.operators)
                break
            except Failed:
                if attempt == 19:
                    raise
                world.pump(0.2)
        self.kept, self.repeats = self.kept + kept, self.repeats + repeats
        for chat in self.chats:
            world.send(f"<message type='chat' from='{chat.operator}/desk' to='{chat.address}'>"
                       "<body>!end answered</body></message>")
        world.until("all chats end", lambda: world.sql(
            f"SELECT count(*) FROM deskbell.chat WHERE patron LIKE '{self.tag}p%' AND state = 'closed'")
            == [[str(CHATS)]])


def run(world, arguments):
    load = Load(world, arguments.rate, arguments.seed)
    end = time.monotonic() + arguments.seconds if arguments.seconds else float("inf")
    begin = time.monotonic()
    world.start()
    while load.kills < arguments.kills and time.monotonic() < end:
        load.begin(f"k{load.kills}x")
        world.kill()
        until = min(load.kills + ROUND, arguments.kills)
        while load.kills < until and time.monotonic() < end:
            load.life()
        load.end()
        if arguments.kills > ROUND:
            print(f"{load.kills} kills, {load.kept} lines kept, {time.monotonic() - begin:.0f} s", flush=True)
    world.end()
    starts = sorted(load.starts)
    with open(world.daemon.log, errors="replace") as file:
        waited = file.read().count("standing by")
    print(f"kill -9: {load.kills} times, {load.lines} lines sent at {load.lines / load.busy:.0f}/s, {load.kept} kept:"
          f" 0 acknowledged lost, 0 double; {load.repeats} received twice under the same id; up again after"
          f" {1000 * starts[len(starts) // 2]:.0f} ms (median), {1000 * starts[-1]:.0f} ms at most, {waited} times"
          f" behind the last session; {time.monotonic() - begin:.0f} s")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--program", help="another than the build's")
    parser.add_argument("--kills", type=int, default=10000)
    parser.add_argument("--seconds", type=float, help="or so long, whichever is first")
    parser.add_argument("--rate", type=int, default=1000, help="lines a second")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    return world_run(f"kills: seed {arguments.seed}", arguments.build, arguments.program,
                     lambda world: run(world, arguments))


if __name__ == "__main__":
    sys.exit(main())
