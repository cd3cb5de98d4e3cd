/*
 * A private ejabberd on free loopback ports, with guests and room for one component, as prosody.mjs.
 * Without distribution: no epmd, no cookie, no port but these.
 */
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { port_free, SECRET, server_new, server_user } from './prosody.mjs';

const START_MS = 60000;

/* Where Debian keeps the server's own modules. */
function libraries_find() {
    for (const place of readdirSync('/usr/lib').map((name) => join('/usr/lib', name)))
        if (place.endsWith('-linux-gnu') && readdirSync(place).some((name) => name.startsWith('ejabberd-')))
            return place;
    throw new Error('ejabberd is missing');
}

export async function ejabberd_new() {
    const dir = mkdtempSync(join(tmpdir(), 'deskbell-ejabberd-'));
    const http_port = await port_free();
    const component_port = await port_free();
    const user = server_user(dir, 'ejabberd');
    for (const name of ['spool', 'logs']) {
        mkdirSync(join(dir, name));
        server_user(join(dir, name), 'ejabberd');
    }
    writeFileSync(join(dir, 'ejabberd.yml'), `
loglevel: info
hosts: [guest.localhost]
certfiles: []
auth_method: [anonymous]
anonymous_protocol: sasl_anon
allow_multiple_connections: false
s2s_access: none
listen:
  -
    port: ${http_port}
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers:
      /http-bind: mod_bosh
      /xmpp-websocket: ejabberd_http_ws
  -
    port: ${component_port}
    ip: "127.0.0.1"
    module: ejabberd_service
    access: all
    hosts:
      chat.localhost:
        password: "${SECRET}"
modules:
  mod_bosh:
    max_inactivity: 10
  mod_disco: {}
  mod_ping: {}
`);
    const env = { ...process.env, HOME: dir, ERL_LIBS: libraries_find(), EJABBERD_CONFIG_PATH: join(dir, 'ejabberd.yml'),
                  EJABBERD_LOG_PATH: join(dir, 'logs/ejabberd.log'), ERL_CRASH_DUMP: join(dir, 'logs/crash.dump') };
    return server_new({ dir, http_port, component_port, env, wait_ms: START_MS,
                        command: [...user, 'erl', '+K', 'true', '-noinput', '-noshell', '-mnesia', 'dir',
                                  `"${dir}/spool"`, '-s', 'ejabberd'] });
}
