/*
 * One headless Chromium, Debian's, started by hand and driven over its debugging port.
 *
 * Not by Playwright's launch(): that switches a feature off on which storage in a foreign iframe
 * depends, so the page would meet a browser that no patron has.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
               '--disable-background-networking', '--disable-component-update', '--disable-sync',
               '--remote-debugging-port=0'];
const START_MS = 30000;

export async function browser_start(program = process.env.CHROMIUM || '/usr/bin/chromium') {
    const profile = mkdtempSync(join(tmpdir(), 'deskbell-chromium-'));
    const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'],
                        { stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = new Promise((resolve) => child.on('exit', resolve));

    async function stop() {
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), 5000);
        await ended;
        clearTimeout(late);
        rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    }

    try {
        const address = await new Promise((resolve, reject) => {
            let text = '';
            child.stderr.on('data', (data) => {
                text += data;
                const found = text.match(/DevTools listening on (ws:\S+)/);
                if (found)
                    resolve(found[1]);
            });
            child.on('error', reject);
            child.on('exit', () => reject(new Error(`chromium ended: ${text}`)));
            setTimeout(() => reject(new Error('chromium does not answer')), START_MS).unref();
        });
        const browser = await chromium.connectOverCDP(address);
        return {
            pid: child.pid,
            /* Each context is a patron of its own, with storage of its own. */
            context: (options = {}) => browser.newContext({ viewport: { width: 420, height: 720 },
                                                            locale: 'en-US', ...options }),
            async stop() {
                await browser.close().catch(() => {});
                await stop();
            },
        };
    } catch (error) {
        await stop();
        throw error;
    }
}
