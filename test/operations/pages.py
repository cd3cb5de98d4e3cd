#!/usr/bin/env python3
"""The pages name what is there: links lead somewhere, commands and words exist, every figure is listed.

    test/operations/pages.py
"""
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LINK = re.compile(r"\]\(([^)#: ]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"`([a-z]+(?:-[a-z]+)+)`")
WORD = re.compile(r"`!([a-z]+)")
FIGURE = re.compile(r"`([a-z_]+)(?:\{[a-z,]+\})?`")


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def found(pattern):
    return sorted(os.path.relpath(path, ROOT) for path in glob.glob(os.path.join(ROOT, pattern), recursive=True))


def links_wrong():
    for page in ["README.md", "HACKING.md", "SECURITY.md", *found("doc/**/*.md")]:
        for link in LINK.findall(read(page)):
            if not os.path.exists(os.path.join(ROOT, os.path.dirname(page), link)):
                yield f"{page}: no '{link}' to link to"


def commands_wrong():
    nodes = set(re.findall(r'"([a-z]+(?:-[a-z]+)*)"', "".join(read(path) for path in found("component/a*.c"))))
    words = set(re.findall(r'^    \{"([a-z]+)", "!', read("routing/words.c"), re.M))
    assert len(words) > 15 and "library-add" in nodes, "the tables look different now"
    for page in ["README.md", "doc/administrators.md", *found("doc/guide/*.md")]:
        text = read(page)
        for command in set(COMMAND.findall(text)) - nodes:
            if not command.startswith("mobius-"):  # the sample's names
                yield f"{page}: no command '{command}'"
        for word in set(WORD.findall(text)) - words:
            yield f"{page}: no word '!{word}'"


def figures_wrong():
    made = set(re.findall(r'(?:\{|head_put\(out, )"([a-z_]+)", "(?:gauge|counter)"', read("component/metrics.c")))
    assert len(made) > 20, "metrics.c looks different now"
    table = read("doc/operations.md").split("| figure")[1].split("\n\n")[0]
    listed = set(FIGURE.findall("\n".join(row.split("|")[1] for row in table.splitlines()[2:])))
    yield from (f"doc/operations.md: no word about deskbell_{name}" for name in made - listed)
    yield from (f"doc/operations.md: nobody makes deskbell_{name}" for name in listed - made)
    used = set(re.findall(r"deskbell_([a-z_]+?)(?=[^a-z_])", read("doc/operations.md").split("Worth waking")[1]
                          .split("## The log")[0]))
    yield from (f"doc/operations.md: a rule uses deskbell_{name}, which nobody makes" for name in used - made)


def main():
    wrong = [*links_wrong(), *commands_wrong(), *figures_wrong()]
    print("\n".join(wrong))
    sys.exit(bool(wrong))


main()
