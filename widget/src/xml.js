/*
 * XML as far as a chat needs it: written as text, read by the browser's own parser.
 */

/* Text that is XML already. Everything else is escaped on its way in. */
class Xml {
    constructor(text) {
        this.text = text;
    }

    toString() {
        return this.text;
    }
}

function escape(text) {
    return String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/*
 * One element. `attributes` without a value and children without one are left out, so that a
 * caller can write `after && element(...)`. Children are elements or text.
 */
export function element(name, attributes = {}, ...children) {
    const head = Object.entries(attributes).filter(([, value]) => value)
        .map(([key, value]) => ` ${key}="${escape(value)}"`).join('');
    const inner = children.filter((child) => child)
        .map((child) => (child instanceof Xml ? child.text : escape(child))).join('');
    return new Xml(`<${name}${head}${inner ? `>${inner}</${name}>` : '/>'}`);
}

/* Elements that were written before, as one child. */
export const raw = (text) => new Xml(text);

/* The root element; null for what is no XML. */
export function xml_read(text) {
    const root = new DOMParser().parseFromString(text, 'text/xml').documentElement;
    return root.localName === 'parsererror' || root.querySelector('parsererror') ? null : root;
}

/* The first child of that name (and namespace, if one is given), or undefined. */
export function child(parent, name, namespace) {
    return Array.from(parent.children).find((one) => one.localName === name
        && (!namespace || one.namespaceURI === namespace));
}
