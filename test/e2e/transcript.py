"""What PostgreSQL keeps of a chat. The only place of the tests that knows the tables' columns."""
import time

from actors import ScenarioError


def lines(desk, word):
    """Author and text of every line of the chat in which `word` was said, in order. The author is
    'patron', 'operator' or 'desk'."""
    word = word.replace("'", "''")
    return [tuple(row) for row in desk.database.query(
        "SELECT author, body FROM deskbell.line JOIN (SELECT library_id, chat FROM deskbell.line"
        f" WHERE position('{word}' in body) > 0 ORDER BY at LIMIT 1) found USING (library_id, chat)"
        " ORDER BY line")]


def expect(desk, word, wanted, seconds=10):
    """The people's part of the transcript is exactly `wanted`, in this order."""
    end = time.monotonic() + seconds
    while True:
        found = [line for line in lines(desk, word) if line[0] != "desk"]
        if found == wanted:
            return
        if time.monotonic() > end:
            raise ScenarioError(f"transcript of '{word}':\n  found  {found}\n  wanted {wanted}")
        time.sleep(0.1)


def expect_followups(desk, queue, wanted, seconds=10):
    """The queue's open and done items, the oldest first: text, contact, kind, state, who was told, whether
    that has left, and who has done it."""
    end = time.monotonic() + seconds
    while True:
        found = desk.database.query(
            "SELECT body, contact, kind, state, told_to_name, CASE WHEN handed THEN 'yes' ELSE 'no' END,"
            f" done_by_name FROM deskbell.followup WHERE queue_name = '{queue}' ORDER BY at, chat")
        if found == wanted:
            return
        if time.monotonic() > end:
            raise ScenarioError(f"open items of {queue}:\n  found  {found}\n  wanted {wanted}")
        time.sleep(0.1)
