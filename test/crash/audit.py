"""Compares what was sent, what is in PostgreSQL, and what was received. Each text is unique and has
its tag in brackets, so that nothing can be taken for something else.

    acknowledged (XEP-0184) implies kept      exactly one row
    sent implies kept at most once            however often it was repeated
    received implies kept                     relayed implies durable
    kept implies received                     durable implies relayed, by the other side
    repeated implies the same id              so that a client can know it
    in order, without a gap                   lines of a chat are 1, 2, 3 ..., and arrive so
"""
import collections
import glob
import os
import re

from desk import Failed

TOKEN = re.compile(r"\[\w+\.\d+\]")


def rows_of(world, tag):
    """chat, line, author, text and the sender's id of each line of people in the chats of the tag."""
    return [(int(chat), int(line), author, body, number) for chat, line, author, body, number in world.sql(
        "SELECT l.chat, l.line, l.author, replace(l.body, E'\\n', ' '), l.stanza_id FROM deskbell.line l"
        f" JOIN deskbell.chat c USING (library_id) WHERE c.number = l.chat AND c.patron LIKE '{tag}%'"
        " ORDER BY 1, 2")]


def kept_aside(world):
    """Texts that the desk has kept in files, since the database could not have them."""
    found = b""
    for path in glob.glob(f"{world.state}/quarantine/*") + glob.glob(f"{world.state}/spool-of-epoch-*/*"):
        if os.path.isfile(path):
            with open(path, "rb") as file:
                found += file.read()
    return found.decode(errors="replace")


def check_kept(rows, sent, aside, faults):
    """Returns how often each text is in the database."""
    count = collections.Counter(token for row in rows if row[2] != "desk" for token in TOKEN.findall(row[3]))
    for line in sent:
        token = TOKEN.search(line.body).group()
        if line.acknowledged and count[token] == 0 and token not in aside:
            faults.append(f"LOST: acknowledged and not kept: {line.body}")
        if count[token] > 1:
            faults.append(f"DOUBLE: kept {count[token]} times: {line.body}")
    return count


def check_received(rows, got, people, count, aside, faults):
    """`got` in the order of arrival; `people` are the operators."""
    arrived = collections.defaultdict(list)  # (patron or operator, text): ids
    heard = collections.Counter()
    for to, _, number, body in got:
        bare = to.split("/")[0]
        side = "operator" if bare in people else "patron"
        for token in TOKEN.findall(body):
            heard[side, token] += 1
            if count[token] == 0 and token not in aside:
                faults.append(f"NOT KEPT: {bare} received {token}: {body}")
        if TOKEN.search(body):
            arrived[to, body].append(number)
    for (to, body), ids in arrived.items():
        if len(ids) > 1 and (len(set(ids)) > 1 or ids[0] == ""):
            faults.append(f"REPEATED under other ids {ids}: to {to}: {body}")
    for _, _, author, body, _ in rows:
        other = {"patron": "operator", "operator": "patron"}.get(author)
        for token in TOKEN.findall(body) if other else ():
            if heard[other, token] == 0:
                faults.append(f"LOST: kept and not received by the {other}: {body}")
    return sum(len(ids) - 1 for ids in arrived.values())


def check_order(rows, got, people, faults):
    """The lines of a chat are numbered without a gap; first arrivals at the patron are in order."""
    place, lines = {}, collections.defaultdict(list)
    for chat, line, author, body, _ in rows:
        lines[chat].append(line)
        if author == "operator":
            for token in TOKEN.findall(body):
                place[token] = (chat, line)
    for chat, numbers in lines.items():
        if numbers != list(range(1, len(numbers) + 1)):
            faults.append(f"GAP: the lines of chat {chat} are {numbers}")
    last, seen = collections.Counter(), set()
    for to, _, _, body in got:
        for token in TOKEN.findall(body):
            if to.split("/")[0] in people or token in seen or token not in place:
                continue
            seen.add(token)
            chat, line = place[token]
            if line < last[chat]:
                faults.append(f"ORDER: line {line} of chat {chat} came behind line {last[chat]}")
            last[chat] = max(last[chat], line)


def check(world, tag, people, gaps=True):
    """Raises Failed with everything that is wrong. Returns (lines kept, repeats received)."""
    faults = []
    rows, aside = rows_of(world, tag), kept_aside(world)
    sent = [line for line in world.sent.values() if line.author.startswith(tag) or f"[{tag}." in line.body]
    got = [message for message in world.got if f"[{tag}." in message[3]]
    count = check_kept(rows, sent, aside, faults)
    repeats = check_received(rows, got, people, count, aside, faults)
    if gaps:
        check_order(rows, got, people, faults)
    if faults:
        raise Failed("\n".join(fault if len(fault) < 200 else f"{fault[:120]} ... {fault[-40:]}"
                               for fault in faults[:20]))
    return len(rows), repeats
