-- Deskbell for Prosody 0.12, part 2 of 2: the hosts. Goes to /etc/prosody/conf.d/.
-- Change: example.org (the staff's accounts), guest.example.org (the patrons), chat.example.org
-- (the desk) and the secret. If prosody.cfg.lua already has the VirtualHost of your accounts, move
-- the lines of the first block there; modules_enabled adds to the list of the whole server.

VirtualHost "example.org"
    -- Deskbell may create accounts here and set passwords (XEP-0133).
    admins = { "chat.example.org" }
    -- carbons and blocklist are what Converse.js asks for.
    modules_enabled = { "adhoc"; "admin_adhoc"; "carbons"; "blocklist"; "mam"; }
    -- Chats are in no roster, so this keeps patrons' words out of the operators' own archives:
    -- the library's transcripts and their retention are kept in one place, the desk.
    default_archive_policy = "roster"

VirtualHost "guest.example.org"
    authentication = "anonymous"
    modules_enabled = { "bosh"; "websocket"; "smacks"; "firewall"; "limits"; }
    -- A patron is gone with the session: nothing of it is kept.
    modules_disabled = {
        "adhoc"; "admin_adhoc"; "carbons"; "mam"; "offline"; "pep"; "private"; "register";
        "roster"; "vcard4"; "vcard_legacy";
    }
    -- 600 by default, and what the client asks for is ignored: so long a patron whose phone went
    -- to sleep would look present.
    smacks_hibernation_time = 30
    -- Without this anybody on the web can write to, subscribe to and probe the staff's accounts.
    firewall_scripts = { "/etc/prosody/deskbell-guests.pfw" }

Component "chat.example.org"
    component_secret = "CHANGE-ME"
    -- A Deskbell that restarts must not be kept out by the dead connection of its predecessor.
    component_conflict_resolve = "kick_old"

-- Exports of administrators as files with a link (XEP-0363). The desk alone may put files here; who
-- has a link can read its file until it expires. Behind a web server, http_external_url says how
-- browsers get here. Without this component an export comes as chat lines.
Component "upload.example.org" "http_file_share"
    http_file_share_access = { "chat.example.org" }
    http_file_share_size_limit = 10 * 1024 * 1024
    http_file_share_expires_after = 24 * 60 * 60
