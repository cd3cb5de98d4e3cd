/*
 * Ad-hoc commands (XEP-0050): the list, and one command under way.
 */
import { form_read, NS_FORM } from './form.js';

const NS_COMMANDS = 'http://jabber.org/protocol/commands';
const NS_ITEMS = 'http://jabber.org/protocol/disco#items';
const ACTIONS = ['prev', 'next', 'complete'];

/* What one may run: [{ node, title }]. */
export async function commands_list(link) {
    const answer = await link.ask('get', (iq) => iq.c('query', { xmlns: NS_ITEMS, node: NS_COMMANDS }));
    return [...answer.querySelectorAll('query > item')].map((item) => ({
        node: item.getAttribute('node') || '',
        title: item.getAttribute('name') || item.getAttribute('node') || '',
    })).filter(({ node }) => node !== '');
}

function children(parent, name) {
    return [...parent.children].filter((child) => child.localName === name);
}

function stage_read(answer) {
    const command = children(answer, 'command')[0];
    const offered = command && children(command, 'actions')[0];
    const form = command && children(command, 'x').find((x) => x.namespaceURI === NS_FORM);
    const allowed = ACTIONS.filter((action) => offered && children(offered, action).length > 0);
    const wanted = offered?.getAttribute('execute');
    /* Without a list of actions a stage is the only one. */
    const go = allowed.includes(wanted) ? wanted
        : ['next', 'complete'].find((action) => allowed.includes(action)) || 'complete';
    return {
        node: command?.getAttribute('node') || '',
        session: command?.getAttribute('sessionid') || null,
        status: command?.getAttribute('status') || 'completed',
        actions: allowed.length > 0 ? allowed : ['complete'],
        go,
        notes: command ? children(command, 'note').map((note) => ({
            type: note.getAttribute('type') || 'info', text: note.textContent })) : [],
        form: form ? form_read(form) : null,
    };
}

/* The first stage of a command, or with `stage` what follows it by `action`; `values` are those of
 * form_values(). */
export async function command_do(link, node, stage = null, action = 'execute', values = []) {
    const answer = await link.ask('set', (iq) => {
        iq.c('command', { xmlns: NS_COMMANDS, node, action,
                          ...(stage?.session && { sessionid: stage.session }) });
        if (!stage || action === 'cancel' || !stage.form)
            return;
        iq.c('x', { xmlns: NS_FORM, type: 'submit' });
        for (const { name, type, texts } of values) {
            iq.c('field', { var: name, type });
            for (const text of texts)
                iq.c('value', {}, text);
            iq.up();
        }
    });
    return stage_read(answer);
}
