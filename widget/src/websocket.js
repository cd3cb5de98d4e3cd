/*
 * XMPP over WebSocket (RFC 7395): one element a message.
 */
import { element, xml_read } from './xml.js';

const FRAMING = 'urn:ietf:params:xml:ns:xmpp-framing';

/*
 * Opens at once. `events` has heard() for any sign of life, element(root) for each element, and
 * closed(), which may come more than once. Throws where the browser forbids the address.
 */
export function websocket_new(url, domain, events) {
    const socket = new WebSocket(url, 'xmpp');
    const open = () => socket.send(element('open', { xmlns: FRAMING, to: domain, version: '1.0' }));

    socket.onopen = open;
    socket.onclose = events.closed;
    socket.onmessage = ({ data }) => {
        events.heard();
        const root = xml_read(data);
        if (!root || (root.namespaceURI === FRAMING && root.localName === 'close'))
            events.closed();
        else if (root.namespaceURI !== FRAMING)
            events.element(root);
    };
    return {
        restart: open,
        send: (text) => socket.readyState === WebSocket.OPEN && socket.send(text),
        /* `last` is said before, if it still can be. */
        end(last) {
            socket.onclose = null;
            socket.onmessage = null;
            if (socket.readyState === WebSocket.OPEN) {
                socket.send(last);
                socket.send(element('close', { xmlns: FRAMING }));
            }
            socket.close();
        },
    };
}
