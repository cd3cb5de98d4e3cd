/* What the dearest stanzas within the bounds cost, beside expat alone on the same bytes.
 *
 *   bench_stanza [ROUNDS]
 *
 * The time is ours from bytes to event: cutting, building, reading, and the release of the tree.
 * The goal is 5 ms for each stanza of 64 KB. Prints; judges nothing. */
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "component/stanza_build.h"
#include "component/stanza_in.h"
#include "component/stanza_split.h"
#include "test/support/worst_stanzas.h"

#define HEADER                                                                                     \
    "<stream:stream xmlns='jabber:component:accept' "                                              \
    "xmlns:stream='http://etherx.jabber.org/streams' id='1'>"

enum { ROUNDS = 200 };

static double now_ms(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static double ours(struct stanza_builder *builder, struct stanza_split *split,
                   const struct xml_out *bytes)
{
    const char *at = bytes->bytes, *piece;
    size_t left = bytes->length, piece_length;
    xmpp_stanza_t *stanza;
    enum stanza_refusal refusal;
    struct jid from, to;
    struct event event;

    double begun = now_ms();
    if (stanza_split_next(split, &at, &left, &piece, &piece_length) != PIECE_STANZA ||
        !stanza_builder_read(builder, piece, piece_length, &stanza, &refusal) ||
        refusal != REFUSED_NOT)
        abort();
    (void)stanza_in_event(stanza, "desk.example", &from, &to, &event);
    /* The tree is freed by the next read. */
    if (!stanza_builder_read(builder, "<m/>", 4, &stanza, &refusal))
        abort();
    return now_ms() - begun;
}

static void start_ignored(void *context, const char *name, const char **attributes)
{
    (void)context;
    (void)name;
    (void)attributes;
}

static void end_ignored(void *context, const char *name)
{
    (void)context;
    (void)name;
}

static void text_ignored(void *context, const char *bytes, int length)
{
    (void)context;
    (void)bytes;
    (void)length;
}

static double alone(const struct xml_out *bytes)
{
    XML_Parser parser = XML_ParserCreateNS("UTF-8", '\1');

    XML_SetElementHandler(parser, start_ignored, end_ignored);
    XML_SetCharacterDataHandler(parser, text_ignored);
    if (XML_Parse(parser, HEADER, sizeof HEADER - 1, 0) != XML_STATUS_OK)
        abort();
    double begun = now_ms();
    if (XML_Parse(parser, bytes->bytes, (int)bytes->length, 0) != XML_STATUS_OK)
        abort();
    double taken = now_ms() - begun;
    XML_ParserFree(parser);
    return taken;
}

static void measure(xmpp_ctx_t *ctx, int number, int rounds)
{
    double least = 1e9, most = 0, plain = 1e9;
    struct stanza_split split;
    struct xml_out bytes;
    const char *id;

    xml_out_init(&bytes);
    worst_stanzas[number].write(&bytes);
    for (int i = 0; i < rounds; i++) {
        struct stanza_builder *builder = stanza_builder_new(ctx);
        if (!stanza_builder_header(builder, HEADER, sizeof HEADER - 1, &id))
            abort();
        stanza_split_init(&split, STANZA_BYTES_MAX);
        stanza_split_enter(&split);
        double taken = ours(builder, &split, &bytes), without = alone(&bytes);
        least = taken < least ? taken : least;
        most = taken > most ? taken : most;
        plain = without < plain ? without : plain;
        stanza_split_release(&split);
        stanza_builder_free(builder);
    }
    printf("%-32s %6zu bytes  least %6.3f ms  most %6.3f ms  expat alone %6.3f ms  %5.1f times\n",
           worst_stanzas[number].name, bytes.length, least, most, plain, least / plain);
    xml_out_release(&bytes);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : ROUNDS;

    xmpp_initialize();
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    for (int i = 0; i < WORST_STANZAS; i++)
        measure(ctx, i, rounds > 0 ? rounds : 1);
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
    return 0;
}
