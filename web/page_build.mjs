/*
 * What the builds of all pages have in common (widget/, web/operators/, web/dashboard/).
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/* {out, config} of `node build.mjs [--out DIR] [--config FILE]`; by default those beside it in `here`. */
export function build_options(here) {
    const { values } = parseArgs({
        options: {
            out: { type: 'string', default: join(here, 'dist') },
            config: { type: 'string', default: join(here, 'config.json') },
        },
    });
    return { out: resolve(values.out), config: JSON.parse(readFileSync(values.config, 'utf8')) };
}

/*
 * For a policy (CSP). A path is on the page's own host, which 'self' covers, WebSocket included; other
 * hosts are named.
 */
export function connect_sources(urls) {
    const hosts = urls.filter((url) => url.includes('://')).map((url) => url.split('/').slice(0, 3).join('/'));
    return ["'self'", ...new Set(hosts)].join(' ');
}

export function html_escape(text) {
    return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
