/*
 * Data forms (XEP-0004, with the hints of XEP-0122): read, shown as fields, and their answers.
 */
import { element, id_new } from './dom.js';

export const NS_FORM = 'jabber:x:data';

function texts_of(parent, name) {
    return [...parent.children].filter((child) => child.localName === name)
        .map((child) => child.textContent);
}

function field_read(field) {
    const validate = field.getElementsByTagName('validate')[0];
    return {
        name: field.getAttribute('var'),
        type: field.getAttribute('type') || 'text-single',
        label: field.getAttribute('label') || '',
        help: texts_of(field, 'desc').join('\n'),
        required: texts_of(field, 'required').length > 0,
        values: texts_of(field, 'value'),
        options: [...field.children].filter((child) => child.localName === 'option').map((option) => {
            const value = texts_of(option, 'value')[0] || '';
            return { value, label: option.getAttribute('label') || value };
        }),
        datatype: validate?.getAttribute('datatype') || '',
    };
}

function fields_of(parent) {
    return [...parent.children].filter((child) => child.localName === 'field').map(field_read);
}

export function form_read(x) {
    const named = (name) => [...x.children].filter((child) => child.localName === name);
    const columns = named('reported').flatMap(fields_of);
    return {
        type: x.getAttribute('type') || 'form',
        title: texts_of(x, 'title').join(' '),
        instructions: texts_of(x, 'instructions'),
        fields: fields_of(x),
        columns: columns.map(({ name, label }) => ({ name, label: label || name || '' })),
        /* A cell that an item leaves out is null. */
        rows: named('item').map((item) => {
            const cells = new Map(fields_of(item).map((field) => [field.name, field.values.join('\n')]));
            return columns.map(({ name }) => cells.get(name) ?? null);
        }),
    };
}

function is_true(field) {
    return ['1', 'true'].includes(field.values[0]);
}

function label_of(field) {
    return field.label || field.name || '';
}

const ONE_LINE = { 'xs:date': 'date', 'xs:anyURI': 'url' };
const DIGITS = ['xs:integer', 'xs:int', 'xs:long', 'xs:short', 'xs:byte'];

/* Whoever is offered a result as text or with tables wants tables here. */
function value_chosen({ values, options }) {
    return values[0] === 'text' && options.some(({ value }) => value === 'table') ? 'table' : values[0];
}

function input_of(field, common) {
    if (field.type === 'list-single') {
        const none = !field.required || field.values.length === 0;
        const chosen = value_chosen(field);
        return element('select', common, ...(none ? [element('option', { value: '' }, '')] : []),
                       ...field.options.map(({ value, label }) => element('option', {
                           value, selected: value === chosen }, label)));
    }
    if (field.type === 'text-multi' || field.type === 'jid-multi') {
        const area = element('textarea', { ...common, rows: Math.min(16, field.values.length + 3) });
        area.value = field.values.join('\n');
        return area;
    }
    const type = field.type === 'text-private' ? 'password' : ONE_LINE[field.datatype] || 'text';
    const input = element('input', {
        ...common, type, autocomplete: type === 'password' ? 'new-password' : 'off', spellcheck: 'false',
        inputmode: DIGITS.includes(field.datatype) ? 'numeric' : null });
    input.value = field.values[0] || '';
    return input;
}

function boxes_shown(field) {
    const boxes = field.options.map(({ value, label }) => {
        const id = id_new('choice');
        const box = element('input', { type: 'checkbox', id, value });
        box.checked = field.values.includes(value);
        return { box, row: element('p', { class: 'box' }, box, element('label', { for: id }, label)) };
    });
    return {
        shown: element('fieldset', {}, element('legend', {}, label_of(field)),
                       ...(field.help ? [element('p', { class: 'help' }, field.help)] : []),
                       ...boxes.map(({ row }) => row)),
        texts: () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value),
    };
}

function switch_shown(field) {
    const id = id_new('switch');
    const box = element('input', { type: 'checkbox', id });
    box.checked = is_true(field);
    return {
        shown: element('p', { class: 'box' }, box, element('label', { for: id }, label_of(field))),
        texts: () => [box.checked ? '1' : '0'],
    };
}

function line_shown(field) {
    const id = id_new('field');
    const help = field.help ? element('p', { class: 'help', id: `${id}-help` }, field.help) : null;
    const input = input_of(field, { id, required: field.required,
                                    'aria-describedby': help ? `${id}-help` : null });
    const label = element('label', { for: id }, label_of(field),
                          field.required ? element('span', { class: 'must' }, ' (needed)') : null);
    const lines = field.type.endsWith('-multi');
    return {
        shown: element('div', { class: 'field' }, label, help, input),
        /* An emptied line is an answer, too: what stood there is to go. */
        texts: () => (lines ? input.value.split('\n') : [input.value]),
    };
}

/* A form to fill in: { shown: elements, values() for command_do() }. */
export function form_shown(form) {
    const shown = form.instructions.map((text) => element('p', { class: 'text' }, text));
    const asked = [];
    for (const field of form.fields) {
        if (field.type === 'fixed') {
            shown.push(element('p', { class: 'text' }, field.values.join('\n')));
            continue;
        }
        if (field.name === null)
            continue;
        let part = { texts: () => field.values };
        if (field.type === 'boolean')
            part = switch_shown(field);
        else if (field.type === 'list-multi')
            part = boxes_shown(field);
        else if (field.type !== 'hidden')
            part = line_shown(field);
        if (part.shown)
            shown.push(part.shown);
        asked.push({ name: field.name, type: field.type, texts: part.texts });
    }
    return {
        shown,
        values: () => asked.map(({ name, type, texts }) => ({ name, type, texts: texts() })),
    };
}

/* What a field of a result says, as one text. */
export function field_text(field) {
    if (field.type === 'boolean')
        return is_true(field) ? 'yes' : 'no';
    const labels = new Map(field.options.map(({ value, label }) => [value, label]));
    return field.values.map((value) => labels.get(value) || value).join('\n');
}
