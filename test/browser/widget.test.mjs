/*
 * The patron's page in a real browser against a real Prosody, with a desk that can misbehave.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { desk_page_open } from './desk_page.mjs';
import { pause } from './prosody.mjs';
import { address, AXE_ALL, axe_findings, browser, context_new, desk, desk_other, dist, element_counts, HOSTILE,
         hurry, open, open_ready, prosody, serve } from './stack.mjs';

const here = dirname(fileURLToPath(import.meta.url));

for (const transport of ['websocket', 'bosh']) {
    describe(`by ${transport}`, () => {
        beforeEach(() => { serve.websocket = transport === 'websocket'; });

        test('a patron asks and is answered', async () => {
            const patron = await open_ready();
            assert.equal((await patron.state()).transport, transport);
            const { id, text } = await patron.say('Where is the map room?\nI have looked & looked.');
            await patron.mark(id);
            assert.equal(text, 'Where is the map room?\nI have looked & looked.');
            const [heard] = desk.messages;
            assert.equal(heard.body, text);
            assert.equal(heard.id, id);
            assert.match(id, /^[0-9a-f]{32}$/);
            assert.deepEqual(heard.children.sort(), ['active', 'body', 'request', 'resume', 'thread']);
            desk.say('On the second floor.\nShall I send a map?');
            const { line } = await patron.line('second floor');
            assert.equal(line.text, 'On the second floor.\nShall I send a map?');
            assert.deepEqual(patron.page.errors, []);
        });

        test('a message is repeated until its receipt, and shown once', async () => {
            const patron = await open_ready(undefined, { clock: true });
            desk.receipts = false;
            const { id } = await patron.say('first');
            await patron.say('second');
            await hurry(patron, () => desk.bodies().length >= 2);
            assert.deepEqual(desk.bodies().slice(0, 2), ['first', 'first']);
            assert.deepEqual(desk.messages.filter((one) => one.body).map((one) => one.id), [id, id]);
            assert.equal((await patron.state()).undelivered, 2);
            desk.receipts = true;
            desk.receipt(desk.patron, id);
            await patron.mark(id);
            await patron.until_state({ undelivered: 0 });
            assert.deepEqual((await patron.lines()).map((line) => line.text), ['first', 'second']);
            assert.equal(desk.bodies().at(-1), 'second');
        });

        test('what the desk repeats is shown once', async () => {
            const patron = await open_ready();
            desk.say('Hello', { id: 'same', receipt: true });
            desk.say('Hello', { id: 'same', receipt: true });
            desk.say('End');
            await patron.line('End');
            assert.deepEqual((await patron.lines()).map((line) => line.text), ['Hello', 'End']);
            await desk.until(() => desk.messages.filter((one) => one.children.includes('received')).length === 2);
        });

        test('the server restarts, the chat goes on', async () => {
            const patron = await open_ready();
            await patron.mark((await patron.say('before')).id);
            await prosody.stop();
            await patron.until_state({ link: 'offline' });
            const { id } = await patron.say('while away');
            await patron.until_state({ notice: 'No connection. Your messages wait here and are sent as soon as it is back.' }, 15000);
            await prosody.start();
            await desk.connect();
            await patron.mark(id, 'delivered', 30000);
            const [first, second] = desk.messages.filter((one) => one.body);
            assert.equal(second.body, 'while away');
            assert.notEqual(first.from, second.from, 'a new log-in has a new address');
            assert.equal(first.thread, second.thread, 'but the conversation is the same');
            assert.deepEqual((await patron.lines()).map((line) => line.text), ['before', 'while away']);
            desk.say('still here');
            await patron.line('still here');
        });

        test('leaving the page tells the desk', async () => {
            const patron = await open_ready();
            const { from } = desk.presences[0];
            await patron.page.goto('about:blank');
            await desk.until(() => desk.presences.some((one) => one.from === from
                && one.type === 'unavailable'), 5000);
        });

        test('pings of the desk are answered', async () => {
            await open_ready();
            const id = desk.ping();
            await desk.until(() => desk.answers.length);
            assert.deepEqual(desk.answers, [{ from: desk.patron, type: 'result', id }]);
        });
    });
}

test('a network that swallows WebSocket silently leads to BOSH', async () => {
    const patron = await open('');
    await patron.page.routeWebSocket(/.*/, () => {}); /* opened, and never a word */
    await patron.page.goto(address('widget.html'));
    await patron.ready();
    assert.equal((await patron.state()).transport, 'bosh');
});

test('a cut cable is mended without a word lost', async () => {
    const patron = await open_ready();
    await patron.mark((await patron.say('one')).id);
    serve.down = true;
    serve.cut();
    await patron.until_state({ link: 'offline' });
    const { id } = await patron.say('two');
    serve.down = false;
    await patron.mark(id, 'delivered', 20000);
    assert.deepEqual(desk.bodies(), ['one', 'two']);
    assert.equal((await patron.state()).transport, process.env.TRANSPORT || 'websocket',
                 'WebSocket worked before and is tried first');
    assert.ok(desk.messages.some((one) => one.body === null && one.children.includes('active')
        && one.thread === desk.messages[0].thread && one.from !== desk.messages[0].from),
    'the new address introduces itself with the old thread');
});

test('the desk falls over and comes back', async () => {
    const patron = await open_ready();
    desk.disconnect();
    await pause(300);
    const { id } = await patron.say('anybody?');
    await patron.until_state({ state: 'away' });
    assert.equal((await patron.lines()).at(-1).delivered, 'sending');
    await desk.connect();
    await patron.mark(id, 'delivered', 15000);
    await patron.until_state({ state: 'open' });
    assert.deepEqual(desk.bodies(), ['anybody?']);
});

test('a desk that goes silent is missed, and found again', async () => {
    const patron = await open_ready(undefined, { clock: true });
    desk.deaf = true;
    const { id } = await patron.say('anybody?');
    await hurry(patron, async () => (await patron.state()).state === 'away');
    desk.deaf = false;
    desk.presence();
    await patron.until_state({ state: 'open' });
    await patron.mark(id);
});

test('the next page goes on with the chat', async () => {
    desk.tokens = true;
    const patron = await open_ready();
    await patron.mark((await patron.say('Where is the map room?')).id);
    desk.say('Third floor', { id: 'k3f9-3' });
    await patron.line('Third floor');
    const first = { from: desk.patron, token: desk.token };
    desk.receipts = false;
    const { id } = await patron.say('Is it open?');
    await desk.until(() => desk.bodies().includes('Is it open?'));
    /* The desk had it, its receipt was lost; and somebody has answered in between. */
    desk.missed = [{ id, body: 'Is it open?', own: true }, { id: 'k3f9-5', body: 'Until five' },
                   { id: 'k3f9-3', body: 'Third floor' }];
    desk.receipts = true;
    const next = await desk_page_open(patron.page, address('widget.html', '?queue=mobius-mobstate&lang=en'));
    await next.ready();
    await next.line('Until five');
    await next.until_state({ undelivered: 0 });
    assert.deepEqual((await next.lines()).map((line) => line.text),
                     ['Where is the map room?', 'Third floor', 'Is it open?', 'Until five']);
    assert.equal(desk.resumes.length, 1);
    assert.deepEqual(desk.resumes[0], { from: desk.resumes[0].from, token: first.token, after: 'k3f9-3' });
    assert.notEqual(desk.resumes[0].from, first.from);
    await next.mark((await next.say('Thanks')).id);
    assert.equal(desk.messages.at(-1).children.includes('resume'), false, 'who has a token asks for none');
    assert.equal(new Set(desk.messages.filter((one) => one.body).map((one) => one.thread)).size, 1);
    assert.deepEqual(next.page.errors, []);
});

test('a new log-in goes on with the chat before anything is said', async () => {
    desk.tokens = true;
    const patron = await open_ready();
    await patron.mark((await patron.say('one')).id);
    serve.down = true;
    serve.cut();
    await patron.until_state({ link: 'offline' });
    const { id } = await patron.say('two');
    serve.down = false;
    await patron.mark(id, 'delivered', 20000);
    const from = desk.messages.at(-1).from;
    assert.deepEqual(desk.messages.filter((one) => one.from === from)
        .map((one) => one.body), [null, 'two'], 'first the token, then the line');
});

test('a token that opens nothing any more: a new chat, and the old lines stay', async () => {
    desk.tokens = true;
    const patron = await open_ready();
    await patron.mark((await patron.say('one')).id);
    await desk.until(() => desk.token);
    await pause(300);
    desk.token = 'k3f9.other';
    const next = await desk_page_open(patron.page, patron.page.url());
    await next.until_state({ link: 'online' });
    await desk.until(() => desk.resumes.length === 1);
    const { id } = await next.say('two');
    await next.mark(id);
    assert.ok(desk.messages.at(-1).children.includes('resume'), 'it asks for a token of its own');
    assert.deepEqual((await next.lines()).map((line) => line.text), ['one', 'two']);
    assert.deepEqual((await next.state()).notes, ['That chat is over. Just write again to start a new one.']);
});

test('the chat moved to another tab: said calmly, and nothing is sent from here', async () => {
    desk.tokens = true;
    const patron = await open_ready();
    await patron.mark((await patron.say('one')).id);
    await desk.until(() => desk.token);
    desk.receipts = false;
    const { id } = await patron.say('two');
    desk.send(`<message type='chat' from='${desk.queue}' to='${desk.patron}'><moved xmlns='urn:x-deskbell:resume'/></message>`);
    await patron.mark(id, 'failed');
    assert.deepEqual((await patron.state()).notes,
                     ['This chat goes on in another window. What you write here starts a new one.']);
    desk.receipts = true;
    await patron.mark((await patron.say('three')).id);
    assert.ok(desk.messages.at(-1).children.includes('resume'));
});

test('a chat that the next line opened has a token of its own', async () => {
    desk.tokens = true;
    const patron = await open_ready();
    await patron.mark((await patron.say('one')).id);
    await desk.until(() => desk.token);
    desk.say('Welcome again', { id: 'zz22-2' });
    desk.say('Hello', { id: 'zz22-3' });
    await desk.until(() => desk.resumes.length === 1);
    await patron.line('Hello');
    await pause(200);
    assert.deepEqual(desk.resumes.map((one) => one.token), [undefined], 'asked for once');
});

test('who was too fast is asked to wait, and the page does', async () => {
    const patron = await open_ready(undefined, { clock: true });
    Object.assign(desk, { refuse: 'resource-constraint', refuse_type: 'wait' });
    const { id } = await patron.say('x');
    await desk.until(() => desk.bodies().length === 1);
    assert.equal((await patron.state()).state, 'open', 'the desk is there');
    desk.refuse = null;
    await hurry(patron, () => desk.bodies().length === 2);
    await patron.mark(id);
    assert.deepEqual(desk.bodies(), ['x', 'x']);
});

test('the library\'s next page has the chat again, and takes no focus', async () => {
    desk.tokens = true;
    const context = await context_new({ viewport: { width: 1000, height: 700 } });
    const page = await context.newPage();
    const patron = await desk_page_open(page, address('index.html', ''));
    await patron.ready();
    await patron.mark((await patron.say('one')).id);
    desk.say('Hi', { id: 'k3f9-3' });
    await patron.line('Hi');
    await page.goto(address('index.html', '?next'));
    const frame = await (await page.waitForSelector('deskbell-chat iframe')).contentFrame();
    await frame.waitForSelector('.line.desk');
    assert.equal(await page.evaluate(() => document.activeElement.localName), 'body');
    await desk.until(() => desk.resumes.length === 1);
    await frame.locator('#close').click();
    await page.goto(address('index.html', '?third'));
    await page.waitForSelector('deskbell-chat iframe', { state: 'attached' });
    assert.equal(await page.locator('deskbell-chat iframe').isVisible(), false, 'behind its button');
    await desk.until(() => desk.resumes.length === 2);
});

test('a desk that refuses with a passing error is not besieged', async () => {
    const patron = await open_ready(undefined, { clock: true });
    desk.refuse = 'resource-constraint';
    await patron.say('x');
    await patron.until_state({ state: 'away' });
    await patron.page.clock.fastForward(3000);
    assert.equal(desk.bodies().length, 1);
});

test('a final refusal is shown and not repeated', async () => {
    const patron = await open_ready();
    desk.refuse = 'not-acceptable';
    await patron.mark((await patron.say('too rude')).id, 'failed');
    desk.refuse = null;
    await patron.mark((await patron.say('sorry')).id);
    assert.deepEqual(desk.bodies(), ['too rude', 'sorry']);
});

const STATES = [
    ['free', 'chat', '', 'open', 'We are here to help'],
    ['staffed', null, '', 'open', 'We are here to help'],
    ['all in chats', 'dnd', '', 'busy', 'We are here, but all of us are in a chat. It may take a little'],
    ['only the backup', 'away', '', 'backup', 'Our partner librarians answer just now'],
    ['closed', 'xa', 'Closed until Monday, 8:00 <b>', 'closed', 'Closed until Monday, 8:00 <b>'],
    ['closed without words', 'xa', '', 'closed', 'We are closed now'],
];

test('states: each is said, and in each a question can be left', async () => {
    const patron = await open_ready();
    let said = 0;
    for (const [name, show, status, state, text] of STATES) {
        Object.assign(desk, { show, status });
        desk.presence();
        await patron.until_state({ state, state_text: text });
        const place = await patron.frame.locator('#input').getAttribute('placeholder');
        const open_place = said ? 'Write a message' : 'Type your question';
        assert.equal(place, state === 'closed' ? 'Leave your question here' : open_place, name);
        await patron.mark((await patron.say(name)).id);
        said++;
    }
    assert.deepEqual(desk.bodies(), STATES.map(([name]) => name));
});

test('state follows the queue while the page is open', async () => {
    const patron = await open_ready(undefined, { clock: true });
    desk.show = 'dnd';
    desk.presence();
    await patron.until_state({ state: 'busy' });
    desk.send(`<presence type='unavailable' from='${desk.queue}/desk' to='${desk.patron}'/>`);
    await patron.until_state({ state: 'away' });
    desk.show = 'xa';
    await hurry(patron, async () => (await patron.state()).state === 'closed');
});

test('a queue that is not there, and a name that cannot be one', async () => {
    desk.missing = true;
    const patron = await open();
    await patron.until_state({ state: 'missing', state_text: 'There is no such desk' });
    await patron.page.goto(address('widget.html', '?queue=a@evil.example/%3Cb%3E'));
    await patron.until_state({ state: 'missing' });
});

test('the direct link names the queue in its fragment too', async () => {
    const patron = await open_ready('#q=mobius-mobstate');
    assert.equal((await patron.state()).title, 'Mo State University Library');
});

test('a queue that config.json does not know is asked for its title', async () => {
    await desk_other('mobius-other@chat.localhost', 'Other <i>Library</i>');
    const patron = await open_ready('?queue=mobius-other');
    await patron.until_state({ title: 'Other <i>Library</i>' });
});

test('hostile words make no element, either way', async () => {
    desk.status = HOSTILE;
    desk.show = 'xa';
    const patron = await open_ready();
    await patron.mark((await patron.say('x')).id);
    desk.say('y');
    await patron.line('y');
    const old = await element_counts(patron.frame);
    await patron.mark((await patron.say(HOSTILE)).id);
    desk.say(HOSTILE, { id: '"><img src=x onerror=window.pwned=1>' });
    await patron.line('onerror');
    const now = await element_counts(patron.frame);
    /* Two lines more, each with its parts and one link to https://ok.example. */
    assert.deepEqual(now, { ...old, div: old.div + 2, p: old.p + 4, a: 2, time: old.time + 2,
                            span: old.span + 2 + 2 + 1 });
    for (const link of await patron.frame.locator('#log a').all()) {
        assert.equal(await link.getAttribute('href'), 'https://ok.example/?a=');
        assert.equal(await link.getAttribute('rel'), 'noopener noreferrer nofollow');
        assert.equal(await link.getAttribute('target'), '_blank');
    }
    assert.equal(await patron.frame.evaluate(() => window.pwned), undefined);
    const lines = await patron.lines();
    assert.equal(lines.at(-1).text, HOSTILE);
    assert.equal(desk.bodies().at(-1), HOSTILE);
    assert.deepEqual(patron.page.errors, []);
});

test('characters that XML cannot carry do not end the chat', async () => {
    const patron = await open_ready();
    await patron.frame.locator('#input').evaluate((input) => { input.value = 'a\x0bb\ud83dc\uffffd'; });
    await patron.frame.locator('#input').press('Enter');
    await patron.line('abcd', { from: 'patron' });
    await desk.until(() => desk.bodies().includes('abcd'));
    const longest = '"'.repeat(2000);
    await patron.mark((await patron.say(longest)).id);
    assert.equal(desk.bodies().at(-1), longest);
    assert.equal((await patron.state()).link, 'online');
});

test('nobody but the queue is heard', async () => {
    const patron = await open_ready();
    desk.send(`<message type='chat' from='evil@chat.localhost' to='${desk.patron}'><body>evil</body></message>`);
    desk.send(`<message type='chat' from='chat.localhost' to='${desk.patron}'><body>evil</body></message>`);
    desk.send(`<presence from='evil@chat.localhost/desk' to='${desk.patron}'><show>xa</show></presence>`);
    desk.say('good');
    await patron.line('good');
    assert.equal((await patron.lines()).length, 1);
    assert.equal((await patron.state()).state, 'open');
});

test('typing is told both ways, and not before there is a chat', async () => {
    const patron = await open_ready(undefined, { clock: true });
    const states = () => desk.messages.filter((one) => one.body === null)
        .map((one) => one.children.find((name) => name !== 'thread'));
    await patron.type('Hel');
    await patron.mark((await patron.say('lo')).id);
    assert.deepEqual(states(), []);
    await patron.type('m');
    await patron.type('o');
    await desk.until(() => states().length === 1);
    await hurry(patron, () => states().length === 2);
    assert.deepEqual(states(), ['composing', 'paused']);
    desk.chat_state('composing');
    await patron.until_state({ typing: true });
    desk.chat_state('paused');
    await patron.until_state({ typing: false });
    desk.chat_state('composing');
    await patron.until_state({ typing: true });
    desk.say('Here you are');
    await patron.until_state({ typing: false });
});

test('by keyboard alone, through the button on the library\'s page', async () => {
    const context = await context_new({ viewport: { width: 1000, height: 700 } });
    const page = await context.newPage();
    await page.goto(address('index.html', '?q=secret'));
    await page.waitForSelector('deskbell-chat button');
    const focused = () => page.evaluate(() => {
        const inside = document.activeElement.shadowRoot?.activeElement;
        return (inside || document.activeElement).localName;
    });
    for (let presses = 0; await focused() !== 'button' && presses < 30; presses++)
        await page.keyboard.press('Tab');
    assert.equal(await focused(), 'button');
    await page.keyboard.press('Enter');
    const frame = await (await page.waitForSelector('deskbell-chat iframe')).contentFrame();
    await frame.waitForFunction(() => document.activeElement.id === 'input'
        && document.documentElement.dataset.state === 'open');
    await page.keyboard.type('one');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    await desk.until(() => desk.bodies().length === 1);
    assert.deepEqual(desk.bodies(), [`one\ntwo\n\nPage: ${address('index.html', '')}`]);
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement.shadowRoot?.activeElement?.localName === 'button');
    assert.equal(await page.locator('deskbell-chat iframe').isVisible(), false);
    desk.say('an answer');
    await page.waitForFunction(() => document.querySelector('deskbell-chat').shadowRoot
        .querySelector('button').textContent === '(1) Ask a librarian' && document.title.startsWith('(1) Mo State'));
    await page.keyboard.press('Enter');
    await frame.waitForFunction(() => document.activeElement.id === 'input');
    assert.match(await frame.locator('#log').textContent(), /an answer/);
    assert.equal(await page.title(), 'Mo State University Library', 'read, no longer counted');
});

test('the library\'s page costs nothing before the button is pressed', async () => {
    const context = await context_new();
    const page = await context.newPage();
    const urls = [];
    page.on('request', (request) => urls.push(new URL(request.url()).pathname));
    await page.goto(address('index.html', ''));
    await page.waitForSelector('deskbell-chat button');
    await pause(500);
    assert.deepEqual(urls, ['/index.html', '/embed.js', '/status/mobius-mobstate.json']);
    assert.equal(await page.locator('deskbell-chat iframe').count(), 0);
    assert.deepEqual(serve.requests, []);
    assert.deepEqual(await context.cookies(), []);
    assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
});

test('a library on another site embeds it as well', async () => {
    const context = await context_new({ viewport: { width: 1000, height: 700 } });
    const page = await context.newPage();
    const policy = `default-src 'none'; script-src ${address('', '')}; frame-src ${address('', '')}`;
    writeFileSync(join(dist, 'library.html'), `<!DOCTYPE html><title>L</title>
        <meta http-equiv="Content-Security-Policy" content="${policy}"><script async
        src="${address('embed.js', '')}" data-queue="mobius-mobstate" data-lang="es" data-label="Pregunte"></script>`);
    const patron = await desk_page_open(page, address('library.html', '', 'library.localhost'));
    await patron.ready();
    assert.equal(await patron.frame.locator('html').getAttribute('lang'), 'es');
    await patron.mark((await patron.say('Hola')).id);
    assert.equal(await page.locator('deskbell-chat iframe').evaluate((frame) => getComputedStyle(frame).position),
                 'fixed', 'the style needs no permission of the page\'s policy');
});

test('Spanish for those who want it', async () => {
    const patron = await open_ready(undefined, { locale: 'es-MX' });
    assert.equal((await patron.state()).state_text, 'Estamos aquí para ayudarle');
    assert.equal(await patron.frame.locator('html').getAttribute('lang'), 'es');
});

for (const [colorScheme, rules] of [
    ['light', AXE_ALL],
    ['dark', ['color-contrast']],
]) {
    test(`axe finds nothing in any state, ${colorScheme}`, async () => {
        const patron = await open_ready(undefined, { colorScheme });
        assert.deepEqual(await axe_findings(patron.frame, rules), [], 'open');
        await patron.mark((await patron.say('See https://example.org/ please')).id);
        desk.say('Yes: https://example.org/');
        desk.chat_state('composing');
        await patron.until_state({ typing: true });
        await patron.type('x'.repeat(1900));
        assert.deepEqual(await axe_findings(patron.frame, rules), [], 'in a chat');
        desk.refuse = 'not-acceptable';
        await patron.page.keyboard.press('Enter');
        desk.show = 'xa';
        desk.status = 'Closed until Monday';
        desk.presence();
        await patron.until_state({ state: 'closed' });
        assert.deepEqual(await axe_findings(patron.frame, rules), [], 'closed');
        serve.down = true;
        serve.cut();
        await patron.until_state({ notice: 'No connection. Your messages wait here and are sent as soon as it is back.' });
        assert.deepEqual(await axe_findings(patron.frame, rules), [], 'offline');
        await patron.page.goto(address('index.html', ''));
        await patron.page.waitForSelector('deskbell-chat button');
        assert.deepEqual(await axe_findings(patron.page.mainFrame(), rules), [], 'the sample page');
    });
}

for (const direction of ['ltr', 'rtl']) {
    test(`320 px are enough, ${direction}`, async () => {
        const patron = await open_ready(undefined, { viewport: { width: 320, height: 480 },
                                                        locale: direction === 'rtl' ? 'ar' : 'en-US' });
        assert.equal(await patron.frame.locator('html').getAttribute('dir'), direction);
        await patron.mark((await patron.say(`https://example.org/${'x'.repeat(400)}`)).id);
        desk.say('W'.repeat(300));
        await patron.line('WWW');
        const wide = await patron.frame.evaluate(() => [document.documentElement, document.getElementById('log')]
            .map((element) => element.scrollWidth - element.clientWidth));
        assert.deepEqual(wide, [0, 0]);
        const small = await patron.frame.evaluate(() => Array.from(document.querySelectorAll('button:not([hidden]),textarea'))
            .filter((element) => element.offsetParent && (element.offsetHeight < 44 || element.offsetWidth < 44)).length);
        assert.equal(small, 0, 'everything to press is 44 px at least');
    });
}

test('the newest line stays in sight, unless the patron reads further up', async () => {
    const patron = await open_ready(undefined, { viewport: { width: 320, height: 400 } });
    const in_sight = () => patron.frame.evaluate(() => {
        const log = document.getElementById('log');
        return log.scrollHeight - log.scrollTop - log.clientHeight < 5;
    });
    for (let i = 0; i < 12; i++)
        desk.say(`line ${i}`);
    await patron.line('line 11');
    assert.equal(await in_sight(), true);
    await patron.type('one\ntwo\nthree\nfour');
    await pause(100);
    assert.equal(await in_sight(), true, 'also when the field grows');
    await patron.frame.evaluate(() => { document.getElementById('log').scrollTop = 0; });
    await pause(100);
    desk.say('unseen');
    await patron.line('unseen');
    assert.equal(await in_sight(), false);
});

test('a link that died silently is found out', async () => {
    const patron = await open_ready(undefined, { clock: true });
    serve.stall(true);
    await patron.frame.evaluate(() => window.dispatchEvent(new Event('online')));
    await hurry(patron, async () => (await patron.state()).link === 'offline');
    serve.stall(false);
    await patron.until_state({ link: 'online' }, 15000);
});

test('the robot patron speaks its manual\'s language', { timeout: 60000 }, async () => {
    const robot = spawn(process.execPath, [join(here, 'patron.mjs'), '--no-websocket', '--lang', 'en'],
                        { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => robot.on('exit', resolve));
    try {
        const answers = createInterface({ input: robot.stdout })[Symbol.asyncIterator]();
        const ask = async (request) => {
            robot.stdin.write(`${JSON.stringify(request)}\n`);
            return JSON.parse((await answers.next()).value);
        };
        const opened = await ask({ do: 'open', url: address('index.html', ''), tag: 7 });
        assert.equal(opened.ok, true, opened.error);
        assert.equal(opened.tag, 7);
        assert.equal(opened.transport, 'bosh');
        assert.equal(opened.state, 'open');
        const said = await ask({ do: 'say', text: 'Hello' });
        assert.deepEqual([said.ok, said.delivered], [true, true]);
        desk.say('Good morning');
        assert.equal((await ask({ do: 'wait', text: 'morning' })).index, 1);
        assert.equal((await ask({ do: 'wait', text: 'never', ms: 200 })).ok, false);
        assert.equal((await ask({ do: 'nonsense' })).ok, false);
        assert.deepEqual((await ask({ do: 'texts' })).lines.map((line) => [line.from, line.text, line.delivered]),
                         [['patron', `Hello\n\nPage: ${address('index.html', '')}`, 'delivered'],
                          ['desk', 'Good morning', null]]);
        assert.equal((await ask({ do: 'close' })).ok, true);
        assert.equal(await ended, 0);
        await desk.until(() => desk.presences.some((one) => one.type === 'unavailable'));
    } finally {
        robot.kill('SIGTERM');
        await ended;
    }
});
