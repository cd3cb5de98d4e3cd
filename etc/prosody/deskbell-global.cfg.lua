-- Deskbell for Prosody 0.12, part 1 of 2: options of the whole server.
-- Put `Include "/etc/prosody/deskbell-global.cfg.lua"` ABOVE the first VirtualHost of
-- prosody.cfg.lua: below one, Prosody takes them as that host's and ignores them.

-- Answers wait 40 ms in Nagle's algorithm otherwise: the median of a chat's round trip was 43 ms.
network_settings = { nagle = false }

-- A stanza of a guest is work for everybody. The first bounds TCP and WebSocket (it may run over
-- by one read of 8 KiB). BOSH knows no stanza limit, only the second, whose default is 10 MB.
c2s_stanza_size_limit = 16384
http_max_content_size = 20000

-- And of how many a second: a guest who sends stanzas of 16 KB as fast as they are read takes all of
-- Prosody's one processor, and everybody waits. For TCP and WebSocket (part 2 turns it on), people's
-- clients too, which send a tenth of that. BOSH is held by the web server before it
-- (deskbell.conf for nginx), so let nobody but that reach Prosody's HTTP port.
limits = { c2s = { rate = "10kb/s", burst = "3s" } }

-- How long a silent BOSH patron counts as there. Deskbell adds its own grace on top.
bosh_max_inactivity = 30
