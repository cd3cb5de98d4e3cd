/*
 * The week of a queue as a picture, read from the desk's text of it, which stays beside it. Where the text
 * has another form there is no picture.
 */
import { element } from './dom.js';

const STRETCH = /^(?:([A-Z]\w\w [ \d]\d [A-Z]\w\w)| {10}) {2}(\d\d):(\d\d)-(\d\d):(\d\d) ( !| {2}) ?(.*)$/;
const DAY_MINUTES = 24 * 60;

function week_read(text) {
    const days = [];
    for (const line of text.split('\n')) {
        const [found, name, hour, minute, end_hour, end_minute, mark, words] = STRETCH.exec(line) || [];
        if (found && name)
            days.push({ name, stretches: [] });
        if (!found || days.length === 0)
            continue;
        days.at(-1).stretches.push({
            start: Number(hour) * 60 + Number(minute),
            end: Number(end_hour) * 60 + Number(end_minute) || DAY_MINUTES,
            kind: mark === ' !' ? 'gap' : words.split(':')[0],
        });
    }
    return days.length === 7 ? days : null;
}

function stretch_shown({ start, end, kind }) {
    const known = ['gap', 'own', 'shared', 'backup'].includes(kind) ? kind : 'own';
    const shown = element('span', { class: `stretch ${known}` });
    shown.style.left = `${(100 * start) / DAY_MINUTES}%`;
    shown.style.width = `${(100 * Math.max(0, end - start)) / DAY_MINUTES}%`;
    return shown;
}

/* Null when the text is no week. */
export function week_shown(text) {
    const days = week_read(text);
    if (!days)
        return null;
    const gaps = days.filter(({ stretches }) => stretches.some(({ kind }) => kind === 'gap'));
    const words = gaps.length === 0 ? 'no gaps' : `gaps on ${gaps.map(({ name }) => name).join(', ')}`;
    return element('figure', { class: 'week' },
        element('div', { role: 'img', 'aria-label': `The week as a picture: ${words}` },
            ...days.map(({ name, stretches }) => element('div', { class: 'day' },
                element('span', { class: 'day-name' }, name),
                element('span', { class: 'day-line' }, ...stretches.map(stretch_shown)))),
            element('div', { class: 'day' }, element('span', { class: 'day-name' }),
                element('span', { class: 'hours' }, ...['0', '6', '12', '18', '24'].map((hour) => (
                    element('span', {}, hour)))))),
        element('figcaption', {}, ...[['own', 'own'], ['shared', 'shared'], ['backup', 'backup'],
                                      ['gap', 'nobody: a gap']].flatMap(([kind, label]) => [
            element('span', { class: `stretch key ${kind}` }), ` ${label}  `])));
}
