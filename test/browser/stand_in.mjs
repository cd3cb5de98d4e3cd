/*
 * Plays the desk: a component (XEP-0114) on a raw socket that answers patrons as the real one
 * does, keeps what it heard, and misbehaves on demand. It shows the page's own part of the
 * bargain; the end-to-end tests show the real desk's.
 */
import { createHash, randomUUID } from 'node:crypto';
import net from 'node:net';

const RESUME = 'urn:x-deskbell:resume';

export function xml_escape(text) {
    return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function xml_unescape(text) {
    const names = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
    return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (_, hex, number, name) => (
        name ? names[name] : String.fromCodePoint(parseInt(hex || number, hex ? 16 : 10))));
}

/* Reads well-formed XML as our servers write it; gives each child of the root to `on_stanza`. */
function reader_new(on_stanza) {
    let text = '';
    const open = [];

    function tag(raw) {
        const [, end, name, rest, alone] = raw.match(/^<(\/?)([^\s\/>]+)([^]*?)(\/?)>$/);
        if (!end) {
            const attributes = {};
            for (const [, key, , value] of rest.matchAll(/([^\s=]+)\s*=\s*(["'])([^]*?)\2/g))
                attributes[key] = xml_unescape(value);
            open.push({ name, attributes, children: [], text: '' });
            if (open.length === 1)
                on_stanza(open[0]); /* the stream's own head */
            if (!alone)
                return;
        }
        const element = open.pop();
        if (open.length === 1)
            on_stanza(element);
        else if (open.length > 1)
            open.at(-1).children.push(element);
    }

    return (data) => {
        text += data;
        for (let at; (at = text.indexOf('>')) >= 0; text = text.slice(at + 1)) {
            const start = text.indexOf('<');
            if (open.length > 1)
                open.at(-1).text += xml_unescape(text.slice(0, start));
            if (!/^<[?!]/.test(text.slice(start, at + 1)))
                tag(text.slice(start, at + 1));
        }
    };
}

export function child(element, name) {
    return element.children.find((one) => one.name === name);
}

export function stand_in_new(port, secret, queue = 'mobius-mobstate@chat.localhost') {
    const domain = queue.split('@')[1];
    let socket = null;
    let wakers = [];
    const desk = {
        queue,
        show: null, /* what presence says: null, 'chat', 'dnd', 'away', 'xa' */
        status: '',
        missing: false, /* answer as if there were no such queue */
        title: null, /* disco name */
        receipts: true,
        deaf: false, /* as if nothing arrived, without an error */
        refuse: null, /* error condition for messages */
        refuse_type: 'cancel',
        refuse_text: '',
        token: null, /* the one that opens the chat; null: none was given, and none is */
        tokens: false, /* give them, and take them back, as the real desk does */
        missed: [], /* {id, body, own}: what a patron who comes back has not seen */
        resumes: [], /* {from, token, after} as they came */
        patron: null, /* the address that spoke or came last */
        presences: [], /* {from, type} */
        messages: [], /* {from, id, body, thread, form, children: names} as they came, repeats too */
        answers: [], /* iq results */

        async connect() {
            socket = net.connect(port, '127.0.0.1');
            socket.setEncoding('utf8');
            socket.on('error', () => {});
            socket.on('data', reader_new(on_stanza));
            socket.write(`<stream:stream xmlns='jabber:component:accept' to='${domain}'`
                + " xmlns:stream='http://etherx.jabber.org/streams'>");
            await desk.until(() => desk.ready);
        },
        disconnect() {
            desk.ready = false;
            socket.destroy();
        },
        send(xml) {
            socket.write(xml);
        },
        say(body, { id = randomUUID(), to = desk.patron, more = '', receipt = false } = {}) {
            desk.send(`<message type='chat' from='${queue}' to='${to}' id='${xml_escape(id)}'>`
                + `<body>${xml_escape(body)}</body>${more}`
                + `${receipt ? "<request xmlns='urn:xmpp:receipts'/>" : ''}</message>`);
            return id;
        },
        chat_state(state) {
            desk.send(`<message type='chat' from='${queue}' to='${desk.patron}'>`
                + `<${state} xmlns='http://jabber.org/protocol/chatstates'/></message>`);
        },
        presence(to = desk.patron) {
            desk.send(`<presence from='${queue}/desk' to='${to}'>`
                + `${desk.show ? `<show>${desk.show}</show>` : ''}`
                + `${desk.status ? `<status>${xml_escape(desk.status)}</status>` : ''}</presence>`);
        },
        ping(id = randomUUID()) {
            desk.send(`<iq type='get' from='${domain}' to='${desk.patron}' id='${id}'>`
                + "<ping xmlns='urn:xmpp:ping'/></iq>");
            return id;
        },
        receipt(to, id) {
            desk.send(`<message type='chat' from='${queue}' to='${to}'>`
                + `<received xmlns='urn:xmpp:receipts' id='${xml_escape(id)}'/></message>`);
        },
        bodies: () => desk.messages.map((message) => message.body).filter((body) => body !== null),
        async until(condition, ms = 10000) {
            const late = Date.now() + ms;
            while (!condition()) {
                if (Date.now() > late)
                    throw new Error(`the desk waited in vain for ${condition}`);
                await new Promise((resolve) => {
                    wakers.push(resolve);
                    setTimeout(resolve, 200);
                });
            }
        },
    };

    function on_stanza(stanza) {
        const { from, type, id } = stanza.attributes;
        if (desk.deaf)
            return;
        if (stanza.name === 'stream:stream')
            desk.send(`<handshake>${createHash('sha1').update(id + secret).digest('hex')}</handshake>`);
        else if (stanza.name === 'handshake')
            desk.ready = true;
        else if (stanza.name === 'presence')
            on_presence(stanza, from, type);
        else if (stanza.name === 'message' && type !== 'error')
            on_message(stanza, from, id);
        else if (stanza.name === 'iq')
            on_iq(stanza, from, type, id);
        for (const wake of wakers.splice(0))
            wake();
    }

    function on_presence(stanza, from, type = null) {
        desk.presences.push({ from, type });
        if (type)
            return;
        desk.patron = from;
        if (desk.missing) {
            desk.send(`<presence type='error' from='${queue}' to='${from}'><error type='cancel'>`
                + "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>");
        } else {
            desk.presence(from);
        }
    }

    function resume_say(to, element) {
        desk.send(`<message type='chat' from='${queue}' to='${to}'>${element}</message>`);
    }

    function token_give(to) {
        desk.token = `k3f9.${randomUUID().replaceAll('-', '')}`;
        resume_say(to, `<resume xmlns='${RESUME}' token='${desk.token}'/>`);
    }

    function on_resume(element, from) {
        const { token, after } = element.attributes;
        desk.resumes.push({ from, token, after });
        if (!token) {
            token_give(from);
            return;
        }
        if (token !== desk.token) {
            resume_say(from, `<gone xmlns='${RESUME}'/>`);
            return;
        }
        resume_say(desk.chat_patron, `<moved xmlns='${RESUME}'/>`);
        desk.chat_patron = from;
        token_give(from);
        for (const { id: line, body, own } of desk.missed) {
            desk.say(body, { id: line, to: from,
                             more: "<delay xmlns='urn:xmpp:delay' stamp='2026-11-24T10:00:00Z'/>"
                                 + `${own ? `<own xmlns='${RESUME}'/>` : ''}` });
        }
        resume_say(from, `<resumed xmlns='${RESUME}'/>`);
    }

    /* Name of each field -> its values, as lines. */
    function fields_read(form) {
        return Object.fromEntries(form.children.map((field) => (
            [field.attributes.var, field.children.map((value) => value.text).join('\n')])));
    }

    function on_message(stanza, from, id) {
        const body = child(stanza, 'body');
        const resume = child(stanza, 'resume');
        const thread = child(stanza, 'thread');
        const form = child(stanza, 'x');
        desk.messages.push({ from, id, body: body ? body.text : null, thread: thread && thread.text,
                             form: form && fields_read(form),
                             children: stanza.children.map((one) => one.name) });
        desk.patron = from;
        if (!body && resume && desk.tokens)
            on_resume(resume, from);
        if (!body && !form)
            return;
        if (desk.refuse) {
            desk.send(`<message type='error' from='${queue}' to='${from}' id='${id}'><error type='${desk.refuse_type}'>`
                + `<${desk.refuse} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>${desk.refuse_text
                    ? `<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>${xml_escape(desk.refuse_text)}</text>` : ''}`
                + '</error></message>');
        } else if (desk.receipts && child(stanza, 'request')) {
            desk.receipt(from, id);
        }
        if (resume && desk.tokens) {
            desk.chat_patron = from;
            token_give(from);
        }
    }

    function on_iq(stanza, from, type, id) {
        if (type === 'result' || type === 'error') {
            desk.answers.push({ from, type, id });
        } else if (desk.title && stanza.children[0]?.attributes.xmlns.endsWith('disco#info')) {
            desk.send(`<iq type='result' from='${queue}' to='${from}' id='${id}'>`
                + "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='client'"
                + ` type='bot' name='${xml_escape(desk.title)}'/></query></iq>`);
        } else {
            desk.send(`<iq type='error' from='${queue}' to='${from}' id='${id}'><error type='cancel'>`
                + "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
        }
    }

    return desk;
}
