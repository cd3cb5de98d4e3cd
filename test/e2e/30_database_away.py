"""PostgreSQL is stopped in mid-chat: patron and operator go on, a new patron finds an operator, and
the spool keeps it all. The desk is killed in that time, and started before the database: then every
line is in it once, in order, and the chats go on. A second outage without a kill is over by itself.
In a third one the disk takes nothing, either: then messages are refused in so many words."""
import glob
import os
import resource
import stat
import time

import transcript


def spool_files(desk):
    return glob.glob(os.path.join(desk.daemon.folder, "state", "spool", "*"))


def modes(paths):
    return {stat.S_IMODE(os.stat(path).st_mode) for path in paths}


def scenario(desk):
    ann = desk.pidgin("ann", "north-lake-ann")
    queue = desk.queue("north-lake")
    talker, late = desk.patron("talker"), desk.patron("late")
    talker.say(queue, "Is the atlas of 1890 there?")
    chat = ann.offer("atlas of 1890")
    ann.say(chat, "I am looking.")
    talker.wait(body="I am looking.")
    time.sleep(0.5)  # what the desk says at once has been said

    desk.database.stop()
    wanted = [("patron", "Is the atlas of 1890 there?"), ("operator", "I am looking.")]
    for number in range(1, 11):
        ann.say(chat, f"Shelf {number}, not there.")
        talker.wait(body=f"Shelf {number}, not there.")
        talker.say(queue, f"And shelf {number + 1}?")
        ann.wait(window=chat, body=f"And shelf {number + 1}?")
        wanted += [("operator", f"Shelf {number}, not there."), ("patron", f"And shelf {number + 1}?")]
    late.say(queue, "Do you lend umbrellas?")
    umbrella = ann.offer("lend umbrellas")
    ann.say(umbrella, "Only when it rains.")
    late.wait(body="Only when it rains.")
    desk.settled("spool: ")
    files = spool_files(desk)
    assert files and modes(files) == {0o600}, f"files of the spool: {files} {modes(files)}"
    assert modes([os.path.dirname(files[0])]) == {0o700}, "the spool's folder is open to others"

    desk.daemon.process.kill()
    desk.daemon.start()
    time.sleep(2)
    desk.daemon.process.check()
    desk.database.start()
    desk.wait_ready()
    assert not spool_files(desk), f"left in the spool: {spool_files(desk)}"
    ann.say(chat, "Found it.")
    talker.wait(body="Found it.")
    late.say(queue, "It does rain.")
    ann.wait(window=umbrella, body="It does rain.")
    transcript.expect(desk, "atlas of 1890", wanted + [("operator", "Found it.")])
    transcript.expect(desk, "lend umbrellas", [
        ("patron", "Do you lend umbrellas?"), ("operator", "Only when it rains."), ("patron", "It does rain.")])
    assert "the spool is in the database" in desk.log(), "the log does not say that it was written back"

    desk.database.stop()
    ann.say(chat, "Come and see it.")
    talker.wait(body="Come and see it.")
    desk.database.start()
    desk.settled("written back", 30)
    talker.say(queue, "On my way.")
    ann.wait(window=chat, body="On my way.")
    transcript.expect(desk, "atlas of 1890", wanted + [
        ("operator", "Found it."), ("operator", "Come and see it."), ("patron", "On my way.")])

    limit = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    daemon = desk.daemon.process.child.pid
    desk.database.stop()
    resource.prlimit(daemon, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    late.say(queue, "It stopped raining.")  # taken before anybody knew: kept until one of the two is back
    desk.settled("IT CANNOT BE WRITTEN")
    late.say(queue, "Are you there?")
    assert late.wait("error")["condition"] == "resource-constraint"
    resource.prlimit(daemon, resource.RLIMIT_FSIZE, limit)
    ann.wait(window=umbrella, body="It stopped raining.")
    late.say(queue, "Are you there now?")
    ann.wait(window=umbrella, body="Are you there now?")
    desk.database.start()
    desk.settled("spool: empty", 30)
    transcript.expect(desk, "lend umbrellas", [
        ("patron", "Do you lend umbrellas?"), ("operator", "Only when it rains."), ("patron", "It does rain."),
        ("patron", "It stopped raining."), ("patron", "Are you there now?")])
    assert not spool_files(desk), f"left in the spool: {spool_files(desk)}"
