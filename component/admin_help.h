/* admin_help.h: what the two commands about requests for help share. */
#ifndef DESKBELL_COMPONENT_ADMIN_HELP_H
#define DESKBELL_COMPONENT_ADMIN_HELP_H

#include "component/adhoc_private.h"
#include "component/help.h"

struct edit;

/* Those who answer the requests of a tier. */
struct helpers {
    size_t count;
    const char *const *accounts;
    const char *title; /* "the coordinators" */
};

struct helpers help_helpers(const struct consortium *settings, enum help_tier tier, int library);

/* Who asks such a request, in words: "ann@localhost (mobius-mobstate-ann, mobstate)". */
const char *help_who(struct arena *arena, const struct consortium *settings, const char *account,
                     int library);

/* Tells all of them but who acts. Their names, those first who are here now; "" for nobody. */
const char *help_tell(struct admin *admin, const struct helpers *helpers, const char *body);

/* The edit that does what a request wishes, to be freed; `ret_node` is its command. NULL: it wishes
 * nothing that could be done so, or the queue is not there any more. */
struct edit *help_edit(struct admin *admin, const struct help_request *request,
                       const char **ret_node);

/* The library's place in the settings; NO_INDEX for none. */
int help_library(const struct consortium *settings, int64_t library);

/* admin_help_answer.c: 'help-requests'. */
extern const struct command_field help_answer_fields[];
bool help_answer_fetch(struct admin *admin);
bool help_answer(struct admin *admin);

#endif
