/*
 * Builds the patron's page: node build.mjs [--out DIR] [--config FILE]
 *
 * Everything that differs from one consortium to the next is in config.json, which the page reads
 * when it runs. Only the policy of the page (CSP) has to be written at build time, since it names
 * the servers that the page may talk to.
 */
import { build } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build_options, connect_sources, html_escape } from '../web/page_build.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { out, config } = build_options(here);

/* Each file in texts/ is a language. The loader knows only what stands on its button. */
function languages_find() {
    const files = readdirSync(join(here, 'texts')).filter((name) => name.endsWith('.json')).sort();
    const all = files.map((name) => JSON.parse(readFileSync(join(here, 'texts', name), 'utf8')));
    return {
        LANGUAGES: JSON.stringify(all.map((texts) => texts.language)),
        BUTTON_WORDS: JSON.stringify(Object.fromEntries(all.map(({ language, button, button_closed }) => (
            [language, { button, button_closed }])))),
        STATUS_PATH: JSON.stringify(config.status || 'status/'),
    };
}

function queue_links() {
    return Object.entries(config.queues || {})
        .map(([queue, title]) => `<li><a href="widget.html?queue=${encodeURIComponent(queue)}">`
            + `${html_escape(title)}</a> <code>${html_escape(queue)}</code></li>`)
        .join('\n      ');
}

function page_write(name, replacements) {
    let text = readFileSync(join(here, 'pages', name), 'utf8');
    for (const [word, value] of Object.entries(replacements))
        text = text.replaceAll(`{{${word}}}`, () => value);
    writeFileSync(join(out, name), text);
}

mkdirSync(out, { recursive: true });
const shared = { bundle: true, minify: true, target: 'es2020', charset: 'utf8', logLevel: 'warning',
                 legalComments: 'none', define: languages_find() };
await build({ ...shared, entryPoints: [join(here, 'src/main.js')], outfile: join(out, 'widget.js') });
await build({ ...shared, entryPoints: [join(here, 'src/embed.js')], outfile: join(out, 'embed.js') });
await build({ ...shared, entryPoints: [join(here, 'src/widget.css')], outfile: join(out, 'widget.css') });
page_write('widget.html', { connect: connect_sources([config.websocket, config.bosh, config.status || '']) });
page_write('index.html', {
    queues: queue_links(),
    queue: html_escape(Object.keys(config.queues || {})[0] || ''),
});
cpSync(join(here, 'texts'), join(out, 'texts'), { recursive: true });
writeFileSync(join(out, 'config.json'), JSON.stringify(config, null, 2) + '\n');
