#include "component/upload.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "component/stanza_in.h"
#include "component/stanza_iq.h"
#include "policy/mem.h"

#define NS_UPLOAD "urn:xmpp:http:upload:0"
#define NS_DISCO_INFO "http://jabber.org/protocol/disco#info"
#define NS_DISCO_ITEMS "http://jabber.org/protocol/disco#items"

enum { NOT_ASKED = -1 };

enum stage {
    FILE_FREE,
    FILE_LOOKING, /* for the service */
    FILE_ASKED,   /* for a slot */
    FILE_SETTLED
};

/* A file under way. */
struct file {
    enum stage stage;
    int64_t tag, due;
    char *name, *type;
    size_t size;
    char id[IQ_ID_SIZE];
    enum upload_outcome outcome;
    struct upload_slot slot;
};

/* An item of the domain that was asked what it is. */
struct candidate {
    char id[IQ_ID_SIZE];
    char *jid;
};

struct upload {
    xmpp_ctx_t *ctx;
    const char *jid, *domain;
    char *service; /* NULL: not found, or not yet */
    char items_id[IQ_ID_SIZE];
    int asking; /* candidates that have not answered; NOT_ASKED: nobody has looked */
    size_t candidate_count;
    struct candidate candidates[UPLOAD_SERVICES_MAX];
    struct file files[UPLOAD_WAITING_MAX];
};

struct upload *upload_new(xmpp_ctx_t *ctx, const char *jid, const char *domain)
{
    struct upload *upload = mem_new(sizeof *upload);

    upload->ctx = ctx;
    upload->jid = jid;
    upload->domain = domain;
    upload->asking = NOT_ASKED;
    return upload;
}

static void file_clear(struct file *file)
{
    free(file->name);
    free(file->type);
    explicit_bzero(file, sizeof *file); /* the slot's headers let anybody write there */
}

static void service_forget(struct upload *upload)
{
    for (size_t i = 0; i < upload->candidate_count; i++)
        free(upload->candidates[i].jid);
    upload->candidate_count = 0;
    upload->asking = NOT_ASKED;
    upload->items_id[0] = '\0';
    free(upload->service);
    upload->service = NULL;
}

struct upload *upload_free(struct upload *upload)
{
    if (upload == NULL)
        return NULL;
    service_forget(upload);
    for (int i = 0; i < UPLOAD_WAITING_MAX; i++)
        file_clear(&upload->files[i]);
    free(upload);
    return NULL;
}

/* --- questions --- */

static void question_out(const struct upload *upload, const char *to, const char *id,
                         struct xml_out *out)
{
    xml_out_raw(out, "<iq type='get'");
    xml_out_attribute(out, "from", upload->jid);
    xml_out_attribute(out, "to", to);
    xml_out_attribute(out, "id", id);
    xml_out_raw(out, ">");
}

static void candidate_ask(struct upload *upload, const char *jid, struct xml_out *out)
{
    struct candidate *candidate = &upload->candidates[upload->candidate_count++];

    candidate->jid = mem_strdup(jid);
    iq_id_make(upload->ctx, candidate->id);
    upload->asking++;
    question_out(upload, jid, candidate->id, out);
    xml_out_raw(out, "<query xmlns='" NS_DISCO_INFO "'/></iq>");
}

/* The domain itself can be the service, so it is asked both what it has and what it is. */
static void look(struct upload *upload, struct xml_out *out)
{
    upload->asking = 1;
    iq_id_make(upload->ctx, upload->items_id);
    question_out(upload, upload->domain, upload->items_id, out);
    xml_out_raw(out, "<query xmlns='" NS_DISCO_ITEMS "'/></iq>");
    candidate_ask(upload, upload->domain, out);
}

static void slot_ask(struct upload *upload, struct file *file, struct xml_out *out)
{
    char size[24];

    iq_id_make(upload->ctx, file->id);
    file->stage = FILE_ASKED;
    snprintf(size, sizeof size, "%zu", file->size);
    question_out(upload, upload->service, file->id, out);
    xml_out_raw(out, "<request xmlns='" NS_UPLOAD "'");
    xml_out_attribute(out, "filename", file->name);
    xml_out_attribute(out, "size", size);
    xml_out_attribute(out, "content-type", file->type);
    xml_out_raw(out, "/></iq>");
}

static void file_settle(struct file *file, enum upload_outcome outcome)
{
    file->stage = FILE_SETTLED;
    file->outcome = outcome;
    file->id[0] = '\0';
}

bool upload_ask(struct upload *upload, const char *name, const char *type, size_t size, int64_t tag,
                int64_t at, struct xml_out *out)
{
    for (int i = 0; i < UPLOAD_WAITING_MAX; i++) {
        struct file *file = &upload->files[i];
        if (file->stage != FILE_FREE)
            continue;
        file->stage = FILE_LOOKING;
        file->tag = tag;
        file->due = at + UPLOAD_MS_MAX;
        file->name = mem_strdup(name);
        file->type = mem_strdup(type);
        file->size = size;
        if (upload->service != NULL)
            slot_ask(upload, file, out);
        else if (upload->asking <= 0) /* none was found before: it may be there by now */
            look(upload, out);
        return true;
    }
    return false;
}

/* --- answers --- */

static bool is_answer(xmpp_stanza_t *iq, const char *id, const char *from)
{
    return id[0] != '\0' && strcmp(stanza_attribute(iq, "id"), id) == 0 &&
           strcmp(stanza_attribute(iq, "from"), from) == 0;
}

static void found(struct upload *upload, const char *service, struct xml_out *out)
{
    if (upload->service != NULL)
        return;
    upload->service = mem_strdup(service);
    for (int i = 0; i < UPLOAD_WAITING_MAX; i++)
        if (upload->files[i].stage == FILE_LOOKING)
            slot_ask(upload, &upload->files[i], out);
}

/* One of those that were asked has answered. When all have, what is not found is not there. */
static void looked(struct upload *upload)
{
    assert(upload->asking > 0);
    if (--upload->asking > 0)
        return;
    for (int i = 0; upload->service == NULL && i < UPLOAD_WAITING_MAX; i++)
        if (upload->files[i].stage == FILE_LOOKING)
            file_settle(&upload->files[i], UPLOAD_NONE);
    for (size_t i = 0; i < upload->candidate_count; i++)
        free(upload->candidates[i].jid);
    upload->candidate_count = 0;
}

static void items_read(struct upload *upload, xmpp_stanza_t *iq, struct xml_out *out)
{
    xmpp_stanza_t *query = stanza_child(iq, "query", NS_DISCO_ITEMS);
    xmpp_stanza_t *item = query == NULL ? NULL : xmpp_stanza_get_children(query);

    for (; item != NULL && upload->candidate_count < UPLOAD_SERVICES_MAX;
         item = xmpp_stanza_get_next(item)) {
        const char *jid = stanza_attribute(item, "jid");
        if (jid[0] != '\0' && strchr(jid, '@') == NULL && strlen(jid) <= JID_PART_MAX &&
            strcmp(jid, upload->jid) != 0 && strcmp(jid, upload->domain) != 0)
            candidate_ask(upload, jid, out);
    }
}

static bool info_has_upload(xmpp_stanza_t *iq)
{
    xmpp_stanza_t *query = stanza_child(iq, "query", NS_DISCO_INFO);
    xmpp_stanza_t *feature = query == NULL ? NULL : xmpp_stanza_get_children(query);

    for (; feature != NULL; feature = xmpp_stanza_get_next(feature))
        if (strcmp(stanza_attribute(feature, "var"), NS_UPLOAD) == 0)
            return true;
    return false;
}

/* Section 5: other names, and line breaks in a value, must not pass. */
static void header_read(xmpp_stanza_t *header, struct upload_slot *ret)
{
    static const char *const allowed[] = {"Authorization", "Cookie", "Expires"};
    const char *value = stanza_text(header);

    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++) {
        if (strcasecmp(stanza_attribute(header, "name"), allowed[i]) != 0 ||
            strpbrk(value, "\r\n") != NULL || ret->header_count == UPLOAD_HEADERS_MAX)
            continue;
        char *text = ret->headers[ret->header_count];
        int length = snprintf(text, sizeof ret->headers[0], "%s: %s", allowed[i], value);
        if (length <= UPLOAD_HEADER_BYTES_MAX)
            ret->header_count++;
    }
}

static bool slot_read(xmpp_stanza_t *iq, struct upload_slot *ret)
{
    xmpp_stanza_t *slot = stanza_child(iq, "slot", NS_UPLOAD);
    xmpp_stanza_t *put = slot == NULL ? NULL : stanza_child(slot, "put", NS_UPLOAD);
    xmpp_stanza_t *get = slot == NULL ? NULL : stanza_child(slot, "get", NS_UPLOAD);
    const char *put_url = stanza_attribute(put, "url"), *get_url = stanza_attribute(get, "url");

    if (strlen(put_url) > UPLOAD_URL_BYTES_MAX || strlen(get_url) > UPLOAD_URL_BYTES_MAX ||
        !upload_is_safe(put_url) || !upload_is_safe(get_url))
        return false;
    snprintf(ret->put, sizeof ret->put, "%s", put_url);
    snprintf(ret->get, sizeof ret->get, "%s", get_url);
    for (xmpp_stanza_t *header = xmpp_stanza_get_children(put); header != NULL;
         header = xmpp_stanza_get_next(header))
        if (strcmp(xmpp_stanza_get_name(header) == NULL ? "" : xmpp_stanza_get_name(header),
                   "header") == 0)
            header_read(header, ret);
    return true;
}

static enum upload_outcome refusal(xmpp_stanza_t *iq)
{
    xmpp_stanza_t *error = xmpp_stanza_get_child_by_name(iq, "error");

    if (error == NULL)
        return UPLOAD_REFUSED;
    if (stanza_child(error, "file-too-large", NS_UPLOAD) != NULL)
        return UPLOAD_TOO_LARGE;
    if (xmpp_stanza_get_child_by_name(error, "forbidden") != NULL ||
        xmpp_stanza_get_child_by_name(error, "not-allowed") != NULL)
        return UPLOAD_FORBIDDEN;
    return UPLOAD_REFUSED;
}

static void slot_answered(struct file *file, xmpp_stanza_t *iq)
{
    if (strcmp(stanza_attribute(iq, "type"), "error") == 0)
        file_settle(file, refusal(iq));
    else
        file_settle(file, slot_read(iq, &file->slot) ? UPLOAD_SLOT : UPLOAD_REFUSED);
}

bool upload_answered(struct upload *upload, xmpp_stanza_t *iq, struct xml_out *out)
{
    if (is_answer(iq, upload->items_id, upload->domain)) {
        upload->items_id[0] = '\0';
        items_read(upload, iq, out);
        looked(upload);
        return true;
    }
    for (size_t i = 0; i < upload->candidate_count; i++) {
        struct candidate *candidate = &upload->candidates[i];
        if (!is_answer(iq, candidate->id, candidate->jid))
            continue;
        candidate->id[0] = '\0';
        if (info_has_upload(iq))
            found(upload, candidate->jid, out);
        looked(upload);
        return true;
    }
    for (int i = 0; upload->service != NULL && i < UPLOAD_WAITING_MAX; i++) {
        if (!is_answer(iq, upload->files[i].id, upload->service))
            continue;
        slot_answered(&upload->files[i], iq);
        return true;
    }
    return false;
}

bool upload_next(struct upload *upload, int64_t at, struct upload_result *ret)
{
    for (int i = 0; i < UPLOAD_WAITING_MAX; i++) {
        struct file *file = &upload->files[i];
        if (file->stage == FILE_FREE || (file->stage != FILE_SETTLED && file->due > at))
            continue;
        if (file->stage != FILE_SETTLED) {
            file_settle(file, UPLOAD_SILENT);
            /* Who did not answer may be gone for good: the next file looks again. */
            service_forget(upload);
        }
        *ret = (struct upload_result){file->tag, file->outcome, file->slot};
        file_clear(file);
        return true;
    }
    return false;
}

int64_t upload_deadline(const struct upload *upload)
{
    int64_t due = INT64_MAX;

    for (int i = 0; i < UPLOAD_WAITING_MAX; i++) {
        const struct file *file = &upload->files[i];
        if (file->stage == FILE_SETTLED)
            return 0;
        if (file->stage != FILE_FREE && file->due < due)
            due = file->due;
    }
    return due;
}

void upload_forget(struct upload *upload)
{
    service_forget(upload);
}

const char *upload_words(enum upload_outcome outcome)
{
    switch (outcome) {
    case UPLOAD_SLOT:
        return "There is room for the file.";
    case UPLOAD_NONE:
        return "The XMPP server has no place for files. Choose chat lines instead, or ask its "
               "administrator for HTTP upload (Prosody: http_file_share, ejabberd: "
               "mod_http_upload).";
    case UPLOAD_TOO_LARGE:
        return "This is more than the XMPP server takes as a file. Choose a shorter time.";
    case UPLOAD_FORBIDDEN:
        return "The XMPP server does not let Deskbell put files there. Its administrator can "
               "allow it (Prosody: http_file_share_access, ejabberd: access of mod_http_upload).";
    case UPLOAD_REFUSED:
        return "The XMPP server would not take the file just now. Please try again later.";
    case UPLOAD_SILENT:
        return "The XMPP server did not answer. Please try again.";
    }
    abort();
}
