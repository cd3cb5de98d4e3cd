/*
 * The link to the XMPP server: logs in anonymously, WebSocket first and BOSH when that fails, and
 * keeps trying for as long as the page lives.
 *
 * Each log-in gives a new address, so whoever uses the link must tell the desk again who is
 * talking (desk.js does). Nothing is queued here: what is sent while offline is dropped, and the
 * outbox repeats what matters.
 */
import { $iq, Connection, SASLAnonymous, Status } from './strophe.js';

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
    let strophe = null;
    let online = false;
    let ended = false;
    let websocket_worked = false;
    let failures = 0;
    let timer = 0; /* the one thing waited for: log-in, next try, or silence */
    let heard_at = 0;

    function wait(ms, then) {
        clearTimeout(timer);
        timer = setTimeout(then, ms);
    }

    function attempt() {
        transport = order[rank];
        const mine = new Connection(urls[transport], { mechanisms: [SASLAnonymous] });
        strophe = mine;
        mine.rawInput = () => { heard_at = Date.now(); };
        for (const status of [0, 502, 503, 504])
            mine.addProtocolErrorHandler('HTTP', status, () => http_failed(mine));
        events.link('connecting', null);
        wait(LOGIN_MS[transport], lost);
        mine.connect(config.guest_domain, null, (status) => {
            if (mine !== strophe)
                return;
            if (status === Status.CONNECTED)
                connected();
            else if ([Status.CONNFAIL, Status.AUTHFAIL, Status.CONNTIMEOUT, Status.DISCONNECTED]
                .includes(status))
                lost();
        });
    }

    /*
     * One failed BOSH request is repeated by Strophe, and the session lives on. After the second
     * in a row it would wait for half a minute, longer than a new log-in takes.
     */
    function http_failed(mine) {
        if (mine !== strophe)
            return;
        if (online && heard_at)
            heard_at = 0;
        else /* but not inside Strophe's own handling of it */
            setTimeout(() => mine === strophe && lost());
    }

    function connected() {
        online = true;
        failures = 0;
        if (transport === 'websocket')
            websocket_worked = true;
        else if (!websocket_worked)
            order = ['bosh', 'websocket']; /* do not make the patron wait for it again */
        rank = 0;
        listen('presence', events.presence);
        listen('message', events.message);
        strophe.addHandler(answer_ping, 'urn:xmpp:ping', 'iq', 'get');
        events.link('online', transport);
        watch();
    }

    /* Strophe drops a handler that throws, and the page would be deaf from then on. */
    function listen(name, handler) {
        const mine = strophe;
        mine.addHandler((stanza) => {
            try {
                if (mine === strophe) /* what still comes by an older link is not for this one */
                    handler(stanza);
            } catch (error) {
                console.error(error);
            }
            return true;
        }, null, name);
    }

    function answer_ping(stanza) {
        const from = stanza.getAttribute('from');
        if (!from || from === config.guest_domain || events.may_ping(from)) {
            send($iq({ type: 'result', id: stanza.getAttribute('id') || '',
                       ...(from && { to: from }) }));
        }
        return true;
    }

    function watch() {
        wait(SILENCE_MS, () => (Date.now() - heard_at < SILENCE_MS ? watch() : probe()));
    }

    /* Any byte is an answer, an error too. */
    function probe() {
        heard_at = 0;
        send($iq({ type: 'get', to: config.guest_domain, id: strophe.getUniqueId('ping') })
            .c('ping', { xmlns: 'urn:xmpp:ping' }));
        wait(ANSWER_MS, () => (heard_at ? watch() : lost()));
    }

    function drop() {
        const old = strophe;
        strophe = null;
        clearTimeout(timer);
        if (old)
            old.disconnect();
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
        strophe.send(stanza);
        strophe.flush(); /* BOSH would gather for up to 100 ms */
        return true;
    }

    return {
        start: attempt,
        send,
        ask: (iq, then) => strophe.sendIQ(iq, then, () => {}),
        /* The network may be back, or the page was asleep: find out now. */
        wake() {
            if (online)
                probe();
            else if (!strophe && !ended)
                attempt();
        },
        /* Leaves for good, as far as a closing page still can: BOSH needs a beacon. */
        end() {
            ended = true;
            if (online && transport === 'bosh') {
                const { sid, rid } = strophe._proto;
                navigator.sendBeacon(urls.bosh, new Blob([
                    `<body xmlns='http://jabber.org/protocol/httpbind' sid='${sid}' rid='${rid}'`
                    + " type='terminate'><presence xmlns='jabber:client' type='unavailable'/></body>",
                ], { type: 'text/xml' }));
                strophe = null;
            }
            online = false;
            drop(); /* says unavailable itself */
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
