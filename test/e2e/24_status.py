"""`deskbell status` and the metrics show the desk to its owner; status says plainly when none runs."""
import os
import stat


def scenario(desk):
    ann = desk.pidgin("ann", "north-lake-ann")
    patron = desk.patron("patron")
    patron.say(desk.queue("north-lake"), "Is a secret word shown?")
    chat = ann.offer("secret word")
    ann.say(chat, "No.")
    patron.wait(body="No.")
    shown = desk.daemon.must("status")
    for part in ("consortium 'north'", "database: connected", "server connected", "queue north-lake: ",
                 f"chat {chat.split('@')[0]}: claimed by north-lake-ann"):
        assert part in shown, f"'{part}' is not in:\n{shown}"
    assert "secret" not in shown and "guest" not in shown, shown
    path = os.path.join(desk.daemon.settings["state"], "status.sock")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600, oct(os.stat(path).st_mode)

    # The figures of the end, in the file for Prometheus.
    assert desk.daemon.stop() == 0
    with open(os.path.join(desk.daemon.settings["state"], "deskbell.prom")) as file:
        figures = dict(line.rsplit(" ", 1) for line in file.read().splitlines() if not line.startswith("#"))
    # Other cases leave chats behind.
    assert figures["deskbell_stream_up"] == "0" and int(figures["deskbell_chats_live"]) >= 1, figures
    assert int(figures['deskbell_messages_total{direction="in"}']) >= 2, figures
    assert int(figures["deskbell_store_records_total"]) > 0, figures
    assert not any(word in key for key in figures for word in ("ann", "secret", "guest")), figures
    code, said = desk.daemon.call("status")
    assert code == 1 and "no desk answers at" in said, (code, said)
