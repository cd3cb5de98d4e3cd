/*
 * What the patron has said and the desk has not yet confirmed.
 *
 * The desk answers each message with a receipt (XEP-0184) once it is stored, and keeps one of
 * several with the same id. So a message is simply repeated until its receipt is there, over any
 * number of log-ins. Only the oldest is on its way at a time: whatever gets lost or refused in
 * between, the desk can never store a later line before an earlier one.
 */

const REPEAT_MS_MIN = 4000;
const REPEAT_MS_MAX = 30000;
/* Longer than the desk wants between two lines of somebody who was too fast. */
const LATER_MS = 5000;
/* Nobody types so many lines into a dead link; a script might. */
export const OUTBOX_MAX = 50;

/*
 * `events` has send(id, body, leave) which returns whether a link was there to carry it, unanswered()
 * for a message that has to be repeated, and mark(id, 'sending' | 'delivered' | 'failed').
 */
export function outbox_new(events) {
    let waiting = []; /* {id, body, leave}, oldest first; desk.js says what `leave` is */
    let repeats = 0;
    let timer = 0;

    function push() {
        clearTimeout(timer);
        const first = waiting[0];
        if (!first || !events.send(first.id, first.body, first.leave))
            return; /* flush() comes with the next link */
        if (repeats === 1)
            events.unanswered();
        const ms = Math.min(REPEAT_MS_MAX, REPEAT_MS_MIN * 2 ** repeats++);
        timer = setTimeout(push, ms);
    }

    function done(id, how) {
        if (!waiting.some((message) => message.id === id))
            return;
        const was_first = waiting[0].id === id;
        waiting = waiting.filter((message) => message.id !== id);
        events.mark(id, how);
        if (was_first) {
            repeats = 0;
            push();
        }
    }

    return {
        /* False when it is full: then the text stays with the patron. */
        add(id, body, leave) {
            if (waiting.length >= OUTBOX_MAX)
                return false;
            waiting.push({ id, body, leave });
            events.mark(id, 'sending');
            if (waiting.length === 1)
                push();
            return true;
        },
        delivered: (id) => done(id, 'delivered'),
        refused: (id) => done(id, 'failed'),
        /* The desk asks for a pause. */
        later(id) {
            if (!waiting.length || waiting[0].id !== id)
                return;
            repeats = 0;
            clearTimeout(timer);
            timer = setTimeout(push, LATER_MS);
        },
        /* The chat goes on elsewhere: from here nothing more is sent. `given`: there it is. */
        abandon(given) {
            clearTimeout(timer);
            for (const { id } of waiting.splice(0))
                if (!given)
                    events.mark(id, 'failed');
        },
        /* A new link, or a desk that is back: repeat now. */
        flush() {
            repeats = 0;
            push();
        },
        size: () => waiting.length,
    };
}
