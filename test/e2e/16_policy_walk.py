"""A walk through the calendar: the daemon's wall clock is set (libfaketime, the monotonic clock keeps its pace), and at
each instant the running desk's presence says what `deskbell explain` says. The clock mostly stands still, so that no
test has to be fast; once it runs, over five o'clock."""
import datetime
import glob
import os
import re
import subprocess
import time
import zoneinfo

import stack
import texts
from actors import ScenarioError

SERVERS = ("prosody",)  # what is walked through is the daemon's
CHICAGO = zoneinfo.ZoneInfo("America/Chicago")
UTC = datetime.timezone.utc
QUEUES = ("walk-state", "walk-state-law", "walk-slu")
AUTUMN = ["2026-10-30T16:59:59-05:00", "2026-10-30T17:00:00-05:00", "2026-10-31T00:00:00-05:00",
          "2026-10-31T22:00:00-05:00", "2026-11-01T01:30:00-05:00", "2026-11-01T01:30:00-06:00",
          "2026-11-01T09:59:59-06:00", "2026-11-01T10:00:00-06:00", "2026-11-02T07:59:59-06:00",
          "2026-11-02T08:00:00-06:00"]
THANKSGIVING = ["2026-11-25T16:59:59-06:00", "2026-11-25T17:00:00-06:00", "2026-11-25T23:59:59-06:00",
                "2026-11-26T00:00:00-06:00", "2026-11-26T07:59:59-06:00", "2026-11-26T08:00:00-06:00",
                "2026-11-26T17:00:00-06:00", "2026-11-26T23:59:59-06:00", "2026-11-27T00:00:00-06:00",
                "2026-11-27T08:00:00-06:00", "2026-11-27T17:00:00-06:00", "2026-11-28T00:00:00-06:00",
                "2026-11-28T08:00:00-06:00", "2026-11-28T10:00:00-06:00", "2026-11-28T22:00:00-06:00",
                "2026-11-29T10:00:00-06:00", "2026-11-30T08:00:00-06:00"]
SPRING = ["2027-03-13T22:00:00-06:00", "2027-03-14T01:59:59-06:00", "2027-03-14T03:00:00-05:00",
          "2027-03-14T10:00:00-05:00", "2027-03-15T07:59:59-05:00", "2027-03-15T08:00:00-05:00"]
CLOSURE = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:water
DTSTART;VALUE=DATE:20261202
SUMMARY:Water main
END:VEVENT
END:VCALENDAR
"""


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def when(text, now):
    """A time of day as people of the library read it; written down a second time, for the comparison."""
    then, now = instant(text).astimezone(CHICAGO), now.astimezone(CHICAGO)
    if then.date() == now.date():
        return f"{then:%H:%M}"
    if (then.date() - now.date()).days < 7:
        return f"{then:%a %H:%M}"
    return f"{then:%a} {then.day} {then:%b, %H:%M}"


def presence_of(line):
    """What the queue must show, from a line of `deskbell explain`, when everybody is there."""
    at, verdict, _, _, until, following, detail = line.split("\t")
    now = instant(at)
    if verdict == "backup":
        return "away", f"Backup until {when(until, now)}"
    if verdict == "closed":
        return "xa", "Closed" + (f" for {detail}" if detail != "-" else "") + f", back {when(following, now)}"
    return "chat", "Open"


class Walk:
    """The daemon of another consortium in the desk's place, by a clock of our own."""

    def __init__(self, desk):
        library = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
        if not library:
            raise ScenarioError("faketime is missing: scripts/install-deps test")
        self.desk, self.pings = desk, 0
        program = os.path.join(desk.build, "deskbell")
        folder = os.path.join(desk.folder, "walk")
        self.daemon = stack.Deskbell(folder, program, desk.server, desk.database, "walk")
        self.stamp = os.path.join(folder, "clock")
        linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        sanitizer = re.findall(r"\S+/libasan\S+", linked)  # which must come before all other libraries
        self.daemon.process.env.update(
            LD_PRELOAD=" ".join(sanitizer[:1] + library[:1]), FAKETIME_TIMESTAMP_FILE=self.stamp,
            FAKETIME_NO_CACHE="1", FAKETIME_DONT_FAKE_MONOTONIC="1", DONT_FAKE_MONOTONIC="1", TZ="UTC")

    # The clock

    def clock(self, text):
        with open(self.stamp + ".new", "w") as file:
            file.write(text + "\n")
        os.rename(self.stamp + ".new", self.stamp)

    def stand(self, at):
        self.now = instant(at)
        self.clock(f"{self.now.astimezone(UTC):%Y-%m-%d %H:%M:%S}")

    def run_from(self, at):
        self.clock(f"{instant(at).timestamp() - time.time():+.3f}")

    # The desk

    def start(self):
        self.stand("2026-10-28T10:00:00-05:00")
        self.daemon.must("migrate")
        self.daemon.must("import", os.path.join(os.path.dirname(__file__), "walk.conf"))
        self.daemon.start()
        self.desk.wait_ready()
        self.jane = self.desk.operator("jane", "walk-state-jane")
        self.sue = self.desk.operator("sue", "walk-slu-sue")
        self.avery = self.desk.operator("avery", "walk-backup-avery")
        self.ann = self.desk.patron("ann", "walk-state")
        # Who looks asks faster than the server lets a guest (etc/prosody).
        self.eye = self.desk.patron("eye", "walk-state", "north-lake-bob")
        for queue in QUEUES:
            self.shows(queue, ("chat", "Open"), 40)

    def stop(self):
        status = self.daemon.stop()
        with open(self.daemon.log, errors="replace") as log:
            text = log.read()
        if status != 0 or "Sanitizer" in text or "runtime error:" in text:
            raise ScenarioError(f"the walk's daemon ended with {status}; its log:\n{text[-4000:]}")

    def explain(self, queue, *times):
        return self.daemon.must("explain", queue, *times).splitlines()

    def look(self):
        """Has the desk answer, so that it has seen its clock and what was sent before has arrived."""
        for queue in QUEUES:
            self.eye.presence(self.desk.queue(queue))
        for _ in range(2):
            self.pings += 1
            self.eye.raw(f"<iq type='get' to='{stack.DESK}' id='walk{self.pings}'><ping xmlns='urn:xmpp:ping'/></iq>")
            self.eye.wait("iq", type="result", id=re.compile(f"^walk{self.pings}$"))

    def presence(self, queue):
        """The queue's last presence that whoever looks got."""
        self.eye.collect()
        seen = [event for event in self.eye.seen if event["event"] == "presence"
                and event["from"].startswith(self.desk.queue(queue))]
        return (seen[-1]["show"], seen[-1]["status"]) if seen else None

    def shows(self, queue, wanted, seconds=15):
        end = time.monotonic() + seconds
        self.look()
        while self.presence(queue) != wanted:
            if time.monotonic() > end:
                raise ScenarioError(f"{self.now}: {queue} should show {wanted}, but shows {self.presence(queue)}")
            time.sleep(0.05)

    def walk(self, instants):
        answers = {queue: self.explain(queue, *instants) for queue in QUEUES}
        for number, at in enumerate(instants):
            self.stand(at)
            for queue in QUEUES:
                assert instant(answers[queue][number].split("\t")[0]) == self.now
                self.shows(queue, presence_of(answers[queue][number]))


def five_o_clock(walk, desk):
    """An unanswered question goes to the backup at 17:00:00; who holds the offer may still take it."""
    queue = desk.queue("walk-state")
    walk.stand("2026-11-18T16:59:50-06:00")
    walk.look()
    ben = desk.patron("ben", "walk-state")
    walk.ann.say(queue, "Ann's question")
    ben.say(queue, "Ben's question")
    ann_chat, ben_chat = (walk.jane.saw(body=f"{who}'s question")["from"].split("/")[0] for who in ("Ann", "Ben"))
    walk.stand("2026-11-18T16:59:59-06:00")
    walk.look()
    walk.avery.never(body="question")
    walk.run_from("2026-11-18T16:59:59-06:00")
    assert {walk.avery.offer("question"), walk.avery.offer("question")} == {ann_chat, ben_chat}
    walk.jane.say(ann_chat, "I still have it.")
    walk.ann.wait(body="still have it")
    walk.avery.wait(body=texts.TAKEN_BY, **{"from": ann_chat})
    walk.avery.say(ben_chat, "Good evening.")
    ben.wait(body="Good evening.")
    walk.stand("2026-11-18T17:01:00-06:00")
    walk.shows("walk-state", presence_of(walk.explain("walk-state", "2026-11-18T17:01:00-06:00")[0]))
    walk.ann.say(queue, "And now?")
    walk.jane.wait(body="And now?")  # a chat that runs is not cut
    for operator, chat in ((walk.jane, ann_chat), (walk.avery, ben_chat)):
        operator.say(chat, "!end answered")
        operator.wait(body=texts.ENDED)


def early_closure(walk, desk):
    """A closure imported in the middle of the day is followed at once; who talks goes on."""
    queue = desk.queue("walk-state")
    walk.stand("2026-12-02T10:00:00-06:00")
    walk.shows("walk-state", ("chat", "Open"))
    walk.ann.say(queue, "Before the flood")
    chat = walk.jane.offer("Before the flood")
    walk.jane.say(chat, "It is dry here.")
    walk.ann.wait(body="dry here")
    path = os.path.join(walk.daemon.folder, "closure.ics")
    with open(path, "w") as file:
        file.write(CLOSURE)
    done = subprocess.run([walk.daemon.program, "import-closures", "-c", walk.daemon.config, "state", path],
                          env=walk.daemon.process.env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "+ library state: closure 2026-12-02 Water main" in done.stdout, done
    for name in QUEUES[:2]:
        walk.shows(name, presence_of(walk.explain(name, "2026-12-02T10:00:00-06:00")[0]))
    assert walk.presence("walk-state") == ("xa", "Closed for Water main, back 17:00")
    walk.ann.say(queue, "Wet feet")
    walk.jane.wait(body="Wet feet")
    walk.jane.say(chat, "Come upstairs.")
    walk.ann.wait(body="Come upstairs.")
    late = desk.patron("late", "walk-state")
    late.say(queue, "Anybody?")
    late.wait(body="Water main")
    walk.jane.never(body="Anybody?")
    walk.jane.say(chat, "!end answered")


def scenario(desk):
    usual = desk.daemon
    usual.stop()
    walk = Walk(desk)
    desk.daemon = walk.daemon
    try:
        walk.start()
        walk.walk(AUTUMN)
        five_o_clock(walk, desk)
        walk.walk(THANKSGIVING)
        early_closure(walk, desk)
        walk.walk(SPRING)
    finally:
        desk.daemon = usual
        walk.stop()
