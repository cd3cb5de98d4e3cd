/*
 * The way to the desk: log-in by SCRAM over WebSocket, else over BOSH, and questions with their answers.
 *
 * No presence is broadcast: an administrator may be an operator, too, and this page takes no chats.
 */
import { $iq, $pres, Strophe } from 'strophe.js';

const WEBSOCKET_MS = 8000; /* a proxy may swallow it without a word */
const ANSWER_MS = 60000;
const { Status } = Strophe;

/* Without PLAIN no server is ever told the password. */
const MECHANISMS = [Strophe.SASLSHA512, Strophe.SASLSHA384, Strophe.SASLSHA256, Strophe.SASLSHA1];

export class LinkError extends Error {}

function address(path, scheme) {
    const url = new URL(path, location.href);
    if (scheme === 'ws' && url.protocol.startsWith('http'))
        url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    return url.href;
}

/* One try: { connection, leave() }, which ends it without on_lost(). Rejects with `refused` when the
 * password is wrong, so that no second way is tried. */
function connect_by(url, jid, password, limit_ms, on_lost) {
    const connection = new Strophe.Connection(url, { mechanisms: MECHANISMS });
    return new Promise((resolve, reject) => {
        let late = null;
        let up = false;
        let over = false;

        function fail(words, refused = false) {
            clearTimeout(late);
            if (over)
                return;
            over = true;
            connection.reset();
            if (up)
                on_lost();
            else
                reject(Object.assign(new LinkError(words), { refused }));
        }

        function leave() {
            over = true;
            connection.flush();
            connection.disconnect('done');
        }

        if (limit_ms)
            late = setTimeout(() => fail('the server does not answer'), limit_ms);
        connection.connect(jid, password, (status, condition) => {
            if (status === Status.CONNECTED) {
                clearTimeout(late);
                up = true;
                connection.pass = null;
                resolve({ connection, leave });
            } else if (status === Status.AUTHFAIL) {
                fail(condition === 'no-auth-mech' ? 'the server offers no SCRAM'
                    : 'the account or the password is wrong', true);
            } else if ([Status.CONNFAIL, Status.CONNTIMEOUT, Status.DISCONNECTED, Status.ERROR]
                .includes(status)) {
                fail('the server cannot be reached');
            }
        });
    });
}

export async function link_open(config, jid, password, on_lost) {
    let way;
    try {
        way = await connect_by(address(config.websocket, 'ws'), jid, password, WEBSOCKET_MS, on_lost);
    } catch (error) {
        if (error.refused)
            throw error;
        way = await connect_by(address(config.bosh), jid, password, ANSWER_MS, on_lost);
    }
    return link_new(way, config.desk_domain);
}

/* What an error says, in its own words where it has some. */
function error_words(answer) {
    const error = answer?.querySelector('error');
    if (!error)
        return 'The desk does not answer.';
    const text = error.querySelector('text')?.textContent;
    const condition = [...error.children].find((child) => child.localName !== 'text')?.localName;
    return text || `The desk refuses: ${(condition || 'no reason given').replaceAll('-', ' ')}.`;
}

function link_new({ connection, leave }, domain) {
    return {
        jid: connection.jid,
        domain,
        /* `fill` adds what the iq holds; resolves with the answer's element. */
        ask(type, fill) {
            return new Promise((resolve, reject) => {
                const iq = $iq({ type, to: domain, id: connection.getUniqueId() });
                fill(iq);
                connection.sendIQ(iq, resolve, (answer) => {
                    const over = answer?.querySelector('bad-sessionid, session-expired') !== null;
                    reject(Object.assign(new LinkError(error_words(answer)), { over }));
                }, ANSWER_MS);
                connection.flush();
            });
        },
        /* A queue tells who probes it how it is, and from then on each change. */
        watch(queue) {
            connection.send($pres({ type: 'probe', to: `${queue}@${domain}` }));
        },
        unwatch(queue) {
            connection.send($pres({ type: 'unavailable', to: `${queue}@${domain}` }));
        },
        /* Stanzas of that name from the desk. */
        on(name, handler) {
            connection.addHandler((stanza) => {
                if (Strophe.getDomainFromJid(stanza.getAttribute('from') || '') === domain)
                    handler(stanza);
                return true;
            }, null, name);
        },
        close: leave,
    };
}
