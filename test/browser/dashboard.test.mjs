/*
 * The administrators' page with a whole desk: what one may do and no more, a form with a mistake in it,
 * figures as plot, table and CSV, a week with its gap, and no request to anybody else. Needs the daemon:
 * BUILD names the folder that has it. By WebSocket; TRANSPORT=bosh does the same by BOSH. SHOTS is a
 * folder for pictures.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { desk_page_open } from './desk_page.mjs';
import { WAIT_MS, whole_desk } from './whole_desk.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const SIZE_MAX = 60 * 1024; /* all that the page loads, gzipped */
const ADMIN = 'north-lake-admin';
const HOSTILE = '<img src=x onerror="pwned=1"><b>Zoe</b>';
const AXE_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const axe_source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const whole = whole_desk('dashboard');
const { shot } = whole;

/* In the state `name` there is nothing that axe finds, light or dark, and at 320 pixels nothing that one
 * has to scroll to the side for. */
async function state_check(page, name) {
    for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        if (!await page.evaluate(() => 'axe' in window))
            await page.evaluate(axe_source);
        const found = await page.evaluate(async (runOnly) => {
            const { violations } = await window.axe.run(document, { runOnly });
            return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
        }, AXE_RULES);
        assert.deepEqual(found, [], `${name}, ${colorScheme}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    const size = page.viewportSize();
    await page.setViewportSize({ width: 320, height: 700 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${name}: ${wide} pixels wide`);
    await page.setViewportSize(size);
    assert.equal(await page.locator('img, iframe, object, main b').count(), 0, `${name}: no element by text`);
}

function opened(page, title) {
    return page.locator('#heading').getByText(title, { exact: true });
}

async function command_open(page, title) {
    await page.locator('#commands').getByRole('button', { name: title, exact: true }).click();
    await opened(page, title).waitFor();
    await page.locator('#page form.command').waitFor();
}

function go(page) {
    return page.locator('#page button.go').click();
}

async function question_leave(queue) {
    const context = await whole.browser.context();
    const patron = await desk_page_open(await context.newPage(),
                                        `http://guest.localhost:${whole.desk.port}/widget.html?queue=${queue}`);
    await patron.ready(WAIT_MS);
    const { id } = await patron.leave('Where is the map room?', 'ann@example.org');
    await patron.mark(id, 'delivered', WAIT_MS);
    await context.close();
}

/* Modules of the page as `window.parts`. */
async function parts_put(page, contents) {
    const { buildSync } = createRequire(join(here, '../../web/dashboard/package.json'))('esbuild');
    const { outputFiles } = buildSync({
        stdin: { contents, resolveDir: join(here, '../../web/dashboard/src') },
        bundle: true, format: 'iife', globalName: 'parts', write: false });
    await page.evaluate(outputFiles[0].text.replace(/^(\s*"use strict";\s*)?var parts/, 'window.parts'));
}

/* An operator with a client of her own, on duty until the context that this returns is closed. */
async function operator_come(login, queue) {
    const context = await whole.browser.context();
    const page = await context.newPage();
    await page.goto(`http://localhost:${whole.desk.port}/dashboard/`);
    await parts_put(page, "export * from 'strophe.js';");
    await page.evaluate(([jid, password, to]) => new Promise((resolve, reject) => {
        const { $pres, Strophe } = window.parts;
        const client = new Strophe.Connection(`ws://${location.host}/xmpp-websocket`);
        client.connect(jid, password, (status) => {
            if (status === Strophe.Status.CONNECTED) {
                client.send($pres({ to }));
                resolve();
            } else if (status === Strophe.Status.AUTHFAIL || status === Strophe.Status.DISCONNECTED) {
                reject(new Error(`status ${status}`));
            }
        });
    }), [`${login}@localhost`, whole.desk.passwords[`${login}@localhost`], `${queue}@chat.localhost`]);
    return context;
}

async function log_in(page, password) {
    await page.goto(`http://localhost:${whole.desk.port}/dashboard/`);
    await page.getByLabel('Account').fill(ADMIN);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
}

async function log_in_twice(page) {
    await page.goto(`http://localhost:${whole.desk.port}/dashboard/`);
    await state_check(page, 'log-in');
    await log_in(page, 'wrong');
    await page.getByText('the account or the password is wrong').waitFor();
    await state_check(page, 'a wrong password');
    assert.equal(await page.getByLabel('Password').inputValue(), '');
    await page.getByLabel('Password').fill(whole.desk.passwords[`${ADMIN}@localhost`]);
    await page.keyboard.press('Enter');
    await opened(page, 'Queues now').waitFor();
}

async function queues_look(page) {
    const table = page.getByRole('table', { name: 'Queues now' });
    await table.getByText('north-lake-shut', { exact: true }).waitFor();
    await table.getByText('Nobody is at the desk').waitFor(); /* its presence says so */
    assert.equal(await table.getByText('north-hill').count(), 0, 'another library has its own desk');
    await state_check(page, 'queues');
    const ann = await operator_come('north-lake-ann', 'north-lake');
    await page.getByText(/^On duty now\n.*\nnorth-lake +north-lake-ann +0 /).waitFor();
    await table.getByText('Nobody is at the desk').waitFor({ state: 'detached' });
    await state_check(page, 'queues with somebody on duty');
    await shot(page, 'queues');
    await ann.close();
    await table.getByText('Nobody is at the desk').waitFor();

    const titles = await page.locator('#commands li').allTextContents();
    for (const title of ['Add an operator', 'Statistics', 'Hours, and who answers when'])
        assert.ok(titles.includes(title), title);
    for (const title of ['Add a library', 'Go on duty'])
        assert.ok(!titles.includes(title), title);
    await page.getByLabel('Find a command').fill('OPERATOR');
    assert.equal(await page.locator('#commands li:visible').filter({ hasNotText: /operator/i }).count(), 0);
    await page.getByLabel('Find a command').fill('');
}

async function operator_add(page) {
    await command_open(page, 'Add an operator');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'heading', 'keys go on from there');
    await state_check(page, 'a form');
    const name = page.getByLabel(/^Name/);
    await name.fill('Not A Name');
    await page.getByLabel(/^Title/).fill(HOSTILE);
    await go(page);
    await page.locator('#page .note.error').waitFor();
    assert.equal(await name.inputValue(), 'Not A Name', 'what was typed is still there');
    await state_check(page, 'a complaint');
    await shot(page, 'complaint');

    await name.fill('zoe');
    await page.getByRole('checkbox', { name: /^north-lake \(/ }).or(
        page.getByRole('checkbox', { name: /north-lake$/ })).first().check();
    await go(page);
    await page.getByText(/north-lake-zoe/).first().waitFor();
    await page.getByRole('button', { name: 'Run it again' }).waitFor();
    await state_check(page, 'a result');
    await shot(page, 'added');
}

/* Forward, back, and off it. */
async function operator_edit_cancel(page) {
    await command_open(page, 'Change an operator');
    const choice = page.locator('#page select').first();
    const zoe = await choice.locator('option', { hasText: /zoe/i }).first().getAttribute('value');
    await choice.selectOption(zoe);
    await go(page);
    const title = page.getByLabel(/^Title/);
    await title.waitFor();
    assert.equal(await title.inputValue(), HOSTILE);
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await title.waitFor({ state: 'detached' });
    assert.equal(await choice.inputValue(), zoe, 'what was chosen is still there');
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByText('Cancelled.').waitFor();
    await state_check(page, 'cancelled');

    await command_open(page, 'Take an operator off duty');
    await page.locator('#page option', { hasText: HOSTILE }).waitFor({ state: 'attached' });
    await state_check(page, 'hostile options');
}

async function statistics_look(page) {
    await command_open(page, 'Statistics');
    await page.getByLabel(/^Told apart by/).selectOption('queue');
    await go(page);
    await page.locator('#page .plot canvas').waitFor();
    const cells = await page.locator('#page tbody tr').evaluateAll((rows) => rows.map((row) => (
        [row.cells[0].textContent, row.cells[1].textContent])));
    assert.deepEqual(new Map(cells).get('north-lake'), '1');
    assert.deepEqual(new Map(cells).get('north-lake-shut'), '1');
    await page.getByLabel('Plot of').selectOption({ label: 'Missed' });
    await page.getByRole('img', { name: 'Missed, as in the table' }).waitFor();
    await state_check(page, 'statistics');
    await shot(page, 'statistics');

    const [download] = await Promise.all([page.waitForEvent('download'),
                                          page.getByRole('button', { name: 'Download as CSV' }).click()]);
    assert.equal(download.suggestedFilename(), 'statistics.csv');
    const lines = readFileSync(await download.path(), 'utf8').trimEnd().split('\r\n');
    assert.equal(lines.length, cells.length + 1);
    assert.match(lines[0], /^\ufeffQueue,Chats,/);
    assert.ok(lines.some((line) => line.startsWith('north-lake-shut,1,')));
}

async function week_look(page) {
    await command_open(page, 'Hours, and who answers when');
    await page.getByLabel(/^Queue/).selectOption('north-lake-shut');
    await go(page);
    await page.getByRole('img', { name: /The week as a picture: gaps on Mon .*, Sun / }).waitFor();
    assert.equal(await page.locator('.day-line .stretch.gap').count(), 7);
    await page.getByText(/Nobody is asked during 168 h/).waitFor();
    await state_check(page, 'a week');
    await shot(page, 'week');
}

test('an administrator logs in and runs what is there; nobody else is asked', async () => {
    const origin = `http://localhost:${whole.desk.port}`;
    const { page, asked, errors } = await whole.page_open({ viewport: { width: 1100, height: 760 },
                                                            acceptDownloads: true });
    page.on('console', (message) => message.text().includes('Content Security')
        && errors.push(message.text()));
    await question_leave('north-lake');
    await question_leave('north-lake-shut');

    await log_in_twice(page);
    await queues_look(page);
    await operator_add(page);
    await operator_edit_cancel(page);
    await statistics_look(page);
    await week_look(page);

    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Account').waitFor();
    assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length
        + document.cookie.length), 0, 'nothing is kept');
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    const foreign = asked.filter((url) => !url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url));
    assert.deepEqual(foreign, []);
    const way = process.env.TRANSPORT === 'bosh' ? '/http-bind' : '/xmpp-websocket';
    assert.ok(asked.some((url) => url.includes(way)), way);
    assert.deepEqual(errors, []);
    await page.context().close();
}, { timeout: 300000 });

test('a lost connection says so, and so it can be logged in again', async () => {
    const context = await whole.browser.context();
    context.setDefaultTimeout(WAIT_MS);
    const sockets = [];
    await context.routeWebSocket(/.*/, (socket) => {
        socket.connectToServer();
        sockets.push(socket);
    });
    const page = await context.newPage();
    await log_in(page, whole.desk.passwords[`${ADMIN}@localhost`]);
    await opened(page, 'Queues now').waitFor();
    await sockets[0].close();
    await page.getByText('The connection is lost. Please log in again.').waitFor();
    await page.getByLabel('Password').fill(whole.desk.passwords[`${ADMIN}@localhost`]);
    await page.keyboard.press('Enter');
    await opened(page, 'Queues now').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.waitForTimeout(1000); /* what comes of it has come */
    assert.equal(await page.locator('#trouble').textContent(), '');
    await context.close();
}, { timeout: 120000 });

test('the page is small', async () => {
    let size = 0;
    for (const name of ['index.html', 'dashboard.js', 'dashboard.css', 'config.json']) {
        const answer = await fetch(`http://localhost:${whole.desk.port}/dashboard/${name}`);
        size += gzipSync(Buffer.from(await answer.arrayBuffer()), { level: 9 }).length;
    }
    console.log(`the administrators' page is ${size} bytes, gzipped`);
    assert.ok(size < SIZE_MAX, `${size} bytes`);
});

/* The parts by themselves, in an empty page, for what the desk does not send today. */
async function parts_open() {
    const page = await (await whole.browser.context()).newPage();
    await parts_put(page, "export * from './form.js'; export * from './table.js';");
    return page;
}

test('all ten types of fields are asked and answered, hostile texts stay texts', async () => {
    const page = await parts_open();
    const types = ['boolean', 'fixed', 'hidden', 'jid-multi', 'jid-single', 'list-multi', 'list-single',
                   'text-multi', 'text-private', 'text-single'];
    const found = await page.evaluate(([all, hostile]) => {
        const x = document.createElementNS('jabber:x:data', 'x');
        for (const type of all) {
            const field = x.appendChild(document.createElementNS('jabber:x:data', 'field'));
            field.setAttribute('type', type);
            field.setAttribute('var', type);
            field.setAttribute('label', `${type} ${hostile}`);
            const value = type === 'boolean' ? 'true' : 'one';
            field.appendChild(document.createElementNS('jabber:x:data', 'value')).textContent = value;
            if (type.endsWith('-multi'))
                field.appendChild(document.createElementNS('jabber:x:data', 'value')).textContent = hostile;
            for (const name of type.startsWith('list') ? ['one', hostile] : []) {
                const option = field.appendChild(document.createElementNS('jabber:x:data', 'option'));
                option.setAttribute('label', name);
                option.appendChild(document.createElementNS('jabber:x:data', 'value')).textContent = name;
            }
        }
        const { shown, values } = window.parts.form_shown(window.parts.form_read(x));
        document.body.append(...shown);
        return {
            values: values().map(({ name, texts }) => [name, texts]),
            names: [...document.body.querySelectorAll('input, select, textarea')]
                .map((input) => input.labels.length),
            foreign: document.body.querySelectorAll('img, b, script').length,
        };
    }, [types, HOSTILE]);
    assert.deepEqual(found.values, [
        ['boolean', ['1']], ['hidden', ['one']], ['jid-multi', ['one', HOSTILE]], ['jid-single', ['one']],
        ['list-multi', ['one', HOSTILE]], ['list-single', ['one']], ['text-multi', ['one', HOSTILE]],
        ['text-private', ['one']], ['text-single', ['one']]]);
    assert.ok(found.names.every((count) => count === 1), 'each has its label');
    assert.equal(found.foreign, 0);
    await page.context().close();
}, { timeout: 60000 });

test('CSV is safe for spreadsheets, and times and shares are numbers', async () => {
    const page = await parts_open();
    const [csv, numbers] = await page.evaluate(() => [
        window.parts.csv_of([{ label: 'a' }, { label: 'b,"c"' }],
                            [['=1+1', '-5'], ['@x', null], ['+1', 'two\nlines']]),
        [['1:05', '-'], ['85.5%', '1%'], ['-3', '2.5'], ['1', 'x'], ['-', null]].map((cells) => (
            window.parts.column_numbers(cells.map((cell) => [cell]), 0)?.numbers ?? null)),
    ]);
    assert.equal(csv, 'a,"b,""c"""\r\n\'=1+1,-5\r\n\'@x,\r\n\'+1,"two\nlines"\r\n');
    assert.deepEqual(numbers, [[65, null], [85.5, 1], [-3, 2.5], null, null]);
    await page.context().close();
}, { timeout: 60000 });
