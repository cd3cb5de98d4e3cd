"""Who is asked, calculated once more and in another way than the program does.

The program judges one instant at a time. Here everything becomes intervals of UTC seconds: when a
window is open, when a closure keeps a queue away, when it is a holiday. A sweep over their edges
gives the stretches during which the answer is the same. Offsets come from zoneinfo, holidays from
a list of each year's dates. Only the rules are shared, and no code.

A consortium is a dict:

    zone, hours, closures, backup, backup_hours, calendar, dates, add, remove, libraries
    library: zone, coverage (True, False or a set of dates), hours, closures, queues
    queue: rollover, hours, closures

hours: None (inherited) or a list of (weekdays, open, close, answered_by or None), minutes
closures: {date: (name, None or hours)}
"""

import bisect
import calendar
import datetime
import zoneinfo

BEFORE_ALL = -(1 << 62)
DAY = 86400
HORIZON = 400 * DAY
EPOCH = datetime.date(1970, 1, 1)
UTC = datetime.timezone.utc
START_OF_TIME = datetime.datetime(1970, 1, 1, tzinfo=UTC)


def day_of(date):
    return (date - EPOCH).days


def date_of(day):
    return EPOCH + datetime.timedelta(days=day)


class Zone:
    """Stretches of one offset, found by asking zoneinfo every six hours and halving."""

    def __init__(self, name, first, last):
        self.info = zoneinfo.ZoneInfo(name)
        self.starts, self.offsets = [first], [self.offset(first)]
        for at in range(first, last, DAY // 4):
            self.refine(at, at + DAY // 4)
        self.starts.append(last + DAY)

    def offset(self, at):
        moment = START_OF_TIME + datetime.timedelta(seconds=at)
        return int(moment.astimezone(self.info).utcoffset().total_seconds())

    def refine(self, low, high):
        if self.offset(high) == self.offsets[-1]:
            return
        target = self.offset(high)
        while high - low > 1:
            middle = (low + high) // 2
            if self.offset(middle) == self.offsets[-1]:
                low = middle
            else:
                high = middle
        self.starts.append(high)
        self.offsets.append(self.offset(high))
        assert self.offsets[-1] == target

    def utc(self, begin, end):
        """All UTC intervals in which the wall clock is in [begin, end), in local seconds."""
        index = max(bisect.bisect_right(self.starts, begin - 2 * DAY) - 1, 0)
        while index < len(self.offsets) and self.starts[index] <= end + 2 * DAY:
            low = max(self.starts[index], begin - self.offsets[index])
            high = min(self.starts[index + 1], end - self.offsets[index])
            if low < high:
                yield low, high
            index += 1


def nth(year, month, weekday, number):
    """The number-th weekday of a month; the last for -1."""
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    days = [week[weekday] for week in weeks if week[weekday].month == month]
    return days[number - 1 if number > 0 else number]


def federal(year):
    """5 U.S.C. 6103(a): the dates themselves."""
    yield datetime.date(year, 1, 1), "New Year's Day"
    yield nth(year, 1, 0, 3), "Birthday of Martin Luther King, Jr."
    yield nth(year, 2, 0, 3), "Washington's Birthday"
    yield nth(year, 5, 0, -1), "Memorial Day"
    if year >= 2021:
        yield datetime.date(year, 6, 19), "Juneteenth National Independence Day"
    yield datetime.date(year, 7, 4), "Independence Day"
    yield nth(year, 9, 0, 1), "Labor Day"
    yield nth(year, 10, 0, 2), "Columbus Day"
    yield datetime.date(year, 11, 11), "Veterans Day"
    yield nth(year, 11, 3, 4), "Thanksgiving Day"
    yield datetime.date(year, 12, 25), "Christmas Day"


def holidays(consortium, first_year, last_year):
    """{date: name} of all years asked for and what they push into their neighbours."""
    found = {}
    if consortium["calendar"]:
        for year in range(first_year - 1, last_year + 2):
            for date, name in federal(year):
                shift = {5: -1, 6: 1}.get(date.weekday(), 0)
                if consortium["dates"] in ("observed", "both"):
                    found[date + datetime.timedelta(days=shift)] = name
                if consortium["dates"] in ("actual", "both"):
                    found[date] = name
    for date in consortium["remove"]:
        found.pop(date, None)
    for date, name in consortium["add"].items():
        found[date] = name or found.get(date, "")
    return found


class Oracle:
    def __init__(self, consortium, first, last):
        """Answers for `first` <= t < `last`; calculates beyond, as far as the answers look."""
        self.first, self.last = first, last
        self.begin, self.end = first - 3 * DAY, last + HORIZON + 3 * DAY
        self.consortium = consortium
        self.zones = {}
        self.queues = {}
        for library in consortium["libraries"].values():
            for name, queue in library["queues"].items():
                self.queues[name] = (queue, library)
        years = [date_of(at // DAY).year for at in (self.begin, self.end)]
        self.holidays = holidays(consortium, *years)
        self.days = range(self.begin // DAY - 1, self.end // DAY + 2)

    def zone(self, name):
        if name not in self.zones:
            self.zones[name] = Zone(name, self.begin - 4 * DAY, self.end + 4 * DAY)
        return self.zones[name]

    def closure(self, name, day):
        queue, library = self.queues[name]
        date = date_of(day)
        for owner in (queue, library, self.consortium):
            if date in owner["closures"]:
                return owner["closures"][date]
        return None

    def own_hours(self, name):
        queue, library = self.queues[name]
        for owner in (queue, library):
            if owner["hours"] is not None:
                return owner["hours"]
        return self.consortium["hours"]

    def window_edges(self, zone, day, windows, key):
        for _, opens, closes, answered_by in windows:
            begin = day * DAY + opens * 60
            end = day * DAY + closes * 60 + (DAY if closes <= opens else 0)
            for low, high in zone.utc(begin, end):
                for who in answered_by if answered_by is not None else [None]:
                    yield low, key, who, 1
                    yield high, key, who, -1

    def date_edges(self, zone, day, key, who, value):
        for low, high in zone.utc(day * DAY, day * DAY + DAY):
            yield low, key, who, value
            yield high, key, who, None

    def queue_edges(self, name):
        """Windows as they are ('now') and as they would be without closures ('plain')."""
        zone = self.zone(self.queues[name][1]["zone"])
        hours = self.own_hours(name)
        for day in self.days:
            closure = self.closure(name, day)
            weekly = [w for w in hours if date_of(day).weekday() in w[0]]
            yield from self.window_edges(zone, day, weekly, "plain")
            special = closure is not None and closure[1] is not None
            yield from self.window_edges(zone, day, closure[1] if special else weekly, "now")
            if closure is not None:
                yield from self.date_edges(zone, day, "named", None, closure[0])

    def closed_edges(self, name):
        zone = self.zone(self.queues[name][1]["zone"])
        for day in self.days:
            closure = self.closure(name, day)
            if closure is not None and closure[1] is None:
                yield from self.date_edges(zone, day, "out", name, closure[0])

    def backup_edges(self, name):
        if self.consortium["backup"] is None:
            return
        zone = self.zone(self.consortium["zone"])
        coverage = self.queues[name][1]["coverage"]
        for day in self.days:
            date = date_of(day)
            weekly = [w for w in self.consortium["backup_hours"] if date.weekday() in w[0]]
            yield from self.window_edges(zone, day, weekly, "backup")
            if date in self.holidays:
                bought = coverage is True or (coverage is not False and date in coverage)
                value = (self.holidays[date], bought)
                yield from self.date_edges(zone, day, "holiday", None, value)

    def stretches(self, name):
        """[(start, (tiers, reason), detail)], each up to the start of the next."""
        edges = list(self.queue_edges(name)) + list(self.backup_edges(name))
        answering = {who for _, key, who, _ in edges if key in ("now", "plain") and who}
        for who in answering | {name, self.consortium["backup"]} - {None}:
            edges += self.closed_edges(who)
        # What ends comes before what begins, so that one day's closure does not end the next's.
        edges.sort(key=lambda e: (e[0], e[3] is not None))
        sweep = Sweep(self, name)
        # A queue with few edges may have its first one inside the span: it changes something, too.
        found = [(BEFORE_ALL,) + sweep.state()]
        index = 0
        while index < len(edges):
            at = edges[index][0]
            while index < len(edges) and edges[index][0] == at:
                sweep.apply(*edges[index][1:])
                index += 1
            state = sweep.state()
            if found[-1][1:] != state:
                found.append((at,) + state)
        return found


class Sweep:
    """What is so at the moment."""

    def __init__(self, oracle, name):
        self.name = name
        self.rollover = oracle.queues[name][0]["rollover"]
        self.backup_queue = oracle.consortium["backup"]
        self.now, self.plain, self.out = {}, {}, {}
        self.backup = 0
        self.holiday = None
        self.named = None

    def apply(self, key, who, value):
        if key in ("now", "plain"):
            counts = self.now if key == "now" else self.plain
            who = who or self.name
            counts[who] = counts.get(who, 0) + value
        elif key == "backup":
            self.backup += value
        elif key == "out":
            if value is None:
                self.out.pop(who, None)
            else:
                self.out[who] = value
        elif key == "holiday":
            self.holiday = value
        else:
            self.named = value

    def candidates(self, closures=True, holiday=True, rollover=None):
        """Queues by windows, and whether the backup would be asked, closed queues among them."""
        counts = self.now if closures else self.plain
        own = {who for who, count in counts.items() if count > 0}
        on = self.backup > 0
        if holiday and self.holiday is not None:
            on = self.holiday[1]
        on = on and self.backup_queue is not None
        return own, on and (self.rollover if rollover is None else rollover)

    def tiers(self, closures=True, **what_if):
        asked, backup = self.candidates(closures, **what_if)
        if closures:
            asked -= set(self.out)
            backup = backup and self.backup_queue not in self.out
        tiers = []
        if self.name in asked:
            tiers.append(("own", (self.name,)))
        if asked - {self.name}:
            tiers.append(("shared", tuple(sorted(asked - {self.name}))))
        if backup and self.backup_queue not in asked:
            tiers.append(("backup", (self.backup_queue,)))
        return tuple(tiers)

    def state(self):
        tiers = self.tiers()
        if tiers:
            return (tiers, "-"), "-"
        if self.tiers(closures=False):
            return ((), "closure"), self.closure_detail()
        if self.tiers(holiday=False):
            return ((), "holiday"), self.holiday[0] or "-"
        return ((), "no-rollover" if self.tiers(rollover=True) else "gap"), "-"

    def closure_detail(self):
        asked, backup = self.candidates()
        if backup:
            asked.add(self.backup_queue)
        kept = sorted(asked & set(self.out))
        return self.named or (self.out[kept[0]] if kept else "") or "-"


class Answers:
    """The lines that the command should print for one queue."""

    def __init__(self, oracle, name):
        stretches = oracle.stretches(name)
        self.first, self.last = oracle.first, oracle.last
        self.starts = [stretch[0] for stretch in stretches]
        self.stretches = stretches
        self.changes, self.openings = [], []
        for before, after in zip(stretches, stretches[1:]):
            if before[1] != after[1]:
                self.changes.append(after[0])
                if after[1][0]:
                    self.openings.append(after[0])

    def edges(self):
        return [at for at in self.starts if self.first < at < self.last]

    @staticmethod
    def text(at):
        moment = START_OF_TIME + datetime.timedelta(seconds=at)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def following(self, instants, at):
        index = bisect.bisect_right(instants, at)
        if index == len(instants) or instants[index] > at + HORIZON:
            return "-"
        return self.text(instants[index])

    def line(self, at):
        _, (tiers, reason), detail = self.stretches[bisect.bisect_right(self.starts, at) - 1]
        verdict = tiers[0][0] if tiers else "closed"
        who = ">".join(",".join(queues) for _, queues in tiers) or "-"
        following = "-" if tiers else self.following(self.openings, at)
        return "\t".join((self.text(at), verdict, reason, who,
                          self.following(self.changes, at), following, detail))
