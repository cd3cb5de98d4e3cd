/*
 * Reads and uses the widget as a patron would: by its visible elements. For the tests here and
 * for the robot patron.
 */

/* The frame that holds the widget: the page itself, or the iframe behind the button. */
export async function desk_page_open(page, url) {
    await page.goto(url, { waitUntil: 'load' });
    const button = page.locator('deskbell-chat button');
    if (await page.locator('#log').count())
        return desk_page_new(page, page.mainFrame());
    await button.waitFor({ state: 'attached', timeout: 5000 });
    if (await button.isVisible()) /* else the chat of the page before is open */
        await button.click();
    const frame = await (await page.waitForSelector('deskbell-chat iframe')).contentFrame();
    await frame.waitForSelector('#log');
    return desk_page_new(page, frame);
}

export function desk_page_new(page, frame) {
    const root = frame.locator('html');

    async function state() {
        return frame.evaluate(() => {
            const data = document.documentElement.dataset;
            return {
                state: data.state,
                state_text: document.getElementById('state').textContent,
                title: document.getElementById('title').textContent,
                link: data.link,
                transport: data.transport || null,
                typing: !document.getElementById('typing').hidden,
                notice: document.getElementById('link').textContent,
                notes: Array.from(document.querySelectorAll('.note'), (note) => note.textContent),
                undelivered: document.querySelectorAll('.tick:not([data-how=delivered])').length,
            };
        });
    }

    async function lines() {
        return frame.evaluate(() => Array.from(document.querySelectorAll('.line'), (line) => {
            const tick = line.querySelector('.tick');
            const body = line.querySelector('.body').cloneNode(true);
            for (const unseen of body.querySelectorAll('.unseen'))
                unseen.remove();
            return {
                from: line.classList.contains('patron') ? 'patron' : 'desk',
                text: body.textContent,
                id: line.dataset.id,
                delivered: tick ? tick.dataset.how || null : null,
            };
        }));
    }

    /* Waits until `read()` gives something true, and returns that. */
    async function until(read, ms, what) {
        const late = Date.now() + ms;
        for (;;) {
            const found = await read();
            if (found)
                return found;
            if (Date.now() > late)
                throw new Error(`no ${what} within ${ms} ms`);
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }

    return {
        page,
        frame,
        root,
        state,
        lines,
        /* Logged in, and the queue's presence is there. */
        ready: (ms = 20000) => until(async () => {
            const now = await state();
            return now.link === 'online' && now.state !== 'unknown' && now;
        }, ms, 'answer of the desk'),
        until_state: (wanted, ms = 10000) => until(async () => {
            const now = await state();
            return Object.entries(wanted).every(([key, value]) => now[key] === value) && now;
        }, ms, `state ${JSON.stringify(wanted)}`),
        async type(text) {
            if (await frame.locator('#skip').isVisible()) /* the desk is closed: rather by chat */
                await frame.locator('#skip').click();
            const input = frame.locator('#input');
            await input.focus();
            const rows = text.split('\n');
            for (const [i, row] of rows.entries()) {
                if (i)
                    await page.keyboard.press('Shift+Enter');
                await page.keyboard.insertText(row);
            }
        },
        /* Returns the new line. */
        async say(text) {
            const before = (await lines()).length;
            await this.type(text);
            await page.keyboard.press('Enter');
            return until(async () => (await lines()).slice(before).find((line) => line.from === 'patron'),
                         5000, 'own line');
        },
        /* Leaves a question by the form of a closed desk. Returns the new line. */
        async leave(question, contact) {
            await frame.locator('#question').fill(question);
            await frame.locator('#contact').fill(contact);
            await frame.locator('#leave .main').click();
            return until(async () => (await lines()).findLast((line) => line.from === 'patron'), 5000, 'own line');
        },
        mark: (id, how = 'delivered', ms = 10000) => until(
            async () => (await lines()).some((line) => line.id === id && line.delivered === how),
            ms, `mark '${how}'`),
        line: (text, { from = 'desk', after = 0, ms = 10000 } = {}) => until(async () => {
            const all = await lines();
            const index = all.findIndex((line, i) => i >= after && line.from === from
                && line.text.includes(text));
            return index >= 0 && { line: all[index], index };
        }, ms, `line of the ${from} with '${text}'`),
    };
}
