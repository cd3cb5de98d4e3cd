#!/usr/bin/env python3
"""Visits every crash point of component/crash.h, one after the other, until none is left.

    test/crash/points.py BUILD [--visits N] [--only POINT] [--pairs] [--seed N]

Each run plays a story up to the N-th visit of one point, where the desk dies; it is started again,
the story goes on to its end, and audit.py compares. Fails when a run does, or when a point is never
reached. --pairs: two deaths a run.
"""
import argparse
import glob
import os
import random
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import story as stories  # noqa: E402
from desk import ROOT, Failed, world_run  # noqa: E402

NAME = re.compile(r'CRASH_(?:POINT|PART)\("([a-z-]+)"')


def points_named():
    found = []
    for path in sorted(glob.glob(os.path.join(ROOT, "component", "*.c"))):
        with open(path) as file:
            found += NAME.findall(file.read())
    if len(found) != len(set(found)):
        raise Failed("two points have one name")
    return found


class Walk:
    def __init__(self, world, log):
        self.world, self.log, self.runs, self.died, self.repeats = world, log, 0, 0, 0

    def run(self, story, deaths):
        """One story with these deaths; returns how many of them it died. The world's books are new."""
        world = self.world
        self.runs += 1
        tag = f"r{self.runs}"
        world.deaths = list(deaths)
        world.sent, world.got, world.unanswered, world.answers, world.visited = {}, [], {}, {}, {}
        if world.is_away:
            world.back()
        try:
            found = story(world, tag)
        except Failed as error:
            raise Failed(f"{story.__name__}, {' then '.join(deaths) or 'no death'}: {error}") from None
        self.repeats += found[1]
        died = len(deaths) - len(world.deaths)
        self.died += died
        return died

    def counts(self, story):
        """How often the story passes each point by itself."""
        self.run(story, [])
        return dict(self.world.visited)

    def visits(self, story, counts, chosen, bound):
        """Dies at each visit of the chosen points up to a bound; with a bound of one in the middle,
        where more is under way than at the first."""
        for name in chosen:
            visits = [(counts[name] + 1) // 2] if bound == 1 else range(1, min(counts[name], bound) + 1)
            for visit in visits:
                if self.run(story, [f"{name}:{visit}"]) == 0 and self.log:
                    print(f"  {name}:{visit} was not passed this time", flush=True)

    def pairs(self, story, counts, chooser, number):
        for _ in range(number):
            deaths = [f"{name}:{chooser.randint(1, min(counts[name], 12))}"
                      for name in chooser.choices(sorted(counts), k=2)]
            self.run(story, deaths)


def walk(world, arguments):
    named, left = points_named(), None
    tour = Walk(world, arguments.verbose)
    begin = time.monotonic()
    left = set(named)
    for story in stories.ALL:
        if arguments.story not in (None, story.__name__):
            continue
        counts = tour.counts(story)
        chosen = [name for name in named if name in counts and (
            arguments.only == name or (not arguments.only and (name in left or arguments.all)))]
        tour.visits(story, counts, chosen, arguments.visits)
        tour.pairs(story, counts, random.Random(arguments.seed), arguments.pairs)
        left -= set(counts)
        print(f"{story.__name__}: {len(counts)} points passed, {len(chosen)} died at; so far {tour.runs} runs,"
              f" {tour.died} deaths, {tour.repeats} lines received twice, {time.monotonic() - begin:.0f} s",
              flush=True)
    if left and not arguments.only and not arguments.story:
        raise Failed(f"never reached: {', '.join(sorted(left))}")
    with open(os.path.join(arguments.build, "deskbell"), "rb") as file:
        program = file.read()
    for name in named:
        if name.encode() + b"\0" in program and name not in ("restored", "recalled"):
            raise Failed(f"the installed program has the crash point '{name}'")
    print(f"crash points: {len(named)}, deaths: {tour.died} in {tour.runs} runs: 0 acknowledged lost, 0 double;"
          f" {tour.repeats} lines received twice under the same id")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--program", help="another deskbell_crash than the build's")
    parser.add_argument("--visits", type=int, default=1, help="of each point, at most")
    parser.add_argument("--all", action="store_true", help="each point in each story that passes it")
    parser.add_argument("--only", help="this point alone")
    parser.add_argument("--story", help="this story alone")
    parser.add_argument("--pairs", type=int, default=0, help="runs of two deaths, each story")
    parser.add_argument("--seed", type=int, default=1, help="of the pairs")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    program = arguments.program or os.path.join(os.path.abspath(arguments.build), "test", "deskbell_crash")
    return world_run("points", arguments.build, program, lambda world: walk(world, arguments))


if __name__ == "__main__":
    sys.exit(main())
