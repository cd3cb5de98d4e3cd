/*
 * The link to the XMPP server: logs in anonymously, WebSocket first and BOSH when that fails, and
 * keeps trying for as long as the page lives.
 *
 * Each log-in gives a new address, so whoever uses the link must tell the desk again who is
 * talking (desk.js does). Nothing is queued here: what is sent while offline is dropped, and the
 * outbox repeats what matters.
 */
import { bosh_new } from './bosh.js';
import { websocket_new } from './websocket.js';
import { child, element } from './xml.js';

const TRANSPORTS = { websocket: websocket_new, bosh: bosh_new };
const CLIENT = 'jabber:client';
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
const PING = 'urn:xmpp:ping';

/* Long enough for a slow phone, short enough for somebody behind a proxy that swallows WebSocket. */
const LOGIN_MS = { websocket: 4000, bosh: 15000 };
/* A dead WebSocket can look alive for many minutes, so silence is questioned. */
const SILENCE_MS = 30000;
const ANSWER_MS = 10000;
const RETRY_MS_MIN = 500;
const RETRY_MS_MAX = 20000;

/*
 * `config` is the page's config.json. `events` has link(state, transport) with state 'connecting',
 * 'online' or 'offline', and presence(stanza), message(stanza), may_ping(jid).
 */
export function connection_new(config, events) {
    const urls = {
        websocket: new URL(config.websocket, location.href).href.replace(/^http/, 'ws'),
        bosh: new URL(config.bosh, location.href).href,
    };
    let order = ['websocket', 'bosh'];
    let rank = 0; /* which of `order` is tried */
    let transport = null;
    let link = null;
    let online = false;
    let ended = false;
    let websocket_worked = false;
    let failures = 0;
    let timer = 0; /* the one thing waited for: log-in, next try, or silence */
    let heard_at = 0;
    let authenticated = false;
    let pings = 0;
    const asked = new Map(); /* id of an iq -> who wants the result */

    function wait(ms, then) {
        clearTimeout(timer);
        timer = setTimeout(then, ms);
    }

    function attempt() {
        const mine = {}; /* what still comes by an older link is not for this one */
        const is_mine = () => link && link.mine === mine;
        transport = order[rank];
        authenticated = false;
        asked.clear();
        events.link('connecting', null);
        wait(LOGIN_MS[transport], lost);
        try {
            link = TRANSPORTS[transport](urls[transport], config.guest_domain, {
                heard: () => { heard_at = Date.now(); },
                element: (root) => is_mine() && (online ? hear(root) : login(root)),
                closed: () => is_mine() && lost(),
            });
            link.mine = mine;
        } catch {
            wait(0, lost); /* a forbidden address */
        }
    }

    function login(root) {
        if (root.localName === 'features' && authenticated)
            link.send(element('iq', { xmlns: CLIENT, type: 'set', id: 'bind' },
                              element('bind', { xmlns: BIND })));
        else if (root.localName === 'features')
            link.send(element('auth', { xmlns: SASL, mechanism: 'ANONYMOUS' }));
        else if (root.localName === 'success') {
            authenticated = true;
            link.restart();
        } else if (root.localName === 'iq' && root.getAttribute('type') === 'result')
            connected();
        else
            lost();
    }

    function connected() {
        online = true;
        failures = 0;
        if (transport === 'websocket')
            websocket_worked = true;
        else if (!websocket_worked)
            order = ['bosh', 'websocket']; /* do not make the patron wait for it again */
        rank = 0;
        events.link('online', transport);
        watch();
    }

    /* Whatever is wrong with one stanza, the next is heard. */
    function hear(root) {
        try {
            if (root.localName === 'presence')
                events.presence(root);
            else if (root.localName === 'message')
                events.message(root);
            else if (root.localName === 'iq')
                hear_iq(root);
            else
                lost(); /* the stream's own error */
        } catch (error) {
            console.error(error);
        }
    }

    function hear_iq(iq) {
        const from = iq.getAttribute('from');
        const id = iq.getAttribute('id') || '';
        const type = iq.getAttribute('type');
        if (type === 'result' && asked.has(id)) {
            asked.get(id)(iq);
            asked.delete(id);
        } else if (type === 'get' && child(iq, 'ping', PING)
            && (!from || from === config.guest_domain || events.may_ping(from))) {
            send(element('iq', { xmlns: CLIENT, type: 'result', id, to: from }));
        }
    }

    function watch() {
        wait(SILENCE_MS, () => (Date.now() - heard_at < SILENCE_MS ? watch() : probe()));
    }

    /* Any byte is an answer, an error too. */
    function probe() {
        heard_at = 0;
        send(element('iq', { xmlns: CLIENT, type: 'get', to: config.guest_domain, id: `ping${pings++}` },
                     element('ping', { xmlns: PING })));
        wait(ANSWER_MS, () => (heard_at ? watch() : lost()));
    }

    function drop() {
        const old = link;
        link = null;
        clearTimeout(timer);
        if (old)
            old.end(element('presence', { xmlns: CLIENT, type: 'unavailable' }));
    }

    function lost() {
        const was_online = online;
        online = false;
        drop();
        if (ended)
            return;
        rank = !was_online && rank === 0 ? 1 : 0;
        if (rank === 1) {
            attempt();
            return;
        }
        events.link('offline', null);
        const ms = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** failures++);
        wait(ms * (0.5 + Math.random()), attempt);
    }

    function send(stanza) {
        if (!online)
            return false;
        link.send(stanza);
        return true;
    }

    return {
        start: attempt,
        send,
        /* `then` gets the result of the iq with that id; an error is nobody's. */
        ask(id, iq, then) {
            asked.set(id, then);
            send(iq);
        },
        /* The network may be back, or the page was asleep: find out now. */
        wake() {
            if (online)
                probe();
            else if (!link && !ended)
                attempt();
        },
        /* Leaves for good, as far as a closing page still can. */
        end() {
            ended = true;
            online = false;
            drop();
        },
        /* The browser brought the page back from its cache. */
        again() {
            if (!ended)
                return;
            ended = false;
            attempt();
        },
    };
}
