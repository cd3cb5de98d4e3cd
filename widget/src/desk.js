/*
 * How a patron talks to a queue: directed presence, messages with receipts, chat states; and how
 * the next page, or the next log-in, goes on with the chat.
 *
 * Everything here is one address, the queue's. Stanzas from any other are ignored, so nobody who
 * learns the patron's address can put words into the desk's mouth.
 */
import { id_new } from './lines.js';
import { child, element } from './xml.js';

const CLIENT = 'jabber:client';
const DISCO_INFO = 'http://jabber.org/protocol/disco#info';
const FORM = 'jabber:x:data';
const FORM_LEAVE = 'urn:x-deskbell:leave';
const RECEIPTS = 'urn:xmpp:receipts';
const STATES = 'http://jabber.org/protocol/chatstates';
const RESUME = 'urn:x-deskbell:resume';
const STATE_OF_SHOW = { dnd: 'busy', away: 'backup', xa: 'closed' };
/* The desk has answered, and repeating would not change its mind. Other errors pass. */
const FINAL = ['not-acceptable', 'policy-violation', 'not-allowed', 'bad-request', 'item-not-found'];
const SEEN_MAX = 500;
const HELLO_MS_MIN = 5000;
const HELLO_MS_MAX = 60000;
/* So many may stay without an answer before the patron is told. */
const HELLOS_PATIENT = 2;
/* The desk answers at once, unless its database is away: then it is not asked too often. */
const RESUME_MS = 15000;
/* The ids of the desk's lines begin with the name of their chat, and so do tokens. */
const CHAT_OF_ID = /^([a-z2-9]{4,8})-\d+$/;

function field(name, value, type) {
    return element('field', { var: name, type }, ...value.split('\n').map((row) => element('value', {}, row)));
}

/*
 * `send` and `ask` are the link's, `session` is session.js's. `events` has line({id, body, at, own}),
 * delivered(id), refused(id, why), later(id), typing(bool), state(word, text), title(text), back(), and
 * resumed(), gone() and moved().
 */
export function desk_new(queue, send, ask, session, events) {
    const seen = new Set(session.lines().filter((line) => line.from === 'desk').map((line) => line.id));
    let spoken = session.lines().some((line) => line.from === 'patron');
    let resuming = false; /* nothing is said before the desk knows again who we are */
    let accepted = false; /* the desk has answered with a new token */
    let resume_timer = 0;
    let asked = ''; /* the chat whose token we asked for */
    let titled = false;
    let down = false; /* the last we heard of the desk was bad news */
    let asking = false; /* hello() runs until the desk answers */
    let timer = 0;
    let tries = 0;

    /* One conversation keeps one thread over all log-ins; only the desk and this tab know it. */
    function message(id, ...children) {
        return element('message', { xmlns: CLIENT, to: queue, type: 'chat', id },
                       element('thread', {}, session.thread()), ...children);
    }

    const state = (name) => element(name, { xmlns: STATES });

    /* The token is good for one use, so what answers an earlier try is told by `accepted`. */
    function resume() {
        clearTimeout(resume_timer);
        const token = session.token();
        const after = session.after();
        accepted = false;
        resuming = token !== '';
        if (!resuming || !send(message(id_new(), element('resume', { xmlns: RESUME, token, after }))))
            return;
        resume_timer = setTimeout(resume, RESUME_MS);
    }

    function resume_end() {
        clearTimeout(resume_timer);
        resuming = false;
    }

    function on_resume(word, token) {
        if (word === 'resume') {
            accepted = true;
            session.token_set(token || '');
        } else if (word === 'resumed' && resuming) {
            resume_end();
            events.resumed();
        } else if (word === 'gone' && resuming && !accepted) {
            resume_end();
            session.forget();
            events.gone();
        } else if (word === 'moved' && session.token()) { /* else we gave it away ourselves */
            resume_end();
            session.forget();
            events.moved();
        }
    }

    /* The chat was over, and our next line has opened another: its token is another, too. */
    function token_check(id) {
        const [, chat] = CHAT_OF_ID.exec(id) || [];
        if (!chat || chat === asked || !session.token() || session.token().startsWith(`${chat}.`))
            return;
        asked = chat;
        send(message('', element('resume', { xmlns: RESUME })));
    }

    /* Says where we are, and asks thereby how the desk is; again until it answers. */
    function hello() {
        clearTimeout(timer);
        asking = send(element('presence', { xmlns: CLIENT, to: queue }));
        if (!asking)
            return;
        if (tries === HELLOS_PATIENT) {
            down = true;
            events.state('away', '');
        }
        const ms = Math.min(HELLO_MS_MAX, HELLO_MS_MIN * 2 ** tries++);
        timer = setTimeout(hello, ms * (0.75 + Math.random() / 2));
    }

    /*
     * A desk that fell over says no goodbye; an error that passes is the first we hear of it. It
     * is asked again, but not at once: its answer makes the outbox repeat, and that may end here.
     */
    function unreachable() {
        down = true;
        events.state('away', '');
        if (!asking) {
            asking = true;
            timer = setTimeout(hello, HELLO_MS_MIN);
        }
    }

    function title_ask() {
        titled = true;
        const id = id_new();
        ask(id, element('iq', { xmlns: CLIENT, to: queue, type: 'get', id },
                        element('query', { xmlns: DISCO_INFO })), (iq) => {
            const identity = iq.querySelector('identity[name]');
            if (identity)
                events.title(identity.getAttribute('name'));
        });
    }

    function is_ours(stanza) {
        const from = stanza.getAttribute('from') || '';
        return from.split('/')[0].toLowerCase() === queue;
    }

    function on_presence(stanza) {
        const type = stanza.getAttribute('type');
        if (!is_ours(stanza) || (type && type !== 'unavailable' && type !== 'error'))
            return;
        if (type && stanza.querySelector('item-not-found')) {
            down = true;
            events.state('missing', '');
            return; /* hello() goes on asking, as in the next case */
        }
        if (type) {
            unreachable();
            return;
        }
        clearTimeout(timer);
        asking = false;
        tries = 0;
        const show = child(stanza, 'show');
        const status = child(stanza, 'status');
        events.state(STATE_OF_SHOW[show && show.textContent.trim()] || 'open',
                     status ? status.textContent.trim() : '');
        if (down && resuming)
            resume();
        else if (down)
            events.back();
        down = false;
        if (!titled)
            title_ask();
    }

    function on_message(stanza) {
        if (!is_ours(stanza))
            return;
        const id = stanza.getAttribute('id');
        if (stanza.getAttribute('type') === 'error') {
            const error = child(stanza, 'error');
            const conditions = error ? Array.from(error.children, (e) => e.localName) : [];
            if (conditions.some((condition) => FINAL.includes(condition)))
                events.refused(id, child(error, 'text')?.textContent || '');
            else if (error?.getAttribute('type') === 'wait' && conditions.includes('resource-constraint'))
                events.later(id); /* too much at once, of us or of all */
            else
                unreachable(); /* the outbox repeats it */
            return;
        }
        const received = child(stanza, 'received', RECEIPTS);
        if (received)
            events.delivered(received.getAttribute('id'));
        const body = child(stanza, 'body');
        const word = Array.from(stanza.children).find((e) => e.namespaceURI === RESUME);
        if (word && !body) {
            on_resume(word.localName, word.getAttribute('token'));
            return;
        }
        if (child(stanza, 'composing', STATES))
            events.typing(true);
        else if (body || Array.from(stanza.children).some((e) => e.namespaceURI === STATES))
            events.typing(false);
        if (!body)
            return;
        if (id && child(stanza, 'request', RECEIPTS))
            send(message('', element('received', { xmlns: RECEIPTS, id })));
        if (id && seen.has(id))
            return;
        seen.add(id);
        if (seen.size > SEEN_MAX)
            seen.delete(seen.values().next().value);
        const delay = child(stanza, 'delay', 'urn:xmpp:delay');
        const at = delay ? new Date(delay.getAttribute('stamp')) : new Date();
        events.line({ id, body: body.textContent, at: isNaN(at) ? new Date() : at,
                      own: word?.localName === 'own' });
        if (id && !word)
            token_check(id);
    }

    return {
        on_presence,
        on_message,
        /* After each log-in: our address is a new one, the conversation is not. */
        arrive() {
            tries = 0;
            hello();
            resume();
            spoken = spoken || session.begun();
            if (spoken && !resuming)
                send(message('', state('active')));
        },
        /*
         * `leave`, {question, contact}, leaves a question by form instead of saying it. False while
         * it cannot be said: then it waits for the next resumed(), gone() or link.
         */
        say(id, body, leave) {
            if (resuming)
                return false;
            if (leave)
                return send(message(id, element('request', { xmlns: RECEIPTS }), element(
                    'x', { xmlns: FORM, type: 'submit' }, field('FORM_TYPE', FORM_LEAVE, 'hidden'),
                    field('question', leave.question), field('contact', leave.contact))));
            spoken = true;
            return send(message(id, element('body', {}, body), element('request', { xmlns: RECEIPTS }),
                                !session.token() && element('resume', { xmlns: RESUME }), state('active')));
        },
        /* Something stays without its receipt: is the desk still there at all? */
        doubt() {
            if (!asking)
                hello();
        },
        /* 'composing', 'paused' or 'active'; a desk that knows nothing of us is not told. */
        typing(name) {
            if (spoken && !resuming)
                send(message('', state(name)));
        },
    };
}
