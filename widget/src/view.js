/*
 * What the patron sees. The only file that touches the page.
 *
 * Everything that came from elsewhere goes in as text nodes; nothing is ever parsed as HTML.
 * The root element carries data-state, data-link, data-transport: for the style sheet, and for
 * tests.
 */
import { LINE_MAX, line_pieces } from './lines.js';

/* The page stays light in an endless chat; the transcript is the desk's. */
const LINES_MAX = 500;
/* A link that is back within a moment is nobody's concern. */
const CALM_MS = 1500;
const BACK_MS = 3000;
const TYPING_MS = 30000;
const PAUSED_MS = 5000;

const MARKS = { sending: '○', delivered: '✓', failed: '!' };

/*
 * `on` has say(text) which returns whether it was taken, typing(state), and close() which is null
 * where the page stands by itself.
 */
export function view_new(texts, on) {
    const root = document.documentElement;
    const get = (id) => document.getElementById(id);
    const log = get('log');
    const input = get('input');
    const link = get('link');
    const clock = new Intl.DateTimeFormat(texts.language, { hour: 'numeric', minute: '2-digit' });
    let link_timer = 0;
    let typing_timer = 0;
    let paused_timer = 0;
    let composing = false;
    let away_from_link = false;

    function make(tag, name, text) {
        const element = document.createElement(tag);
        if (name)
            element.className = name;
        if (text)
            element.textContent = text;
        return element;
    }

    function body_make(text) {
        const body = make('p', 'body');
        body.dir = 'auto';
        for (const [piece, href] of line_pieces(text)) {
            if (!href) {
                body.append(piece);
                continue;
            }
            const anchor = make('a', '', piece);
            anchor.href = href;
            anchor.target = '_blank';
            anchor.rel = 'noopener noreferrer nofollow';
            anchor.append(make('span', 'unseen', ` ${texts.newtab}`));
            body.append(anchor);
        }
        return body;
    }

    function to_end() {
        log.scrollTop = log.scrollHeight;
    }

    function line(from, id, text, at) {
        const at_end = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
        const item = make('div', `line ${from}`);
        item.dataset.id = id || '';
        item.append(make('span', 'unseen', `${texts[from === 'patron' ? 'you' : 'desk']}: `));
        item.append(body_make(text));
        const foot = make('p', 'foot');
        const time = make('time', '', clock.format(at));
        time.dateTime = at.toISOString();
        foot.append(time);
        if (from === 'patron') {
            const tick = make('span', 'tick');
            tick.setAttribute('role', 'img');
            foot.append(tick);
        }
        item.append(foot);
        get('hint').hidden = true;
        get('typing').before(item);
        if (log.querySelectorAll('.line').length > LINES_MAX)
            log.querySelector('.line').remove();
        if (at_end || from === 'patron')
            to_end();
    }

    function compose(state) {
        clearTimeout(paused_timer);
        if (state === 'composing') {
            paused_timer = setTimeout(compose, PAUSED_MS, 'paused');
            if (composing)
                return;
        }
        composing = state === 'composing';
        on.typing(state);
    }

    /* The field grows with its text, up to what the style sheet allows. */
    function fit() {
        input.style.height = 'auto';
        input.style.height = `${input.scrollHeight + 2}px`;
        const left = LINE_MAX - input.value.length;
        get('left').textContent = left < 200 ? `${left} ${texts.left}` : '';
    }

    function notice(text) {
        clearTimeout(link_timer);
        link.textContent = text;
    }

    function submit(event) {
        event.preventDefault();
        if (on.say(input.value)) {
            input.value = '';
            clearTimeout(paused_timer);
            composing = false; /* the message itself says 'active' */
            fit();
        }
        input.focus();
    }

    get('form').addEventListener('submit', submit);
    input.maxLength = LINE_MAX;
    input.addEventListener('input', () => {
        fit();
        compose(input.value ? 'composing' : 'active');
    });
    input.addEventListener('keydown', (event) => {
        /* While an input method is composing, Enter chooses a word. */
        if (event.key === 'Enter' && !event.shiftKey && !event.isComposing)
            submit(event);
    });
    if (on.close) {
        get('close').hidden = false;
        get('close').addEventListener('click', on.close);
        document.addEventListener('keydown', (event) => event.key === 'Escape' && on.close());
    }
    input.placeholder = texts.place;

    return {
        line,
        mark(id, how) {
            const tick = log.querySelector(`[data-id="${CSS.escape(id)}"] .tick`);
            if (tick) {
                tick.textContent = MARKS[how];
                tick.dataset.how = how;
                tick.setAttribute('aria-label', texts[how]);
            }
        },
        title(text) {
            get('title').textContent = text;
            document.title = text;
        },
        state(word, text) {
            root.dataset.state = word;
            get('state').textContent = text || texts[`state_${word}`];
            input.placeholder = word === 'closed' ? texts.place_closed : texts.place;
        },
        link(word, transport) {
            root.dataset.link = word;
            root.dataset.transport = transport || '';
            if (word === 'online') {
                notice(away_from_link ? texts.link_back : '');
                if (away_from_link)
                    link_timer = setTimeout(notice, BACK_MS, '');
                away_from_link = false;
            } else if (!away_from_link && !link_timer) {
                link_timer = setTimeout(() => {
                    away_from_link = true;
                    link.textContent = texts[`link_${root.dataset.link}`];
                }, CALM_MS);
                return;
            } else if (away_from_link && word === 'offline') {
                link.textContent = texts.link_offline;
            }
        },
        typing(now) {
            clearTimeout(typing_timer);
            const at_end = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
            get('typing').hidden = !now;
            if (now) {
                typing_timer = setTimeout(() => { get('typing').hidden = true; }, TYPING_MS);
                if (at_end)
                    to_end();
            }
        },
        full: () => notice(texts.full),
        focus: () => input.focus(),
    };
}
