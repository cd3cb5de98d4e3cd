#!/usr/bin/python3
"""What a client's windows show, by the desktop's accessibility service: the same words that a screen
reader would read out. Prints a JSON list of what is visible, each with its role, name, text and place
on the screen. Runs as the client's user, on its session bus; once, as it would remember what it saw."""
import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

NODES_MAX, CHILDREN_MAX = 4000, 300


# Each question costs a turn of the client's own loop, so only what somebody may look for is asked.
WITHOUT_NAME = ("text", "filler", "tree table")


def node_read(node):
    role, name, text, place = node.get_role_name(), node.get_name() or "", "", None
    if name or role in WITHOUT_NAME:
        place = Atspi.Component.get_extents(node, Atspi.CoordType.SCREEN)
    if role == "text":
        text = Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node)) or ""
    return {"role": role, "name": name, "text": text,
            "x": place.x if place else 0, "y": place.y if place else 0,
            "w": place.width if place else 0, "h": place.height if place else 0}


def walk(node, depth, found):
    if node is None or len(found) >= NODES_MAX:
        return
    try:
        # The desktop and the application have no state of their own.
        if depth > 1 and not node.get_state_set().contains(Atspi.StateType.SHOWING):
            return
        found.append(node_read(node))
        for index in range(min(node.get_child_count(), CHILDREN_MAX)):
            walk(node.get_child_at_index(index), depth + 1, found)
    except GLib.Error:
        pass  # it has gone while we looked


def main():
    found = []
    Atspi.init()
    walk(Atspi.get_desktop(0), 0, found)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
