/*
 * The small public file that says how a queue is (doc/protocol.md), and what may be believed of it.
 */

/* The desk writes it at least once a minute; an older one is of a desk that is not there. */
const AGE_MS_MAX = 180000;

/* 'open', 'busy', 'backup', 'closed', or undefined when nobody knows. */
export function status_state(file, now) {
    return now - Date.parse(file.ts) < AGE_MS_MAX ? file.state : undefined;
}

/* The next opening as a person says it, in the words and the time zone of who reads it; '' if none. */
export function status_opening(file, language, now) {
    const next = new Date(file.next || NaN);
    if (!(next > now))
        return '';
    const far = next - now > 6 * 86400000;
    const today = new Date(now).toDateString() === next.toDateString();
    return new Intl.DateTimeFormat(language, {
        ...(!today && { weekday: 'long' }), ...(far && { day: 'numeric', month: 'long' }),
        hour: 'numeric', minute: '2-digit', timeZoneName: 'short',
    }).format(next);
}
