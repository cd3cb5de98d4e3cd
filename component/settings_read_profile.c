/* The consortium file's profiles, canned replies and notices. What is well formed but wrong (a
 * field that there is not, a text given twice) is found by settings_check(), in the database too.
 */
#include "component/settings_bounds.h"
#include "component/settings_read_private.h"
#include "policy/arena.h"
#include "policy/notice.h"
#include "policy/profile.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* "" is none. */
static void read_link(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    const char *key = config_setting_name(setting);
    const char *text = file_string(reader, setting, key, false, 0, LINK_CHARACTERS_MAX);

    if (text == NULL)
        return;
    if (text[0] == '\0' || profile_is_link(text))
        *(const char **)target = arena_strdup(reader->arena, text);
    else
        file_complain(reader, config_setting_source_line(setting),
                      "%s: '%s' is not an address that begins with https:// or http://", key, text);
}

/* In the order of the bits. */
static const struct file_key profile_keys[] = {
    {"text", FILE_TEXT, false, 0, offsetof(struct profile, text), 0, TEXT_CHARACTERS_MAX, NULL,
     NULL},
    {"link", FILE_OTHER, false, 1, offsetof(struct profile, link), 0, 0, NULL, read_link},
    {"phone", FILE_LINE, false, 2, offsetof(struct profile, phone), 0, LINE_CHARACTERS_MAX, NULL,
     NULL},
    {"policies", FILE_OTHER, false, 3, offsetof(struct profile, policies), 0, 0, NULL, read_link},
};

void settings_read_profile(struct file_reader *reader, const config_setting_t *setting,
                           struct profile *profile, int first, uint32_t *ret_given)
{
    uint32_t given = 0;

    file_group(reader, setting, "a profile", profile_keys, COUNT(profile_keys), profile, &given);
    *ret_given |= given << first;
}

static const struct file_key canned_keys[] = {
    {"name", FILE_LINE, true, NO_BIT, offsetof(struct canned, name), 0, LINE_CHARACTERS_MAX, NULL,
     NULL},
    {"text", FILE_TEXT, true, NO_BIT, offsetof(struct canned, text), 1, TEXT_CHARACTERS_MAX, NULL,
     NULL},
};

void settings_read_canned(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    struct canned_replies *canned = target;

    if (!file_list(reader, setting, "canned", CANNED_MAX))
        return;
    *canned = (struct canned_replies){.count = (size_t)config_setting_length(setting)};
    if (canned->count > 0)
        canned->list = arena_alloc(reader->arena, canned->count * sizeof *canned->list);
    for (size_t i = 0; i < canned->count; i++) {
        const config_setting_t *group = config_setting_get_elem(setting, (unsigned)i);
        struct canned *reply = &canned->list[i];
        reply->name = reply->text = "";
        reply->line = config_setting_source_line(group);
        file_group(reader, group, "a canned reply", canned_keys, COUNT(canned_keys), reply, NULL);
    }
}

static void read_until(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    const char *text = file_string(reader, setting, "until", false, 1, LINE_CHARACTERS_MAX);

    if (text != NULL && !notice_until_parse(text, target))
        file_complain(reader, config_setting_source_line(setting),
                      "until: '%s' is not a time such as 2026-12-01T17:00", text);
}

static const struct file_key notice_keys[] = {
    {"text", FILE_LINE, true, NO_BIT, offsetof(struct notice, text), 1, NOTICE_CHARACTERS_MAX, NULL,
     NULL},
    {"until", FILE_OTHER, true, NO_BIT, 0, 0, 0, NULL, read_until},
};

void settings_read_notices(struct file_reader *reader, const config_setting_t *setting,
                           void *target)
{
    struct notices *notices = target;

    if (!file_list(reader, setting, "notices", NOTICES_MAX))
        return;
    *notices = (struct notices){.count = (size_t)config_setting_length(setting)};
    if (notices->count > 0)
        notices->list = arena_alloc(reader->arena, notices->count * sizeof *notices->list);
    for (size_t i = 0; i < notices->count; i++) {
        const config_setting_t *group = config_setting_get_elem(setting, (unsigned)i);
        struct notice *notice = &notices->list[i];
        notice->text = "";
        notice->line = config_setting_source_line(group);
        file_group(reader, group, "a notice", notice_keys, COUNT(notice_keys), notice, NULL);
    }
}
