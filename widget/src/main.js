/*
 * Puts the parts together: the link (connection.js) carries the desk's protocol (desk.js), the
 * outbox (outbox.js) keeps what is not confirmed, the session (session.js) what the next page needs,
 * the view (view.js) shows it.
 *
 * The address names the queue, widget.html?queue=NAME or widget.html#q=NAME, and may name a snippet
 * and a language (lang=es). Which servers are asked is config.json's alone: a link must not be able
 * to send a library's patrons to a stranger's server.
 */
import { connection_new } from './connection.js';
import { desk_new } from './desk.js';
import { count_new, sound_play, transcript_save } from './extras.js';
import { gate_ask, leave_new, page_set } from './forms.js';
import { handover_new } from './handover.js';
import { id_new, LINE_MAX, line_clean } from './lines.js';
import { OUTBOX_MAX, outbox_new } from './outbox.js';
import { session_new } from './session.js';
import { snippet_paint, snippet_read } from './snippet.js';
import { status_opening, status_state } from './status.js';
import { texts_apply, texts_choose, texts_load } from './texts.js';
import { view_new } from './view.js';

const asked = new URLSearchParams(location.search);
const fragment = new URLSearchParams(location.hash.slice(1));
const framed = window.parent !== window;
/* A queue's, or a snippet's, whose name has a point in it (doc/protocol.md). */
const FILE_NAME = /^[a-z][a-z0-9.-]{0,90}$/;

/* The loader on the library's page listens; it learns only that something happened. */
function tell_loader(what) {
    if (framed)
        window.parent.postMessage({ deskbell: what }, '*');
}

/* The page where the patron asks, as the loader tells it: without what was searched for there. */
function page_asked() {
    const page = (framed || asked.has('popout')) && asked.get('page');
    return page && /^https?:\/\/[^\s?#]{1,300}$/.test(page) ? page : '';
}

async function json_load(url) {
    try {
        return await (await fetch(url, { cache: 'no-cache' })).json() || {};
    } catch {
        return {};
    }
}

/* Everything about this page that is not the chat: {name, config, texts, snippet, file, file_load}. */
async function page_load() {
    const config = await (await fetch('config.json')).json();
    const name = (asked.get('queue') || fragment.get('q') || '').toLowerCase();
    const file_name = [asked.get('snippet'), name].find((one) => one && FILE_NAME.test(one)) || 'none';
    const file_load = () => json_load(`${config.status || 'status/'}${file_name}.json`);
    const language = texts_choose([asked.get('lang'), fragment.get('lang'),
                                   ...navigator.languages, config.language]);
    const [texts, file] = await Promise.all([texts_load(language), file_load()]);
    const snippet = snippet_read(file, texts.language);
    snippet_paint(file, document.documentElement.style);
    return { name, config, texts: { ...texts, ...snippet.texts }, snippet, file, file_load };
}

async function start() {
    const { name, config, texts, snippet, file, file_load } = await page_load();
    const queue = `${name}@${config.desk_domain}`;
    const titled = snippet.texts.title || (config.queues || {})[name];
    const count = count_new();
    const shown = new Set(); /* ids of the lines in the view */
    let skipped = false; /* rather writes in the chat than in the form */
    texts_apply(texts, document);

    const view = view_new(texts, {
        say,
        typing: (state) => desk.typing(state),
        save: () => transcript_save(document.getElementById('title').textContent, session.lines(), texts),
        sound() {
            session.sound_set(!session.sound());
            if (session.sound())
                sound_play(); /* so it is heard what is switched on */
            return session.sound();
        },
        take: () => handover.ask(),
        close: framed ? () => tell_loader('close') : null,
        popout: framed ? popout : null,
    });
    title(titled || texts.title);
    view.state('unknown', '');
    if (!/^[a-z][a-z0-9-]{0,90}$/.test(name)) {
        view.state('missing', '');
        return;
    }

    const session = session_new(queue, () => sessionStorage);
    const outbox = outbox_new({
        send: (id, body, leave) => desk.say(id, body, leave),
        unanswered: () => desk.doubt(),
        mark,
    });
    const desk = desk_new(queue, (stanza) => connection.send(stanza),
                          (...iq) => connection.ask(...iq), session, {
        line({ id, body, at, own }) {
            if (!own) {
                line('desk', id, body, at);
                heard();
                return;
            }
            if (!session.has(id))
                line('patron', id, body, at);
            outbox.delivered(id);
            mark(id, 'delivered');
        },
        delivered: outbox.delivered,
        refused(id, why) {
            outbox.refused(id);
            if (session.left(id))
                leave.refused(why || texts.failed);
            else if (why)
                view.note(why);
        },
        later(id) {
            view.full();
            outbox.later(id);
        },
        resumed: outbox.flush,
        gone() {
            over(texts.gone);
            outbox.flush();
        },
        moved() {
            over(texts.moved);
            outbox.abandon();
            handover.look();
        },
        typing: view.typing,
        state,
        title: (text) => titled || title(text),
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
    const handover = handover_new(queue, {
        has: () => session.token() !== '',
        give() {
            const given = structuredClone(session.give());
            session.forget();
            outbox.abandon(true);
            over(texts.moved);
            return given;
        },
        take(given) {
            session.take(given);
            desk.arrive(); /* before what is not confirmed is sent again */
            view.offer(false);
            remember();
            tell_loader('line'); /* there is a chat here now */
        },
        offer: view.offer,
    });

    function title(text) {
        view.title(text);
        count.title(text);
    }

    /*
     * How the desk is, in the patron's own language. What the desk says of it is in the library's,
     * and in its time zone: that is for when nothing better is known.
     */
    async function state(word, text) {
        const own = word === 'closed' ? text : '';
        view.state(word, own);
        leave_show(word);
        if (word !== 'closed' && word !== 'busy')
            return;
        const now = await file_load();
        if (document.documentElement.dataset.state !== word || !status_state(now, Date.now()))
            return;
        const time = status_opening(now, texts.language, Date.now());
        if (word === 'closed' && time)
            view.state(word, texts.state_closed_until.replace('{time}', () => time));
        else if (word === 'busy' && now.waiting > 0 && view.empty())
            view.state(word, texts.state_busy_waiting.replace('{count}', () => now.waiting));
    }

    /* Before anything was said. A chat that has begun goes on, whatever the hours. */
    function leave_show(word) {
        const page = document.documentElement.dataset.page;
        if (page !== 'gate')
            page_set((word === 'closed' && view.empty() && !skipped) || (page === 'leave' && leave.begun())
                ? 'leave' : 'chat');
        if (page !== document.documentElement.dataset.page && !asked.has('quiet'))
            view.focus();
    }

    function over(text) {
        tell_loader('over');
        handover.over();
        view.note(text);
    }

    function heard() {
        tell_loader('line');
        if (!framed)
            count.line();
        if (session.sound() && (document.hidden || !document.hasFocus()))
            sound_play();
    }

    function mark(id, how) {
        view.mark(id, how);
        session.mark(id, how);
        if (how === 'delivered' && session.left(id))
            leave.kept();
    }

    function line(from, id, body, at, left) {
        shown.add(id);
        view.line(from, id, body, at);
        session.add(from, id, body, at, left);
    }

    /* What earlier pages of this tab have shown, and what they could not deliver. */
    function remember() {
        view.quietly(() => {
            for (const { from, id, body, at, how, leave } of session.lines()) {
                if (!shown.has(id))
                    view.line(from, id, body, new Date(at));
                if (how === 'sending' && !shown.has(id))
                    outbox.add(id, body, leave);
                else if (how === 'delivered')
                    outbox.delivered(id);
                if (how)
                    view.mark(id, how);
                shown.add(id);
            }
        });
        view.sound_show(session.sound());
    }

    function put(body, left) {
        if (outbox.size() >= OUTBOX_MAX) {
            view.full();
            return false;
        }
        const id = id_new();
        page_set('chat');
        view.offer(false);
        line('patron', id, body, new Date(), left);
        outbox.add(id, body, left);
        return true;
    }

    /* With the first line of a chat goes what the patron has answered before, and where. */
    function say(text) {
        let body = line_clean(text);
        if (!body)
            return false;
        if (!session.begun()) {
            const page = page_asked();
            const about = [...session.about(), ...(page ? [`${texts.about_page}: ${page}`] : [])].join('\n');
            if (about && body.length + about.length + 2 <= LINE_MAX)
                body += `\n\n${line_clean(about)}`;
        }
        if (!put(body))
            return false;
        session.begin();
        return true;
    }

    const leave = leave_new(texts, {
        leave(asked_for, contact) {
            const question = line_clean([asked_for, ...session.about()].join('\n'));
            if (question && put(`${question}\n${contact}`, { question, contact: line_clean(contact) }))
                view.focus();
        },
        skip() {
            skipped = true;
            page_set('chat');
            view.focus();
        },
    });

    function popout() {
        const url = new URL(location.href);
        url.searchParams.delete('quiet');
        url.searchParams.set('popout', '');
        handover.pop_out(url, () => tell_loader('close'));
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

    if (asked.has('popout'))
        await handover.popped();
    if (session.lines().length)
        remember();
    else if ((snippet.consent || snippet.fields.length) && !session.passed())
        await gate();
    if (!asked.has('quiet')) /* the loader has opened us by itself, on the patron's next page */
        view.focus();
    handover.look();
    connection.start();

    async function gate() {
        const answers = gate_ask(snippet, texts);
        const known = status_state(file, Date.now()); /* the desk itself is not asked yet */
        if (known)
            state(known, '');
        view.focus();
        session.pass(await answers);
        view.state('unknown', '');
    }
}

start();
