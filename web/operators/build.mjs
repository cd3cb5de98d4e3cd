/*
 * Builds the operators' web client: node build.mjs [--out DIR] [--config FILE]
 *
 * Copies of Converse.js what its page asks for, as it was published, and puts our page, settings and
 * style beside it. Nothing of Converse.js is changed or kept in our source: its licence, MPL-2.0, goes
 * along, and the page names it.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build_options, connect_sources, html_escape } from '../page_build.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { out, config } = build_options(here);
const converse = join(here, 'node_modules/converse.js');

/* Styles are set by scripts at many places of Converse.js; scripts are files of ours alone. */
const policy = ["default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:", "font-src 'self' data:", "media-src 'self'", "worker-src 'self'",
    `connect-src ${connect_sources([config.websocket, config.bosh])}`, "base-uri 'none'", "form-action 'none'"];

mkdirSync(join(out, 'converse'), { recursive: true });
for (const name of ['converse.min.js', 'converse.min.css', 'emoji.json', 'images', 'sounds', 'webfonts',
                    'chunkjs'])
    cpSync(join(converse, 'dist', name), join(out, 'converse', name),
           { recursive: true, filter: (path) => !path.endsWith('.map') });
for (const name of ['LICENSE', 'COPYRIGHT'])
    cpSync(join(converse, name), join(out, 'converse', name));
for (const name of ['operators.js', 'commands.js', 'operators.css'])
    cpSync(join(here, 'src', name), join(out, name));
writeFileSync(join(out, 'index.html'), readFileSync(join(here, 'pages/index.html'), 'utf8')
    .replace('{{policy}}', () => policy.join('; ')).replace('{{title}}', () => html_escape(config.title)));
writeFileSync(join(out, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
