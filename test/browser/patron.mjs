/*
 * The robot patron: JSON lines in, JSON lines out. README.md is its manual.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { browser_start } from './browser.mjs';
import { desk_page_open } from './desk_page.mjs';

const { values: options } = parseArgs({ options: {
    'no-websocket': { type: 'boolean' },
    'dark': { type: 'boolean' },
    'lang': { type: 'string', default: 'en-US' },
    'width': { type: 'string', default: '420' },
    'height': { type: 'string', default: '720' },
} });

let browser = null;
let page = null;
let desk = null;

async function page_make() {
    const context = await browser.context({
        viewport: { width: Number(options.width), height: Number(options.height) },
        colorScheme: options.dark ? 'dark' : 'light',
        locale: options.lang,
    });
    if (options['no-websocket'])
        await context.routeWebSocket(/.*/, (socket) => socket.close());
    page = await context.newPage();
}

async function opened(request) {
    if (request.wait !== 'page')
        return desk.ready(request.ms);
    return desk.state();
}

/* Each takes the request and returns what its answer says besides `ok` and `do`. */
const commands = {
    async open(request) {
        desk = await desk_page_open(page, request.url);
        return opened(request);
    },
    async reload(request) {
        desk = await desk_page_open(page, page.url());
        return opened(request);
    },
    /* As by a link to somewhere else; `open` comes back in the same tab. */
    async leave() {
        await page.goto('about:blank');
    },
    async say(request) {
        const { id } = await desk.say(request.text);
        if (request.receipt === false)
            return { id, delivered: false };
        await desk.mark(id, 'delivered', request.ms);
        return { id, delivered: true };
    },
    async leave_question(request) {
        const { id } = await desk.leave(request.question, request.contact);
        await desk.mark(id, 'delivered', request.ms);
        return { id, delivered: true };
    },
    async type(request) {
        await desk.type(request.text);
    },
    async wait(request) {
        if (request.text !== undefined)
            return desk.line(request.text, request);
        const wanted = {};
        for (const key of ['state', 'link', 'transport', 'typing'])
            if (request[key] !== undefined)
                wanted[key] = request[key];
        return desk.until_state(wanted, request.ms);
    },
    texts: async () => ({ lines: await desk.lines() }),
    state: async () => desk.state(),
    async screenshot(request) {
        await page.screenshot({ path: request.path });
        return { path: request.path };
    },
    /* A closing page gets its moment to say so, as in a patron's browser. */
    async close() {
        await page.goto('about:blank');
    },
};

async function answer(line) {
    let request = {};
    try {
        request = JSON.parse(line);
        if (!Object.hasOwn(commands, request.do))
            throw new Error(`unknown command '${request.do}'`);
        if (!desk && !['open', 'screenshot', 'close'].includes(request.do))
            throw new Error('no page is open');
        return { ok: true, do: request.do, tag: request.tag, ...(await commands[request.do](request)) };
    } catch (error) {
        const state = desk && await desk.state().catch(() => undefined);
        return { ok: false, do: request.do, tag: request.tag, error: error.message.split('\n')[0], state };
    }
}

async function stop(code) {
    const ending = browser;
    browser = null;
    if (ending)
        await ending.stop();
    process.exit(code);
}

process.on('SIGTERM', () => stop(0));
process.on('SIGINT', () => stop(0));
try {
    browser = await browser_start();
    await page_make();
    for await (const line of createInterface({ input: process.stdin })) {
        if (!line.trim())
            continue;
        const reply = await answer(line);
        process.stdout.write(`${JSON.stringify(reply)}\n`);
        if (reply.do === 'close')
            break;
    }
    await stop(0);
} catch (error) {
    console.error(`patron: ${error.message}`);
    await stop(1);
}
