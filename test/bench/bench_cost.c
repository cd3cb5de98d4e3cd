/* bench_cost instructions|stanzas [quick|full]: what a line costs, where the machine's load does
 * not matter: instructions by callgrind (in user space; a program is run twice, with more and with
 * fewer lines, and the difference counts), and the worst stanzas against expat alone. */
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "component/stanza_build.h"
#include "component/stanza_in.h"
#include "component/stanza_split.h"
#include "component/stream.h"
#include "policy/mem.h"
#include "test/bench/bench_case.h"
#include "test/support/store_desk.h"

static bool full;

/* --- instructions --- */

static double instructions_read(const char *path)
{
    char line[512];
    double value = 0;
    FILE *file = fopen(path, "r");

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "summary: %lf", &value) == 1 || sscanf(line, "totals: %lf", &value) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return value;
}

static double instructions_of(struct bench_case *bench, const char *const *wrapper,
                              const char *path, int64_t lines)
{
    unlink(path);
    case_begin(bench, wrapper);
    case_wait(bench);
    if (!crowd_exchange(bench->crowd, 64, lines)) {
        fprintf(stderr, "bench: '%s' has stopped under callgrind\n", bench->name);
        exit(1);
    }
    case_end(bench);
    return instructions_read(path);
}

static void instructions_print(const struct bench_case *bench, int chats, double value, double raw)
{
    printf("| %s", bench->name);
    if (bench->is_desk)
        printf(", %d live chats", chats);
    printf(" | %.1f | %.2f |\n", value / 1000, value / raw);
}

static void table_instructions(void)
{
    static const struct {
        enum bench_component component;
        int chats;
    } rows[] = {{RAW, 100},       {STROPHE, 100},    {DESK_NONE, 100},
                {DESK_NONE, 200}, {DESK_NONE, 1000}, {DESK, 100}};
    const int64_t few = 2000, many = full ? 22000 : 7000;
    char path[64], out_file[96];
    double raw = 1;

    snprintf(path, sizeof path, "/tmp/deskbell-callgrind-%d", (int)getpid());
    snprintf(out_file, sizeof out_file, "--callgrind-out-file=%s", path);
    const char *const wrapper[] = {"valgrind", "-q", "--tool=callgrind", out_file, NULL};
    printf("\n| instructions a line, 64 under way | thousands | to raw |\n|---|---|---|\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench_case bench;
        case_prepare(&bench, rows[i].component, rows[i].chats, false);
        double less = instructions_of(&bench, wrapper, path, few);
        double more = instructions_of(&bench, wrapper, path, many);
        double value = (more - less) / (double)(many - few);
        raw = i == 0 ? value : raw;
        instructions_print(&bench, rows[i].chats, value, raw);
        case_release(&bench);
    }
    unlink(path);
}

/* --- the worst stanzas --- */

struct reader {
    struct stanza_split split;
    struct stanza_builder *builder;
};

static double cpu_now(void)
{
    struct timespec used;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

/* As the stream does: split, build, read; or refuse. */
static void ours_read(struct reader *reader, const char *bytes, size_t length)
{
    const char *piece;
    size_t piece_length;
    enum stanza_piece kind;

    while ((kind = stanza_split_next(&reader->split, &bytes, &length, &piece, &piece_length)) !=
           PIECE_NONE) {
        struct jid from, to;
        struct event event = {0};
        enum stanza_refusal refusal;
        xmpp_stanza_t *stanza = NULL;
        if (kind == PIECE_STANZA &&
            stanza_builder_read(reader->builder, piece, piece_length, &stanza, &refusal) &&
            refusal == REFUSED_NOT)
            (void)stanza_in_event(stanza, "chat.localhost", &from, &to, &event);
    }
}

static void XMLCALL expat_begins(void *context, const char *name, const char **attributes)
{
    (void)context;
    (void)name;
    (void)attributes;
}

static void XMLCALL expat_ends(void *context, const char *name)
{
    (void)context;
    (void)name;
}

static void XMLCALL expat_text(void *context, const char *bytes, int length)
{
    (void)context;
    (void)bytes;
    (void)length;
}

static char *repeat_text(const char *head, const char *part, const char *tail, size_t bytes)
{
    size_t size = strlen(head) + strlen(tail), step = strlen(part);
    char *text = mem_new(bytes + size + step + 1);
    size_t length = strlen(head);

    memcpy(text, head, length);
    while (length + step + strlen(tail) <= bytes) {
        memcpy(text + length, part, step);
        length += step;
    }
    memcpy(text + length, tail, strlen(tail) + 1);
    return text;
}

#define HEAD "<message from='p1@localhost/web' to='mobius-l0000@chat.localhost' type='chat' id='x'>"

static const struct {
    const char *name, *head, *part, *tail;
    size_t bytes;
} stanzas[] = {
    {"an ordinary line", HEAD "<body>", "word ", "</body></message>", 268},
    {"64 KiB of text", HEAD "<body>", "word ", "</body></message>", STANZA_BYTES_MAX},
    {"64 KiB of line ends", HEAD "<body>", "\n", "</body></message>", STANZA_BYTES_MAX},
    {"64 KiB of &amp;", HEAD "<body>", "&amp;", "</body></message>", STANZA_BYTES_MAX},
    {"64 KiB of empty children (refused)", HEAD, "<a/>", "</message>", STANZA_BYTES_MAX},
    {"255 children", HEAD, "<a xmlns='b'/>", "</message>", sizeof HEAD + 255 * 14},
    {"a megabyte of text (refused)", HEAD "<body>", "word ", "</body></message>", 1 << 20},
};

/* A round reads about as many bytes of each stanza. */
static double stanza_ratio(const char *text, int times, double *ret_ours)
{
    struct reader reader;
    XML_Parser parser = XML_ParserCreate(NULL);
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    const char *id;
    static const char header[] = "<stream:stream xmlns='jabber:component:accept' "
                                 "xmlns:stream='http://etherx.jabber.org/streams' id='1'>";
    size_t length = strlen(text);

    XML_SetElementHandler(parser, expat_begins, expat_ends);
    XML_SetCharacterDataHandler(parser, expat_text);
    XML_Parse(parser, header, sizeof header - 1, 0);
    stanza_split_init(&reader.split, STANZA_BYTES_MAX);
    stanza_split_enter(&reader.split);
    reader.builder = stanza_builder_new(ctx);
    if (!stanza_builder_header(reader.builder, header, sizeof header - 1, &id))
        abort();
    double since = cpu_now();
    for (int i = 0; i < times; i++)
        XML_Parse(parser, text, (int)length, 0);
    double raw = cpu_now() - since;
    since = cpu_now();
    for (int i = 0; i < times; i++)
        ours_read(&reader, text, length);
    double ours = cpu_now() - since;
    XML_ParserFree(parser);
    stanza_split_release(&reader.split);
    stanza_builder_free(reader.builder);
    xmpp_ctx_free(ctx);
    *ret_ours = ours * 1e6 / times;
    return ours / raw;
}

static void table_stanzas(void)
{
    enum { ROUNDS = 5 };

    printf("\n| one stanza | us | to expat alone |\n|---|---|---|\n");
    for (size_t i = 0; i < sizeof stanzas / sizeof stanzas[0]; i++) {
        double ratios[ROUNDS], ours[ROUNDS];
        char *text =
            repeat_text(stanzas[i].head, stanzas[i].part, stanzas[i].tail, stanzas[i].bytes);
        int times = (int)((full ? 20000000 : 4000000) / stanzas[i].bytes) + 1;
        for (int round = 0; round < ROUNDS; round++)
            ratios[round] = stanza_ratio(text, times, &ours[round]);
        printf("| %s | %.1f | %.2f |\n", stanzas[i].name, median(ours, ROUNDS),
               median(ratios, ROUNDS));
        free(text);
    }
}

int main(int argc, char **argv)
{
    full = argc > 2 && strcmp(argv[2], "full") == 0;
    if (argc > 1 && strcmp(argv[1], "stanzas") == 0) {
        table_stanzas();
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "instructions") == 0) {
        bench_begin(argv[0], false);
        table_instructions();
        return 0;
    }
    fprintf(stderr, "usage: bench_cost instructions|stanzas [quick|full]\n");
    return 2;
}
