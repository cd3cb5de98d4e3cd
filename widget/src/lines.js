/*
 * Text on its way in and out: what XML can carry, and what may become a link.
 */

/* 2000 UTF-16 units fit into the 16 KiB that servers allow a stanza, whatever is escaped. */
export const LINE_MAX = 2000;

/*
 * One such character would end the whole XMPP stream as not well-formed, so they go: control
 * characters, lone halves of a pair, and the two that are no characters.
 */
export function line_clean(text) {
    return text
        .replace(/\r\n?/g, '\n')
        .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '')
        .replace(/[\ud800-\udfff]/gu, '') /* with u, whole pairs do not match */
        .trim();
}

/*
 * Cuts a line into [text, href or null] pieces. Only http and https become links; punctuation
 * behind one belongs to the sentence, and so does a parenthesis that the link did not open.
 */
export function line_pieces(text) {
    const pieces = [];
    let done = 0;
    for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"]+/gi)) {
        const raw = link_trim(match[0]);
        const href = link_check(raw);
        if (!href)
            continue;
        pieces.push([text.slice(done, match.index), null], [raw, href]);
        done = match.index + raw.length;
    }
    pieces.push([text.slice(done), null]);
    return pieces.filter(([piece]) => piece);
}

function link_trim(raw) {
    for (;;) {
        const last = raw.at(-1);
        const opened = raw.split('(').length >= raw.split(')').length;
        if (/[.,;:!?'*_\]}]/.test(last) || (last === ')' && !opened))
            raw = raw.slice(0, -1);
        else
            return raw;
    }
}

function link_check(raw) {
    try {
        const url = new URL(raw);
        /* A name before the host ("https://bank.example@evil.example") is only there to deceive. */
        return /^https?:$/.test(url.protocol) && !url.username && !url.password ? url.href : null;
    } catch {
        return null;
    }
}

/* 128 random bits that nobody can guess, in letters that every log and database likes. */
export function id_new() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
