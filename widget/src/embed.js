/*
 * The loader on the library's page:
 *
 *   <script async src="https://chat.example.org/embed.js" data-queue="mobius-mobstate"></script>
 *
 * Also data-label (the button's words), data-lang, data-side="start". It makes a button in a shadow
 * root of its own, so neither page can upset the other's style. Until the patron presses it there
 * is no frame, no XMPP, no cookie and no storage. From the first answer until the chat is over the
 * tab's storage says that there is one.
 */
(function (script) {
    const data = script.dataset;
    const page = new URL('widget.html', script.src);
    page.searchParams.set('queue', data.queue);
    if (data.lang)
        page.searchParams.set('lang', data.lang);
    const key = `deskbell:${data.queue}`;
    const label = data.label || 'Ask a librarian';
    const css = `:host{all:initial}
button,iframe{position:fixed;z-index:2147483647;bottom:16px;inset-inline-${data.side === 'start' ? 'start' : 'end'}:16px}
button{font:600 16px/1.2 system-ui,sans-serif;padding:14px 20px;min-height:48px;border:2px solid #fff;border-radius:24px;background:#0f5a8c;color:#fff;cursor:pointer;box-shadow:0 2px 12px #0005}
button:hover{background:#0b4a75}button:focus-visible{outline:3px solid #0f5a8c;outline-offset:2px}
b{margin-inline-start:8px;padding:2px 8px;border-radius:10px;background:#fff;color:#0f5a8c}
iframe{width:380px;height:min(600px,calc(100vh - 32px));border:0;border-radius:16px;background:#fff;box-shadow:0 8px 32px #0006}
[hidden]{display:none}
@media(max-width:480px){iframe{inset:0;width:100%;height:100%;border-radius:0}}
@media print{button,iframe{display:none}}`;

    function start() {
        const host = document.createElement('deskbell-chat');
        const root = host.attachShadow({ mode: 'open' });
        const button = document.createElement('button');
        let frame;
        let unread = 0;

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
                    sessionStorage.setItem(key, how);
                return sessionStorage.getItem(key);
            } catch {
                return null;
            }
        }

        function forget() {
            try {
                sessionStorage.removeItem(key);
            } catch { /* then there is nothing */ }
        }

        function make() {
            frame = document.createElement('iframe');
            frame.title = label;
            frame.referrerPolicy = 'no-referrer';
            frame.src = page;
            root.append(frame);
        }

        function show(open) {
            frame.hidden = !open;
            button.hidden = open;
            button.textContent = label;
            button.setAttribute('aria-expanded', open);
            unread = 0;
            if (keep())
                keep(open ? 'open' : 'hidden');
            if (open) {
                frame.focus();
                frame.contentWindow.postMessage('deskbell:shown', page.origin);
            } else {
                button.focus();
            }
        }

        button.textContent = label;
        button.setAttribute('aria-expanded', 'false');
        button.onclick = () => {
            if (!frame)
                make();
            show(true);
        };
        addEventListener('message', (event) => {
            if (!frame || event.source !== frame.contentWindow || event.origin !== page.origin)
                return;
            if (event.data.deskbell === 'line')
                keep(frame.hidden ? 'hidden' : 'open');
            if (event.data.deskbell === 'over') {
                forget();
            } else if (event.data.deskbell === 'close') {
                show(false);
            } else if (event.data.deskbell === 'line' && frame.hidden) {
                button.textContent = label;
                const count = document.createElement('b');
                count.textContent = ++unread;
                button.append(count);
            }
        });
        root.append(button);
        document.body.append(host);
        if (keep()) { /* without taking the focus, and on a phone without covering the page */
            page.searchParams.set('quiet', '');
            make();
            frame.hidden = keep() === 'hidden' || innerWidth <= 480;
            button.hidden = !frame.hidden;
        }
    }

    if (document.body)
        start();
    else
        addEventListener('DOMContentLoaded', start);
})(document.currentScript);
