/*
 * Web server for the widget's folder, which passes WebSocket and BOSH on to the XMPP server, so
 * that all has one origin as it would behind a library's web server.
 *
 *   node serve.mjs --dir DIR --port 8080 --xmpp 127.0.0.1:5280 [--no-websocket]
 *
 * As a module it can also refuse WebSocket, or cut what is under way, as networks do.
 */
import { createReadStream, statSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const PASSED_ON = ['/xmpp-websocket', '/http-bind', '/ws', '/bosh'];
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css',
                '.json': 'application/json', '.svg': 'image/svg+xml' };

export async function serve_start({ dir, port = 0, xmpp_host = '127.0.0.1', xmpp_port, websocket = true }) {
    const links = new Set(); /* sockets towards the XMPP server */
    const control = {
        websocket,
        down: false, /* as if the cable were out */
        requests: [], /* paths passed on, oldest first */
        /* As if packets vanished: the connections stay, nothing comes through. */
        stall(now) {
            for (const link of links)
                now ? link.pause() : link.resume();
        },
        cut() {
            for (const link of links)
                link.destroy();
        },
    };

    function is_xmpp(url) {
        return PASSED_ON.includes(url.split('?')[0]);
    }

    const server = http.createServer((request, response) => {
        if (is_xmpp(request.url))
            pass_on(request, response);
        else
            give_file(request, response);
    });

    function pass_on(request, response) {
        control.requests.push(request.url);
        if (control.down)
            return request.socket.destroy();
        const onward = http.request({ host: xmpp_host, port: xmpp_port, path: request.url,
                                      method: request.method, headers: request.headers }, (answer) => {
            response.writeHead(answer.statusCode, answer.headers);
            answer.pipe(response);
        });
        onward.on('socket', (socket) => links.add(socket));
        onward.on('error', () => response.destroy());
        response.on('close', () => onward.destroy());
        request.pipe(onward);
    }

    function give_file(request, response) {
        const name = decodeURIComponent(new URL(request.url, 'http://x').pathname);
        const path = join(dir, normalize(name === '/' ? '/index.html' : name));
        const found = path.startsWith(dir) && statSync(path, { throwIfNoEntry: false });
        if (!found || !found.isFile()) {
            response.writeHead(404).end();
            return;
        }
        response.writeHead(200, {
            'Content-Type': TYPES[extname(path)] || 'application/octet-stream',
            ...(name.startsWith('/status/') && { 'Access-Control-Allow-Origin': '*' }),
        });
        createReadStream(path).pipe(response);
    }

    server.on('upgrade', (request, socket) => {
        control.requests.push(request.url);
        if (!control.websocket || control.down || !is_xmpp(request.url)) {
            socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
            return;
        }
        const onward = net.connect(xmpp_port, xmpp_host, () => {
            let head = `${request.method} ${request.url} HTTP/1.1\r\n`;
            for (let i = 0; i < request.rawHeaders.length; i += 2)
                head += `${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}\r\n`;
            onward.write(`${head}\r\n`);
            onward.pipe(socket).pipe(onward);
        });
        links.add(onward);
        onward.on('close', () => { links.delete(onward); socket.destroy(); });
        socket.on('close', () => onward.destroy());
        onward.on('error', () => socket.destroy());
        socket.on('error', () => onward.destroy());
    });

    await new Promise((resolve, reject) => {
        server.on('error', reject);
        server.listen(port, '127.0.0.1', resolve);
    });
    control.port = server.address().port;
    control.stop = () => new Promise((resolve) => {
        control.cut();
        server.closeAllConnections();
        server.close(resolve);
    });
    return control;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const { values } = parseArgs({ options: {
        'dir': { type: 'string' }, 'port': { type: 'string', default: '8080' },
        'xmpp': { type: 'string', default: '127.0.0.1:5280' }, 'no-websocket': { type: 'boolean' },
    } });
    const [xmpp_host, xmpp_port] = values.xmpp.split(':');
    const control = await serve_start({ dir: values.dir, port: Number(values.port), xmpp_host,
                                        xmpp_port: Number(xmpp_port), websocket: !values['no-websocket'] });
    console.log(`listening on http://127.0.0.1:${control.port}/`);
}
