#include "component/token.h"

#include <stdlib.h>
#include <string.h>
#include <strophe.h>
#include <unistd.h>

enum { SECRET_BYTES = TOKEN_TEXT_MAX / 2, HASH_BYTES = TOKEN_HASH_MAX / 2 };

static void hex_write(const unsigned char *bytes, int count, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < count; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * count] = '\0';
}

static void hash_write(const char *secret, char ret_hash[TOKEN_HASH_MAX + 1])
{
    unsigned char hash[HASH_BYTES];

    xmpp_sha1_digest((const unsigned char *)secret, TOKEN_TEXT_MAX, hash);
    hex_write(hash, HASH_BYTES, ret_hash);
}

void token_make(struct token *ret)
{
    unsigned char bytes[SECRET_BYTES];

    if (getentropy(bytes, sizeof bytes) != 0)
        abort();
    hex_write(bytes, SECRET_BYTES, ret->text);
    hash_write(ret->text, ret->hash);
}

bool token_read(const char *text, char ret_code[CHAT_CODE_MAX + 1],
                char ret_hash[TOKEN_HASH_MAX + 1])
{
    size_t code = strcspn(text, ".");
    const char *secret = text + code + 1;

    ret_code[0] = ret_hash[0] = '\0';
    if (text[code] != '.' || code == 0 || code > CHAT_CODE_MAX ||
        strlen(secret) != TOKEN_TEXT_MAX ||
        strspn(secret, "0123456789abcdef") != TOKEN_TEXT_MAX)
        return false;
    memcpy(ret_code, text, code);
    ret_code[code] = '\0';
    hash_write(secret, ret_hash);
    return true;
}
