/*
 * The loader on the library's page:
 *
 *   <script async src="https://chat.example.org/embed.js" data-queue="mobius-mobstate"></script>
 *
 * README.md lists the other attributes. It makes a button in a shadow root of its own, so neither
 * page can upset the other's style, and asks one small public file how the desk is. Until the patron
 * presses the button there is no frame, no XMPP, no cookie and no storage. From the first answer
 * until the chat is over the tab's storage says that there is one.
 */
import { status_state } from './status.js';

const script = document.currentScript;
const data = script.dataset;
const page = new URL('widget.html', script.src);
const ask = { queue: data.queue, snippet: data.snippet, lang: data.lang,
              page: data.page || location.origin + location.pathname };
for (const name in ask)
    if (ask[name])
        page.searchParams.set(name, ask[name]);
const key = `deskbell:${data.queue}`;
const language = data.lang || document.documentElement.lang.slice(0, 2);

const css = `:host{all:initial;--a:#0f5a8c}
*{position:fixed;z-index:2147483647;bottom:16px;inset-inline-end:16px;box-shadow:0 4px 24px #0006}
.start{inset-inline:16px auto}
button{font:600 16px system-ui;padding:14px 20px;min-height:48px;border:2px solid #fff;border-radius:16px;background:var(--a);color:#fff;cursor:pointer}
button:focus-visible{outline:3px solid var(--a);outline-offset:2px}
.open:before,.busy:before{content:"● ";color:#4ade80}
.busy:before{color:#fbbf24}
iframe{width:380px;height:min(600px,95vh);border:0;border-radius:16px;background:#fff}
[hidden]{display:none}
@media(max-width:480px){iframe{inset:0;width:100%;height:100%;border-radius:0}}
@media print{*{display:none}}`;

function start() {
    const host = document.createElement('deskbell-chat');
    const root = host.attachShadow({ mode: 'open' });
    const button = document.createElement('button');
    let file; /* of the queue or of the snippet, once it is known */
    let frame;
    let unread = 0;
    let title;

    /* A made sheet needs no permission of the page's policy; older browsers get an element. */
    try {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
        root.adoptedStyleSheets = [sheet];
    } catch {
        root.append(Object.assign(document.createElement('style'), { textContent: css }));
    }

    /* Once there is a chat, the patron's next page has it again, open or behind its button. */
    function keep(how) {
        try {
            if (how)
                sessionStorage[key] = how;
            return sessionStorage[key];
        } catch { /* then it lives as long as the page */ }
    }

    function draw() {
        const state = file && status_state(file, Date.now());
        const closed = state === 'closed';
        const words = file?.texts?.[language] || {};
        const label = closed ? data.labelClosed || words.button_closed || 'Leave a question'
            : data.label || words.button || 'Ask a librarian';
        const side = data.side || file?.side;
        button.textContent = (unread ? `(${unread}) ` : '') + label;
        button.className = `${side} ${state === 'backup' ? 'open' : state}`;
        if (file?.accent)
            host.style.setProperty('--a', file.accent);
        if (frame) {
            frame.title = label;
            frame.className = side;
        } else {
            button.hidden = (closed || !file) && (data.closed || file?.closed) === 'hide';
        }
    }

    /* In the page's title, too, since the patron may be reading in another tab. */
    function count(now) {
        title = unread ? title : document.title;
        unread = now;
        document.title = (now ? `(${now}) ` : '') + title;
        draw();
    }

    function make() {
        frame = document.createElement('iframe');
        frame.referrerPolicy = 'no-referrer';
        frame.src = page;
        root.append(frame);
        draw();
    }

    function show(open) {
        frame.hidden = !open;
        button.hidden = open;
        if (unread)
            count(0);
        if (keep())
            keep(open ? 'open' : 'hidden');
        if (open) {
            frame.focus();
            frame.contentWindow.postMessage('deskbell:shown', page.origin);
        } else {
            button.focus();
        }
    }

    button.onclick = () => {
        if (!frame)
            make();
        show(true);
    };
    addEventListener('message', (event) => {
        if (!frame || event.source !== frame.contentWindow || event.origin !== page.origin)
            return;
        const what = event.data.deskbell;
        if (what === 'line') {
            keep(frame.hidden ? 'hidden' : 'open');
            if (frame.hidden || document.hidden)
                count(unread + 1);
        } else if (what === 'over') {
            keep() && delete sessionStorage[key];
        } else if (what === 'close') {
            show();
        }
    });
    document.addEventListener('visibilitychange', () => document.hidden || !unread || frame.hidden || count(0));
    draw();
    root.append(button);
    document.body.append(host);
    const kept = keep();
    if (kept) { /* without taking the focus, and on a phone without covering the page */
        page.searchParams.set('quiet', '');
        make();
        frame.hidden = kept === 'hidden' || innerWidth <= 480;
        button.hidden = !frame.hidden;
    }
    fetch(new URL(`${STATUS_PATH}${data.snippet || data.queue}.json`, script.src), { credentials: 'omit' })
        .then((answer) => answer.json()).catch(() => ({})) /* then nothing is said */
        .then((found) => {
            file = found;
            draw();
        });
}

if (document.body)
    start();
else
    addEventListener('DOMContentLoaded', start);
