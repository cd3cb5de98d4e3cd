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
import { pause } from './prosody.mjs';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
               '--disable-background-networking', '--disable-component-update', '--disable-sync',
               '--remote-debugging-port=0'];
const START_MS = 30000;

export async function browser_start(program = process.env.CHROMIUM || '/usr/bin/chromium') {
    const profile = mkdtempSync(join(tmpdir(), 'deskbell-chromium-'));
    /* A group of its own, so that its helpers, which outlive it for a moment, end with it. */
    const child = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'],
                        { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    const ended = new Promise((resolve) => child.on('exit', resolve));

    function group_kill() {
        try {
            process.kill(-child.pid, 'SIGKILL');
        } catch {
            /* all gone already */
        }
    }

    async function stop() {
        process.off('exit', group_kill);
        child.kill('SIGTERM');
        const late = setTimeout(group_kill, 5000);
        await ended;
        clearTimeout(late);
        group_kill();
        for (let tries = 0; tries < 20; tries++) {
            try {
                rmSync(profile, { recursive: true, force: true });
                return;
            } catch {
                await pause(100);
            }
        }
    }

    process.on('exit', group_kill);
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
                await Promise.race([browser.close().catch(() => {}), pause(3000)]);
                await stop();
            },
        };
    } catch (error) {
        await stop();
        throw error;
    }
}
