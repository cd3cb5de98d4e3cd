/*
 * Builds the operators' web client: node build.mjs [--out DIR] [--config FILE]
 *
 * Copies of Converse.js what its page asks for, as it was published, and puts our page, settings and
 * style beside it. Nothing of Converse.js is changed or kept in our source: its licence, MPL-2.0, goes
 * along, and the page names it.
 */
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
const converse = join(here, 'node_modules/converse.js');
const config = JSON.parse(readFileSync(options.config, 'utf8'));

/* A path is on the page's own host, which 'self' covers, WebSocket included; other hosts are named. */
function sources(urls) {
    const hosts = urls.filter((url) => url.includes('://')).map((url) => url.split('/').slice(0, 3).join('/'));
    return ["'self'", ...new Set(hosts)].join(' ');
}

/* Styles are set by scripts at many places of Converse.js; scripts are files of ours alone. */
const policy = ["default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:", "font-src 'self' data:", "media-src 'self'", "worker-src 'self'",
    `connect-src ${sources([config.websocket, config.bosh])}`, "base-uri 'none'", "form-action 'none'"];

function html_escape(text) {
    return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

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
