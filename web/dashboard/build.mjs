/*
 * Builds the administrators' page: node build.mjs [--out DIR] [--config FILE]
 *
 * The policy of the page (CSP) is written at build time, since it names the servers that the page may
 * talk to. The libraries' licences (MIT) go along in the folder.
 */
import { build } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
    options: {
        out: { type: 'string', default: join(here, 'dist') },
        config: { type: 'string', default: join(here, 'config.json') },
    },
});
const out = resolve(options.out);
const config = JSON.parse(readFileSync(options.config, 'utf8'));

/* A path is on the page's own host, which 'self' covers, WebSocket included; other hosts are named. */
function sources(urls) {
    const hosts = urls.filter((url) => url.includes('://')).map((url) => url.split('/').slice(0, 3).join('/'));
    return ["'self'", ...new Set(hosts)].join(' ');
}

const policy = ["default-src 'none'", "script-src 'self'", "style-src 'self'",
    `connect-src ${sources([config.websocket, config.bosh])}`, "img-src data:", "base-uri 'none'",
    "form-action 'none'"];

function html_escape(text) {
    return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

mkdirSync(out, { recursive: true });
const shared = { bundle: true, minify: true, format: 'esm', target: 'es2022', charset: 'utf8', logLevel: 'warning',
                 legalComments: 'none' };
await build({ ...shared, entryPoints: [join(here, 'src/main.js')], outfile: join(out, 'dashboard.js') });
await build({ ...shared, entryPoints: [join(here, 'src/dashboard.css')],
              outfile: join(out, 'dashboard.css') });
cpSync(join(here, 'node_modules/strophe.js/LICENSE.txt'), join(out, 'LICENSE.strophe.txt'));
cpSync(join(here, 'node_modules/uplot/LICENSE'), join(out, 'LICENSE.uplot.txt'));
writeFileSync(join(out, 'index.html'), readFileSync(join(here, 'pages/index.html'), 'utf8')
    .replace('{{policy}}', () => policy.join('; '))
    .replaceAll('{{title}}', () => html_escape(config.title)));
writeFileSync(join(out, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
