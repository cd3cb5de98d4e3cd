"""A hostile guest: oversized, deep and wide stanzas, markup, words to staff accounts. The stream stays
up, others are served and the staff's own accounts hear nothing."""


def scenario(desk):
    queue = desk.queue("north-lake")
    ann = desk.pidgin("ann", "north-lake-ann")
    patron = desk.patron("patron")
    patron.say(queue, "I am a friendly patron.")
    chat = ann.offer("friendly patron")
    ann.say(chat, "Welcome.")
    patron.wait(body="Welcome.")
    child, resets = desk.daemon.process.child.pid, len(desk.log())

    enemy = desk.patron("wide")
    enemy.raw(f"<message to='{queue}' type='chat' id='w'><body>wide</body>{'<a/>' * 3000}</message>")
    enemy.wait("error", id="w")
    enemy.raw(f"<message to='{queue}' type='chat' id='d'><body>deep</body>{'<a>' * 40}{'</a>' * 40}</message>")
    enemy.wait("error", id="d")
    enemy.say("north-lake-ann@localhost", "psst, directly")
    enemy.raw(f"<message to='{queue}' type='chat' id='b'><body>{'huge ' * 30000}</body></message>")
    enemy.wait("offline")

    patron.say(queue, "<b>bold</b> & <script>alert('x')</script>")
    ann.wait(window=chat, body="<script>alert('x')</script>")
    ann.say(chat, "5 < 6 & \"7\" > '6'")
    patron.wait(body="5 < 6 & \"7\" > '6'")
    ann.never(body="psst", seconds=0.5)
    ann.never(body="huge")
    assert desk.daemon.process.child.pid == child, "the daemon was restarted"
    assert "reconnect" not in desk.log()[resets:], desk.log()[resets:]
