/* link.c: component/stream.h without sockets, and an XMPP server behind it.
 *
 * What the desk sends waits in its own buffer, then in the kernels' (stream_written() has passed it
 * then), then it is read by the server (stream_received()), in order. A cut loses what is in the
 * desk's buffer, and any end of what is in the kernels'. The server has one stream for the
 * component: a new one ends the old one (component_conflict_resolve = "kick_old"). */
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "component/stream.h"
#include "policy/mem.h"
#include "test/simulation/desk/desk.h"

enum {
    RETRY_MS = 200,
    RETRY_MS_SPREAD = 2000,
    HANDSHAKE_MS = 5,
    READS_MAX = 32,
    KERNEL_BYTES_SLOW = 6000,
    NOTICE_MS_SILENT = 9000
};

struct piece {
    struct piece *next;
    int64_t at; /* when the server has it, or the desk */
    size_t length;
    char bytes[];
};

struct queue_of {
    struct piece *first, **end;
    size_t bytes;
};

struct incoming {
    struct incoming *next;
    int64_t at;
    struct stanza_text text; /* owns its strings: one block behind it */
};

struct stream {
    int node;
    const struct stream_events *events;
    void *context;
    xmpp_ctx_t *ctx;
    enum stream_state state;
    int64_t due; /* of connecting; FOREVER: not wanted */
    bool wanted, paused, is_cut, opened;
    int64_t cut_seen; /* when the desk notices; FOREVER */
    struct queue_of unsent, kernel;
    struct incoming *inbox, **inbox_end;
    uint64_t queued, written, received;
    int64_t last_at; /* of what was handed to the kernel last */
    struct stream_counts counts;
};

struct link_faults link_faults;

static struct {
    struct stream *streams[NODES]; /* of the processes that run */
    int owner;
    /* What a process that died had handed over. */
    struct queue_of orphans[NODES];
} net;

static void queue_clear(struct queue_of *queue)
{
    while (queue->first != NULL) {
        struct piece *piece = queue->first;
        queue->first = piece->next;
        free(piece);
    }
    queue->end = &queue->first;
    queue->bytes = 0;
}

static void queue_put(struct queue_of *queue, struct piece *piece)
{
    piece->next = NULL;
    *queue->end = piece;
    queue->end = &piece->next;
    queue->bytes += piece->length;
}

static struct piece *queue_take(struct queue_of *queue)
{
    struct piece *piece = queue->first;

    queue->first = piece->next;
    if (queue->first == NULL)
        queue->end = &queue->first;
    queue->bytes -= piece->length;
    return piece;
}

void link_begin(void)
{
    memset(&link_faults, 0, sizeof link_faults);
    memset(&net, 0, sizeof net);
    net.owner = NOBODY;
    for (int i = 0; i < NODES; i++)
        queue_clear(&net.orphans[i]);
}

void link_end(void)
{
    for (int i = 0; i < NODES; i++)
        queue_clear(&net.orphans[i]);
}

int link_owner(void)
{
    return net.owner;
}

/* --- what the driver calls --- */

struct stream *stream_new(const struct stream_options *options, const struct stream_events *events,
                          void *context)
{
    struct stream *stream = mem_new(sizeof *stream);

    stream->node = sim.node;
    stream->ctx = options->ctx;
    stream->events = events;
    stream->context = context;
    stream->due = stream->cut_seen = FOREVER;
    stream->unsent.end = &stream->unsent.first;
    stream->kernel.end = &stream->kernel.first;
    stream->inbox_end = &stream->inbox;
    net.streams[sim.node] = stream;
    return stream;
}

static void inbox_clear(struct stream *stream)
{
    while (stream->inbox != NULL) {
        struct incoming *incoming = stream->inbox;
        stream->inbox = incoming->next;
        free(incoming);
    }
    stream->inbox_end = &stream->inbox;
}

struct stream *stream_free(struct stream *stream)
{
    if (stream == NULL)
        return NULL;
    queue_clear(&stream->unsent);
    queue_clear(&stream->kernel);
    inbox_clear(stream);
    if (net.streams[stream->node] == stream)
        net.streams[stream->node] = NULL;
    free(stream);
    return NULL;
}

void stream_open(struct stream *stream, int64_t now_ms)
{
    stream->wanted = true;
    stream->due = now_ms;
    if (!stream->opened) /* later it is a lease that is renewed */
        judge_restored(stream->node);
    stream->opened = true;
}

enum stream_state stream_state(const struct stream *stream)
{
    return stream->state;
}

/* What the server has not read is lost, from some piece on: TCP loses ends, never middles. */
static void kernel_lose(struct queue_of *kernel, int node)
{
    int count = 0;

    for (struct piece *piece = kernel->first; piece != NULL; piece = piece->next)
        count++;
    int keep = chance(3) == 0 ? 0 : (int)chance((unsigned)count + 1);
    for (int i = 0; i < count; i++) {
        struct piece *piece = queue_take(kernel);
        if (i < keep) {
            queue_put(kernel, piece);
            continue;
        }
        judge_lost(node, piece->bytes, piece->length);
        free(piece);
    }
}

/* What arrives after this moment is not known to have. */
static void received_look(struct stream *stream)
{
    if (!stream->is_cut && (stream->state == STREAM_UP || stream->state == STREAM_CLOSING))
        stream->received = stream->written - stream->kernel.bytes;
}

/* Whoever is told, and when: the server's side is over now. */
static void stream_break(struct stream *stream, int64_t seen)
{
    if (stream->state != STREAM_UP && stream->state != STREAM_CLOSING)
        return;
    if (net.owner == stream->node)
        net.owner = NOBODY;
    received_look(stream);
    stream->is_cut = true;
    stream->cut_seen = seen;
    kernel_lose(&stream->kernel, stream->node);
    while (stream->kernel.first != NULL) /* that much arrives yet */
        queue_put(&net.orphans[stream->node], queue_take(&stream->kernel));
    inbox_clear(stream);
}

static void stream_ended(struct stream *stream, bool tell)
{
    bool was_up = stream->state == STREAM_UP || stream->state == STREAM_CLOSING;

    stream->state = STREAM_DOWN;
    stream->is_cut = false;
    stream->cut_seen = FOREVER;
    queue_clear(&stream->unsent);
    queue_clear(&stream->kernel);
    inbox_clear(stream);
    stream->due = stream->wanted ? sim.now + RETRY_MS + (int64_t)chance(RETRY_MS_SPREAD) : FOREVER;
    if (was_up && tell)
        stream->events->down(stream->context);
}

void stream_close(struct stream *stream, int64_t now_ms)
{
    stream->wanted = false;
    stream->due = stream->state == STREAM_UP ? now_ms + 2 : FOREVER;
    stream->state = stream->state == STREAM_UP ? STREAM_CLOSING : STREAM_DOWN;
}

void stream_cut(struct stream *stream)
{
    stream->wanted = false;
    stream_break(stream, sim.now);
    stream_ended(stream, false);
}

int stream_fd(const struct stream *stream)
{
    (void)stream;
    return -1;
}

short stream_poll_events(const struct stream *stream)
{
    (void)stream;
    return POLLIN;
}

int64_t stream_deadline(const struct stream *stream)
{
    return stream->due < stream->cut_seen ? stream->due : stream->cut_seen;
}

static xmpp_stanza_t *stanza_child_add(xmpp_ctx_t *ctx, xmpp_stanza_t *parent, const char *name,
                                       const char *text)
{
    xmpp_stanza_t *child = xmpp_stanza_new(ctx);

    xmpp_stanza_set_name(child, name);
    if (text != NULL) {
        xmpp_stanza_t *words = xmpp_stanza_new(ctx);
        xmpp_stanza_set_text(words, text);
        xmpp_stanza_add_child_ex(child, words, 0);
    }
    xmpp_stanza_add_child_ex(parent, child, 0);
    return child;
}

static void stanza_give(struct stream *stream, const struct stanza_text *text)
{
    xmpp_stanza_t *stanza = xmpp_stanza_new(stream->ctx);

    xmpp_stanza_set_name(stanza, text->name);
    xmpp_stanza_set_from(stanza, text->from);
    xmpp_stanza_set_to(stanza, text->to);
    if (text->type != NULL)
        xmpp_stanza_set_type(stanza, text->type);
    if (text->id != NULL)
        xmpp_stanza_set_id(stanza, text->id);
    if (text->body != NULL)
        stanza_child_add(stream->ctx, stanza, "body", text->body);
    if (text->show != NULL)
        stanza_child_add(stream->ctx, stanza, "show", text->show);
    if (text->wants_receipt)
        xmpp_stanza_set_ns(stanza_child_add(stream->ctx, stanza, "request", NULL),
                           "urn:xmpp:receipts");
    sim.events++;
    stream->counts.stanzas_in++;
    stream->events->stanza(stream->context, stanza);
    xmpp_stanza_release(stanza);
}

static void queue_arrive(struct queue_of *queue, int node, bool all)
{
    while (queue->first != NULL && (all || queue->first->at <= sim.now)) {
        struct piece *piece = queue_take(queue);
        sim.events++;
        judge_arrives(node, piece->bytes, piece->length);
        people_receive(piece->bytes, piece->length, node);
        free(piece);
    }
}

/* Of the component's older streams nothing is read any more. */
static void orphans_end(void)
{
    for (int i = 0; i < NODES; i++) {
        kernel_lose(&net.orphans[i], i);
        queue_arrive(&net.orphans[i], i, true);
    }
}

static void stream_connect(struct stream *stream)
{
    if (sim.now < link_faults.down_until) {
        stream->state = STREAM_DOWN;
        stream->due = sim.now + RETRY_MS + (int64_t)chance(RETRY_MS_SPREAD);
        return;
    }
    if (stream->state == STREAM_DOWN) {
        stream->state = STREAM_CONNECTING;
        stream->due = sim.now + 1 + (int64_t)chance(HANDSHAKE_MS);
        return;
    }
    if (net.owner != NOBODY && net.streams[net.owner] != NULL)
        stream_break(net.streams[net.owner], sim.now + (int64_t)chance(3));
    orphans_end();
    net.owner = stream->node;
    stream->state = STREAM_UP;
    stream->due = FOREVER;
    stream->queued = stream->written = stream->received = 0;
    stream->last_at = 0;
    stream->counts.connects++;
    sim.events++;
    judge_link_up(stream->node);
    stream->events->up(stream->context);
}

void stream_process(struct stream *stream, short revents, int64_t now_ms)
{
    (void)revents;
    if (stream->cut_seen <= now_ms) {
        stream_ended(stream, true);
        return;
    }
    if (stream->due <= now_ms && stream->state == STREAM_CLOSING) {
        stream_flush(stream);
        received_look(stream);
        if (net.owner == stream->node)
            net.owner = NOBODY;
        while (stream->kernel.first != NULL)
            queue_put(&net.orphans[stream->node], queue_take(&stream->kernel));
        stream_ended(stream, true);
        return;
    }
    if (stream->due <= now_ms)
        stream_connect(stream);
    for (int i = 0; i < READS_MAX && stream->inbox != NULL && stream->inbox->at <= now_ms &&
                    !stream->paused && stream->state == STREAM_UP;
         i++) {
        struct incoming *incoming = stream->inbox;
        stream->inbox = incoming->next;
        if (stream->inbox == NULL)
            stream->inbox_end = &stream->inbox;
        stanza_give(stream, &incoming->text);
        free(incoming);
    }
}

void stream_pause(struct stream *stream, bool paused)
{
    stream->paused = paused;
}

void stream_send(struct stream *stream, const char *bytes, size_t length)
{
    if (stream->state != STREAM_UP || !node_calls())
        return;
    struct piece *piece = mem_new(sizeof *piece + length);
    memcpy(piece->bytes, bytes, length);
    piece->length = length;
    queue_put(&stream->unsent, piece);
    stream->queued += length;
    stream->counts.stanzas_out++;
    judge_sends(stream->node, bytes, length);
}

void stream_flush(struct stream *stream)
{
    bool slow = sim.now < link_faults.slow_until;

    if (stream->unsent.first == NULL || !node_calls() ||
        (stream->state != STREAM_UP && stream->state != STREAM_CLOSING))
        return;
    while (stream->unsent.first != NULL && stream->events->may_write(stream->context) &&
           (!slow || stream->kernel.bytes < KERNEL_BYTES_SLOW)) {
        struct piece *piece = queue_take(&stream->unsent);
        judge_hands(stream->node);
        piece->at = (stream->last_at > sim.now ? stream->last_at : sim.now) +
                    (int64_t)chance(slow ? 300 : 2);
        stream->last_at = piece->at;
        stream->written += piece->length;
        if (stream->is_cut) { /* nobody reads it */
            judge_lost(stream->node, piece->bytes, piece->length);
            free(piece);
        } else {
            queue_put(&stream->kernel, piece);
        }
    }
}

uint64_t stream_queued(const struct stream *stream)
{
    return stream->queued;
}

uint64_t stream_written(const struct stream *stream)
{
    return stream->written;
}

uint64_t stream_received(const struct stream *stream)
{
    struct stream now = *stream;

    received_look(&now);
    return now.received;
}

const struct stream_counts *stream_counts(const struct stream *stream)
{
    return &stream->counts;
}

/* --- the server --- */

int64_t link_due(void)
{
    int64_t due = FOREVER;

    for (int i = 0; i < NODES; i++) {
        if (net.orphans[i].first != NULL && net.orphans[i].first->at < due)
            due = net.orphans[i].first->at;
        if (net.streams[i] != NULL && net.streams[i]->kernel.first != NULL &&
            net.streams[i]->kernel.first->at < due)
            due = net.streams[i]->kernel.first->at;
    }
    return due;
}

void link_run(void)
{
    for (int i = 0; i < NODES; i++) {
        queue_arrive(&net.orphans[i], i, false);
        if (net.streams[i] != NULL)
            queue_arrive(&net.streams[i]->kernel, i, false);
    }
}

void link_cut(int node)
{
    if (net.streams[node] != NULL)
        stream_break(net.streams[node],
                     sim.now + (now_and_then(4) ? NOTICE_MS_SILENT : (int64_t)chance(3)));
}

/* The kernel closes the socket of a process that died: what it took is sent, or lost with the
 * machine. */
void link_node_died(int node)
{
    struct stream *stream = net.streams[node];

    if (stream == NULL)
        return;
    if (net.owner == node)
        net.owner = NOBODY;
    if (now_and_then(4))
        kernel_lose(&stream->kernel, node);
    while (stream->kernel.first != NULL)
        queue_put(&net.orphans[node], queue_take(&stream->kernel));
}

/* A server that reads slowly still lets the desk write now and then. */
int64_t link_wakes(int node)
{
    const struct stream *stream = net.streams[node];

    if (stream == NULL)
        return FOREVER;
    if (stream->unsent.first != NULL && stream->kernel.bytes < KERNEL_BYTES_SLOW &&
        stream->state == STREAM_UP && stream->events->may_write(stream->context))
        return sim.now;
    if (stream->inbox != NULL && !stream->paused && stream->state == STREAM_UP)
        return stream->inbox->at;
    return FOREVER;
}

short link_revents(int node)
{
    return link_wakes(node) <= sim.now ? POLLIN | POLLOUT : 0;
}

static const char *copy_into(char **at, const char *text)
{
    size_t size = text == NULL ? 0 : strlen(text) + 1;
    char *place = *at;

    if (text == NULL)
        return NULL;
    memcpy(place, text, size);
    *at += size;
    return place;
}

static size_t size_of(const char *text)
{
    return text == NULL ? 0 : strlen(text) + 1;
}

bool link_deliver(const struct stanza_text *text)
{
    struct stream *stream = net.owner == NOBODY ? NULL : net.streams[net.owner];

    if (stream == NULL || stream->is_cut)
        return false;
    size_t size = size_of(text->name) + size_of(text->type) + size_of(text->from) +
                  size_of(text->to) + size_of(text->id) + size_of(text->body) + size_of(text->show);
    struct incoming *incoming = mem_new(sizeof *incoming + size);
    char *at = (char *)(incoming + 1);
    incoming->text = (struct stanza_text){.name = copy_into(&at, text->name),
                                          .type = copy_into(&at, text->type),
                                          .from = copy_into(&at, text->from),
                                          .to = copy_into(&at, text->to),
                                          .id = copy_into(&at, text->id),
                                          .body = copy_into(&at, text->body),
                                          .show = copy_into(&at, text->show),
                                          .wants_receipt = text->wants_receipt};
    incoming->at = sim.now + (int64_t)chance(2);
    *stream->inbox_end = incoming;
    stream->inbox_end = &incoming->next;
    return true;
}

bool link_is_idle(void)
{
    for (int i = 0; i < NODES; i++)
        if (net.orphans[i].first != NULL ||
            (net.streams[i] != NULL &&
             (net.streams[i]->unsent.first != NULL || net.streams[i]->kernel.first != NULL ||
              net.streams[i]->inbox != NULL)))
            return false;
    return true;
}
