/* Any bytes as an iCalendar file: refused with words, or at most one closure a date, in order, in
 * the window, with a name that a consortium file can have. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/closures_ics.h"
#include "component/ics.h"
#include "component/settings_bounds.h"
#include "component/utf8.h"
#include "policy/arena.h"
#include "policy/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct closures *closures, day_number today)
{
    for (size_t i = 0; i < closures->count; i++) {
        const struct closure *closure = &closures->list[i];
        int length = utf8_length(closure->name);
        if (closure->date < today - CLOSURES_DAYS_BACK ||
            closure->date > today + CLOSURES_DAYS_AHEAD ||
            (i > 0 && closure->date <= closures->list[i - 1].date) || closure->special ||
            length < 0 || length > LINE_CHARACTERS_MAX || utf8_has_control(closure->name, false))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    struct arena *arena = arena_new();
    char *text = arena_strndup(arena, (const char *)data, size);
    day_number today = date_from_civil(2026, 11, 24);
    struct closures closures;

    if (nowhere == NULL)
        nowhere = fopen("/dev/null", "w");
    if (nowhere == NULL)
        abort();
    if (closures_ics_read(text, "f", today, arena, &closures, nowhere))
        check(&closures, today);
    ics_rule_fits(text);
    arena_free(arena);
    return 0;
}
