/* A stanza's attributes are kept in a hash of eight buckets that never grows, and whose key is all
 * but useless for names of one length: each attribute is compared with an eighth of the others. */
#include "defect.h"

static char *attributes(int count)
{
    size_t size = (size_t)count * 16 + 64, length;
    char *text = malloc(size);

    if (text == NULL)
        abort();
    length = (size_t)snprintf(text, size, "<m xmlns='x'");
    for (int i = 0; i < count; i++)
        length += (size_t)snprintf(text + length, size - length, " a%06d=''", i);
    snprintf(text + length, size - length, "/>");
    return text;
}

int main(void)
{
    enum { COUNT = 2500 };
    char *small = attributes(COUNT), *large = attributes(4 * COUNT);

    xmpp_initialize();
    xmpp_ctx_t *ctx = xmpp_ctx_new(NULL, NULL);
    double once = parse_ms(ctx, small), four = parse_ms(ctx, large);
    printf("%d: %.2f ms, %d: %.2f ms CPU, factor %.1f\n", COUNT, once, 4 * COUNT, four,
           four / once);
    xmpp_ctx_free(ctx);
    xmpp_shutdown();
    free(small);
    free(large);
    return defect_verdict("quadratic attributes", four > 8 * once);
}
