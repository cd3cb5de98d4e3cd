/*
 * The operators' web client with a whole desk: log in, be on duty, claim by answering, end the chat by a
 * command, and no request to anybody else. Needs the daemon: BUILD names the folder that has it. By
 * WebSocket; TRANSPORT=bosh does the same by BOSH. SHOTS is a folder for pictures.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desk_page_open } from './desk_page.mjs';
import { WAIT_MS, whole_desk } from './whole_desk.mjs';

const OPERATOR = 'north-lake-ann';

const whole = whole_desk('operators');
const { shot } = whole;

async function log_in(page, origin) {
    await page.goto(`${origin}/operators/`);
    await page.locator('[name=jid]').fill(OPERATOR);
    await page.locator('[name=password]').fill(whole.desk.passwords[`${OPERATOR}@localhost`]);
    await shot(page, 'log-in');
    await page.locator('#converse-login [type=submit]').click();
    await page.locator('#desk-commands').waitFor({ state: 'visible' });
}

test('an operator logs in, answers, and ends the chat by a command; nobody else is asked', async () => {
    const origin = `http://localhost:${whole.desk.port}`;
    const { page, asked, errors } = await whole.page_open({ viewport: { width: 1000, height: 700 } });
    await log_in(page, origin);

    /* The library's queues are there, and one is open since we are. */
    const queues = page.locator('.roster-group[data-group=Queues]');
    await queues.getByText('north-lake', { exact: true }).waitFor();
    const patron = await desk_page_open(await (await whole.browser.context()).newPage(),
                                        `http://guest.localhost:${whole.desk.port}/widget.html?queue=north-lake`);
    await patron.until_state({ state: 'open' }, WAIT_MS);
    const { id } = await patron.say('Do you lend laptops?');
    await patron.mark(id, 'delivered', WAIT_MS);

    const chat = page.locator('.roster-group[data-group=Chats] .list-item a.open-chat').first();
    await chat.waitFor();
    await shot(page, 'offer');
    await chat.click();
    await page.getByText('Do you lend laptops?').last().waitFor();
    const input = page.locator('converse-chat:not(.hidden) textarea.chat-textarea');
    await input.fill('Yes, for a week.');
    await input.press('Enter');
    await patron.line('Yes, for a week.', { ms: WAIT_MS });
    await shot(page, 'chat');

    await page.locator('.desk-commands-here').last().click();
    const dialog = page.locator('deskbell-commands-modal');
    await dialog.getByText('End a chat', { exact: true }).click();
    await shot(page, 'command');
    await dialog.locator('[data-action=next]').click();
    await patron.line('has ended this chat', { ms: WAIT_MS });
    await shot(page, 'ended');

    const foreign = asked.filter((url) => !url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url));
    assert.deepEqual(foreign, []);
    assert.ok(asked.some((url) => url.includes(process.env.TRANSPORT === 'bosh' ? '/http-bind' : '/xmpp-websocket')));
    assert.deepEqual(errors, []);
}, { timeout: 240000 });
