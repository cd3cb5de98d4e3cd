"""SIGTERM: the queues go offline in the operators' lists, the exit status is 0; after the next start they
are back."""
from actors import ON_DUTY


def scenario(desk):
    ann = desk.pidgin("ann", "north-lake-ann")
    assert desk.daemon.stop() == 0, desk.log()[-2000:]
    ann.wait("presence", **{"from": "north-lake@", "show": "offline"})
    desk.ensure()
    ann.wait("presence", **{"from": "north-lake@", "show": ON_DUTY}, seconds=20)
