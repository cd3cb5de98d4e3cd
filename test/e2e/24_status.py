"""`deskbell status` shows the running desk to its owner, and says plainly when none runs."""
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
    assert "secret" not in shown and "patron" not in shown.lower(), shown
    path = os.path.join(desk.daemon.settings["state"], "status.sock")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600, oct(os.stat(path).st_mode)

    assert desk.daemon.stop() == 0
    code, said = desk.daemon.call("status")
    assert code == 1 and "no desk answers at" in said, (code, said)
