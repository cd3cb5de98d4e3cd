/*
 * The queues as they are now: the answer of `queue-status`, asked for again every few seconds and whenever
 * a queue's presence changes, with what its presence says. `who` and `wait`, which operators have, tell of
 * the people.
 */
import { command_do } from './command.js';
import { element } from './dom.js';
import { heading, note_shown, page_show, texts_shown } from './stage.js';
import { csv_button, table_shown } from './table.js';

const REFRESH_MS = 10000;
const SHOWN_MAX = 500; /* queues whose presence is kept */
const WORDS = { chat: 'free', '': 'on duty', dnd: 'busy', away: 'backup', xa: 'closed' };

export const LIVE = ['queue-status', 'who', 'wait'];

/* The presences of queues, for as long as one is logged in. */
export function presences_new(link, on_change) {
    const shown = new Map();
    link.on('presence', (stanza) => {
        const queue = stanza.getAttribute('from').split('@')[0];
        const type = stanza.getAttribute('type');
        if (!shown.has(queue))
            return;
        const words = (name) => stanza.getElementsByTagName(name)[0]?.textContent || '';
        const show = words('show');
        shown.set(queue, type ? 'not there' : words('status') || WORDS[show] || show);
        on_change();
    });
    return {
        of(queue) {
            if (!shown.has(queue) && shown.size < SHOWN_MAX) {
                shown.set(queue, '');
                link.watch(queue);
            }
            return shown.get(queue) || '';
        },
        end() {
            for (const queue of shown.keys())
                link.unwatch(queue);
        },
    };
}

async function people_shown(link, nodes) {
    const parts = [];
    for (const node of nodes) {
        const stage = await command_do(link, node);
        const texts = [...new Set([...stage.notes.map(({ text }) => text),
                                   ...(stage.form?.fields || []).map(({ values }) => values.join('\n'))])];
        parts.push(...texts.map((text) => element('p', { class: 'text' }, text)));
    }
    return parts;
}

/* Shows them in `page` until `is_ours()` says no. Returns refresh(). */
export function live_run(link, page, commands, presences, is_ours) {
    const nodes = LIVE.filter((node) => commands.some((command) => command.node === node));
    const place = element('div', {});
    const time = element('p', { class: 'help' });
    let running = false;
    let timer = null;

    function queues_shown({ form, notes }) {
        if (!form || form.columns.length === 0)
            return notes.map(note_shown);
        const names = form.columns.findIndex(({ name }) => name === 'queue');
        const columns = [...form.columns, { name: 'presence', label: 'Presence' }];
        const rows = form.rows.map((row) => [...row, names < 0 ? '' : presences.of(row[names])]);
        return [element('p', { class: 'text' }, notes.map(({ text }) => text).join('\n')),
                table_shown(columns, rows, 'Queues now'),
                element('p', {}, csv_button(columns, rows, 'queues')), ...texts_shown(form, notes, false)];
    }

    /* Who is in the middle of the table keeps the focus and the place. */
    function replace(parts) {
        const scroll = place.querySelector('.scroll');
        const [focus, left] = [document.activeElement, scroll?.scrollLeft];
        const was = focus === scroll ? '.scroll' : place.contains(focus) ? '.csv' : null;
        place.replaceChildren(...parts);
        place.querySelector('.scroll')?.scrollTo(left || 0, 0);
        if (was)
            place.querySelector(was)?.focus();
    }

    async function refresh() {
        if (!is_ours() || running || document.hidden)
            return;
        running = true;
        try {
            const stage = await command_do(link, nodes[0]);
            const people = await people_shown(link, nodes.slice(1));
            if (is_ours()) {
                replace([...queues_shown(stage), ...people]);
                time.textContent = `As of ${new Date().toLocaleTimeString()}.`;
            }
        } catch (error) {
            if (is_ours())
                time.textContent = error.message;
        }
        running = false;
    }

    page_show(page, heading('Queues now'), time, place);
    timer = setInterval(() => (is_ours() ? refresh() : clearInterval(timer)), REFRESH_MS);
    refresh();
    return refresh;
}
