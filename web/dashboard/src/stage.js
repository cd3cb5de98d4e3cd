/*
 * One command on the page: its forms one after the other, and what it says.
 */
import { command_do } from './command.js';
import { element } from './dom.js';
import { field_text, form_shown } from './form.js';
import { plot_shown } from './plot.js';
import { csv_button, table_shown } from './table.js';
import { week_shown } from './week.js';

const WORDS = { prev: 'Back', next: 'Next', complete: 'Complete' };

export function heading(words) {
    return element('h2', { id: 'heading', tabindex: '-1' }, words);
}

/* A new page: who reads by ear or uses keys is at its beginning. */
export function page_show(page, ...parts) {
    page.replaceChildren(...parts.filter((part) => part !== null));
    page.querySelector('#heading')?.focus();
}

export function note_shown({ type, text }) {
    return element('p', { class: `text note ${['warn', 'error'].includes(type) ? type : 'info'}`,
                          role: type === 'info' ? 'status' : 'alert' }, text);
}

/* The desk says a table as a text, too, for clients that show none: all words of the labels are in its first
 * lines. */
function is_table_text(text, columns) {
    const head = new Set(text.split('\n').slice(0, 5).join(' ').split(/\s+/));
    return columns.length > 0 && text.includes('\n') && columns.every(({ label }) => (
        label.split(/\s+/).every((word) => head.has(word))));
}

function text_shown(text, is_table) {
    const lines = element('p', { class: text.includes('\n') ? 'text lines' : 'text' }, text);
    if (is_table)
        return [element('details', {}, element('summary', {}, 'The same as text'), lines)];
    const week = week_shown(text);
    return week ? [week, lines] : [lines];
}

function field_shown(field, is_table) {
    const text = field_text(field);
    if (field.type === 'fixed' || field.label === '')
        return text_shown(text, is_table);
    return [element('h3', {}, field.label), ...text_shown(text, is_table)];
}

/* The texts of a result, without what a note has said; without the table's as `with_table` says. */
export function texts_shown(form, notes, with_table = true) {
    const said = notes.map(({ text }) => text);
    const fields = form.fields.filter(({ type, values }) => (
        type !== 'hidden' && !said.includes(values.join('\n'))));
    const table_field = fields.find((field) => is_table_text(field_text(field), form.columns));
    return fields.filter((field) => with_table || field !== table_field)
        .flatMap((field) => field_shown(field, field === table_field));
}

/* A result's parts, and what is to be drawn once they are in the page. */
export function result_shown(form, notes, node) {
    const { columns, rows } = form;
    const parts = form.instructions.map((text) => element('p', { class: 'text' }, text));
    let draw = () => {};
    if (columns.length > 0) {
        const table = table_shown(columns, rows, form.title || 'Table');
        const plot = plot_shown(columns, rows);
        parts.push(element('div', { class: 'beside' }, ...(plot ? [plot.shown] : []), table),
                   element('p', {}, csv_button(columns, rows, node)));
        draw = plot ? plot.draw : draw;
    }
    parts.push(...texts_shown(form, notes));
    return { parts, draw };
}

function actions_shown(stage, act) {
    const row = element('p', { class: 'actions' });
    for (const action of ['prev', 'next', 'complete']) {
        if (!stage.actions.includes(action))
            continue;
        row.append(action === stage.go ? element('button', { class: 'go' }, WORDS[action])
            : element('button', { type: 'button', onclick: () => act(action) }, WORDS[action]));
    }
    row.append(element('button', { type: 'button', onclick: () => act('cancel') }, 'Cancel'));
    return row;
}

/* Runs `command` ({ node, title }) in `page`; `is_ours()` says whether the page is still this command's. */
export async function command_run(link, page, command, is_ours) {
    const again = () => element('p', {}, element('button', {
        type: 'button', onclick: () => command_run(link, page, command, is_ours) }, 'Run it again'));

    function ended(stage) {
        const done = stage.status === 'canceled' ? [note_shown({ type: 'info', text: 'Cancelled.' })] : [];
        const result = stage.form ? result_shown(stage.form, stage.notes, stage.node)
            : { parts: [], draw: () => {} };
        page_show(page, heading(command.title), ...done, ...stage.notes.map(note_shown), ...result.parts,
                  again());
        result.draw();
    }

    function asked(stage) {
        const trouble = element('div', {});
        const form = stage.form ? form_shown(stage.form) : { shown: [], values: () => [] };
        let busy = false;

        async function act(action) {
            if (busy)
                return;
            busy = true;
            body.setAttribute('aria-busy', 'true');
            try {
                const next = await command_do(link, command.node, stage, action, form.values());
                if (is_ours())
                    shown(next);
            } catch (error) {
                if (is_ours())
                    trouble.replaceChildren(note_shown({ type: 'error', text: error.message }),
                                            ...(error.over ? [again()] : []));
            }
            busy = false;
            body.removeAttribute('aria-busy');
        }

        const body = element('form', { class: 'command', onsubmit: (event) => {
            event.preventDefault();
            act(stage.go);
        } }, ...form.shown, trouble, actions_shown(stage, act));
        page_show(page, heading(command.title),
                  ...stage.notes.map(note_shown),
                  ...(stage.form?.title && stage.form.title !== command.title
                      ? [element('h3', {}, stage.form.title)] : []), body);
    }

    function shown(stage) {
        (stage.status === 'executing' ? asked : ended)(stage);
    }

    page_show(page, heading(command.title), element('p', { role: 'status' }, 'One moment.'));
    try {
        const stage = await command_do(link, command.node);
        if (is_ours())
            shown(stage);
    } catch (error) {
        if (is_ours())
            page_show(page, heading(command.title), note_shown({ type: 'error', text: error.message }),
                      again());
    }
}
