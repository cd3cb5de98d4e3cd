/*
 * What the patron sees of the chat; the forms are in forms.js.
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
 * `on` has say(text) which returns whether it was taken, typing(state), save(), sound() which
 * switches it and returns whether it is on, take() for a chat that is offered, and close() and
 * popout() which are null where the page stands by itself.
 */
export function view_new(texts, on) {
    const root = document.documentElement;
    const get = (id) => document.getElementById(id);
    const log = get('log');
    const input = get('input');
    const link = get('link');
    const clock = new Intl.DateTimeFormat(texts.language, { hour: 'numeric', minute: '2-digit' });
    let notice_timer = 0;
    let calm_timer = 0;
    let calm_until = Date.now() + CALM_MS;
    let typing_timer = 0;
    let paused_timer = 0;
    let composing = false;
    let at_end = true;
    let away_from_link = false; /* and the patron was told */
    let lost = false; /* at least one try has failed */

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
        if (from === 'patron' && root.dataset.state !== 'closed')
            input.placeholder = texts.place_more;
    }

    function note(text) {
        get('typing').before(make('p', 'note', text));
        if (at_end)
            to_end();
    }

    /* A log that is filled anew would be read aloud from its beginning. */
    function quietly(fill) {
        log.removeAttribute('role');
        log.removeAttribute('aria-live');
        fill();
        to_end();
        setTimeout(() => {
            log.setAttribute('role', 'log');
            log.setAttribute('aria-live', 'polite');
        });
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

    function tools_show(now) {
        get('tools').hidden = !now;
        get('more').setAttribute('aria-expanded', now);
    }

    function sound_show(now) {
        get('sound').setAttribute('aria-pressed', now);
    }

    function notice(text) {
        clearTimeout(notice_timer);
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

    /* Whoever reads further up is left there; else the newest stays in sight, whatever grows. */
    log.addEventListener('scroll', () => {
        at_end = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
    });
    new ResizeObserver(() => at_end && to_end()).observe(log);

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
    for (const name of ['close', 'popout']) {
        get(name).hidden = !on[name];
        get(name).addEventListener('click', on[name]);
    }
    document.addEventListener('keydown', (event) => {
        if (event.key !== 'Escape')
            return;
        if (!get('tools').hidden) {
            tools_show(false);
            get('more').focus();
        } else if (on.close) {
            on.close();
        }
    });
    get('more').addEventListener('click', () => tools_show(get('tools').hidden));
    get('save').addEventListener('click', on.save);
    get('sound').addEventListener('click', () => sound_show(on.sound()));
    input.placeholder = texts.place;

    return {
        line,
        note, /* a word of the page's own among the lines */
        quietly, /* lines that are put in by the function are not news */
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
        },
        sound_show,
        /* Another window of the patron's has a chat, or has it no more. */
        offer(now) {
            get('offer').replaceChildren();
            if (!now)
                return;
            const button = make('button', 'word', texts.offer_take);
            button.type = 'button';
            button.addEventListener('click', on.take);
            get('offer').append(make('span', '', texts.offer), button);
        },
        state(word, text) {
            root.dataset.state = word;
            get('state').textContent = text || texts[`state_${word}`];
            if (word === 'closed')
                input.placeholder = texts.place_closed;
            else
                input.placeholder = log.querySelector('.patron') ? texts.place_more : texts.place;
        },
        link(word, transport) {
            if (root.dataset.link === 'online')
                calm_until = Date.now() + CALM_MS;
            root.dataset.link = word;
            root.dataset.transport = transport || '';
            clearTimeout(calm_timer);
            lost = lost || word === 'offline';
            if (word === 'online') {
                notice(lost && away_from_link ? texts.link_back : '');
                if (lost && away_from_link)
                    notice_timer = setTimeout(notice, BACK_MS, '');
                away_from_link = false;
                lost = false;
            } else {
                calm_timer = setTimeout(() => {
                    away_from_link = true;
                    notice(lost ? texts.link_offline : texts.link_connecting);
                }, Math.max(0, calm_until - Date.now()));
            }
        },
        typing(now) {
            clearTimeout(typing_timer);
            get('typing').hidden = !now;
            if (now) {
                typing_timer = setTimeout(() => { get('typing').hidden = true; }, TYPING_MS);
                if (at_end)
                    to_end();
            }
        },
        full: () => notice(texts.full),
        /* To where the patron writes. */
        focus: () => document.querySelector({ gate: '#gate :is(input, select, button)', leave: '#question',
                                             chat: '#input' }[root.dataset.page]).focus(),
        empty: () => !log.querySelector('.line'),
    };
}
