#!/usr/bin/python3
"""Planted bugs: does the simulation of whole desks find each of them?

    test/simulation/mutants.py [--build build/dev] [--seconds 60] [NAME...]

Each row below changes one place of the product, in a copy; the copy is compiled with the simulator's
own options, linked with the rest of it, and played, with one node and with two, until a promise is
broken or the time is over. Prints a table: what was planted, after how many seconds it was found,
and by which promise. Exit status 1: one of them was not found, or the place is not there any more.

Needs a build of the simulator: cmake --build --preset dev --target sim_desk."""

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# name, file, what stands there, what stands there instead
MUTANTS = [
    ("relays before the commit", "driver_effect.c",
     "    turns_submitted(&driver->turns, batch);\n",
     "    driver_carry_out(driver, turn);\n    turns_submitted(&driver->turns, batch);\n"),
    ("forgets to mark", "driver_effect.c",
     "        outbox_written(&driver->outbox, stream_written(driver->stream));\n",
     "        outbox_written(&driver->outbox, 0);\n"),
    ("marks what was only queued", "driver_effect.c",
     "stream_written(driver->stream));\n", "stream_queued(driver->stream));\n"),
    ("a new stream does not get what the old one lost", "driver_signal.c",
     "    for (size_t i = 0; i < driver->outbox.count; i++) {\n",
     "    for (size_t i = driver->outbox.count; i < driver->outbox.count; i++) {\n"),
    ("takes an unknown commit for done", "store_session.c",
     "    store_batches_committed(store, committed);\n",
     "    store_batches_committed(store, store->last_number);\n"),
    ("takes an unknown commit for lost", "store_session.c",
     "    store_batches_committed(store, committed);\n",
     "    store_batches_committed(store, store->confirmed);\n"),
    ("a batch that overtakes is taken for written", "store.c",
     "        if (batch->sieve != NULL)\n            sieve_fine(store, batch);\n        return;\n    }\n",
     "        if (batch->sieve != NULL)\n            sieve_fine(store, batch);\n        return;\n    }\n"
     "    if (strcmp(request->sqlstate, \"ZD002\") == 0) {\n"
     "        store_batches_committed(store, request->number);\n        return;\n    }\n"),
    ("live batches do not wait for the spool", "store_spool.c",
     "    return store->spool != NULL && store_ring_last(store) < spool_last(store->spool);\n",
     "    return store->spool == NULL;\n"),
    ("reports before the spool is synced", "store_spool.c",
     "    if (!spool_sync(store->spool, &error)) {\n",
     "    store_report(store, spool_last(store->spool));\n"
     "    if (!spool_sync(store->spool, &error)) {\n"),
    ("writes the spool without fdatasync", "spool.c",
     " ||\n        fdatasync(spool->writing) != 0) {\n", ") {\n"),
    ("does not sync the folder of a new segment", "spool.c",
     " &&\n           fsync(spool->folder) == 0;\n", ";\n"),
    ("goes on with a file whose sync failed", "spool.c",
     "        segment_end(spool);\n        return false;\n", "        return false;\n"),
    ("drops spooled batches before they are written", "store_spool.c",
     "        spool_drop(store->spool, store->confirmed, false);\n",
     "        spool_drop(store->spool, store->last_number, false);\n"),
    ("forgets the spool that it finds", "store_spool.c",
     "    if (spool_epoch(store->spool) != 0) {\n", "    if (spool_epoch(store->spool) < 0) {\n"),
    ("writes a found spool under an epoch of its own", "store_spool.c",
     "        store->epoch = spool_epoch(store->spool);\n        store->replaying = true;\n", ""),
    ("drops a refused record without keeping it", "store_sieve.c",
     "    if (!record_set_aside(store, batch, sieve->taken)) {\n",
     "    sieve->out[sieve->taken] = true;\n"
     "    if (sieve->count == SIZE_MAX && !record_set_aside(store, batch, sieve->taken)) {\n"),
    ("sets the wrong record aside", "store_sieve.c",
     "    if (!record_set_aside(store, batch, sieve->taken)) {\n",
     "    if (!record_set_aside(store, batch, sieve->taken > 0 ? sieve->taken - 1 : 0)) {\n"),
    ("restores chats without the lines that have not left", "store_restore.c",
     "    event->restore.line_count = (size_t)(piece->line - line);\n",
     "    event->restore.line_count = 0 * (size_t)(piece->line - line);\n"),
    ("writes whether or not the lease lasts", "store_lease.c",
     "    return !store->options.failover || lease_may_write(&store->lease, now_ms);\n",
     "    return !store->options.failover || store->lease.ours || now_ms == 0;\n"),
    ("a standby takes over too early", "lease.h", "LEASE_TAKE_MS = 12000", "LEASE_TAKE_MS = 3000"),
    ("a lease is held too long", "lease.h", "LEASE_HOLD_MS = 8000", "LEASE_HOLD_MS = 30000"),
    ("who is cut off is in no doubt", "lease.c", "    lease->cut = true;\n",
     "    lease->cut = false;\n"),
    ("ignores that its epoch is over", "store.c",
     "        store_fence(store, \"another process took over\");\n        return;\n", "        return;\n"),
]


def commands(build, target):
    out = subprocess.run(["ninja", "-C", build, "-t", "commands", target], check=True,
                         capture_output=True, text=True).stdout.splitlines()
    compiles = [line for line in out if " -c " in line]
    return compiles, out[-1]


def compile_copy(line, copy, output, include):
    words = shlex.split(line)
    words = [word for word in words if word != "ccache"]
    for index, word in enumerate(words):
        if word == "-o":
            words[index + 1] = output
        if word in ("-c",):
            words[index + 1] = copy
        if word == "-MF":
            words[index + 1] = output + ".d"
    words[1:1] = ["-I" + include] if include else []
    subprocess.run(words, check=True, cwd=BUILD)


def mutate(row, folder, compiles, link):
    """The mutant's program; None: its place is gone."""
    name, file, old, new = row
    path = os.path.join(ROOT, "component", file)
    text = open(path, encoding="utf-8").read()
    if text.count(old) != 1:
        return None
    objects = {}
    include = None
    if file.endswith(".h"):
        include = os.path.join(folder, "include")
        os.makedirs(os.path.join(include, "component"))
        copy = os.path.join(include, "component", file)
        files = [match for match in sorted(os.listdir(os.path.join(ROOT, "component")))
                 if match.startswith(("lease", "store", "driver")) and match.endswith(".c")]
    else:
        copy = os.path.join(folder, file)
        files = [file]
    with open(copy, "w", encoding="utf-8") as out:
        out.write(text.replace(old, new))
    for source in files:
        line = next((line for line in compiles if line.endswith("/component/" + source) and
                     "CMakeFiles/sim_desk.dir/" in line), None)
        if line is None:
            continue
        output = os.path.join(folder, source + ".o")
        compile_copy(line, copy if include is None else os.path.join(ROOT, "component", source),
                     output, include)
        objects["test/CMakeFiles/sim_desk.dir/__/component/" + source + ".o"] = output
    program = os.path.join(folder, "sim_desk")
    words = [objects.get(word, word) for word in shlex.split(link) if word not in (":", "&&")]
    words[words.index("-o") + 1] = program
    subprocess.run(words, check=True, cwd=BUILD)
    return program


def play(program, seconds):
    """After how long which promise was broken; None: none."""
    begin = time.monotonic()
    for seed in range(0, 1000000, 50):
        for nodes in "1", "2":
            left = seconds - (time.monotonic() - begin)
            if left <= 0:
                return None
            try:
                run = subprocess.run(
                    [program, "--seed", str(900000 + seed), "--episodes", "50", "--nodes", nodes,
                     "--shorten", "no"], cwd=ROOT, timeout=left, capture_output=True, text=True)
            except subprocess.TimeoutExpired:
                continue
            if run.returncode != 0:
                words = [line for line in run.stderr.splitlines() if line.startswith("sim_desk")]
                return time.monotonic() - begin, words[0] if words else "killed"
    return None


def main():
    global BUILD
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "dev"))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    BUILD = os.path.abspath(arguments.build)
    compiles, link = commands(BUILD, "test/sim_desk")
    missed = 0
    found = play(os.path.join(BUILD, "test", "sim_desk"), min(arguments.seconds, 10))
    if found:
        sys.exit("the product itself fails: %s" % found[1])
    print("| planted | where | found after | by |\n|---|---|---|---|", flush=True)
    for row in MUTANTS:
        if arguments.names and row[0] not in arguments.names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            program = mutate(row, folder, compiles, link)
            found = program and play(program, arguments.seconds)
        words = "not found" if program else "its place is gone"
        if found:
            words = re.sub(r"^sim_desk: |\(at .*\)$|/\S*/", "", found[1]).strip()
        else:
            missed += 1
        print("| %s | %s | %s | %s |" % (row[0], row[1], "%.1f s" % found[0] if found else "-",
                                        words), flush=True)
    print("%d planted, %d missed" % (len(MUTANTS), missed))
    return 1 if missed else 0


sys.exit(main())
