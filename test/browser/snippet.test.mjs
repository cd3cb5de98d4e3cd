/*
 * The button and the page as a library has chosen them, and a desk that is not open: status files,
 * snippets' settings, consent, questions before the chat, questions left for later.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desk_page_open } from './desk_page.mjs';
import { address, AXE_ALL, axe_findings, context_new, desk, element_counts, HOSTILE, library, open, open_ready, serve,
         status_write } from './stack.mjs';

const SNIPPET = {
    accent: '#7a1f2b', side: 'start', consent: true, consent_link: 'https://library.localhost/privacy',
    form: [{ label: { en: 'Your name', es: 'Su nombre' } },
           { label: 'E-mail', type: 'email', required: true },
           { label: 'I am', type: 'select', options: ['a student', 'a guest <b>'] }],
    texts: { en: { title: 'Map room', button: 'Ask the map room', hint: 'We know every map.' },
             es: { title: 'Mapoteca', button: 'Pregunte en la mapoteca' } },
};

/* What the button on the page shows, once the file was asked for. */
async function button_of(page) {
    const host = page.locator('deskbell-chat button');
    await host.waitFor({ state: 'attached' });
    return host.evaluate((button) => ({ hidden: button.hidden, text: button.textContent,
                                        dot: getComputedStyle(button, '::before').content !== 'none',
                                        start: button.classList.contains('start') }));
}

test('the button says how the desk is, and nothing when nobody knows', async () => {
    const page = await (await context_new()).newPage();
    const old = new Date(Date.now() - 200000).toISOString();
    for (const [name, file, attributes, expected] of [
        ['open', { state: 'open' }, '', ['Ask a librarian', true, false]],
        ['busy', { state: 'busy' }, '', ['Ask a librarian', true, false]],
        ['the backup', { state: 'backup' }, '', ['Ask a librarian', true, false]],
        ['closed', { state: 'closed' }, '', ['Leave a question', false, false]],
        ['closed, own words', { state: 'closed' }, 'data-label-closed="Write"', ['Write', false, false]],
        ['closed, hidden', { state: 'closed' }, 'data-closed="hide"', ['Leave a question', false, true]],
        ['open again', { state: 'open' }, 'data-closed="hide"', ['Ask a librarian', true, false]],
        ['too old', { state: 'closed', ts: old }, 'data-closed="hide"', ['Ask a librarian', false, false]],
        ['no file', null, 'data-closed="hide"', ['Ask a librarian', false, false]],
    ]) {
        library(attributes);
        if (file)
            status_write(file);
        const asked = page.waitForResponse((answer) => answer.url().includes('/status/'));
        if (!file)
            await page.route('**/status/*', (route) => route.fulfill({ status: 404 }));
        await page.goto(address('library.html', ''));
        await (await asked).finished();
        const late = Date.now() + 5000;
        let seen;
        do { /* until the page has read it, too */
            const { text, dot, hidden } = await button_of(page);
            seen = [text, dot, hidden];
        } while (JSON.stringify(seen) !== JSON.stringify(expected) && Date.now() < late);
        assert.deepEqual(seen, expected, name);
        if (['open', 'closed'].includes(name))
            assert.deepEqual(await axe_findings(page.mainFrame(), AXE_ALL), [], name);
    }
});

test('without scripts there is a link to the same desk', async () => {
    library('');
    const page = await (await context_new({ javaScriptEnabled: false })).newPage();
    await page.goto(address('library.html', ''));
    assert.equal(await page.locator('a').getAttribute('href'), address('widget.html'));
});

test('the page where the patron asks goes along, without what was searched for', async () => {
    const context = await context_new({ viewport: { width: 1000, height: 700 } });
    for (const [attributes, more] of [['', `\n\nPage: ${address('library.html', '', 'library.localhost')}`],
                                      ['data-page="off"', '']]) {
        library(attributes);
        const patron = await desk_page_open(await context.newPage(),
                                            address('library.html', '?q=secret', 'library.localhost'));
        await patron.ready();
        const { id } = await patron.say('Hello');
        await patron.mark(id);
        await patron.mark((await patron.say('More')).id);
        assert.deepEqual(desk.bodies().slice(-2), [`Hello${more}`, 'More']);
        await patron.page.close();
    }
    const linked = await open_ready('?queue=mobius-mobstate&page=https://evil.example/');
    await linked.mark((await linked.say('Hi')).id);
    assert.equal(desk.bodies().at(-1), 'Hi', 'a link cannot put words into the patron\'s mouth');
});

test('a snippet has its own words, colour, side and title', async () => {
    status_write({ ...SNIPPET, consent: false, form: [] }, 'mobstate.map-room');
    library('data-snippet="mobstate.map-room"');
    const page = await (await context_new({ viewport: { width: 1000, height: 700 } })).newPage();
    const patron = await desk_page_open(page, address('library.html', ''));
    await patron.ready();
    const { text, start } = await button_of(page);
    assert.deepEqual([text, start], ['Ask the map room', true]);
    assert.equal((await patron.state()).title, 'Map room');
    assert.match(await patron.frame.locator('#hint').textContent(), /We know every map/);
    assert.equal(await patron.frame.locator('header').evaluate((header) => getComputedStyle(header).backgroundColor),
                 'rgb(122, 31, 43)');
    assert.ok((await page.locator('deskbell-chat iframe').boundingBox()).x < 100, 'on the left');
});

test('a light colour gets dark words, what is no colour is left out', async () => {
    status_write({ accent: '#ffe600' }, 'mobstate.x');
    const patron = await open_ready('?queue=mobius-mobstate&snippet=mobstate.x');
    await patron.mark((await patron.say('Hello')).id);
    assert.deepEqual(await axe_findings(patron.frame, ['color-contrast']), []);
    const header = () => patron.frame.locator('header').evaluate((one) => getComputedStyle(one).backgroundColor);
    assert.equal(await header(), 'rgb(255, 230, 0)');
    status_write({ accent: 'red;}*{display:none' }, 'mobstate.x');
    await patron.page.reload();
    assert.equal(await header(), 'rgb(15, 90, 140)');
});

test('before the chat: nothing is sent until it is agreed, then the answers go along', async () => {
    status_write(SNIPPET, 'mobstate.map-room');
    const patron = await open('?queue=mobius-mobstate&snippet=mobstate.map-room');
    const { frame } = patron;
    await frame.locator('#gate button').waitFor();
    assert.deepEqual(await axe_findings(frame, AXE_ALL), []);
    assert.equal((await patron.state()).state_text, 'We are here to help', 'from the file');
    assert.equal(await frame.evaluate(() => document.activeElement.id), 'field0');
    assert.equal(await frame.locator('#gate a').getAttribute('href'), SNIPPET.consent_link);
    await frame.locator('#gate button').click();
    assert.equal(await frame.locator('#gate').isVisible(), true, 'the required field is missing');
    assert.deepEqual(serve.requests, [], 'no XMPP yet');
    await frame.locator('#field0').fill('Ann');
    await frame.locator('#field1').fill('ann@example.org');
    await frame.locator('#field2').selectOption('a guest <b>');
    await patron.page.keyboard.press('Tab');
    await frame.locator('#gate button').click();
    await patron.ready();
    await patron.mark((await patron.say('Where is the map room?')).id);
    await patron.mark((await patron.say('Anybody?')).id);
    assert.deepEqual(desk.bodies(), [
        'Where is the map room?\n\nYour name: Ann\nE-mail: ann@example.org\nI am: a guest <b>', 'Anybody?']);
    const next = await desk_page_open(patron.page, patron.page.url());
    await next.ready();
    assert.equal(await next.frame.locator('#gate').isVisible(), false, 'not asked again');
    assert.deepEqual(patron.page.errors, []);
});

test('a snippet\'s words make no element, and what is wrong in it is left out', async () => {
    status_write({ consent: true, consent_link: 'javascript:alert(1)', texts: { en: { title: HOSTILE, consent: HOSTILE, hint: 3,
                          language: 'x<b>', direction: HOSTILE } },
                   form: [{ label: HOSTILE, type: HOSTILE }, null, { type: 'text' }, 5] }, 'mobstate.evil');
    const patron = await open('?queue=mobius-mobstate&snippet=mobstate.evil');
    await patron.frame.locator('#gate button').waitFor();
    const counts = await element_counts(patron.frame);
    assert.deepEqual([counts.img, counts.a, counts.b, counts.script], [undefined, undefined, undefined, 1]);
    assert.equal(await patron.frame.locator('#gate :is(input, select)').count(), 1);
    assert.equal(await patron.frame.locator('#gate label').textContent(), HOSTILE);
    assert.equal(await patron.frame.evaluate(() => window.pwned), undefined);
    status_write({ texts: 1, form: {}, consent: 'yes', accent: {} }, 'mobstate.evil');
    await patron.page.reload();
    await patron.ready();
    assert.deepEqual(patron.page.errors, []);
});

for (const [locale, timezoneId, expected] of [
    ['en-US', 'America/Chicago', /^We are closed\. We open again: Tuesday, March 4 at 8:00\sAM CST$/],
    ['es-MX', 'America/New_York', /^Está cerrado\. Abrimos de nuevo: martes, 4 de marzo.* 9:00\s?(a\.\sm\. )?GMT-5$/],
    ['ar', 'America/Chicago', /^المكتب مغلق\. نفتح من جديد: .*٤ مارس.*٨:٠٠|^المكتب مغلق\. نفتح من جديد: .*4 مارس.*8:00/],
]) {
    test(`closed: the next opening in the patron's words and zone, ${locale}`, async () => {
        desk.show = 'xa';
        desk.status = 'Closed, back Tue 08:00';
        status_write({ state: 'closed', next: '2042-03-04T14:00:00Z' });
        const patron = await open_ready(undefined, { locale, timezoneId });
        const late = Date.now() + 5000;
        while (!expected.test((await patron.state()).state_text) && Date.now() < late);
        assert.match((await patron.state()).state_text, expected);
        status_write({ state: 'closed', next: '2042-03-04T14:00:00Z', ts: '2026-01-01T00:00:00Z' });
        const again = await desk_page_open(patron.page, patron.page.url());
        await again.until_state({ state_text: desk.status });
    });
}

test('busy: how many wait before', async () => {
    desk.show = 'dnd';
    status_write({ state: 'busy', waiting: 3 });
    const patron = await open_ready();
    await patron.until_state({ state_text: 'We are here, but all of us are in a chat. Waiting before you: 3' });
});

test('closed: a question is left by form, over a cut and a refusal, and read out', async () => {
    desk.show = 'xa';
    const patron = await open_ready();
    const { frame, page } = patron;
    await frame.locator('#leave').waitFor();
    assert.equal(await frame.locator('#input').isVisible(), false);
    assert.deepEqual(await axe_findings(frame, AXE_ALL), []);
    await frame.waitForFunction(() => document.activeElement.id === 'question');
    await page.keyboard.insertText('Where is the map of 1846?\nI need <b>it</b>');
    await page.keyboard.press('Tab');
    await page.keyboard.insertText('nowhere');
    await page.keyboard.press('Enter');
    assert.equal(await frame.locator('#contact').evaluate((contact) => contact.validationMessage),
                 'Please give an e-mail address or a phone number');
    await frame.locator('#contact').fill('ann@example.org');
    desk.refuse = 'not-acceptable';
    desk.refuse_text = 'That is too long.';
    await page.keyboard.press('Enter');
    await frame.locator('#leave_error', { hasText: 'That is too long.' }).waitFor();
    assert.equal(await frame.locator('#question').inputValue(), 'Where is the map of 1846?\nI need <b>it</b>');
    assert.deepEqual(await axe_findings(frame, AXE_ALL), []);
    desk.refuse = null;
    serve.down = true;
    serve.cut();
    await patron.until_state({ link: 'offline' });
    await frame.locator('#leave .main').click();
    serve.down = false;
    await patron.until_state({ undelivered: 1 }, 20000); /* the refused one */
    const { form, body } = desk.messages.at(-1);
    assert.equal(body, null);
    assert.deepEqual(form, { FORM_TYPE: 'urn:x-deskbell:leave', contact: 'ann@example.org',
                             question: 'Where is the map of 1846?\nI need <b>it</b>' });
    desk.say('Thank you! Your question is kept.');
    await patron.line('is kept');
    await patron.mark((await patron.say('And one thing more')).id);
});

test('closed: who would rather write in the chat can; a form that was begun stays', async () => {
    desk.show = 'xa';
    const patron = await open_ready();
    await patron.frame.locator('#question').fill('Half a ques');
    desk.show = 'chat';
    desk.presence();
    await patron.until_state({ state: 'open' });
    assert.equal(await patron.frame.locator('#leave').isVisible(), true);
    await patron.mark((await patron.say('So you are here?')).id);
    assert.equal(await patron.frame.locator('#leave').isVisible(), false);
});
