/* stanza_iq.h: the shell of an iq that we write: its id, its answer, its refusal (RFC 6120, 8.2.3
 * and 8.3). */
#ifndef DESKBELL_COMPONENT_STANZA_IQ_H
#define DESKBELL_COMPONENT_STANZA_IQ_H

#include <strophe.h>

#include "component/xml_out.h"

/* A UUID and its NUL. */
enum { IQ_ID_SIZE = 37 };

/* An id that nobody can guess, for a question whose answer we shall know by it. */
void iq_id_make(xmpp_ctx_t *ctx, char ret[IQ_ID_SIZE]);

/* Appends the opening tag. `id` is NULL for none. */
void iq_begin(struct xml_out *out, const char *type, const char *from, const char *to,
              const char *id);

/* Appends the whole answer that says no. `type` is that of the error: "cancel", "wait", ... */
void iq_error(struct xml_out *out, const char *from, const char *to, const char *id,
              const char *type, const char *condition);

/* The same to an address that moved: what is asked for is NAME@DOMAIN now. */
void iq_gone(struct xml_out *out, const char *from, const char *to, const char *id,
             const char *name, const char *domain);

/* What an <error/> of any stanza has in it then: the new address for clients (section 8.3.3.5) and,
 * since few of them read it, in words. */
void stanza_gone(struct xml_out *out, const char *name, const char *domain);

#endif
