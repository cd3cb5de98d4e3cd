/*
 * The parts of the page that need no browser: the outbox's promise, what becomes a link, what XML
 * can carry, and how big it all is.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { colour_is, colour_on } from '../../widget/src/colour.js';
import { line_clean, line_pieces } from '../../widget/src/lines.js';
import { OUTBOX_MAX, outbox_new } from '../../widget/src/outbox.js';
import { session_new } from '../../widget/src/session.js';
import { status_opening, status_state } from '../../widget/src/status.js';
import { element, raw } from '../../widget/src/xml.js';
import { clock_fake } from './clock.mjs';

const widget = join(dirname(fileURLToPath(import.meta.url)), '../../widget');
const LOADER_MAX = 1536;
const WIDGET_MAX = 25 * 1024;

function links(text) {
    return line_pieces(text).filter(([, href]) => href).map(([piece]) => piece);
}

for (const [name, text, expected] of [
    ['a plain link', 'see https://a.example/x now', ['https://a.example/x']],
    ['the full stop is the sentence\'s', 'see http://a.example/x.', ['http://a.example/x']],
    ['a parenthesis around it', '(https://a.example/x)', ['https://a.example/x']],
    ['a parenthesis of its own', 'https://a.example/x_(y).', ['https://a.example/x_(y)']],
    ['two in one line', 'https://a.example, https://b.example!', ['https://a.example', 'https://b.example']],
    ['javascript is dead', 'javascript:alert(1) JavaScript://a.example/%0aalert(1)', []],
    ['data is dead', 'data:text/html,<script>alert(1)</script>', []],
    ['no other scheme', 'ftp://a.example mailto:a@b.example file:///etc/passwd', []],
    ['a name before the host deceives', 'https://bank.example@evil.example/', []],
    ['markup ends a link', 'https://a.example/"onmouseover="x', ['https://a.example/']],
    ['in the middle of a word it is none', 'xhttps://a.example', []],
    ['only punctuation behind the scheme', 'https://...', []],
]) {
    test(`links: ${name}`, () => {
        assert.deepEqual(links(text), expected);
        assert.equal(line_pieces(text).map(([piece]) => piece).join(''), text, 'no text is lost');
    });
}

for (const [name, text, expected] of [
    ['control characters go', 'a\0b\x0bc\x1bd', 'abcd'],
    ['tab and newline stay', 'a\tb\nc', 'a\tb\nc'],
    ['line ends become one kind', 'a\r\nb\rc', 'a\nb\nc'],
    ['a lone half of a pair goes', 'a\ud83db\ude00c', 'abc'],
    ['a whole pair stays', 'a\ud83d\ude00b', 'a\u{1f600}b'],
    ['what is no character goes', 'a\ufffe\uffffb', 'ab'],
    ['blank is nothing', ' \n\t ', ''],
]) {
    test(`clean: ${name}`, () => assert.equal(line_clean(text), expected));
}

/* WCAG 2.2's own formula. */
function contrast(one, other) {
    const [dark, light] = [one, other].map((colour) => {
        const [r, g, b] = colour.match(/[0-9a-f]{2}/gi).map((hex) => parseInt(hex, 16) / 255)
            .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }).sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
}

test('colours: whatever a library takes, its words can be read', () => {
    for (let i = 0; i < 4096; i++) {
        const colour = `#${i.toString(16).padStart(3, '0').replace(/./g, '$&$&')}`;
        const on = colour_on(colour) === '#000' ? '#000000' : '#ffffff';
        assert.ok(contrast(colour, on) >= 4.5, `${on} on ${colour}`);
    }
    for (const no of ['red', '#fff', '#ffffff;x', '', null, undefined, 7, {}])
        assert.equal(colour_is(no), false, String(no));
});

test('status: an old file says nothing', () => {
    const now = Date.parse('2026-11-24T12:00:00Z');
    for (const [ts, state] of [['2026-11-24T12:00:00Z', 'open'], ['2026-11-24T11:57:01Z', 'open'],
                               ['2026-11-24T11:57:00Z', undefined], [null, undefined], [undefined, undefined],
                               ['soon', undefined]])
        assert.equal(status_state({ state: 'open', ts }, now), state, String(ts));
    assert.equal(status_state({}, now), undefined);
});

test('status: the next opening, no more of it than is needed', () => {
    const now = new Date(2026, 10, 24, 12).getTime();
    const opening = (at, language) => status_opening({ next: at }, language, now).replace(/\s/g, ' ');
    const local = (...parts) => new Date(...parts).toISOString();
    assert.match(opening(local(2026, 10, 24, 17), 'en'), /^5:00 PM /);
    assert.match(opening(local(2026, 10, 25, 8), 'en'), /^Wednesday,? (at )?8:00 AM /);
    assert.match(opening(local(2026, 11, 1, 8), 'en'), /^Tuesday, December 1 at 8:00 AM /);
    assert.match(opening(local(2026, 10, 25, 8), 'es'), /^miércoles, 8:00/);
    for (const none of [null, undefined, 'soon', local(2026, 10, 24, 11)])
        assert.equal(opening(none, 'en'), '', String(none));
});

test('xml: what is text stays text', () => {
    assert.equal(String(element('a', { b: '"<&\'', none: '', no: undefined }, '<x>&', null, '', element('c'))),
                 '<a b="&#34;&#60;&#38;&#39;">&#60;x&#62;&#38;<c/></a>');
    assert.equal(String(element('a', {}, raw(''))), '<a/>');
});

function outbox_with_log() {
    const log = { sent: [], marks: [], online: true, doubts: 0 };
    log.box = outbox_new({
        send: (id) => log.online && log.sent.push(id) > 0,
        unanswered: () => { log.doubts++; },
        mark: (id, how) => log.marks.push(`${id} ${how}`),
    });
    return log;
}

test('outbox: repeats until the receipt, ever more rarely', () => {
    const clock = clock_fake();
    const log = outbox_with_log();
    log.box.add('a', 'hello');
    assert.equal(log.sent.length, 1);
    clock.tick(3999);
    assert.equal(log.sent.length, 1);
    clock.tick(1);
    assert.equal(log.sent.length, 2);
    clock.tick(8000);
    assert.equal(log.sent.length, 3);
    log.box.delivered('a');
    clock.tick(600000);
    assert.equal(log.sent.length, 3, 'the receipt ends it');
    assert.equal(log.doubts, 1, 'the desk is doubted at the first repeat');
    assert.deepEqual(log.marks, ['a sending', 'a delivered']);
    clock.reset();
});

test('outbox: a later line never overtakes', () => {
    const clock = clock_fake();
    const log = outbox_with_log();
    log.box.add('a', '1');
    log.box.add('b', '2');
    log.box.flush();
    assert.deepEqual(log.sent, ['a', 'a']);
    log.box.delivered('b');
    log.box.add('c', '3');
    log.box.refused('a');
    assert.deepEqual(log.sent, ['a', 'a', 'c'], 'a refused line does not block the rest');
    assert.deepEqual(log.marks, ['a sending', 'b sending', 'b delivered', 'c sending', 'a failed']);
    clock.reset();
});

test('outbox: offline it keeps all, at the next link it sends', () => {
    const clock = clock_fake();
    const log = outbox_with_log();
    log.online = false;
    log.box.add('a', '1');
    clock.tick(600000);
    assert.deepEqual(log.sent, []);
    log.online = true;
    log.box.flush();
    assert.deepEqual(log.sent, ['a']);
    log.box.delivered('nobody knows this one');
    assert.equal(log.box.size(), 1);
    clock.reset();
});

test('outbox: full is full', () => {
    const log = outbox_with_log();
    log.online = false;
    for (let i = 0; i < OUTBOX_MAX; i++)
        assert.ok(log.box.add(`m${i}`, 'x'));
    assert.equal(log.box.add('one more', 'x'), false);
    assert.equal(log.box.size(), OUTBOX_MAX);
});

test('outbox: a desk that asks for a pause gets one', () => {
    const clock = clock_fake();
    const log = outbox_with_log();
    log.box.add('a', '1');
    log.box.add('b', '2');
    log.box.later('a');
    log.box.later('b'); /* not on its way at all */
    clock.tick(4999);
    assert.deepEqual(log.sent, ['a']);
    clock.tick(1);
    assert.deepEqual(log.sent, ['a', 'a']);
    assert.equal(log.doubts, 0, 'the desk is there');
    log.box.delivered('a');
    assert.deepEqual(log.sent, ['a', 'a', 'b']);
    clock.reset();
});

test('outbox: what goes on elsewhere is not sent from here', () => {
    const clock = clock_fake();
    const log = outbox_with_log();
    log.box.add('a', '1');
    log.box.add('b', '2');
    log.box.abandon();
    clock.tick(600000);
    assert.deepEqual(log.sent, ['a']);
    assert.deepEqual(log.marks.slice(2), ['a failed', 'b failed']);
    log.box.add('c', '3');
    assert.deepEqual(log.sent, ['a', 'c'], 'later lines are');
    log.box.delivered('c');
    log.box.add('d', '4', { question: '4', contact: '5' });
    log.box.abandon(true);
    assert.equal(log.marks.at(-1), 'd sending', 'given away it is not failed');
    clock.reset();
});

function storage_fake() {
    const kept = new Map();
    return { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text), kept };
}

test('session: the next page knows what this one showed', () => {
    const storage = storage_fake();
    const page = session_new('q@desk', () => storage);
    page.token_set('k3f9.00');
    page.add('patron', 'a', 'hello', new Date(5));
    page.add('desk', 'k3f9-2', 'welcome', new Date(6));
    page.add('patron', 'b', 'more', new Date(7));
    page.mark('a', 'delivered');
    page.mark('k3f9-2', 'delivered'); /* the desk's lines have no mark */
    const next = session_new('q@desk', () => storage);
    assert.equal(next.thread(), page.thread());
    assert.equal(next.token(), 'k3f9.00');
    assert.equal(next.after(), 'k3f9-2', 'the desk\'s last line, whatever was said since');
    assert.deepEqual(next.lines(), [
        { from: 'patron', id: 'a', body: 'hello', at: 5, how: 'delivered' },
        { from: 'desk', id: 'k3f9-2', body: 'welcome', at: 6, how: '' },
        { from: 'patron', id: 'b', body: 'more', at: 7, how: '' }]);
    assert.ok(next.has('b'));
    next.forget();
    page.load();
    assert.deepEqual([page.token(), page.after(), page.lines().length], ['', '', 3]);
    assert.equal(session_new('other@desk', () => storage).lines().length, 0, 'each queue has its own');
});

test('session: bounded, and no trouble with a storage that is', () => {
    const storage = storage_fake();
    const page = session_new('q@desk', () => storage);
    for (let i = 0; i < 300; i++)
        page.add('desk', `k3f9-${i}`, 'x', new Date(i));
    assert.equal(page.lines().length, 100);
    assert.equal(session_new('q@desk', () => storage).lines()[0].id, 'k3f9-200');
    for (const bad of ['null', '{', '{"lines":1}', '[]']) {
        storage.kept.set('deskbell:q@desk', bad);
        assert.equal(session_new('q@desk', () => storage).lines().length, 0, bad);
    }
    const lone = session_new('q@desk', () => { throw new Error('forbidden'); });
    lone.add('desk', 'k3f9-1', 'x', new Date(1));
    lone.token_set('k3f9.1');
    assert.deepEqual([lone.token(), lone.lines().length], ['k3f9.1', 1]);
});

test('sizes: the loader and the whole page keep their promise', () => {
    const out = mkdtempSync(join(tmpdir(), 'deskbell-size-'));
    try {
        execFileSync(process.execPath, [join(widget, 'build.mjs'), '--out', out]);
        const size = (name) => gzipSync(readFileSync(join(out, name)), { level: 9 }).length;
        const loader = size('embed.js');
        const page = ['widget.html', 'widget.js', 'widget.css', 'config.json', 'texts/es.json']
            .reduce((sum, name) => sum + size(name), 0);
        console.log(`loader ${loader} B gzipped (at most ${LOADER_MAX}), page ${page} B (at most ${WIDGET_MAX})`);
        assert.ok(loader <= LOADER_MAX);
        assert.ok(page <= WIDGET_MAX);
    } finally {
        rmSync(out, { recursive: true });
    }
});

test('texts: every language says everything', () => {
    const english = JSON.parse(readFileSync(join(widget, 'texts/en.json')));
    for (const name of readdirSync(join(widget, 'texts'))) {
        const texts = JSON.parse(readFileSync(join(widget, 'texts', name)));
        assert.deepEqual(Object.keys(texts), Object.keys(english), name);
        assert.equal(`${texts.language}.json`, name);
        for (const [key, text] of Object.entries(texts))
            assert.ok(text.trim(), `${name}: ${key}`);
    }
});
