"""Commands at the service as a client runs them: forms that are filled in, one after the other."""
import re

from actors import ScenarioError

COMMANDS = "http://jabber.org/protocol/commands"
SERVICE = "chat.localhost"
SESSION = re.compile(r"sessionid=\"([0-9a-f]{32})\"")
NODE = re.compile(r"node=\"([a-z-]+)\"")
MISSING = "item-not-found"


class Form:
    """One command under way, as a client keeps it."""

    count = 0

    def __init__(self, person, node):
        self.person, self.node, self.session = person, node, ""

    def send(self, attributes="", **values):
        fields = "".join(f"<field var='{name}'>{self.values(value)}</field>"
                         for name, value in values.items())
        form = f"<x xmlns='jabber:x:data' type='submit'>{fields}</x>" if values else ""
        session = f"sessionid='{self.session}'" if self.session else ""
        Form.count += 1
        number = f"admin-{Form.count}-"
        self.person.raw(f"<iq type='set' to='{SERVICE}' id='{number}'><command xmlns='{COMMANDS}' "
                        f"node='{self.node}' {session} {attributes}>{form}</command></iq>")
        answer = self.answer(number)
        if "xml" not in answer:
            return answer["condition"]
        xml = answer["xml"]
        found = SESSION.search(xml)
        self.session = found.group(1) if found else ""
        return xml

    @staticmethod
    def values(value):
        lines = value if isinstance(value, list) else [value]
        return "".join(f"<value>{line}</value>" for line in lines)

    def answer(self, number, seconds=10):
        for _ in range(int(seconds * 5)):
            for event, patience in (("iq", 0.2), ("error", 0.0)):
                try:
                    return self.person.wait(event, seconds=patience, id=number)
                except ScenarioError:
                    pass
        raise ScenarioError(f"{self.person.name}: no answer to '{self.node}'")


def run(person, node, **values):
    """The first answer, or the one to the values of the first form."""
    form = Form(person, node)
    xml = form.send()
    return form.send(**values) if values else xml


def nodes(person):
    person.raw(f"<iq type='get' to='{SERVICE}' id='nodes'><query xmlns='http://jabber.org/protocol/"
               f"disco#items' node='{COMMANDS}'/></iq>")
    return NODE.findall(person.wait("iq", id="nodes", type="result")["xml"].split("<item", 1)[-1])


def until_true(check):
    for _ in range(50):
        if check():
            return
    raise ScenarioError("the desk does not load its settings again")


def field(xml, name):
    """The value of a field of an answer."""
    return re.search(rf"<field[^>]* var=\"{name}\"[^>]*>(?:<required/>)?<value>([^<]*)</value>", xml).group(1)


def walk(person, node, *forms):
    """A command from its first form to its answer."""
    form = Form(person, node)
    xml = form.send()
    for values in forms:
        xml = form.send(**values)
    return xml
