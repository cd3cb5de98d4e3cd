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

/* Time-outs that are nobody's setting, in milliseconds. */
enum {
    /* An operator whose last client is gone may be changing networks; so long patrons wait. */
    OWNER_GRACE_MS = 60 * 1000,
    /* What a waiting patron hears after the holding line: so long after the line before. */
    NEWS_MS_FIRST = 90 * 1000,
    NEWS_MS_MAX = 10 * 60 * 1000,
    /* A chat in which nobody wrote for this long is over, whatever the clients say. */
    CHAT_IDLE_MS = 30 * 60 * 1000,
    /* When the server is back, the answers to our probes need a moment: until then nobody is told
     * that nobody is there. */
    SETTLE_MS = 2 * 1000
};

#endif
