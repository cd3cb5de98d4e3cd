/*
 * Elements by code. What comes from the network becomes text alone: nothing here or elsewhere in the page
 * reads a string as HTML.
 */

let ids = 0;

/* A fresh id, for labels. */
export function id_new(word) {
    return `${word}-${++ids}`;
}

/* An element with attributes (true is "", false and null are left out; on* are listeners) and children. */
export function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (key.startsWith('on'))
            made.addEventListener(key.slice(2), value);
        else if (value !== false && value !== null && value !== undefined)
            made.setAttribute(key, value === true ? '' : value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
}

export function by_id(id) {
    return document.getElementById(id);
}
