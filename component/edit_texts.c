/* Canned replies, profiles and notices. */
#include <string.h>

#include "component/edit_private.h"
#include "policy/canned.h"
#include "policy/date.h"
#include "policy/hours.h"
#include "policy/names.h"
#include "policy/notice.h"
#include "policy/profile.h"
#include "policy/wall.h"

/* Canned replies */

struct canned_replies *edit_canned_replies(struct edit *edit)
{
    return edit->label != NULL ? &edit->copy->libraries[edit->library].canned : &edit->copy->canned;
}

/* The chosen reply's index; NO_INDEX for a new one. False after a complaint. */
static bool chosen_reply(struct edit *edit, const struct canned_replies *replies, int *ret)
{
    *ret = NO_INDEX;
    if (edit_is_whole(edit, "canned"))
        return true;
    const char *name = edit_trimmed(edit, "canned");
    for (size_t i = 0; i < replies->count; i++)
        if (edit_is(replies->list[i].name, name))
            *ret = (int)i;
    if (*ret == NO_INDEX)
        edit_complain(edit, "Canned: there is no reply '%s'.", edit_quote(edit, name));
    return *ret != NO_INDEX;
}

static void take_reply_name(struct edit *edit, const struct canned_replies *replies, int index,
                            struct canned *reply)
{
    const char *name = edit_required(edit, "name");

    if (name == NULL)
        return;
    if (!canned_name_is_right(name)) {
        edit_complain(
            edit, "Name: '%s' is not one word of small letters, digits and hyphens, at most %d.",
            edit_quote(edit, name), CANNED_NAME_MAX);
        return;
    }
    for (size_t i = 0; i < replies->count; i++)
        if ((int)i != index && edit_is(replies->list[i].name, name)) {
            edit_complain(edit, "Name: there is a reply '%s' already.", name);
            return;
        }
    reply->name = arena_strdup(edit->copy->arena, name);
}

static void take_reply_text(struct edit *edit, struct canned *reply)
{
    int complaints = edit->complaint_count, length;
    const char *wrong;
    unsigned fields;

    edit_text(edit, "text", 1, TEXT_CHARACTERS_MAX, &reply->text);
    if (edit->complaint_count == complaints &&
        !canned_fields(reply->text, &fields, &wrong, &length))
        edit_complain(edit, "Text: there is no field '%s'; '{{' is one brace.",
                      edit_quote(edit, arena_strndup(edit->arena, wrong, (size_t)length)));
}

/* An array with one more, in the place of one, or without it. */
static void put_reply(struct edit *edit, struct canned_replies *replies, int index,
                      const struct canned *reply)
{
    struct canned *list = arena_alloc(edit->copy->arena, (replies->count + 1) * sizeof *list);
    size_t count = 0;

    for (size_t i = 0; i < replies->count; i++)
        if ((int)i != index)
            list[count++] = replies->list[i];
    if (reply != NULL)
        list[count++] = *reply;
    *replies = (struct canned_replies){count, count == 0 ? NULL : list};
}

void edit_canned(struct edit *edit)
{
    struct canned_replies *replies = edit_canned_replies(edit);
    struct canned reply = {.name = "", .text = ""};
    bool remove = false;
    int index;

    if (!chosen_reply(edit, replies, &index))
        return;
    edit_switch(edit, "remove", &remove);
    if (remove && index == NO_INDEX) {
        edit_complain(edit, "Canned: choose the reply that is to be removed.");
        return;
    }
    if (remove) {
        put_reply(edit, replies, index, NULL);
        return;
    }
    if (index != NO_INDEX)
        reply = replies->list[index];
    if (index == NO_INDEX || edit_answer(edit, "name") != NULL)
        take_reply_name(edit, replies, index, &reply);
    if (index == NO_INDEX)
        edit_required(edit, "text");
    if (edit_trimmed(edit, "text")[0] != '\0' || index != NO_INDEX)
        take_reply_text(edit, &reply);
    if (index == NO_INDEX && replies->count >= CANNED_MAX)
        edit_complain(edit, "There are %d replies already, more are not possible.", CANNED_MAX);
    put_reply(edit, replies, index, &reply);
}

const char *present_canned(struct edit *edit, const char *field)
{
    const struct canned_replies *replies = edit_canned_replies(edit);
    int index;

    if (!chosen_reply(edit, replies, &index) || index == NO_INDEX)
        return edit_is(field, "remove") ? "0" : "";
    if (edit_is(field, "name"))
        return replies->list[index].name;
    if (edit_is(field, "text"))
        return replies->list[index].text;
    return edit_is(field, "remove") ? "0" : "";
}

/* Profiles */

static struct profile *chosen_profile(struct edit *edit)
{
    int queue = NO_INDEX;

    if (edit->label == NULL)
        return &edit->copy->profile;
    if (edit_is_whole(edit, "queue"))
        return &edit->copy->libraries[edit->library].profile;
    queue = edit_queue(edit, "queue");
    return queue == NO_INDEX ? NULL : &edit->copy->queues[queue].profile;
}

static const struct {
    const char *field;
    size_t offset;
    bool link, lines;
    int max;
} profile_fields[] = {
    {"text", offsetof(struct profile, text), false, true, TEXT_CHARACTERS_MAX},
    {"link", offsetof(struct profile, link), true, false, LINK_CHARACTERS_MAX},
    {"phone", offsetof(struct profile, phone), false, false, LINE_CHARACTERS_MAX},
    {"policies", offsetof(struct profile, policies), true, false, LINK_CHARACTERS_MAX},
};

enum { PROFILE_FIELD_COUNT = sizeof profile_fields / sizeof profile_fields[0] };

static void take_profile_field(struct edit *edit, size_t i, const char **target)
{
    const char *field = profile_fields[i].field, *text = edit_answer(edit, field);
    int max = profile_fields[i].max;

    if (text == NULL || (*target != NULL && (*target)[0] != '\0' && edit_is(text, *target)))
        return;
    text = edit_trimmed(edit, field);
    if (text[0] == '\0')
        *target = NULL;
    else if (edit_is(text, "none"))
        *target = "";
    else if (profile_fields[i].link && !profile_is_link(text))
        edit_complain(edit, "%s: '%s' is not an address that begins with https:// or http://.",
                      edit_word(edit, field), edit_quote(edit, text));
    else if (profile_fields[i].lines)
        edit_check_text(edit, field, text, max, target);
    else
        edit_check_line(edit, field, text, max, target);
}

void edit_profile(struct edit *edit)
{
    struct profile *profile = chosen_profile(edit);

    for (size_t i = 0; profile != NULL && i < PROFILE_FIELD_COUNT; i++)
        take_profile_field(edit, i, (void *)((char *)profile + profile_fields[i].offset));
}

const char *present_profile(struct edit *edit, const char *field)
{
    const struct profile *profile = chosen_profile(edit);

    for (size_t i = 0; profile != NULL && i < PROFILE_FIELD_COUNT; i++) {
        if (!edit_is(field, profile_fields[i].field))
            continue;
        const char *const *value = (const void *)((const char *)profile + profile_fields[i].offset);
        if (*value == NULL)
            return "";
        return (*value)[0] == '\0' ? "none" : *value;
    }
    return "";
}

/* Notices */

struct notices *edit_notices(struct edit *edit)
{
    return edit->label != NULL ? &edit->copy->libraries[edit->library].notices
                               : &edit->copy->notices;
}

/* A notice is known by its text. NO_INDEX for a new one; false after a complaint. */
static bool chosen_notice(struct edit *edit, const struct notices *notices, int *ret)
{
    *ret = NO_INDEX;
    if (edit_is_whole(edit, "notice"))
        return true;
    const char *answer = edit_answer(edit, "notice");
    for (size_t i = 0; i < notices->count; i++)
        if (edit_is(notices->list[i].text, answer))
            *ret = (int)i;
    if (*ret == NO_INDEX)
        edit_complain(edit, "Notice: '%s' is not there any more.", edit_quote(edit, answer));
    return *ret != NO_INDEX;
}

/* "2026-12-01 17:00", or "17:00" of today, on the owner's wall. */
static void take_until(struct edit *edit, struct notice *notice)
{
    const struct zone *zone =
        edit->label != NULL ? edit->copy->libraries[edit->library].zone : edit->copy->zone;
    const char *text = edit_required(edit, "until");
    char today[DATE_TEXT_SIZE];
    struct notice read = *notice;

    if (text == NULL)
        return;
    const char *whole = text;
    if (strlen(text) == HOURS_TIME_TEXT_SIZE - 1)
        whole = arena_printf(edit->arena, "%sT%s",
                             date_print(wall_at(zone, edit->request.now).date, today), text);
    else if (strlen(text) > DATE_TEXT_SIZE && text[DATE_TEXT_SIZE - 1] == ' ')
        whole =
            arena_printf(edit->arena, "%.*sT%s", DATE_TEXT_SIZE - 1, text, text + DATE_TEXT_SIZE);
    if (!notice_until_parse(whole, &read))
        edit_complain(edit, "Until: '%s' is not a time such as '17:00' or '2026-12-01 17:00'.",
                      edit_quote(edit, text));
    else if ((read.date != notice->date || read.minute != notice->minute) &&
             notice_until(&read, zone) <= edit->request.now)
        edit_complain(edit, "Until: '%s' is over already.", edit_quote(edit, text));
    else
        *notice = read;
}

void edit_notice(struct edit *edit)
{
    struct notices *notices = edit_notices(edit);
    struct notice notice = {.text = ""};
    bool remove = false;
    size_t count = 0;
    int index;

    if (!chosen_notice(edit, notices, &index))
        return;
    edit_switch(edit, "remove", &remove);
    if (remove && index == NO_INDEX)
        edit_complain(edit, "Notice: choose the one that is to be removed.");
    if (index != NO_INDEX)
        notice = notices->list[index];
    if (!remove) {
        if (index == NO_INDEX)
            edit_required(edit, "text");
        if (index != NO_INDEX || edit_trimmed(edit, "text")[0] != '\0')
            edit_line(edit, "text", 1, NOTICE_CHARACTERS_MAX, &notice.text);
        if (index == NO_INDEX || edit_answer(edit, "until") != NULL)
            take_until(edit, &notice);
    }
    if (!remove && index == NO_INDEX && notices->count >= NOTICES_MAX)
        edit_complain(edit, "There are %d notices already: remove one first.", NOTICES_MAX);
    struct notice *list = arena_alloc(edit->copy->arena, (notices->count + 1) * sizeof *list);
    for (size_t i = 0; i < notices->count; i++)
        if ((int)i != index || !remove)
            list[count++] = (int)i == index ? notice : notices->list[i];
    if (index == NO_INDEX && !remove)
        list[count++] = notice;
    *notices = (struct notices){count, count == 0 ? NULL : list};
}

const char *present_notice(struct edit *edit, const char *field)
{
    const struct notices *notices = edit_notices(edit);
    char until[NOTICE_UNTIL_TEXT_SIZE];
    int index;

    if (edit_is(field, "remove"))
        return "0";
    if (!chosen_notice(edit, notices, &index) || index == NO_INDEX)
        return "";
    if (edit_is(field, "text"))
        return notices->list[index].text;
    if (!edit_is(field, "until"))
        return "";
    notice_until_print(&notices->list[index], until);
    until[DATE_TEXT_SIZE - 1] = ' ';
    return arena_strdup(edit->arena, until);
}
