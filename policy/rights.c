#include "policy/rights.h"

#include <assert.h>
#include <string.h>

#include "policy/consortium.h"

static const char *const right_names[RIGHTS_END] = {
    [RIGHT_NONE] = "",
    [RIGHT_LIBRARIES] = "libraries",
    [RIGHT_POLICY] = "policy",
    [RIGHT_PEOPLE] = "people",
    [RIGHT_QUEUES] = "queues",
    [RIGHT_HOURS] = "hours",
    [RIGHT_TEXTS] = "texts",
    [RIGHT_BLOCKS] = "blocks",
    [RIGHT_GRANTS] = "grants",
    [RIGHT_TRANSCRIPTS] = "transcripts",
    [RIGHT_TRANSCRIPTS_OWN] = "transcripts-own",
    [RIGHT_ERASE] = "erase",
    [RIGHT_STATISTICS] = "statistics",
    [RIGHT_FOLLOWUPS] = "followups",
    [RIGHT_AUDIT] = "audit",
    [RIGHT_DESK] = "desk",
    [RIGHT_HELP] = "help",
};

static const char *const bundle_names[BUNDLES_END] = {
    [BUNDLE_COORDINATOR] = "coordinator",
    [BUNDLE_ADMIN] = "admin",
    [BUNDLE_OPERATOR] = "operator",
};

#define ALL_RIGHTS (RIGHT_BIT(RIGHTS_END) - 1 - RIGHT_BIT(RIGHT_NONE))

const right_set rights_default[BUNDLES_END] = {
    [BUNDLE_COORDINATOR] = ALL_RIGHTS,
    [BUNDLE_ADMIN] = ALL_RIGHTS & ~(RIGHT_BIT(RIGHT_LIBRARIES) | RIGHT_BIT(RIGHT_POLICY)),
    [BUNDLE_OPERATOR] = 0,
};

const char *right_name(enum right right)
{
    assert(right < RIGHTS_END);
    return right_names[right];
}

bool right_find(const char *name, enum right *ret)
{
    for (int i = RIGHT_NONE + 1; i < RIGHTS_END; i++) {
        if (strcmp(right_names[i], name) != 0)
            continue;
        *ret = (enum right)i;
        return true;
    }
    return false;
}

const char *bundle_name(enum bundle bundle)
{
    assert(bundle < BUNDLES_END);
    return bundle_names[bundle];
}

bool bundle_find(const char *name, enum bundle *ret)
{
    for (int i = 0; i < BUNDLES_END; i++) {
        if (strcmp(bundle_names[i], name) != 0)
            continue;
        *ret = (enum bundle)i;
        return true;
    }
    return false;
}

static bool is_among(const char *const *list, size_t count, const char *account)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], account) == 0)
            return true;
    return false;
}

bool rights_is_coordinator(const struct consortium *consortium, const char *account)
{
    return is_among(consortium->coordinators, consortium->coordinator_count, account);
}

bool rights_is_admin(const struct consortium *consortium, const char *account, int library)
{
    assert(library >= 0 && (size_t)library < consortium->library_count);
    return is_among(consortium->libraries[library].admins,
                    consortium->libraries[library].admin_count, account);
}

int rights_operator(const struct consortium *consortium, const char *account)
{
    for (size_t i = 0; i < consortium->operator_count; i++)
        if (consortium->operators[i].account != NULL &&
            strcmp(consortium->operators[i].account, account) == 0)
            return (int)i;
    return NO_INDEX;
}

static bool bundle_has(const struct consortium *consortium, enum bundle bundle, enum right right)
{
    return (consortium->grants.bundles[bundle] & RIGHT_BIT(right)) != 0;
}

/* `library` is an id; 0: for the whole consortium. */
static bool is_granted(const struct consortium *consortium, const char *account,
                       enum right right, int64_t library)
{
    for (size_t i = 0; i < consortium->grants.count; i++) {
        const struct grant *grant = &consortium->grants.list[i];
        if (grant->right == right && grant->library == library &&
            strcmp(grant->account, account) == 0)
            return true;
    }
    return false;
}

static bool is_operator_of(const struct consortium *consortium, const char *account, int library)
{
    int index = rights_operator(consortium, account);

    return index != NO_INDEX && consortium->operators[index].library == library;
}

enum holding rights_holding(const struct consortium *consortium, const char *account,
                            enum right right, int library)
{
    assert(right < RIGHTS_END);
    if (right == RIGHT_NONE)
        return HELD_NOT;
    if (library != NO_INDEX && bundle_has(consortium, BUNDLE_OPERATOR, right) &&
        is_operator_of(consortium, account, library))
        return HELD_AS_OPERATOR;
    if (library != NO_INDEX && bundle_has(consortium, BUNDLE_ADMIN, right) &&
        rights_is_admin(consortium, account, library))
        return HELD_AS_ADMIN;
    if (library != NO_INDEX && consortium->libraries[library].id != 0 &&
        is_granted(consortium, account, right, consortium->libraries[library].id))
        return HELD_BY_GRANT;
    if (is_granted(consortium, account, right, 0) ||
        (bundle_has(consortium, BUNDLE_COORDINATOR, right) &&
         rights_is_coordinator(consortium, account)))
        return HELD_AS_COORDINATOR;
    return HELD_NOT;
}

bool rights_holds(const struct consortium *consortium, const char *account, enum right right,
                  int library)
{
    return rights_holding(consortium, account, right, library) != HELD_NOT;
}

size_t rights_libraries(const struct consortium *consortium, const char *account,
                        enum right right, int *ret, size_t max)
{
    size_t count = 0;

    for (size_t i = 0; i < consortium->library_count; i++) {
        if (!rights_holds(consortium, account, right, (int)i))
            continue;
        if (ret != NULL && count < max)
            ret[count] = (int)i;
        count++;
    }
    return count;
}
