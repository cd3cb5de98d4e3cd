/*
 * What one page leaves to the next in the same tab: the token that the chat goes on with, the lines
 * that were shown, and what the desk has not confirmed. The browser forgets it with the tab.
 *
 * Where storage is forbidden it lives as long as the page, and the chat too.
 */
import { id_new } from './lines.js';

/* More than anybody scrolls back through; the transcript is the desk's. */
const LINES_MAX = 100;

/* `storage` is a function, since the mere name sessionStorage can throw. */
export function session_new(queue, storage) {
    const key = `deskbell:${queue}`;
    let state = { thread: id_new(), token: '', after: '', lines: [] };

    function load() {
        try {
            const kept = JSON.parse(storage().getItem(key));
            if (kept && Array.isArray(kept.lines))
                state = { ...state, ...kept };
        } catch { /* nothing there, or nothing of ours */ }
    }

    function save() {
        try {
            storage().setItem(key, JSON.stringify(state));
        } catch { /* forbidden, or full */ }
    }

    load();
    return {
        load, /* another page of this tab may have gone on meanwhile */
        thread: () => state.thread,
        token: () => state.token,
        /* The last line of the desk. Not the last at all: a line of the patron's own can be shown
         * before one of the desk that was said earlier, and that one would be missed. */
        after: () => state.after,
        lines: () => state.lines, /* {from, id, body, at, how}; `at` in milliseconds */
        has: (id) => state.lines.some((line) => line.id === id),
        token_set(token) {
            state.token = token;
            save();
        },
        /* Nothing to go on with; what was shown stays. */
        forget() {
            state.token = '';
            state.after = '';
            save();
        },
        add(from, id, body, at) {
            state.lines = [...state.lines, { from, id, body, at: at.getTime(), how: '' }].slice(-LINES_MAX);
            if (from === 'desk' && id)
                state.after = id;
            save();
        },
        mark(id, how) {
            const line = state.lines.find((one) => one.id === id && one.from === 'patron');
            if (line) {
                line.how = how;
                save();
            }
        },
    };
}
