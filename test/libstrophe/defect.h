/* defect.h: what the reproducers share. Each documents one defect of libstrophe 0.12.2 that
 * doc/libstrophe.md reports: it passes while the library has the defect, and when it is gone it
 * passes too, with a line that asks to look at the decision again. */
#ifndef DESKBELL_TEST_DEFECT_H
#define DESKBELL_TEST_DEFECT_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>
#include <time.h>

static inline int defect_verdict(const char *what, bool present)
{
    printf("%s: %s\n", what,
           present ? "present, as documented in doc/libstrophe.md" : "fixed upstream, revisit");
    return 0;
}

/* CPU time of this process, in milliseconds. */
static inline double cpu_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Least CPU time of some tries at parsing `text`. */
static inline double parse_ms(xmpp_ctx_t *ctx, const char *text)
{
    double best = 1e9;

    for (int i = 0; i < 3; i++) {
        double start = cpu_ms();
        xmpp_stanza_t *stanza = xmpp_stanza_new_from_string(ctx, text);
        if (stanza == NULL)
            abort();
        xmpp_stanza_release(stanza);
        double took = cpu_ms() - start;
        if (took < best)
            best = took;
    }
    return best;
}

/* `count` times `part` between `head` and `tail`; free() it. */
static inline char *text_of(const char *head, const char *part, int count, const char *tail)
{
    size_t size = strlen(part), length = strlen(head);
    char *text = malloc(length + size * (size_t)count + strlen(tail) + 1);

    if (text == NULL)
        abort();
    memcpy(text, head, length);
    for (int i = 0; i < count; i++, length += size)
        memcpy(text + length, part, size);
    memcpy(text + length, tail, strlen(tail) + 1);
    return text;
}

/* Is parsing n parts and four times n parts dearer than in proportion? Linear is a factor of 4,
 * quadratic 16; eight is between. */
static inline int defect_growth(const char *what, const char *head, const char *part, int count,
                                const char *tail)
{
    char *small = text_of(head, part, count, tail), *large = text_of(head, part, 4 * count, tail);

    xmpp_initialize();
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    double once = parse_ms(ctx, small), four = parse_ms(ctx, large);
    printf("%d: %.2f ms, %d: %.2f ms CPU, factor %.1f\n", count, once, 4 * count, four,
           four / once);
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
    free(small);
    free(large);
    return defect_verdict(what, four > 8 * once);
}

#endif
