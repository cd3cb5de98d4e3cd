/*
 * The two forms: what a library asks before the chat, and a question that is left for later. Which
 * of them is seen instead of the conversation is the root's data-page: 'gate', 'leave' or 'chat'.
 */
const QUESTION_MAX = 2000; /* as a line of the chat: with its form it fits into a stanza */

const get = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...inner) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes))
        if (value)
            element.setAttribute(name, value === true ? '' : value);
    element.append(...inner);
    return element;
}

export function page_set(word) {
    document.documentElement.dataset.page = word;
}

function field_make({ label, required, type, options }, id, texts) {
    const attributes = { id, name: id, required, dir: 'auto', maxlength: 200 };
    const field = type === 'select'
        ? make('select', attributes, ...['', ...options].map((one) => make('option', {}, one)))
        : make('input', { ...attributes, type, autocomplete: type === 'text' ? 'off' : type });
    const words = make('label', { for: id }, label);
    if (required)
        words.append(make('small', {}, ` (${texts.required})`));
    return [words, field];
}

/*
 * Asks for consent and for what `snippet` (snippet.js) has fields for; gives what was answered as
 * lines of text. Nothing was sent anywhere before.
 */
export function gate_ask(snippet, texts) {
    const form = get('gate');
    const fields = snippet.fields.map((field, i) => field_make(field, `field${i}`, texts));
    form.append(make('h2', {}, texts.hint_title));
    for (const pair of fields)
        form.append(...pair);
    if (snippet.consent) {
        const words = make('p', {}, texts.consent);
        if (snippet.consent_link)
            words.append(' ', make('a', { href: snippet.consent_link, target: '_blank', rel: 'noopener noreferrer' },
                                   texts.consent_link, make('span', { class: 'unseen' }, ` ${texts.newtab}`)));
        form.append(words);
    }
    form.append(make('button', { type: 'submit', class: 'word main' },
                     snippet.consent ? texts.consent_start : texts.start));
    page_set('gate');
    return new Promise((resolve) => {
        form.addEventListener('submit', (event) => {
            event.preventDefault();
            form.hidden = true;
            page_set('chat');
            resolve(snippet.fields.map(({ label }, i) => [label, get(`field${i}`).value.trim()])
                .filter(([, value]) => value).map(([label, value]) => `${label}: ${value}`));
        });
    });
}

/*
 * `on` has leave(question, contact) and skip(). What was typed stays until the desk has it, so that
 * a refusal gives it back.
 */
export function leave_new(texts, on) {
    const question = get('question');
    const contact = get('contact');
    question.maxLength = QUESTION_MAX;
    contact.addEventListener('input', () => contact.setCustomValidity(
        !contact.value || /\S@\S|(\d\D*){7}/.test(contact.value) ? '' : texts.leave_contact_bad));
    get('leave').addEventListener('submit', (event) => {
        event.preventDefault();
        get('leave_error').textContent = '';
        on.leave(question.value, contact.value.trim());
    });
    get('skip').addEventListener('click', on.skip);
    return {
        /* Whether the patron has begun to write. */
        begun: () => question.value.trim() !== '',
        kept() {
            question.value = '';
        },
        refused(why) {
            get('leave_error').textContent = why;
            page_set('leave');
            question.focus();
        },
    };
}
