#!/usr/bin/env python3
"""Counts statistics from the raw rows, in another way, and compares with those of the program.

    oracle.py ROWS.json RESULTS.json

ROWS has the tables chat, offer, act, line, followup and duty_log of a database made by random.sql,
RESULTS a list of queries with the tables that came out.
"""
import json
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

LIBRARIES = {1: "mobstate", 2: "truman", 3: "chatstaff"}
ZONES = {"mobstate": "America/Chicago", "truman": "America/Denver", "chatstaff": "America/Chicago",
         None: "America/Chicago"}
QUEUES = {1: ("mobius-mobstate", 1), 2: ("mobius-mobstate-health", 1), 3: ("mobius-truman", 2),
          4: ("mobius-chatstaff", 3)}
OPERATORS = {1: ("mobius-mobstate-ann", 1), 2: ("mobius-mobstate-bob", 1), 3: ("mobius-truman-tom", 2),
             4: ("mobius-chatstaff-cat", 3), 5: ("mobius-chatstaff-dan", 3)}
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def ms(text):
    """Milliseconds since 1970, exactly."""
    if text is None:
        return None
    delta = datetime.fromisoformat(text) - datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    return (delta.days * 86400 + delta.seconds) * 1000 + delta.microseconds // 1000


def rounded(fraction, digits="1"):
    value = Decimal(fraction.numerator) / Decimal(fraction.denominator)
    return str(value.quantize(Decimal(digits), ROUND_HALF_UP))


def times(values):
    values = sorted(values)
    count = len(values)
    if count == 0:
        return ["0", None, None, None, None]

    def at(tenths):  # the first that at least so many are not above
        return str(values[-(-count * tenths // 10) - 1])
    return [str(count), rounded(Fraction(sum(values), count)), at(5), at(9), str(values[-1])]


class Chats:
    def __init__(self, rows):
        self.chats = [c for c in rows["chat"] if c["consortium_id"] == 1]
        self.offers, self.acts, self.lines = (defaultdict(list) for _ in range(3))
        for row in rows["offer"]:
            self.offers[row["chat"]].append(row)
        for row in rows["act"]:
            self.acts[row["chat"]].append(row)
        for row in rows["line"]:
            self.lines[row["chat"]].append(row)
        self.followups = {f["chat"]: f for f in rows["followup"]}
        self.duty = rows["duty_log"]
        for chat in self.chats:
            for key in ("opened", "claimed", "closed"):
                chat[key] = ms(chat[key])
            chat["stretches"] = self.stretches(chat)

    def stretches(self, chat):
        """Who had it, from when, until when."""
        number = chat["number"]
        claims = sorted((ms(o["decided"]), o["number"], o) for o in self.offers[number]
                        if o["outcome"] == "claimed")
        ends = [ms(a["at"]) for a in self.acts[number] if a["act"] in ("returned", "closed")]
        ends += [claim[0] for claim in claims]
        found = []
        for place, (began, _, offer) in enumerate(claims):
            later = [at for at in ends if at > began]
            found.append((offer["operator_id"], QUEUES[offer["queue_id"]][1], began,
                          min(later) if later else None, place == 0))
        return found


def outcome(chat, offers):
    if chat["claimed"] is not None:
        return "answered"
    if chat["closed"] is None:
        return "waiting"
    return "abandoned" if offers and chat["ended_by"] == "patron" else "missed"


def seconds(start, end):
    return None if start is None or end is None else (end - start) // 1000


def known(values):
    return [value for value in values if value is not None]


def clock(at, by, zone):
    wall = datetime.fromtimestamp(at // 1000, zone)
    return {"hour": f"{wall.hour:02}:00", "weekday": DAYS[wall.weekday()],
            "day": wall.date().isoformat(), "month": wall.date().isoformat()[:7]}.get(by)


def groups(items, key):
    """Items by key in the order that people expect, and all as the total."""
    found = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    order = sorted(found, key=lambda name: ("" if name == "(nobody)" else
                                            str(DAYS.index(name)) if name in DAYS else name).encode())
    return [(name, found[name]) for name in order] + [("total", items)]


def seconds_of_duty(duties, queue, begin, end):
    """A second each: how many people were on duty."""
    changes = Counter()
    for operator in OPERATORS:
        state = False
        for of_queue, of_operator, on_duty, at in duties:
            if of_queue == queue and of_operator == operator and on_duty != state:
                changes[min(max(at, begin), end)] += 1 if on_duty else -1
                state = on_duty
    count, result = 0, []
    for at in range(begin, end):
        count += changes[at]
        result.append(count)
    return result


def promised(queue, begin, end):
    """For each minute, whether setting.sql promises that somebody is there."""
    zone = ZoneInfo(ZONES[None if queue == 4 else LIBRARIES[QUEUES[queue][1]]])
    result = []
    for at in range(begin, end, 60):
        wall = datetime.fromtimestamp(at, zone)
        day, hour = wall.weekday(), wall.hour
        if queue == 4:
            result.append(day < 5 and hour >= 17 or 1 <= day <= 5 and hour < 8
                          or day == 5 and 10 <= hour < 22)
        else:
            result.append(day < 5 and 8 <= hour < 17)
    return result


@lru_cache(maxsize=None)
def figures(duties, queue, begin, end):
    """Seconds: promised, of it staffed, staffed besides, and of all people."""
    duty, promise = seconds_of_duty(duties, queue, begin, end), promised(queue, begin, end)
    kept = sum(bool(people) and promise[i // 60] for i, people in enumerate(duty))
    return sum(promise) * 60, kept, sum(map(bool, duty)) - kept, sum(duty)


class Query:
    def __init__(self, all_chats, query):
        self.all, self.query = all_chats, query
        self.library = query["library"]
        self.zone = ZoneInfo(ZONES[self.library])
        self.first, self.last = (date.fromisoformat(query[key]) for key in ("from", "to"))
        self.by, self.minimum = query["by"], query["duration_min"] * 1000
        wanted = [c for c in all_chats.chats if self.has_day(c["opened"])
                  and c["resolution"] != "practice"]
        self.opened = wanted
        self.own = [c for c in wanted if self.library in (None, LIBRARIES[c["library_id"]])]
        self.chosen = [c for c in self.own
                       if (c["claimed"] is None or c["closed"] is None
                           or c["closed"] - c["claimed"] >= self.minimum)
                       and (query["unanswered"] or c["claimed"] is not None)]

    def has_day(self, at):
        return self.first <= datetime.fromtimestamp(at // 1000, self.zone).date() <= self.last

    def bucket(self, chat):
        if self.by == "queue":
            return QUEUES[chat["queue_id"]][0]
        if self.by == "origin":
            return LIBRARIES[chat["library_id"]]
        if self.by == "answering":
            return LIBRARIES[chat["stretches"][-1][1]] if chat["stretches"] else "(nobody)"
        return clock(chat["opened"], self.by, self.zone)

    def buckets(self):
        if self.by in ("total", "operator"):
            return [("total", self.chosen)]
        return groups(self.chosen, self.bucket)

    def chats(self):
        rows = []
        for name, chats in self.buckets():
            count = Counter(outcome(c, self.all.offers[c["number"]]) for c in chats)
            nobody = sum(outcome(c, self.all.offers[c["number"]]) == "missed"
                         and not self.all.offers[c["number"]] for c in chats)
            over = count["answered"] + count["missed"] + count["abandoned"]
            rows.append([name, str(len(chats)), str(count["answered"]), str(count["missed"]),
                         str(nobody), str(count["abandoned"]), str(count["waiting"]),
                         rounded(Fraction(100 * count["answered"], over), "0.1") if over else None])
        return rows

    def wait(self):
        return [[name] + times(known(seconds(c["opened"], c["claimed"]) for c in chats))
                for name, chats in self.buckets()]

    def duration(self):
        return [[name] + times(known(seconds(c["claimed"], c["closed"]) for c in chats))
                for name, chats in self.buckets()]

    def given_up(self):
        return [[name] + times(seconds(c["opened"], c["closed"]) for c in chats
                               if outcome(c, self.all.offers[c["number"]]) == "abandoned")
                for name, chats in self.buckets()]

    def first_answer(self):
        def first(chat):
            lines = [line for line in self.all.lines[chat["number"]] if line["author"] == "operator"]
            return min(lines, key=lambda line: line["line"]) if lines else None
        return [[name] + times(seconds(c["opened"], ms(first(c)["at"])) for c in chats if first(c))
                for name, chats in self.buckets()]

    def stretches(self):
        for chat in self.opened:
            for operator, answering, began, ended, is_first in chat["stretches"]:
                if ended is None or ended - began >= self.minimum:
                    yield chat, operator, answering, began, ended, is_first

    def answered(self):
        found = defaultdict(list)
        for chat, _, answering, began, ended, _ in self.stretches():
            pair = LIBRARIES[chat["library_id"]], LIBRARIES[answering]
            if self.library is None or self.library in pair:
                found[pair].append((chat["number"], seconds(began, ended) or 0))
        return [[*pair, str(len({number for number, _ in found[pair]})),
                 str(sum(time for _, time in found[pair]))] for pair in sorted(found)]

    def people_buckets(self):
        mine = [s for s in self.stretches() if LIBRARIES[OPERATORS[s[1]][1]] == self.library
                and self.query["operator"] in (None, OPERATORS[s[1]][0])]
        if self.by == "total":
            return [("total", mine)]
        if self.by == "operator":
            return groups(mine, lambda s: OPERATORS[s[1]][0])
        if self.by == "origin":
            return groups(mine, lambda s: LIBRARIES[s[0]["library_id"]])
        return groups(mine, lambda s: clock(s[0]["opened"], self.by, self.zone))

    def people(self):
        return [[name, str(len({s[0]["number"] for s in found})),
                 str(sum(known(seconds(s[3], s[4]) for s in found)))]
                for name, found in self.people_buckets()]

    def people_wait(self):
        return [[name] + times(seconds(s[0]["opened"], s[3]) for s in found if s[5])
                for name, found in self.people_buckets()]

    def people_time(self):
        return [[name] + times(known(seconds(s[3], s[4]) for s in found))
                for name, found in self.people_buckets()]

    def transfers(self):
        found = Counter()
        for chat in self.chosen:
            for act in self.all.acts[chat["number"]]:
                if act["act"] in ("transfer offered", "transferred"):
                    kind, name = act["detail"].split(" ")[:2]
                    people = [operator[0] for operator in OPERATORS.values()]
                    found[kind, "operator" if name in people else "queue", act["act"]] += 1
        return [[kind, target, str(found[kind, target, "transfer offered"]),
                 str(found[kind, target, "transferred"])]
                for kind, target in sorted({key[:2] for key in found}, reverse=True)]

    def resolutions(self):
        found = Counter(c["resolution"] or "none" for c in self.chosen
                        if c["claimed"] is not None and c["closed"] is not None)
        return [[name, str(found[name])] for name in sorted(found)]

    def left(self):
        found = [self.all.followups[c["number"]] for c in self.own
                 if c["number"] in self.all.followups]
        done = [seconds(ms(f["at"]), ms(f["done_at"])) for f in found if f["done_at"]]
        return [["left", str(len(found)), str(len(done)),
                 rounded(Fraction(sum(done), len(done))) if done else None]] if found else []

    def tags(self):
        found = Counter()
        for chat in self.chosen:
            found.update({a["detail"] for a in self.all.acts[chat["number"]] if a["act"] == "tagged"})
        return [[tag, str(count)]
                for tag, count in sorted(found.items(), key=lambda item: (-item[1], item[0].encode()))]

    def bounds(self):
        start = datetime.combine(self.first, time(), self.zone)
        stop = datetime.combine(self.last + timedelta(1), time(), self.zone)
        return int(start.timestamp()), min(int(stop.timestamp()), self.query["now"])

    def staffed(self):
        begin, end = self.bounds()
        duties = [(row["queue_id"], row["operator_id"], row["on_duty"], ms(row["at"]) // 1000)
                  for row in self.all.duty]
        sums, names = defaultdict(lambda: [0, 0, 0, 0]), []
        for queue, (name, library) in sorted(QUEUES.items(), key=lambda item: item[1]):
            if self.library not in (None, LIBRARIES[library]):
                continue
            name = name if self.library else LIBRARIES[library]
            for key in (name, "total"):
                names += [key] if key not in names else []
                for i, figure in enumerate(figures(tuple(duties), queue, begin, end)):
                    sums[key][i] += figure
        names = sorted(name for name in names if name != "total") + ["total"]
        return [[name, str(sums[name][0]), str(sums[name][1]),
                 rounded(Fraction(100 * sums[name][1], sums[name][0]), "0.1") if sums[name][0] else None,
                 str(sums[name][2]), str(sums[name][3])] for name in names]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        chats = Chats(json.load(file))
    with open(sys.argv[2], encoding="utf-8") as file:
        results = json.load(file)
    compared, seen = 0, set()
    for result in results:
        query = Query(chats, result["query"])
        for table in result["tables"]:
            got = [[None if value is None else str(value) for value in row.values()]
                   for row in table["rows"]]
            want = getattr(query, table["table"])()
            if got != want:
                print(result["query"], table["table"])
                for left, right in zip(got, want):
                    print(left, right, "" if left == right else "<---")
                sys.exit(f"{len(got)} rows, expected {len(want)}")
            compared += sum(len(row) for row in got)
            seen.add(table["table"])
    assert len(seen) == 14 and compared > 5000, (seen, compared)
    print(f"{len(results)} queries, {compared} cells are as another program counts them")


main()
