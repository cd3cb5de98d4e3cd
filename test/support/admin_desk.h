/* admin_desk.h: commands of administrators against a database of their own: who asks, and what came
 * of it. Kept in globals, as Check runs each test in a process of its own. */
#ifndef DESKBELL_TEST_SUPPORT_ADMIN_DESK_H
#define DESKBELL_TEST_SUPPORT_ADMIN_DESK_H

#include "component/adhoc_private.h"
#include "component/clerk.h"
#include "component/stanza_in.h"
#include "test/support/store_desk.h"

#define COORDINATOR "coord@localhost/pidgin"
#define MOB "mobadmin@localhost/gajim" /* administers mobstate */
#define SLU "sluadmin@localhost/gajim" /* slu */
#define BOTH "both@localhost/gajim"    /* mobstate and slu */
#define ANN "ann@localhost/pidgin"     /* an operator of mobstate */
#define GUEST "guest@example.org/web"
#define MISSING "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"

enum { HOUR_MS = 3600 * 1000 };
#define WALL (20781LL * 24 * HOUR_MS + 16 * HOUR_MS) /* 2026-11-24 10:00 in Chicago, a Tuesday */

extern PGconn *database; /* the superuser's */
extern struct adhoc *adhoc;
extern struct clerk *clerk;
extern struct effects effects; /* of the last step */
extern struct xml_out out;     /* the last answer */
extern char session[SESSION_ID_SIZE];
extern int answers; /* stanzas that came by themselves */
extern char *told;  /* messages: "TO: BODY" lines */
extern char *uploaded; /* the last file: "TO NAME TYPE" and the bytes behind a line's end */
extern int64_t now;

/* Libraries mobstate (id 1, with store_desk's queue, which ann answers) and slu (id 2). */
void admin_set_up(void);
void admin_tear_down(void);
/* Reads the settings again, as after a NOTIFY. */
void admin_settings_take(void);
void admin_step(void *context, struct event *event);
void admin_tell_note(void *context, const char *to, const char *body);

struct adhoc_request admin_request(const char *jid, struct jid *from);
/* Sends <command ATTRIBUTES>INNER</command> without waiting. "$" in the attributes is the last
 * session. */
void admin_post(const char *jid, const char *attributes, const char *inner);
void admin_wait(void);
/* Both; the answer. */
const char *admin_send(const char *jid, const char *attributes, const char *inner);
/* From now on accounts are made on the server "localhost", which is the test. */
void admin_provision_begin(void);
/* It answers what `out` has asked it. */
void admin_server_says(const char *type, const char *inner);
/* The answer has that part. */
void admin_expect(const char *part, const char *what);
/* "command library object reason;" of all rows. */
const char *admin_audit(void);

#define X(fields) "<x xmlns='jabber:x:data' type='submit'>" fields "</x>"
#define V(name, value) "<field var='" name "'><value>" value "</value></field>"
/* The second form of 'snippet-add'. */
#define SNIPPET_LOOK X(V("side", "end") V("closed", "show"))

#endif
