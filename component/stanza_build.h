/* stanza_build.h: from the bytes of one whole stanza to libstrophe's tree, within bounds.
 *
 * Every bound is checked before anything is built, and what was built before a bound was passed is
 * kept only to answer the sender. Nothing is parsed behind the place where a bound is passed.
 * Linear in the bytes: libstrophe walks all siblings for each child that it appends, which the
 * bound on children turns into a constant.
 *
 * The tree is what xmpp_stanza_new_from_string() makes of the same stanza outside its stream: an
 * element has `xmlns` when its namespace is not the stream's (so a stanza and its <body/> have
 * none, and a relayed one needs none taken away). Unlike libstrophe, `xml:lang` keeps its name, and
 * another attribute with a prefix keeps it together with its declaration. */
#ifndef DESKBELL_COMPONENT_STANZA_BUILD_H
#define DESKBELL_COMPONENT_STANZA_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <strophe.h>

enum stanza_refusal {
    REFUSED_NOT,
    REFUSED_BYTES,
    REFUSED_ELEMENTS,
    REFUSED_CHILDREN,
    REFUSED_ATTRIBUTES, /* of one element, or of all */
    REFUSED_DEPTH,
    REFUSED_NAMESPACE,  /* a name space's name over its bound, or a prefix without a declaration */
    REFUSED_RESTRICTED, /* a comment or processing instruction */
    REFUSED_UNKEPT      /* not for what it is: nothing can be written down at the moment */
};

enum { STANZA_REFUSALS = REFUSED_UNKEPT + 1 };

struct stanza_builder;

struct stanza_builder *stanza_builder_new(xmpp_ctx_t *ctx);
struct stanza_builder *stanza_builder_free(struct stanza_builder *builder);

/* Reads the stream's start tag, to be called once and first; `ret_id` is the stream's id ("" when
 * it has none), borrowed. False when it is not well-formed or not a stream of components. */
bool stanza_builder_header(struct stanza_builder *builder, const char *bytes, size_t length,
                           const char **ret_id);

/* Reads one whole stanza. False: not well-formed (as far as it was parsed), stanza_builder_cause()
 * says why, and nothing more can be read. True with REFUSED_NOT: the tree, borrowed until the next
 * call. True with a refusal: as much of the tree as is needed to answer, or NULL. */
bool stanza_builder_read(struct stanza_builder *builder, const char *bytes, size_t length,
                         xmpp_stanza_t **ret_stanza, enum stanza_refusal *ret_refusal);

/* Reads the start tag alone of a stanza that was refused otherwise: an element without children
 * to be answered, borrowed, or NULL. */
xmpp_stanza_t *stanza_builder_head(struct stanza_builder *builder, const char *bytes,
                                   size_t length);

const char *stanza_builder_cause(const struct stanza_builder *builder);

/* Steps so far: callbacks, bytes of text copied, siblings walked. For the test of linear time. */
uint64_t stanza_builder_work(const struct stanza_builder *builder);

#endif
