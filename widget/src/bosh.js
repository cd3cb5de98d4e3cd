/*
 * XMPP over HTTP (XEP-0124, XEP-0206): the server holds one request until it has something to say,
 * and what we say goes in a second one.
 *
 * Requests are numbered, and answers are taken in that order whichever comes first. A request that
 * fails is repeated once under its number: the server keeps its last answers for that.
 */
import { element, raw, xml_read } from './xml.js';

const BOSH = 'http://jabber.org/protocol/httpbind';
const XBOSH = 'urn:xmpp:xbosh';
const WAIT_SECONDS = 60; /* how long the server may hold a request */
const REQUESTS_MAX = 2;
const AGAIN_MS = 250;

/* As websocket_new(). */
export function bosh_new(url, domain, events) {
    let rid = 1 + Math.floor(Math.random() * 2 ** 40); /* of the next request */
    let next = rid; /* of the answer that is to be taken next */
    const answers = new Map();
    const abort = new AbortController();
    let sid = '';
    let waiting = ''; /* elements that are not in a request yet */
    let restarting = false;
    let flying = 0;
    let over = false;

    function body(attributes, inner) {
        return String(element('body', { xmlns: BOSH, rid: rid++, sid, ...attributes }, raw(inner)));
    }

    async function post(number, text, again) {
        try {
            const answer = await fetch(url, { method: 'POST', body: text, credentials: 'omit',
                                              headers: { 'Content-Type': 'text/xml; charset=utf-8' },
                                              signal: abort.signal });
            if (!answer.ok)
                throw new Error(answer.status);
            answers.set(number, await answer.text());
        } catch {
            if (again)
                setTimeout(post, AGAIN_MS, number, text, false);
            else
                close();
            return;
        }
        flying--;
        for (; !over && answers.has(next); next++) {
            take(answers.get(next));
            answers.delete(next);
        }
        pump();
    }

    function fly(attributes, inner) {
        flying++;
        const number = rid;
        post(number, body(attributes, inner), sid !== '');
    }

    function take(text) {
        const root = xml_read(text);
        events.heard();
        sid = sid || root?.getAttribute('sid');
        for (const one of root ? root.children : [])
            events.element(one);
        if (!root || !sid || root.getAttribute('type') === 'terminate')
            close();
    }

    /* Always one request for the server to hold; a second only with something in it. */
    function pump() {
        while (!over && sid && flying < (restarting || waiting ? REQUESTS_MAX : 1)) {
            if (restarting) {
                restarting = false;
                fly({ to: domain, 'xmpp:restart': 'true', 'xmlns:xmpp': XBOSH }, '');
            } else {
                const inner = waiting;
                waiting = '';
                fly({}, inner);
            }
        }
    }

    function close() {
        if (over)
            return;
        over = true;
        events.closed();
    }

    fly({ to: domain, wait: WAIT_SECONDS, hold: 1, ver: '1.6', content: 'text/xml; charset=utf-8',
          'xml:lang': 'en', 'xmpp:version': '1.0', 'xmlns:xmpp': XBOSH }, '');
    return {
        restart() {
            restarting = true;
            pump();
        },
        send(text) {
            waiting += text;
            pump();
        },
        /* A closing page makes no more requests, but a beacon still leaves it. */
        end(last) {
            const open = sid && !over;
            over = true;
            if (open)
                navigator.sendBeacon(url, new Blob([body({ type: 'terminate' }, String(last))],
                                                   { type: 'text/xml' }));
            abort.abort();
        },
    };
}
