/*
 * The page's own words, in the patron's language. A language is one file texts/LANG.json, which the
 * build finds by itself; English is built in, so that the page can always speak.
 */
import english from '../texts/en.json';

/* The first of `wanted` (BCP 47, best first) that there is. */
export function texts_choose(wanted) {
    for (const tag of wanted) {
        const language = String(tag || '').toLowerCase().split('-')[0];
        if (LANGUAGES.includes(language))
            return language;
    }
    return 'en';
}

export async function texts_load(language) {
    if (language === 'en')
        return english;
    try {
        const answer = await fetch(`texts/${language}.json`);
        return { ...english, ...(await answer.json()) };
    } catch {
        return english;
    }
}

/* Puts the words where the page's elements ask for them: data-text, data-label. */
export function texts_apply(texts, root) {
    root.documentElement.lang = texts.language;
    root.documentElement.dir = texts.direction;
    for (const element of root.querySelectorAll('[data-text]'))
        element.textContent = texts[element.dataset.text];
    for (const element of root.querySelectorAll('[data-label]'))
        element.setAttribute('aria-label', texts[element.dataset.label]);
}
