#include "component/driver_upload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/courier.h"
#include "component/log.h"
#include "component/upload.h"
#include "policy/mem.h"

/* A file under way; while its bytes are put, the courier's. */
struct parcel {
    struct parcels *parcels;
    struct parcel *next;
    int64_t tag;
    char *to, *name, *type;
    char *bytes;
    size_t size;
    struct upload_slot slot;
};

struct parcels {
    struct parcels_desk desk;
    struct upload *upload;
    struct courier *courier;
    struct parcel *waiting; /* for a slot */
    int64_t tag;
    size_t bytes; /* of all, also of those with the courier */
    bool ended;
    struct xml_out out;
};

struct parcels *parcels_new(const struct parcels_desk *desk)
{
    struct parcels *parcels = mem_new(sizeof *parcels);

    parcels->desk = *desk;
    parcels->upload = upload_new(desk->ctx, desk->jid, desk->domain);
    parcels->courier = courier_new();
    xml_out_init(&parcels->out);
    return parcels;
}

/* What was said to patrons does not stay in memory that is used for something else. */
static void parcel_free(struct parcel *parcel)
{
    parcel->parcels->bytes -= parcel->size;
    explicit_bzero(parcel->bytes, parcel->size);
    free(parcel->bytes);
    free(parcel->to);
    free(parcel->name);
    free(parcel->type);
    explicit_bzero(&parcel->slot, sizeof parcel->slot);
    free(parcel);
}

struct parcels *parcels_free(struct parcels *parcels)
{
    if (parcels == NULL)
        return NULL;
    parcels->ended = true;
    courier_free(parcels->courier);
    while (parcels->waiting != NULL) {
        struct parcel *parcel = parcels->waiting;
        parcels->waiting = parcel->next;
        parcel_free(parcel);
    }
    upload_free(parcels->upload);
    xml_out_release(&parcels->out);
    free(parcels);
    return NULL;
}

static void parcel_tell(const struct parcel *parcel, const char *words)
{
    const struct parcels_desk *desk = &parcel->parcels->desk;
    char *body = mem_printf("%s: %s", parcel->name, words);

    desk->tell(desk->context, parcel->to, body);
    free(body);
}

static void parcel_done(void *context, const struct error *failure)
{
    struct parcel *parcel = context;

    if (!parcel->parcels->ended && failure == NULL) {
        parcel_tell(parcel, parcel->slot.get);
    } else if (!parcel->parcels->ended) {
        log_warning("cannot put a file of %zu bytes on the server: %s", parcel->size,
                    failure->text);
        parcel_tell(parcel, "the file could not be put on the server. Please try again, or have it "
                            "as chat lines.");
    }
    parcel_free(parcel);
}

/* Of those whose matter is settled by `at`. */
static void slots_look(struct parcels *parcels, int64_t at)
{
    struct upload_result *result = mem_new(sizeof *result); /* of some 10 KB */

    while (upload_next(parcels->upload, at, result)) {
        struct parcel **place = &parcels->waiting;
        while (*place != NULL && (*place)->tag != result->tag)
            place = &(*place)->next;
        struct parcel *parcel = *place;
        if (parcel == NULL)
            continue;
        *place = parcel->next;
        if (result->outcome != UPLOAD_SLOT) {
            parcel_tell(parcel, upload_words(result->outcome));
            parcel_free(parcel);
            continue;
        }
        parcel->slot = result->slot;
        const struct courier_file file = {.slot = &parcel->slot,
                                          .type = parcel->type,
                                          .bytes = parcel->bytes,
                                          .size = parcel->size,
                                          .done = parcel_done,
                                          .context = parcel};
        if (!courier_send(parcels->courier, &file)) {
            parcel_tell(parcel, "too much is being asked just now. Please try again.");
            parcel_free(parcel);
        }
    }
    explicit_bzero(result, sizeof *result);
    free(result);
}

static void flush(struct parcels *parcels)
{
    if (parcels->out.length > 0)
        parcels->desk.send(parcels->desk.context, &parcels->out);
    xml_out_clear(&parcels->out);
}

void parcels_send(struct parcels *parcels, const char *to, const char *name, const char *type,
                  char *bytes, size_t size, int64_t at)
{
    struct parcel *parcel = mem_new(sizeof *parcel);

    *parcel = (struct parcel){
        .parcels = parcels,
        .tag = ++parcels->tag,
        .to = mem_strdup(to),
        .name = mem_strdup(name),
        .type = mem_strdup(type),
        .bytes = bytes,
        .size = size,
    };
    parcels->bytes += size;
    if (parcels->bytes > PARCELS_BYTES_MAX ||
        !upload_ask(parcels->upload, name, type, size, parcel->tag, at, &parcels->out)) {
        parcel_tell(parcel, "too many files are under way just now. Please try again.");
        parcel_free(parcel);
        return;
    }
    parcel->next = parcels->waiting;
    parcels->waiting = parcel;
    flush(parcels);
    slots_look(parcels, at); /* it may be known that there is no such service */
}

bool parcels_answered(struct parcels *parcels, xmpp_stanza_t *iq, int64_t at)
{
    if (!upload_answered(parcels->upload, iq, &parcels->out))
        return false;
    flush(parcels);
    slots_look(parcels, at);
    return true;
}

void parcels_process(struct parcels *parcels, int64_t at)
{
    courier_process(parcels->courier);
    if (upload_deadline(parcels->upload) <= at)
        slots_look(parcels, at);
}

int64_t parcels_deadline(const struct parcels *parcels)
{
    return upload_deadline(parcels->upload);
}

void parcels_down(struct parcels *parcels)
{
    upload_forget(parcels->upload);
    slots_look(parcels, INT64_MAX);
}

int parcels_fd(const struct parcels *parcels)
{
    return courier_fd(parcels->courier);
}
