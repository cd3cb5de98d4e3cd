"""A coordinator sets up a library from nothing. Its administrator logs in with the password that was
shown, makes a queue, an operator, hours, a closure and a snippet; the operator logs in and answers a
patron; then the library is renamed, and all of it goes along. Somebody of another server proves that
an account is theirs."""
from forms import SERVICE, field, nodes, run, until_true, walk


def scenario(desk):
    coordinator = desk.operator("coordinator", "north-coordinator")
    admin = library_made(desk, coordinator)
    eve = desk_made(desk, admin)
    served(desk, eve, "north-port-maps", "Where is the old harbour?")
    foreign(desk, admin)
    renamed(desk, coordinator, admin, eve)


def library_made(desk, coordinator):
    first = {"abbreviation": "port", "title": "Port Library", "timezone": "", "account": "admin"}
    second = {"queue": "-", "transcripts": "1", "retention_days": "30", "hours": "inherited"}
    made = walk(coordinator, "library-add", first, second)
    assert "Library port is new" in made and "Account north-port-admin@localhost is made." in made, made
    desk.passwords["north-port-admin@localhost"] = field(made, "password")
    assert field(made, "password") not in desk.log()
    assert "there is a library 'port' already" in walk(coordinator, "library-add", first, second)
    admin = desk.operator("port-admin", "north-port-admin")
    admin.wait(body="You administrate the chat desk of Port Library now")
    until_true(lambda: "queue-add" in nodes(admin))
    assert "library-add" not in nodes(admin)
    return admin


def desk_made(desk, admin):
    queue = {"name": "maps", "title": "Maps", "transcripts": "1", "retention_days": "30"}
    made = walk(admin, "queue-add", queue)
    assert "Queue north-port-maps is new" in made, made
    refused = walk(admin, "queue-add", {**queue, "name": "north-lake-maps"})
    assert "is not a name of port" in refused, refused
    made = walk(admin, "operator-add", {"name": "eve", "title": "Eve", "account": "",
                                        "queues": ["north-port", "north-port-maps"]})
    assert "Operator north-port-eve is new" in made, made
    desk.passwords["north-port-eve@localhost"] = field(made, "password")
    hours = walk(admin, "hours-edit", {"queue": "north-port-maps"}, {"hours": ["all 00:00-24:00"]})
    assert "hours are now" in hours, hours
    closed = walk(admin, "closure-add", {"queue": "-"}, {"from": "2199-12-23", "name": "Break"})
    assert "on 2199-12-23 Break, closed" in closed, closed
    assert "is new" in walk(admin, "snippet-add", {"text": "home page", "queue": "north-port-maps"})
    html = walk(admin, "snippet-get", {"snippet": "port (home page)", "label": ""})
    assert "data-queue=&quot;north-port-maps&quot;" in html, html
    eve = desk.operator("eve", "north-port-eve")
    eve.wait(body="You are operator north-port-eve of Port Library now")
    return eve


def served(desk, eve, queue, question):
    eve.presence(desk.queue(queue))
    until_true(lambda: "open" in run(eve, "queue-status"))
    patron = desk.patron(f"patron of {queue}".replace(" ", "-"), queue)
    patron.say(desk.queue(queue), question)
    chat = eve.offer(question)
    eve.say(chat, "Behind the new one.")
    patron.wait(body="Behind the new one.")
    eve.say(chat, "!end answered")
    eve.wait(body="You have ended this chat")


def foreign(desk, admin):
    traveller = desk.patron("traveller", "north-port")
    account = traveller.jid.split("/")[0]
    made = walk(admin, "operator-add", {"name": "tom", "title": "Tom", "account": account})
    assert "until then the account is north-port-tom@localhost" in made, made
    traveller.wait(body="asks that you answer patrons' questions as operator north-port-tom")
    traveller.say(SERVICE, "22222-22222")
    traveller.wait(body="Nobody waits for this code from this account")
    traveller.say(SERVICE, field(made, "code").upper())
    traveller.wait(body="this account is operator north-port-tom's from now on")
    until_true(lambda: "duty" in nodes(traveller))
    removed = walk(admin, "operator-remove", {"operator": "north-port-tom", "remove_account": "0"},
                   {"confirm": "1"})
    assert "Operator north-port-tom is removed" in removed, removed
    until_true(lambda: nodes(traveller) == [])


def renamed(desk, coordinator, admin, eve):
    done = walk(coordinator, "library-rename", {"library": "port"}, {"abbreviation": "harbor"}, {"confirm": "1"})
    assert "Queue north-port-maps is now north-harbor-maps" in done, done
    until_true(lambda: "north-harbor-maps" in run(admin, "queue-status"))
    late = desk.patron("late", "north-port-maps")
    late.say(desk.queue("north-port-maps"), "Are you there?")
    late.wait("error", text="north-harbor-maps")
    served(desk, eve, "north-harbor-maps", "Where is the new harbour?")
    kept = walk(coordinator, "library-remove", {"library": "harbor"})
    assert "transcripts of its chats are kept" in kept, kept
    # The account's name stays; a new password works at once.
    changed = walk(coordinator, "admin-password", {"library": "harbor"},
                   {"account": "north-port-admin@localhost"})
    desk.passwords["north-port-admin@localhost"] = field(changed, "password")
    desk.operator("port-admin-again", "north-port-admin")
