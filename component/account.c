#include "component/account.h"

#include <stddef.h>
#include <string.h>

#include "component/settings_bounds.h"
#include "component/utf8.h"

static bool part_is_plausible(const char *part, size_t length, const char *forbidden)
{
    if (length == 0)
        return false;
    for (size_t i = 0; i < length; i++)
        if (strchr(forbidden, part[i]) != NULL || (part[i] >= 'A' && part[i] <= 'Z'))
            return false;
    return true;
}

bool account_domain_is_plausible(const char *text)
{
    size_t length = strlen(text);

    return length <= ACCOUNT_BYTES_MAX && utf8_length(text) >= 0 &&
           !utf8_has_control(text, false) && part_is_plausible(text, length, " \"&'/<>@\\") &&
           text[0] != '.' && text[0] != '-';
}

bool account_is_plausible(const char *text)
{
    const char *at = strchr(text, '@');

    if (at == NULL || strlen(text) > ACCOUNT_BYTES_MAX || utf8_length(text) < 0 ||
        utf8_has_control(text, false))
        return false;
    return part_is_plausible(text, (size_t)(at - text), " \"&'/:<>") &&
           account_domain_is_plausible(at + 1);
}
