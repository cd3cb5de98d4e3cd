/* settings_bounds.h: how large a consortium's settings may be, and why. A file or a row above a
 * bound is refused with words; nothing is cut off silently. */
#ifndef DESKBELL_COMPONENT_SETTINGS_BOUNDS_H
#define DESKBELL_COMPONENT_SETTINGS_BOUNDS_H

enum {
    FILE_BYTES_MAX = 4 * 1024 * 1024, /* some 400 libraries with 20 operators each, commented */
    FILE_DEPTH_MAX = 16,              /* the format needs 10; libconfig recurses */
    COMPLAINTS_MAX = 200,             /* nobody reads more at once; the rest comes the next time */

    LIBRARIES_MAX = 500,       /* the largest consortia have about 200 members */
    OPERATORS_MAX = 20000,     /* all libraries together */
    SNIPPETS_MAX = 8000,       /* two a queue */
    QUEUE_OPERATORS_MAX = 500, /* each question is offered to all of them at once */
    ADMINS_MAX = 32,           /* of one library, or coordinators */
    WINDOWS_MAX = 56,          /* of one `hours`: eight a day; every decision walks them */
    CLOSURES_MAX = 800,        /* of one owner: two years of single days */
    HOLIDAYS_MAX = 400,        /* added, removed, or covered dates */

    CANNED_MAX = 100,          /* of one owner; nobody remembers more names */
    NOTICES_MAX = 5,           /* of one owner: more than a few are not read */

    LINE_CHARACTERS_MAX = 100,  /* titles and names of dates: one line in a roster */
    SNIPPET_LINE_MAX = 300,     /* an address */
    SNIPPET_LINES_MAX = 4000,   /* of questions, or words: a page view fetches them */
    TEXT_CHARACTERS_MAX = 1000, /* welcome and such: a few phone screens */
    NOTICE_CHARACTERS_MAX = 300, /* a notice stands before a question that has to be read too */
    LINK_CHARACTERS_MAX = 500,   /* an address that somebody can still copy */
    ACCOUNT_BYTES_MAX = 1023,   /* a bare JID; RFC 7622 allows twice that, no server does */

    PATH_BYTES_MAX = 1024, /* of deskbell.conf's paths and connection string */
    SECRET_BYTES_MAX = 512,

    SECONDS_MAX = 86400,          /* a day; beyond it a time-out means never */
    CHATS_PER_OPERATOR_MAX = 100, /* more is no person */
    RETENTION_DAYS_MAX = 3660     /* ten years */
};

#endif
