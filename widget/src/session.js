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
    let state = { thread: id_new(), token: '', after: '', lines: [], begun: false, passed: false,
                  about: [], sound: false };

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
        lines: () => state.lines, /* {from, id, body, at, how, leave}; `at` in milliseconds */
        has: (id) => state.lines.some((line) => line.id === id),
        left: (id) => state.lines.some((line) => line.id === id && line.leave), /* by form */
        token_set(token) {
            state.token = token;
            save();
        },
        /* Nothing to go on with; what was shown stays. */
        forget() {
            state.token = '';
            state.after = '';
            state.begun = false;
            save();
        },
        /* Whether something was said in this chat, which the first line of it is the first to do. */
        begun: () => state.begun,
        begin() {
            state.begun = true;
            save();
        },
        /* What the patron has answered before the chat, in lines; it goes with each chat's first. */
        about: () => state.about,
        passed: () => state.passed, /* consent was given, and the questions answered */
        pass(lines) {
            state.passed = true;
            state.about = lines;
            save();
        },
        sound: () => state.sound,
        sound_set(now) {
            state.sound = now;
            save();
        },
        /* For another window of the patron's. */
        give: () => state,
        take(given) {
            if (!given || !Array.isArray(given.lines))
                return;
            state = { ...state, ...given };
            save();
        },
        /* `leave`, {question, contact}, if it was a question that was left by form. */
        add(from, id, body, at, leave) {
            state.lines = [...state.lines, { from, id, body, at: at.getTime(), how: '', leave }].slice(-LINES_MAX);
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
