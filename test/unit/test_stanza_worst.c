/* The dearest stanza that a stranger can get past all bounds, counted and not timed: steps of ours,
 * blocks and bytes of libstrophe's tree. test/bench/bench_stanza.c takes the time. */
#include <check.h>
#include <stdlib.h>

#include "component/stanza_build.h"
#include "component/stanza_in.h"
#include "component/stanza_split.h"
#include "test/support/worst_stanzas.h"

enum {
    /* Siblings with texts between them are the dearest: 4 times half the square of 2 * 256, and
     * each byte a few times. */
    STEPS_MAX = 12 * STANZA_BYTES_MAX,
    /* A tag of 32 attributes: an entry, its key and its value for each. */
    BLOCKS_MAX = STANZA_BYTES_MAX,
    /* All that is asked for, freed in between or not. */
    BLOCK_BYTES_MAX = 64 * STANZA_BYTES_MAX
};

static size_t blocks, block_bytes;

static void *count_alloc(const size_t size, void *const userdata)
{
    (void)userdata;
    blocks++;
    block_bytes += size;
    return malloc(size);
}

static void count_free(void *p, void *const userdata)
{
    (void)userdata;
    free(p);
}

static void *count_realloc(void *p, const size_t size, void *const userdata)
{
    (void)userdata;
    blocks++;
    block_bytes += size;
    return realloc(p, size);
}

static const xmpp_mem_t counting = {count_alloc, count_free, count_realloc, NULL};

START_TEST(worst_costs_little)
{
    static const char header[] = "<stream:stream xmlns='jabber:component:accept' "
                                 "xmlns:stream='http://etherx.jabber.org/streams' id='1'>";
    xmpp_initialize();
    xmpp_ctx_t *ctx = xmpp_ctx_new(&counting, NULL);
    struct stanza_builder *builder = stanza_builder_new(ctx);
    struct stanza_split split;
    struct xml_out bytes;
    const char *id, *piece, *name = worst_stanzas[_i].name;
    size_t piece_length;
    xmpp_stanza_t *stanza;
    enum stanza_refusal refusal;
    struct jid from, to;
    struct event event;

    ck_assert(stanza_builder_header(builder, header, sizeof header - 1, &id));
    stanza_split_init(&split, STANZA_BYTES_MAX);
    stanza_split_enter(&split);
    xml_out_init(&bytes);
    worst_stanzas[_i].write(&bytes);
    blocks = block_bytes = 0;
    uint64_t before = stanza_builder_work(builder);
    const char *at = bytes.bytes;
    size_t left = bytes.length;
    ck_assert_int_eq(stanza_split_next(&split, &at, &left, &piece, &piece_length), PIECE_STANZA);
    ck_assert_uint_eq(left, 0);
    ck_assert(stanza_builder_read(builder, piece, piece_length, &stanza, &refusal));
    ck_assert_msg(refusal == REFUSED_NOT, "%s is no stanza within the bounds: %d", name, refusal);
    (void)stanza_in_event(stanza, "desk.example", &from, &to, &event);
    uint64_t steps = split.work + stanza_builder_work(builder) - before;
    ck_assert_msg(steps <= STEPS_MAX && blocks <= BLOCKS_MAX && block_bytes <= BLOCK_BYTES_MAX,
                  "%s of %zu bytes: %llu steps, %zu blocks, %zu bytes of them", name, bytes.length,
                  (unsigned long long)steps, blocks, block_bytes);
    xml_out_release(&bytes);
    stanza_split_release(&split);
    stanza_builder_free(builder);
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stanza_worst");
    TCase *cases = tcase_create("all");

    tcase_add_loop_test(cases, worst_costs_little, 0, WORST_STANZAS);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}
