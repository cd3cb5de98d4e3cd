/*
 * Colours that a library chooses, and what can be read on them.
 */
export const colour_is = (text) => /^#[0-9a-f]{6}$/i.test(text);

/* Black or white, whichever stands out more from '#rrggbb': 4.58:1 at least (WCAG 2.2, 1.4.3). */
export function colour_on(colour) {
    const light = [1, 3, 5].map((at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);
    return light[0] * 0.2126 + light[1] * 0.7152 + light[2] * 0.0722 > 0.18 ? '#000' : '#fff';
}
