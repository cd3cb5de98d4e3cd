// An echo on @xmpp/component. node echo.mjs PORT
import { component, xml } from "@xmpp/component";

const xmpp = component({
  service: `xmpp://127.0.0.1:${process.argv[2]}`,
  domain: "chat.localhost",
  password: "bench",
});
xmpp.on("error", (error) => console.error(error));
xmpp.on("stanza", (stanza) => {
  if (!stanza.is("message")) return;
  const { from, to, id } = stanza.attrs;
  xmpp.send(xml("message", { from: to, to: from, id, type: "chat" },
                xml("body", {}, stanza.getChildText("body"))));
});
await xmpp.start();
