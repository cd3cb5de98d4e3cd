/*
 * One patron with several windows; what the patron takes away; and everything shown as people need it:
 * large, in few colours, without motion, from right to left.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { desk_page_new, desk_page_open } from './desk_page.mjs';
import { address, AXE_ALL, axe_findings, context_new, desk, library, open_ready, serve,
         status_write } from './stack.mjs';

const PAGE = address.bind(null, 'widget.html', '?queue=mobius-mobstate');

/* A chat that has begun, with one line of each. */
async function chat_begin(page, url) {
    desk.tokens = true;
    const patron = await desk_page_open(page, url);
    await patron.ready();
    await patron.mark((await patron.say('one')).id);
    desk.say('Hello', { id: 'k3f9-3' });
    await patron.line('Hello');
    return patron;
}

const texts = (lines) => lines.map((line) => line.text);

test('a second tab offers to go on with the chat, and nothing is lost on the way', async () => {
    const context = await context_new();
    const first = await chat_begin(await context.newPage(), PAGE());
    desk.receipts = false;
    const { id } = await first.say('on its way');
    const second = await desk_page_open(await context.newPage(), PAGE());
    await second.ready();
    const offer = second.frame.locator('#offer button');
    await offer.waitFor();
    assert.deepEqual(await axe_findings(second.frame, AXE_ALL), []);
    await offer.click();
    await second.line('on its way', { from: 'patron' });
    await desk.until(() => desk.resumes.length > 0);
    const from = desk.resumes[0].from;
    await desk.until(() => desk.messages.some((one) => one.from === from && one.id === id));
    desk.receipts = true;
    desk.receipt(from, id);
    await second.mark(id);
    assert.deepEqual(desk.messages.filter((one) => one.from === from && one.children.length > 1)
        .map((one) => one.body).slice(0, 2), [null, 'on its way'], 'first the token, then the line');
    assert.deepEqual(texts(await second.lines()), ['one', 'Hello', 'on its way']);
    await second.mark((await second.say('two')).id);
    assert.deepEqual(Array.from(new Set(desk.bodies())), ['one', 'on its way', 'two']);
    assert.equal(await offer.count(), 0);
    assert.deepEqual((await first.state()).notes,
                     ['This chat goes on in another window. What you write here starts a new one.']);
    assert.equal((await first.state()).undelivered, 1, 'not failed: it went along');
    assert.equal(new Set(desk.messages.filter((one) => one.body).map((one) => one.thread)).size, 1);
    /* And back again. */
    await first.page.bringToFront();
    await first.page.reload();
    await first.frame.locator('#offer button').click();
    await first.line('two', { from: 'patron' });
    desk.say('Still here', { id: 'k3f9-9' });
    await first.line('Still here');
});

test('two tabs with chats of their own do not disturb each other', async () => {
    const context = await context_new();
    const first = await chat_begin(await context.newPage(), PAGE());
    const address_first = desk.patron;
    desk.tokens = false;
    const second = await desk_page_open(await context.newPage(), PAGE());
    await second.ready();
    await second.mark((await second.say('another')).id);
    assert.equal(await second.frame.locator('#offer button').count(), 0, 'the offer is gone with the first line');
    desk.say('to the first', { to: address_first, id: 'k3f9-4' });
    await first.line('to the first');
    assert.deepEqual(texts(await second.lines()), ['another']);
});

test('a chat whose window is gone is offered no more', async () => {
    const context = await context_new();
    const first = await chat_begin(await context.newPage(), PAGE());
    const second = await desk_page_open(await context.newPage(), PAGE());
    await second.frame.locator('#offer button').waitFor();
    await first.page.close();
    await second.frame.locator('#offer button').click();
    await second.frame.locator('#offer button').waitFor({ state: 'detached' });
    await second.ready();
    await second.mark((await second.say('another')).id);
});

test('a copied tab takes the chat over by its token', async () => {
    const context = await context_new();
    const first = await chat_begin(await context.newPage(), PAGE());
    const [copy] = await Promise.all([context.waitForEvent('page'),
                                      first.page.evaluate(() => { window.open(location.href); })]);
    await copy.waitForSelector('#log .line');
    await desk.until(() => desk.resumes.length === 1);
    const second = desk_page_new(copy, copy.mainFrame());
    await second.mark((await second.say('two')).id);
    await first.frame.locator('.note').waitFor();
    assert.equal(desk.resumes.length, 1, 'no quarrel');
});

test('the chat goes into a window of its own, from another site too', async () => {
    const context = await context_new({ viewport: { width: 1000, height: 700 } });
    const page = await context.newPage();
    library('');
    const patron = await chat_begin(page, address('library.html', '', 'library.localhost'));
    await patron.frame.locator('#more').click();
    const [popup] = await Promise.all([context.waitForEvent('page'), patron.frame.locator('#popout').click()]);
    await popup.waitForSelector('#log .line');
    const alone = desk_page_new(popup, popup.mainFrame());
    await alone.ready();
    assert.deepEqual(texts(await alone.lines()).map((text) => text.split('\n')[0]), ['one', 'Hello']);
    await alone.mark((await alone.say('two')).id);
    assert.equal(await popup.locator('#popout').isVisible(), false);
    assert.equal(await page.locator('deskbell-chat iframe').isVisible(), false, 'its place is free');
    await page.reload();
    await page.waitForSelector('deskbell-chat button');
    assert.equal(await page.locator('deskbell-chat iframe').count(), 0, 'and stays so');
});

test('what the patron takes away: the chat as a file', async () => {
    const patron = await open_ready();
    await patron.mark((await patron.say('Where is <b>it</b>?\nPlease')).id);
    desk.say('On the second floor: https://example.org/');
    await patron.line('second floor');
    await patron.frame.locator('#more').click();
    const [download] = await Promise.all([patron.page.waitForEvent('download'), patron.frame.locator('#save').click()]);
    assert.match(download.suggestedFilename(), /^chat-\d{4}-\d\d-\d\d\.txt$/);
    assert.match(readFileSync(await download.path(), 'utf8'),
                 /^Mo State University Library\r\n\r\n\[.+\] You: Where is <b>it<\/b>\?\nPlease\r\n\[.+\] Librarian: On the second floor: https:\/\/example\.org\/\r\n$/);
    assert.deepEqual(patron.page.errors, []);
});

test('the sound is off at first; on, it is heard for lines that are not seen; so it stays', async () => {
    const context = await context_new();
    await context.addInitScript(() => {
        window.tones = 0;
        const make = AudioContext.prototype.createOscillator;
        AudioContext.prototype.createOscillator = function counted() {
            window.tones++;
            return make.call(this);
        };
    });
    const patron = await desk_page_open(await context.newPage(), PAGE());
    await patron.ready();
    const tones = () => patron.frame.evaluate(() => window.tones);
    const sound = patron.frame.locator('#sound');
    await patron.frame.evaluate(() => { document.hasFocus = () => false; });
    desk.say('one');
    await patron.line('one');
    assert.equal(await tones(), 0);
    await patron.frame.locator('#more').click();
    await sound.click();
    assert.equal(await sound.getAttribute('aria-pressed'), 'true');
    assert.equal(await tones(), 2, 'an example');
    desk.say('two');
    await patron.line('two');
    assert.equal(await tones(), 4);
    await patron.frame.evaluate(() => { document.hasFocus = () => true; });
    desk.say('three');
    await patron.line('three');
    assert.equal(await tones(), 4);
    await patron.page.reload();
    await patron.ready();
    assert.equal(await sound.getAttribute('aria-pressed'), 'true');
});

test('the title counts what was not seen', async () => {
    const patron = await open_ready();
    const { frame, page } = patron;
    const hide = (now) => frame.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event('visibilitychange'));
    }, now);
    await hide(true);
    desk.say('one');
    desk.say('two');
    await patron.line('two');
    assert.equal(await page.title(), '(2) Mo State University Library');
    await hide(false);
    assert.equal(await page.title(), 'Mo State University Library');
});

test('the menu by keyboard: opens, closes, gives the focus back', async () => {
    const { frame, page } = await open_ready();
    await frame.locator('#more').focus();
    await page.keyboard.press('Enter');
    assert.equal(await frame.locator('#more').getAttribute('aria-expanded'), 'true');
    assert.equal(await frame.locator('#tools').isVisible(), true);
    await page.keyboard.press('Tab');
    assert.equal(await frame.evaluate(() => document.activeElement.id), 'save');
    await page.keyboard.press('Escape');
    assert.equal(await frame.locator('#tools').isVisible(), false);
    assert.equal(await frame.evaluate(() => document.activeElement.id), 'more');
});

/* Everything at once on one small page, in each way that people have it shown. */
const WAYS = [
    ['plain', {}],
    ['dark', { colorScheme: 'dark' }],
    ['from right to left', { locale: 'ar' }],
    ['in the system\'s few colours', { forcedColors: 'active' }],
    ['without motion', { reducedMotion: 'reduce' }],
    ['twice as large', {}],
];
for (const [name, options] of WAYS) {
    test(`each page on 320 px, ${name}: nothing aside, all to press is large, axe is content`, async () => {
        status_write({ consent: true, consent_link: 'https://example.org/', form: [{ label: 'Name' }] }, 'mobstate.x');
        const context = await context_new({ viewport: { width: 320, height: 480 }, ...options });
        const page = await context.newPage();
        await page.goto(address('widget.html', '?queue=mobius-mobstate&snippet=mobstate.x'));
        const frame = page.mainFrame();
        const patron = desk_page_new(page, frame);

        async function look(what) {
            if (name === 'twice as large')
                await frame.evaluate(() => { document.documentElement.style.fontSize = '200%'; });
            const found = await frame.evaluate(() => ({
                aside: Array.from(document.querySelectorAll('html, body, main, .sheet, #log, #tools'))
                    .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.id || one.localName),
                small: Array.from(document.querySelectorAll('button, input, select, textarea'))
                    .filter((one) => one.offsetParent && (one.offsetHeight < 44 || one.offsetWidth < 44)).map((one) => one.id),
                moving: document.getAnimations().length,
            }));
            assert.deepEqual([found.aside, found.small], [[], []], what);
            if (name === 'without motion')
                assert.equal(found.moving, 0, what);
            assert.deepEqual(await axe_findings(frame, AXE_ALL), [], what);
        }

        await frame.locator('#gate button').waitFor();
        await look('before the chat');
        desk.show = 'xa';
        await frame.locator('#gate button').click();
        await frame.locator('#leave').waitFor();
        await look('closed');
        await patron.mark((await patron.say('W'.repeat(60))).id);
        desk.chat_state('composing');
        await patron.until_state({ typing: true });
        await frame.locator('#more').click();
        serve.down = true;
        serve.cut();
        await frame.locator('#link:not(:empty)').waitFor();
        await look('in a chat, the menu open, offline');
    });
}
