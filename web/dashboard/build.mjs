/*
 * Builds the administrators' page: node build.mjs [--out DIR] [--config FILE]
 *
 * The policy of the page (CSP) is written at build time, since it names the servers that the page may
 * talk to. The libraries' licences (MIT) go along in the folder.
 */
import { build } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build_options, connect_sources, html_escape } from '../page_build.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { out, config } = build_options(here);

const policy = ["default-src 'none'", "script-src 'self'", "style-src 'self'",
    `connect-src ${connect_sources([config.websocket, config.bosh])}`, "img-src data:", "base-uri 'none'",
    "form-action 'none'"];

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
