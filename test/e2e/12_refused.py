"""The server refuses the desk: a wrong secret is said once and clearly; a second component of the same
name (Prosody gives it the place) makes the desk say `conflict` and stay away for long."""
import time

import texts
from stack import Administrator, wait_until


def scenario(desk):
    log_from = len(desk.log())
    desk.daemon.stop()
    desk.daemon.configure(secret="not the secret")
    desk.daemon.start()
    wait_until("a line on the wrong secret",
               lambda: any(word in desk.log()[log_from:].lower() for word in texts.LOG_SECRET), 15)
    time.sleep(3)
    lines = [line for line in desk.log()[log_from:].lower().splitlines()
             if any(word in line for word in texts.LOG_SECRET)]
    assert len(lines) == 1, f"said {len(lines)} times: {lines}"
    assert desk.daemon.process.alive(), "it gave up"
    assert "not the secret" not in desk.log(), "the secret is in the log"
    desk.daemon.configure()
    desk.restart()

    if desk.server.title != "Prosody":  # ejabberd lets both in and tells neither
        return
    log_from = len(desk.log())
    rival = Administrator(desk.server)
    try:
        wait_until("a line on the conflict",
                   lambda: any(word in desk.log()[log_from:].lower() for word in texts.LOG_CONFLICT), 15)
        time.sleep(3)
        rival.send("<iq type='get' from='chat.localhost' to='localhost' id='still'><ping xmlns='urn:xmpp:ping'/></iq>")
        while rival.read().get("id") != "still":
            pass
    finally:
        rival.close()
    desk.restart()
