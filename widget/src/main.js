/*
 * Puts the parts together: the link (connection.js) carries the desk's protocol (desk.js), the
 * outbox (outbox.js) keeps what is not confirmed, the session (session.js) what the next page needs,
 * the view (view.js) shows it.
 *
 * The address names the queue, widget.html?queue=NAME or widget.html#q=NAME, and may name a
 * language (lang=es). Which servers are asked is config.json's alone: a link must not be able to
 * send a library's patrons to a stranger's server.
 */
import { connection_new } from './connection.js';
import { desk_new } from './desk.js';
import { id_new, line_clean } from './lines.js';
import { OUTBOX_MAX, outbox_new } from './outbox.js';
import { session_new } from './session.js';
import { texts_apply, texts_choose, texts_load } from './texts.js';
import { view_new } from './view.js';

const asked = new URLSearchParams(location.search);
const fragment = new URLSearchParams(location.hash.slice(1));
const framed = window.parent !== window;

/* The loader on the library's page listens; it learns only that something happened. */
function tell_loader(what) {
    if (framed)
        window.parent.postMessage({ deskbell: what }, '*');
}

async function start() {
    const config = await (await fetch('config.json')).json();
    const language = texts_choose([asked.get('lang'), fragment.get('lang'),
                                   ...navigator.languages, config.language]);
    const texts = await texts_load(language);
    const name = (asked.get('queue') || fragment.get('q') || '').toLowerCase();
    const queue = `${name}@${config.desk_domain}`;
    texts_apply(texts, document);

    const view = view_new(texts, {
        say,
        typing: (state) => desk.typing(state),
        close: framed ? () => tell_loader('close') : null,
    });
    view.title((config.queues || {})[name] || texts.title);
    view.state('unknown', '');
    if (!asked.has('quiet')) /* the loader has opened us by itself, on the patron's next page */
        view.focus();
    if (!/^[a-z][a-z0-9-]{0,90}$/.test(name)) {
        view.state('missing', '');
        return;
    }

    const outbox = outbox_new({
        send: (id, body) => desk.say(id, body),
        unanswered: () => desk.doubt(),
        mark,
    });
    const session = session_new(queue, () => sessionStorage);
    const shown = new Set(); /* ids of the lines in the view */
    const desk = desk_new(queue, (stanza) => connection.send(stanza),
                          (...iq) => connection.ask(...iq), session, {
        line({ id, body, at, own }) {
            if (!own) {
                line('desk', id, body, at);
                tell_loader('line');
                return;
            }
            if (!session.has(id))
                line('patron', id, body, at);
            outbox.delivered(id);
            mark(id, 'delivered');
        },
        delivered: outbox.delivered,
        refused: outbox.refused,
        later(id) {
            view.full();
            outbox.later(id);
        },
        resumed: outbox.flush,
        gone() {
            tell_loader('over');
            view.note(texts.gone);
            outbox.flush();
        },
        moved() {
            tell_loader('over');
            view.note(texts.moved);
            outbox.abandon();
        },
        typing: view.typing,
        state: view.state,
        title: (text) => (config.queues || {})[name] || view.title(text),
        back: outbox.flush,
    });
    const connection = connection_new(config, {
        link(word, transport) {
            view.link(word, transport);
            if (word === 'online') {
                desk.arrive();
                outbox.flush();
            } else {
                view.typing(false);
            }
        },
        presence: desk.on_presence,
        message: desk.on_message,
        may_ping: (jid) => jid.split('/')[0].split('@').pop() === config.desk_domain,
    });

    function mark(id, how) {
        view.mark(id, how);
        session.mark(id, how);
    }

    function line(from, id, body, at) {
        shown.add(id);
        view.line(from, id, body, at);
        session.add(from, id, body, at);
    }

    /* What earlier pages of this tab have shown, and what they could not deliver. */
    function remember() {
        view.quietly(() => {
            for (const { from, id, body, at, how } of session.lines()) {
                if (!shown.has(id))
                    view.line(from, id, body, new Date(at));
                if (how === 'sending' && !shown.has(id))
                    outbox.add(id, body);
                else if (how === 'delivered')
                    outbox.delivered(id);
                if (how)
                    view.mark(id, how);
                shown.add(id);
            }
        });
    }

    function say(text) {
        const body = line_clean(text);
        if (!body)
            return false;
        const id = id_new();
        if (outbox.size() >= OUTBOX_MAX) {
            view.full();
            return false;
        }
        line('patron', id, body, new Date());
        outbox.add(id, body);
        return true;
    }

    window.addEventListener('pagehide', connection.end);
    window.addEventListener('pageshow', (event) => {
        if (!event.persisted)
            return;
        session.load();
        if (session.lines().length)
            remember();
        connection.again();
    });
    window.addEventListener('online', connection.wake);
    document.addEventListener('visibilitychange', () => document.hidden || connection.wake());
    window.addEventListener('message', (event) => {
        if (framed && event.source === window.parent && event.data === 'deskbell:shown')
            view.focus();
    });
    if (session.lines().length)
        remember();
    connection.start();
}

start();
