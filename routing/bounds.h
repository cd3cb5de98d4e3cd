/* bounds.h: how far strangers can make the desk grow, and why just so far. */
#ifndef DESKBELL_ROUTING_BOUNDS_H
#define DESKBELL_ROUTING_BOUNDS_H

enum {
    /* A patron beyond this would wait over an hour: better say so now. Per queue. */
    CHATS_WAITING_MAX = 50,
    /* All live chats of the process; the memory of a small server at about 1 KB each. */
    CHATS_LIVE_MAX = 200000,
    /* Windows that open on one operator's screen; the rest is offered as these go. */
    OFFERS_PER_OPERATOR_MAX = 20,
    /* Bytes of one line. The server lets 16 KiB stanzas through; nobody types more than a page. */
    LINE_BYTES_MAX = 8 * 1024,
    /* Lines that a patron can pile up while nobody answers; the oldest are in the transcript. */
    LINES_KEPT_MAX = 50,
    /* And their bytes together: an offer carries them in one stanza. */
    LINES_KEPT_BYTES_MAX = 16 * 1024,
    /* Lines of a chat whose text is nowhere but in memory, as many as are read back from the
     * database for an offer; and their bytes together. */
    MEMORY_LINES_MAX = 200,
    MEMORY_BYTES_MAX = 64 * 1024,
    /* Ids of the patron's last lines, to know a repeat: the widget repeats what has no receipt,
     * and never has more under way. */
    RECENT_IDS = 16,
    /* A stanza's id is echoed and stored; real ones are 36 bytes. */
    STANZA_ID_BYTES_MAX = 128,
    /* Answers of the desk a minute to lines of one operator that went nowhere. A person reads one;
     * a machine that answers each of them would go on for ever. */
    ANSWERS_A_MINUTE_MAX = 20,
    /* Lines a minute from one operator to colleagues: two machines that answer each other. */
    COLLEAGUE_LINES_A_MINUTE_MAX = 30,
    /* Clients that one operator has open at once. */
    RESOURCES_PER_OPERATOR_MAX = 16,
    /* People who watch one queue's presence without being its operators. */
    WATCHERS_PER_QUEUE_MAX = 2000,
    /* Patrons that a library blocks at once: years of bad days. The one that ends first makes
     * room. */
    BLOCKS_PER_LIBRARY_MAX = 1000,
    /* Open items of one library: weeks of work. A patron beyond it is told that the question could
     * not be kept, which is better than a list that nobody reads to its end. */
    FOLLOWUPS_OPEN_MAX = 500,
    /* Bytes of an item's text: with the above 4 MB a library at worst. */
    FOLLOWUP_BYTES_MAX = LINE_BYTES_MAX,
    /* Open items that one operator is told of at once, each a line; of the rest the number. */
    FOLLOWUPS_TOLD_MAX = 20
};

/* How fast strangers may be: so many at once, then one in so many milliseconds. Whatever is above
 * is refused and changes nothing. Operators' lines are not limited. */
enum {
    /* A patron's lines, by address. Ten pasted lines pass even behind a lively exchange, and nobody
     * types a line in two seconds for long; a program has used it up in its first second. */
    FLOOD_LINES_BURST = 20,
    FLOOD_LINES_MS = 2 * 1000,
    /* Repeats of lines that are here already: the widget sends one every four seconds at most, and
     * perhaps all of its outbox after a change of network. */
    FLOOD_REPEATS_BURST = 60,
    FLOOD_REPEATS_MS = 2 * 1000,
    /* New chats of one address: it has one a queue at a time, so more were over at once. */
    FLOOD_OPENINGS_BURST = 5,
    FLOOD_OPENINGS_MS = 30 * 1000,
    /* New chats of one queue: a class of a hundred that is told to try the chat gets in, and one
     * desk cannot answer one a second. Who takes a new address for each line is stopped here. */
    FLOOD_QUEUE_BURST = 100,
    FLOOD_QUEUE_MS = 1000,
    /* And of all queues of a library: a flood at one of them cannot use it up alone. */
    FLOOD_LIBRARY_BURST = 200,
    FLOOD_LIBRARY_MS = 500,
    /* Buckets of patrons. Beyond, the one that is nearest to full makes room: it has the least to
     * forget. Each new address has to open a chat, which the queue's bucket counts. */
    FLOOD_PATRONS_MAX = 4096,
    /* Buckets of queues and libraries, which strangers cannot add to. */
    FLOOD_PLACES_MAX = 4096
};

/* Time-outs that are nobody's setting, in milliseconds. */
enum {
    /* An operator whose last client is gone may be changing networks; so long patrons wait. */
    OWNER_GRACE_MS = 60 * 1000,
    /* Somebody may only be late: so long nobody is at a desk that is open before its administrators
     * hear of it. */
    ALARM_MS = 5 * 60 * 1000,
    /* What a waiting patron hears after the holding line: so long after the line before. */
    NEWS_MS_FIRST = 90 * 1000,
    NEWS_MS_MAX = 10 * 60 * 1000,
    /* A chat in which nobody wrote for this long is over, whatever the clients say. */
    CHAT_IDLE_MS = 30 * 60 * 1000,
    /* Pidgin says that it is away, and a few milliseconds later since when nobody touched it. */
    AWAY_SETTLE_MS = 1000,
    /* When the server is back, the answers to our probes need a moment: until then nobody is told
     * that nobody is there. */
    SETTLE_MS = 2 * 1000
};

#endif
