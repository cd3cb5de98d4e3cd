/*
 * Starts Converse.js with what an operator of the desk needs, and without what would ask somebody else.
 */
import { commands_define } from './commands.js';

const config = await (await fetch('config.json')).json();

/* Converse.js puts links and its sponsors' pictures from its own site around the log-in: ours has the
 * desk's name. */
for (const name of ['converse-footer', 'converse-controlbox-navbar'])
    customElements.define(name, class extends HTMLElement {});
customElements.define('converse-brand-logo', class extends HTMLElement {
    connectedCallback() {
        this.textContent = config.title;
        this.setAttribute('role', 'heading');
        this.setAttribute('aria-level', '1');
    }
});

const { converse } = await new Promise((resolve) => {
    window.addEventListener('converse-loaded', (event) => resolve(event.detail), { once: true });
    import('./converse/converse.min.js');
});
const { Strophe } = converse.env;

function is_desk(jid) {
    return Strophe.getDomainFromJid(jid) === config.desk_domain;
}

/* A queue that asks to see us is one that the library has given us: into the list, and on duty. */
async function queue_accept(api, request) {
    const contact = await request;
    const jid = contact.get('jid');
    if (!is_desk(jid) || !Strophe.getNodeFromJid(jid))
        return;
    /* The request's own entry would never show how the queue is. */
    contact.destroy();
    const queue = await api.contacts.add({ jid, name: Strophe.getNodeFromJid(jid), groups: ['Queues'] });
    queue.authorize();
}

/* A chat is called by what is before the '@', which is short and says the queue. */
function chat_name(chat) {
    const jid = chat.get('jid');
    if (is_desk(jid))
        chat.vcard?.set('nickname', Strophe.getNodeFromJid(jid) || jid);
}

converse.plugins.add('deskbell', {
    dependencies: ['converse-adhoc-views', 'converse-roster', 'converse-modal'],
    initialize() {
        const { api, labels } = this._converse;
        const button = document.getElementById('desk-commands');
        const open = commands_define(converse, api);

        labels.HEADER_UNSAVED_CONTACTS = 'Chats';
        api.listen.on('chatBoxInitialized', chat_name);
        api.listen.on('contactRequest', (request) => queue_accept(api, request));
        for (const event of ['connected', 'reconnected'])
            api.listen.on(event, () => { button.hidden = false; });
        for (const event of ['disconnected', 'logout'])
            api.listen.on(event, () => { button.hidden = true; });
        button.addEventListener('click', () => open(config.desk_domain, 'Commands of the desk'));
        api.listen.on('getHeadingButtons', (view, buttons) => {
            const jid = view.model.get('jid');
            if (!is_desk(jid))
                return buttons;
            /* Whom the desk lets in is the desk's to say: `!block` does that, and for the patron alone. */
            const kept = buttons.filter(({ name }) => !['block', 'unblock', 'details'].includes(name));
            kept.push({
                name: 'commands',
                a_class: 'desk-commands-here',
                icon_class: 'fa-list-ul',
                i18n_text: 'Commands',
                i18n_title: 'What you can do here',
                handler: (event) => {
                    event.preventDefault();
                    open(jid, Strophe.getNodeFromJid(jid));
                },
                standalone: true,
            });
            return kept;
        });
    },
});

function absolute(url) {
    return new URL(url, location.href).href;
}

/* Where a network lets no WebSocket through, Converse.js says that the log-in failed: we look first. */
function websocket_opens(url) {
    return new Promise((resolve) => {
        const socket = new WebSocket(url, 'xmpp');
        const late = setTimeout(() => socket.close(), 5000);
        socket.onopen = () => { resolve(true); socket.close(); };
        socket.onclose = () => { clearTimeout(late); resolve(false); };
    });
}

const websocket_url = absolute(config.websocket).replace(/^http/, 'ws');
converse.initialize({
    view_mode: 'fullscreen',
    assets_path: './converse/',
    sounds_path: './converse/sounds/',
    notification_icon: './converse/images/logo/conversejs-filled-192.png',
    websocket_url: await websocket_opens(websocket_url) ? websocket_url : undefined,
    bosh_service_url: absolute(config.bosh),
    discover_connection_methods: false,
    authentication: 'login',
    locked_domain: config.accounts_domain,
    auto_reconnect: true,
    /* What patrons write stays in this tab: nothing of it is on the disk unless the box is ticked. */
    allow_user_trust_override: 'off',
    clear_cache_on_logout: true,
    message_archiving: 'never',
    /* A chat's address is in nobody's list. */
    allow_non_roster_messaging: true,
    allow_contact_requests: true,
    allow_registration: false,
    allow_adhoc_commands: false,
    show_client_info: false,
    auto_away: 300,
    idle_presence_timeout: 300,
    play_sounds: true,
    roster_groups: true,
    show_background: false,
    use_system_emojis: true,
    render_media: false,
    fetch_url_headers: false,
    embed_3rd_party_media_players: false,
    allow_message_retraction: 'none',
    show_message_avatar: false,
    visible_toolbar_buttons: { call: false, emoji: true, spoiler: false, toggle_occupants: false },
    providers_link: '',
    xmpp_providers_url: '',
    autocomplete_providers_url: '',
    lazy_load_vcards: true,
    show_self_in_roster: false,
    whitelisted_plugins: ['deskbell'],
    blacklisted_plugins: ['converse-omemo', 'converse-omemo-views', 'converse-register', 'converse-push',
                          'converse-mam', 'converse-mam-views', 'converse-disco-views',
                          'converse-bookmark-views', 'converse-reactions', 'converse-reactions-views'],
});
