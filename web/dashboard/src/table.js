/*
 * Tables of a result: shown, read as numbers, and as CSV.
 */
import { element, id_new } from './dom.js';

const KINDS = [
    { kind: 'number', fits: /^-?\d+(\.\d+)?$/, read: Number },
    { kind: 'share', fits: /^\d+(\.\d+)?%$/, read: (text) => Number(text.slice(0, -1)) },
    { kind: 'duration', fits: /^\d+:\d\d(:\d\d)?$/,
      read: (text) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) },
];

function is_empty(cell) {
    return cell === null || cell === '' || cell === '-';
}

/* A column's cells as numbers, null where there is none: { kind, numbers }; null when it holds texts. */
export function column_numbers(rows, column) {
    const cells = rows.map((row) => row[column]);
    const filled = cells.filter((cell) => !is_empty(cell));
    const found = filled.length > 0 && KINDS.find(({ fits }) => filled.every((cell) => fits.test(cell)));
    return found ? { kind: found.kind,
                     numbers: cells.map((cell) => (is_empty(cell) ? null : found.read(cell))) } : null;
}

/* What a spreadsheet would take for a formula begins with an apostrophe. */
function csv_cell(cell) {
    const text = cell ?? '';
    const safe = /^[=+\-@\t\r]/.test(text) && !/^-(\d+(\.\d+)?)?$/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv_of(columns, rows) {
    const lines = [columns.map(({ label }) => label), ...rows];
    return lines.map((cells) => `${cells.map(csv_cell).join(',')}\r\n`).join('');
}

function csv_save(columns, rows, name) {
    /* The mark tells spreadsheets that it is UTF-8. */
    const url = URL.createObjectURL(new Blob(['\ufeff', csv_of(columns, rows)], { type: 'text/csv' }));
    element('a', { href: url, download: `${name}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
}

export function table_shown(columns, rows, caption) {
    const right = columns.map((_, i) => i > 0 && column_numbers(rows, i) !== null);
    const id = id_new('table');

    function cell_shown(cell, i) {
        return element(i === 0 ? 'th' : 'td', { scope: i === 0 ? 'row' : null,
                                                class: right[i] ? 'right' : null }, cell ?? '');
    }

    const head = columns.map(({ label }, i) => element('th', { scope: 'col',
                                                               class: right[i] ? 'right' : null }, label));
    const body = rows.map((row) => element('tr', {}, ...row.map(cell_shown)));
    /* A wide table scrolls by itself, by keys too. */
    return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-labelledby': id },
                   element('table', {}, element('caption', { id }, caption),
                           element('thead', {}, element('tr', {}, ...head)),
                           element('tbody', {}, ...body)));
}

export function csv_button(columns, rows, name) {
    return element('button', { type: 'button', class: 'csv', onclick: () => csv_save(columns, rows, name) },
                   'Download as CSV');
}
