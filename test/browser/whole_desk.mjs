/*
 * A whole desk, by desk.py, and a browser, for the tests of one page: before() starts both, after()
 * ends them and wants the desk to end cleanly. BUILD names the folder with the daemon.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { browser_start } from './browser.mjs';

const here = dirname(fileURLToPath(import.meta.url));

export const WAIT_MS = 60000; /* the machine may be busy */

/*
 * {desk, browser, shot(), page_open()}: the first two once the tests run. SHOTS is a folder for pictures;
 * with TRANSPORT=bosh an opened page gets no WebSocket.
 */
export function whole_desk(page_name) {
    const whole = {
        shot: (page, name) => process.env.SHOTS
            && page.screenshot({ path: join(process.env.SHOTS, `${page_name}-${name}.png`) }),
    };
    let child;

    /* {page, asked, errors}: a page in a context of its own, whom it asks, and what it throws. */
    whole.page_open = async (options) => {
        const context = await whole.browser.context(options);
        context.setDefaultTimeout(WAIT_MS);
        if (process.env.TRANSPORT === 'bosh')
            await context.routeWebSocket(/.*/, (socket) => socket.close());
        const page = await context.newPage();
        const asked = [];
        const errors = [];
        page.on('request', (request) => asked.push(request.url()));
        page.on('websocket', (socket) => asked.push(socket.url().replace(/^ws/, 'http')));
        page.on('pageerror', (error) => errors.push(error.message));
        return { page, asked, errors };
    };

    before(async () => {
        child = spawn(join(here, 'desk.py'), [process.env.BUILD || join(here, '../../build/dev'), page_name],
                      { stdio: ['pipe', 'pipe', 'inherit'] });
        const ended = new Promise((resolve, reject) => child.on('exit', () => reject(new Error('no desk'))));
        const lines = createInterface({ input: child.stdout });
        whole.desk = JSON.parse(await Promise.race([new Promise((resolve) => lines.once('line', resolve)), ended]));
        whole.browser = await browser_start();
    }, { timeout: 120000 });

    after(async () => {
        await whole.browser?.stop();
        const status = new Promise((resolve) => child.on('exit', resolve));
        child.stdin.end();
        assert.equal(await status, 0, 'the desk ends cleanly');
    }, { timeout: 60000 });

    return whole;
}
