/*
 * The files of etc/nginx, as they are but for paths and ports, in a real nginx: what status files look
 * like from a library's page, and LibraryH3lp's presence addresses. Left out where there is no nginx.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pause, port_answers, port_free } from './prosody.mjs';

const PROGRAM = process.env.NGINX || '/usr/sbin/nginx';
const files = join(dirname(fileURLToPath(import.meta.url)), '../../etc/nginx');
const SHOWS = { open: 'available', backup: 'available', busy: 'dnd', closed: 'unavailable' };

describe('nginx', { skip: !existsSync(PROGRAM) && 'no nginx here' }, () => {
    let dir;
    let nginx;
    let origin;

    /* Our files with `places` in them; nginx runs in `dir` alone. */
    function config_copy(name, port) {
        const text = readFileSync(join(files, name), 'utf8')
            .replaceAll('/usr/share/deskbell/widget', `${dir}/www`).replaceAll('/run/deskbell/status', `${dir}/status`)
            .replaceAll('/etc/nginx/deskbell-presence.conf', `${dir}/deskbell-presence.conf`)
            .replace('listen 443 ssl', `listen 127.0.0.1:${port}`).replace(/^ *ssl_certificate.*$/gm, '');
        writeFileSync(join(dir, name), text);
    }

    before(async () => {
        dir = mkdtempSync(join(tmpdir(), 'deskbell-nginx-'));
        mkdirSync(join(dir, 'status'));
        mkdirSync(join(dir, 'www'));
        writeFileSync(join(dir, 'www/widget.html'), 'the page');
        for (const state of Object.keys(SHOWS)) {
            writeFileSync(join(dir, `status/mobius-${state}.txt`), `${state}\n`);
            writeFileSync(join(dir, `status/mobius-${state}.json`), `{"state":"${state}"}\n`);
            writeFileSync(join(dir, `status/mobius-${state}.svg`), '<svg/>');
        }
        const port = await port_free();
        origin = `http://127.0.0.1:${port}`;
        config_copy('deskbell.conf', port);
        config_copy('deskbell-presence.conf', port);
        const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
            .map((name) => `${name}_temp_path ${dir}/${name};`).join(' ');
        writeFileSync(join(dir, 'nginx.conf'), `daemon off; master_process off; pid ${dir}/pid; error_log ${dir}/log;
            events { } http { access_log off; types { application/json json; } ${places} include ${dir}/deskbell.conf; }`);
        nginx = spawn(PROGRAM, ['-p', dir, '-c', join(dir, 'nginx.conf')], { stdio: 'ignore' });
        for (let tries = 0; !await port_answers(port); tries++) {
            if (tries === 50)
                throw new Error(`nginx does not listen: ${readFileSync(join(dir, 'log'), 'utf8')}`);
            await pause(100);
        }
    });

    after(async () => {
        const ended = new Promise((resolve) => nginx.on('exit', resolve));
        nginx.kill('SIGTERM');
        await ended;
        rmSync(dir, { recursive: true, force: true });
    });

    for (const [state, show] of Object.entries(SHOWS)) {
        test(`LibraryH3lp's addresses: ${state} is ${show}`, async () => {
            const get = async (format, host = 'chat.libraryh3lp.com') => {
                const answer = await fetch(`${origin}/presence/jid/mobius-${state}/${host}/${format}`);
                assert.equal(answer.status, 200);
                return [await answer.text(), answer.headers.get('content-type')];
            };
            assert.deepEqual(await get('text'), [`${show}\n`, 'text/plain']);
            assert.deepEqual(await get('text', 'libraryh3lp.com'), [`${show}\n`, 'text/plain']);
            const [xml, xml_type] = await get('xml');
            assert.ok(xml.startsWith(`<presence user='mobius-${state}' server='chat.libraryh3lp.com'><resource show='${show}'`));
            assert.equal(xml_type, 'text/xml');
            const [script] = await get('js');
            const read = new Function(`${script}; return [jabber_user, jabber_resources[0].show];`);
            assert.deepEqual(read(), [`mobius-${state}`, show]);
            assert.deepEqual(await get('image/simpletext'), ['<svg/>', 'image/svg+xml']);
            assert.deepEqual(await get('image'), ['<svg/>', 'image/svg+xml']);
        });
    }

    test('status files are for every origin, the way to the server for ours alone', async () => {
        const status = await fetch(`${origin}/status/mobius-open.json`);
        assert.deepEqual(await status.json(), { state: 'open' });
        assert.equal(status.headers.get('access-control-allow-origin'), '*');
        assert.match(status.headers.get('cache-control'), /max-age=15/);
        assert.match((await fetch(`${origin}/widget.html`)).headers.get('content-security-policy'), /^frame-ancestors /);
        assert.equal((await fetch(`${origin}/presence/jid/nobody/chat.libraryh3lp.com/text`)).status, 404);
        for (const path of ['/http-bind', '/xmpp-websocket']) {
            const foreign = await fetch(origin + path, { headers: { Origin: 'https://evil.example' } });
            assert.equal(foreign.status, 403, path);
            const ours = await fetch(origin + path, { headers: { Origin: 'https://chat.example.org' } });
            assert.notEqual(ours.status, 403, path);
        }
    });
});
