"""A new import is picked up without a restart: a new operator and a new queue at once."""


def scenario(desk):
    child = desk.daemon.process.child.pid
    printed = desk.import_file(
        operators=', { name = "north-lake-new"; title = "Newcomer"; }', assigned=', "north-lake-new"',
        queues=', { name = "north-lake-map"; operators = [ "north-lake-new" ]; transcripts = true;'
               ' retention_days = 30; patron_grace_seconds = 3; }')
    assert "north-lake-new" in printed and "north-lake-map" in printed, printed
    again = desk.import_file(
        operators=', { name = "north-lake-new"; title = "Newcomer"; }', assigned=', "north-lake-new"')
    assert "north-lake-map" in again, f"what the file leaves out is not listed: {again}"

    new = desk.pidgin("new", "north-lake-new", "north-lake-map")
    patron = desk.patron("patron", "north-lake-map")
    patron.say(desk.queue("north-lake-map"), "Have you a globe?")
    new.say(new.offer("globe"), "Two of them.")
    patron.wait(body="Two of them.")
    assert desk.daemon.process.child.pid == child and desk.daemon.process.alive(), "it was restarted"
