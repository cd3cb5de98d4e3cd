/*
 * The administrators' page: log-in, the list of commands, and whichever runs.
 */
import { commands_list } from './command.js';
import { by_id, element } from './dom.js';
import { link_open } from './link.js';
import { LIVE, live_run, presences_new } from './live.js';
import { command_run } from './stage.js';

const MESSAGES_MAX = 100;

/* What a command is about, by how its name begins; what fits nowhere is at the end. */
const GROUPS = [
    ['Queues and hours', /^(queue|hours|closure|holidays?|backup|policy|explain|notice)\b/],
    ['People and rights', /^(operator|admin|grant|revoke|audit)\b/],
    ['Libraries', /^library\b/],
    ['Web pages and texts', /^(snippet|canned|profile)\b/],
    ['Chats and figures', /^(transcript|statistics|followups|block)\b/],
    ['Help', /^help\b/],
    ['Other', /^/],
];

const config = await (await fetch('config.json')).json();
let link = null;
let presences = null;
let refresh = null;
let shown = 0; /* counts what was opened, so that what comes late shows nothing */

function opener() {
    const mine = ++shown;
    refresh = null;
    return () => mine === shown;
}

function chosen(button) {
    for (const other of by_id('commands').querySelectorAll('[aria-current]'))
        other.removeAttribute('aria-current');
    button?.setAttribute('aria-current', 'page');
}

function button_of(title, open) {
    const button = element('button', { type: 'button', onclick: () => {
        chosen(button);
        open();
    } }, title);
    return element('li', {}, button);
}

function live_open(commands) {
    const is_ours = opener();
    refresh = live_run(link, by_id('page'), commands, presences, is_ours);
}

function commands_show(commands) {
    const places = new Map(GROUPS.map(([name]) => [name, []]));
    for (const command of commands) {
        const [name] = GROUPS.find(([, fits]) => fits.test(command.node));
        places.get(name).push(button_of(command.title, () => (
            command_run(link, by_id('page'), command, opener()))));
    }
    const live = commands.some(({ node }) => node === LIVE[0])
        ? [element('ul', {}, button_of('Queues now', () => live_open(commands)))] : [];
    by_id('commands').replaceChildren(...live, ...[...places]
        .filter(([, buttons]) => buttons.length > 0)
        .map(([name, buttons]) => element('section', {}, element('h2', {}, name),
                                          element('ul', {}, ...buttons))));
}

function commands_find() {
    const wanted = by_id('find').value.trim().toLowerCase();
    for (const item of by_id('commands').querySelectorAll('li'))
        item.hidden = !item.textContent.toLowerCase().includes(wanted);
    for (const section of by_id('commands').querySelectorAll('section'))
        section.hidden = !section.querySelector('li:not([hidden])');
}

/* A message of the desk itself: an export's lines, or where its file is. */
function message_show(stanza) {
    const body = [...stanza.children].find((child) => child.localName === 'body')?.textContent;
    if (!body)
        return;
    const list = by_id('messages-list');
    const parts = body.split(/(https?:\/\/[^\s<>"]+)/).map((part, i) => (i % 2 === 0 ? part
        : element('a', { href: part, target: '_blank', rel: 'noopener noreferrer' }, part)));
    by_id('messages').hidden = false;
    list.append(element('p', { class: 'text' }, ...parts));
    while (list.children.length > MESSAGES_MAX)
        list.firstChild.remove();
}

function log_in_show(words) {
    opener();
    link = presences = null;
    by_id('desk').hidden = by_id('who').hidden = true;
    by_id('log-in-page').hidden = false;
    for (const id of ['page', 'commands', 'messages-list'])
        by_id(id).replaceChildren();
    by_id('messages').hidden = true;
    by_id('find').value = '';
    by_id('trouble').textContent = words;
    by_id(by_id('user').value ? 'password' : 'user').focus();
}

function log_out() {
    const leaving = link;
    presences?.end();
    log_in_show('');
    leaving?.close();
}

async function desk_show() {
    const commands = await commands_list(link);
    presences = presences_new(link, () => refresh?.());
    link.on('message', message_show);
    by_id('account').textContent = link.jid.split('/')[0];
    by_id('log-in-page').hidden = true;
    by_id('desk').hidden = by_id('who').hidden = false;
    commands_show(commands);
    const first = by_id('commands').querySelector('button');
    if (first)
        first.click();
    else
        by_id('page').replaceChildren(element('h2', { id: 'heading' }, 'No commands'),
            element('p', {}, 'This account administrates nothing at the desk.'));
}

async function log_in() {
    const user = by_id('user').value.trim();
    const password = by_id('password').value;
    const button = by_id('log-in').querySelector('button');
    by_id('password').value = '';
    by_id('trouble').textContent = '';
    button.disabled = true;
    try {
        link = await link_open(config, user.includes('@') ? user : `${user}@${config.accounts_domain}`,
                               password, () => log_in_show('The connection is lost. Please log in again.'));
        await desk_show();
    } catch (error) {
        link?.close();
        log_in_show(`That did not work: ${error.message}`);
    }
    button.disabled = false;
}

by_id('log-in').addEventListener('submit', (event) => {
    event.preventDefault();
    log_in();
});
by_id('log-out').addEventListener('click', () => {
    by_id('user').value = '';
    log_out();
});
by_id('find').addEventListener('input', commands_find);
document.addEventListener('visibilitychange', () => refresh?.());
/* A page that the browser keeps for its Back button is logged out, too. */
addEventListener('pagehide', log_out);
