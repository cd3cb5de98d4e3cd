/* Any bytes as a form that somebody sends: refused with words, or within the bounds, and every
 * field can be read as a text and as a yes or no. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "component/form.h"
#include "component/stanza_build.h"
#include "policy/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
    if (!truth)
        abort();
}

static void check(const struct form *form, struct arena *arena)
{
    size_t values = 0;

    demand(form->count <= FORM_FIELDS_MAX);
    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *field = &form->fields[i];
        const char *text = form_text(form, field->name, arena);
        values += field->count;
        demand(form_field(form, field->name) == field);
        demand(strlen(field->name) <= FORM_NAME_BYTES_MAX);
        demand(strlen(text) < FORM_FIELD_BYTES_MAX);
        demand(field->count == 0 || field->values[field->count - 1][0] != '\0');
        form_boolean(form, field->name, false);
    }
    demand(values <= FORM_VALUES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char header[] = "<stream:stream xmlns='jabber:component:accept' "
                                 "xmlns:stream='http://etherx.jabber.org/streams' id='1'>";
    static xmpp_ctx_t *ctx;
    enum stanza_refusal refusal;
    xmpp_stanza_t *x = NULL;
    const char *id;
    struct error error = {""};

    if (ctx == NULL)
        ctx = xmpp_ctx_new(NULL, NULL);
    struct stanza_builder *builder = stanza_builder_new(ctx);
    struct form *form = malloc(sizeof *form);
    struct arena *arena = arena_new();
    demand(form != NULL && stanza_builder_header(builder, header, sizeof header - 1, &id));
    if (stanza_builder_read(builder, (const char *)data, size, &x, &refusal) &&
        refusal == REFUSED_NOT && x != NULL) {
        if (form_read(x, arena, form, &error))
            check(form, arena);
        else
            demand(error.text[0] != '\0');
    }
    arena_free(arena);
    free(form);
    stanza_builder_free(builder);
    return 0;
}
