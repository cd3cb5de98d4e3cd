/*
 * What a library has chosen for one snippet: words, colour, consent, questions before the chat. The
 * file is public and written by the desk (doc/protocol.md); what is wrong in it is left out.
 */
import { colour_is, colour_on } from './colour.js';

const FIELDS_MAX = 8;
const TYPES = ['text', 'email', 'tel', 'select'];

/* A text, or one for each language. */
function words(value, language) {
    const text = value && typeof value === 'object' ? value[language] ?? value.en : value;
    return typeof text === 'string' ? text : '';
}

function field_read(field, language) {
    return { label: words(field.label, language), required: field.required === true,
             type: TYPES.includes(field.type) ? field.type : 'text',
             options: Array.isArray(field.options) ? field.options.map((one) => words(one, language)) : [] };
}

/* {texts, consent, consent_link, fields}: `texts` go over the page's own. */
export function snippet_read(file, language) {
    const own = file.texts?.[language] || {};
    const link = String(file.consent_link || '');
    return {
        texts: Object.fromEntries(Object.entries(own).filter(([key, text]) => typeof text === 'string'
            && !['language', 'direction'].includes(key))),
        consent: file.consent === true,
        consent_link: /^https?:\/\//.test(link) ? link : '',
        fields: (Array.isArray(file.form) ? file.form : []).slice(0, FIELDS_MAX)
            .map((field) => field_read(field || {}, language)).filter((field) => field.label),
    };
}

/* Only what can be read is taken: the colour of the words on it is ours. */
export function snippet_paint(file, style) {
    if (!colour_is(file.accent))
        return;
    style.setProperty('--accent', file.accent);
    style.setProperty('--on-accent', colour_on(file.accent));
}
