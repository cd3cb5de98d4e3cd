/*
 * A private Prosody on free loopback ports, with guests and room for one component. All its state
 * is in a temporary folder; it is ended by its process id.
 */
import { spawn } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SECRET = 'only-for-tests';

export async function port_free() {
    const server = net.createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return port;
}

export function port_answers(port) {
    return new Promise((resolve) => {
        const socket = net.connect(port, '127.0.0.1');
        socket.on('connect', () => { socket.destroy(); resolve(true); });
        socket.on('error', () => resolve(false));
    });
}

export function pause(ms) {
    return new Promise((resolve) => setTimeout(resolve, ms));
}

/* How to run something as the server's own account, which `dir` is given to: servers refuse root. */
export function server_user(dir, name) {
    if (process.getuid() !== 0)
        return [];
    const entry = readFileSync('/etc/passwd', 'utf8').match(new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm'));
    chownSync(dir, Number(entry[1]), Number(entry[2]));
    return ['setpriv', '--reuid', name, '--regid', name, '--init-groups'];
}

/*
 * The server that `command` (a list) runs, once it listens on both ports: start(), stop(), end()
 * which also clears `dir`, and log().
 */
export function server_new({ dir, http_port, component_port, command, env = process.env, wait_ms = 10000 }) {
    let child = null;
    let log = '';

    const server = {
        http_port,
        component_port,
        async start() {
            child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env, cwd: dir });
            child.stdout.on('data', (data) => { log += data; });
            child.stderr.on('data', (data) => { log += data; });
            for (let tries = 0; tries < wait_ms / 100; tries++) {
                if (await port_answers(http_port) && await port_answers(component_port))
                    return;
                await pause(100);
            }
            throw new Error(`${command[0]} does not listen: ${log}`);
        },
        async stop() {
            if (!child)
                return;
            const ended = new Promise((resolve) => child.on('exit', resolve));
            child.kill('SIGTERM');
            const late = setTimeout(() => child.kill('SIGKILL'), 5000);
            await ended;
            clearTimeout(late);
            child = null;
        },
        async end() {
            await server.stop();
            rmSync(dir, { recursive: true, force: true });
        },
        log: () => log,
    };
    return server;
}

export async function prosody_new() {
    const dir = mkdtempSync(join(tmpdir(), 'deskbell-prosody-'));
    const http_port = await port_free();
    const component_port = await port_free();
    writeFileSync(join(dir, 'prosody.cfg.lua'), `
pidfile = "${dir}/prosody.pid"
data_path = "${dir}"
interfaces = { "127.0.0.1" }
c2s_ports = { }
c2s_direct_tls_ports = { }
s2s_ports = { }
component_ports = { ${component_port} }
component_interfaces = { "127.0.0.1" }
http_ports = { ${http_port} }
http_interfaces = { "127.0.0.1" }
https_ports = { }
modules_disabled = { "s2s" }
modules_enabled = { "saslauth"; "disco"; "ping"; "presence"; "message"; "iq"; "posix"; "bosh"; "websocket" }
consider_bosh_secure = true
consider_websocket_secure = true
c2s_require_encryption = false
bosh_max_inactivity = 10
c2s_stanza_size_limit = 16384
http_max_content_size = 20000
network_settings = { nagle = false }
log = { info = "*console" }

VirtualHost "guest.localhost"
  authentication = "anonymous"
  http_host = "guest.localhost"

Component "chat.localhost"
  component_secret = "${SECRET}"
  component_conflict_resolve = "kick_old"
`);
    return server_new({ dir, http_port, component_port,
                        command: [...server_user(dir, 'prosody'), 'prosody', '--config',
                                  join(dir, 'prosody.cfg.lua'), '-F'] });
}
