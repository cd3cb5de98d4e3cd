/*
 * What the browser tests share: one XMPP server, one web server and one Chromium for all tests of a file, a
 * fresh stand-in for the desk and a fresh patron for each test.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, beforeEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import { browser_start } from './browser.mjs';
import { desk_page_open } from './desk_page.mjs';
import { ejabberd_new } from './ejabberd.mjs';
import { pause, prosody_new, SECRET } from './prosody.mjs';
import { serve_start } from './serve.mjs';
import { stand_in_new } from './stand_in.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const axe_source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'
    + ' javascript:alert(1) <a href="javascript:alert(2)">x</a> &lt;b&gt; https://ok.example/?a="><i>';

export let dist;
export let prosody; /* the XMPP server: SERVER=ejabberd takes that */
export let serve;
export let browser;
export let desk;
let contexts = [];

before(async () => {
    dist = mkdtempSync(join(tmpdir(), 'deskbell-widget-'));
    execFileSync(process.execPath, [join(here, '../../widget/build.mjs'), '--out', dist]);
    prosody = await (process.env.SERVER === 'ejabberd' ? ejabberd_new : prosody_new)();
    await prosody.start();
    serve = await serve_start({ dir: dist, xmpp_port: prosody.http_port });
    browser = await browser_start();
}, { timeout: 120000 });

after(async () => {
    await browser?.stop();
    await serve?.stop();
    await prosody?.end();
    rmSync(dist, { recursive: true, force: true });
}, { timeout: 30000 });

beforeEach(async () => {
    serve.websocket = process.env.TRANSPORT !== 'bosh'; /* TRANSPORT=bosh runs everything by that */
    serve.down = false;
    serve.requests.length = 0;
    desk = stand_in_new(prosody.component_port, SECRET);
    await desk.connect();
});

afterEach(async () => {
    for (const context of contexts.splice(0))
        await context.close();
    desk.disconnect();
    rmSync(join(dist, 'status'), { recursive: true, force: true });
});

/* A patron with storage of its own, for this test. */
export async function context_new(options) {
    const context = await browser.context(options);
    contexts.push(context);
    return context;
}

/* The desk has another queue than usual. */
export async function desk_other(queue, title) {
    desk.disconnect();
    desk = stand_in_new(prosody.component_port, SECRET, queue);
    desk.title = title;
    await desk.connect();
}

/* The public file of a queue or a snippet; fresh, unless `file` says otherwise. */
export function status_write(file, name = 'mobius-mobstate') {
    mkdirSync(join(dist, 'status'), { recursive: true });
    writeFileSync(join(dist, 'status', `${name}.json`), JSON.stringify({
        queue: 'mobius-mobstate', state: 'open', reason: null, waiting: 0, until: null, next: null,
        ts: new Date().toISOString(), ...file }));
}

export function address(page, query = '?queue=mobius-mobstate', host = 'guest.localhost') {
    return `http://${host}:${serve.port}/${page}${query}`;
}

/* A library's page with the button, whose attributes are `attributes`. */
export function library(attributes) {
    writeFileSync(join(dist, 'library.html'), `<!DOCTYPE html><html lang="en"><title>Our library</title>
        <main><h1>Our library</h1></main>
        <script async src="${address('embed.js', '')}" data-queue="mobius-mobstate" ${attributes}></script>
        <noscript><a href="${address('widget.html')}">Ask a librarian</a></noscript>`);
}

export async function open(query, { clock = false, ...options } = {}) {
    const context = await context_new(options);
    const page = await context.newPage();
    if (clock) /* which hurry() moves */
        await page.clock.install();
    page.errors = [];
    page.on('pageerror', (error) => page.errors.push(error.message));
    page.on('console', (message) => message.text().includes('Content Security') && page.errors.push(message.text()));
    return desk_page_open(page, address('widget.html', query));
}

/* Lets time fly for the page, a few seconds at a step, until `done()`. */
export async function hurry(patron, done) {
    for (let step = 0; step < 40; step++) {
        await patron.page.clock.fastForward(2500);
        await pause(50);
        if (await done())
            return;
    }
    throw new Error(`waited in vain for ${done}`);
}

export async function open_ready(query, options) {
    const patron = await open(query, options);
    await patron.ready();
    return patron;
}

export const AXE_ALL = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/* Axe is put in by the debugging port, so the page's own policy stays as it is. */
export async function axe_findings(frame, rules) {
    if (!await frame.evaluate(() => 'axe' in window))
        await frame.evaluate(axe_source);
    const { violations } = await frame.evaluate((runOnly) => window.axe.run(document, { runOnly }), rules);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}

export async function element_counts(frame) {
    return frame.evaluate(() => {
        const counts = {};
        for (const element of document.querySelectorAll('*'))
            counts[element.localName] = (counts[element.localName] || 0) + 1;
        return counts;
    });
}
