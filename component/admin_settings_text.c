/* admin_settings_text.c: commands about what is said: snippets, canned replies, profiles and
 * notices. */
#include <string.h>

#include "component/admin_settings.h"
#include "policy/snippet.h"

static const struct command_field snippet_add_fields[] = {
    FIELD_LIBRARY,
    {LINE("text", "Where it is shown, such as 'home page'", 1), .required = true},
    {CHOICE("queue", "Queue", 1), .nothing = "This library has no queue yet."},
    FIELDS_END,
};

#define FIELD_SNIPPET                                                                              \
    {CHOICE("snippet", "Snippet", 1), .nothing = "This library has no snippets yet."}

static const struct command_field snippet_get_fields[] = {
    FIELD_LIBRARY,
    FIELD_SNIPPET,
    {LINE("label", "The button's words (empty: the page's language decides)", 1)},
    FIELDS_END,
};

/* What can be chosen for a button; all may stay as it is. */
#define FIELDS_BUTTON                                                                              \
    {LINE("accent", "Colour, such as #7a1f2b (empty: blue)", 2), PRESENT},                         \
        {CHOICE("side", "Side of the page ('end' is right where people read to the right)", 2)},   \
        {CHOICE("closed", "The button while the desk is closed", 2)},                              \
        {SWITCH("consent", "Ask for consent before the chat", 2), PRESENT},                        \
        {LINE("consent_link", "Web page about privacy (may be empty)", 2), PRESENT},               \
        {LINES("questions",                                                                        \
               "Questions before the chat, one a line, such as 'Your name', 'E-mail* (email)' (* " \
               "must be answered), 'I am: a student | a guest'",                                   \
               2),                                                                                 \
         PRESENT},                                                                                 \
        {LINES("texts", "Words of your own, one a line, such as 'en.title: Map room', "            \
                        "'en.button: Ask the map room', 'es.I am: Soy'", 2),                       \
         PRESENT}

static const struct command_field snippet_edit_fields[] = {
    FIELD_LIBRARY,
    FIELD_SNIPPET,
    {CHOICE("queue", "Queue", 2)},
    FIELDS_BUTTON,
    FIELDS_END,
};

static const struct command_field snippet_fields[] = {FIELD_LIBRARY, FIELD_SNIPPET, FIELDS_END};

static const struct command_field canned_fields[] = {
    FIELD_LIBRARY,
    {CHOICE("canned", "Canned reply", 1)},
    {LINE("name", "Name, what follows !c", 2), PRESENT, .required = true},
    {LINES("text", "Text", 2), PRESENT, .required = true},
    {SWITCH("remove", "Remove it", 2), PRESENT},
    FIELDS_END,
};

static const struct command_field profile_fields[] = {
    FIELD_LIBRARY,
    FIELD_PLACE,
    {LINES("text", "What others who answer should know (empty: inherited, 'none')", 2), PRESENT},
    {LINE("link", "Web page (empty: inherited, 'none')", 2), PRESENT},
    {LINE("phone", "Telephone (empty: inherited, 'none')", 2), PRESENT},
    {LINE("policies", "Web page of policies (empty: inherited, 'none')", 2), PRESENT},
    FIELDS_END,
};

static const struct command_field notice_fields[] = {
    FIELD_LIBRARY,
    {CHOICE("notice", "Notice", 1)},
    {LINE("text", "Text", 2), PRESENT, .required = true},
    {LINE("until", "Until ('17:00', or '2026-12-01 17:00')", 2), PRESENT, .required = true},
    {SWITCH("remove", "Take it down", 2), PRESENT},
    FIELDS_END,
};

/* --- snippet-get --- */

/* For an attribute between double quotes. */
static const char *html(struct arena *arena, const char *text)
{
    static const struct {
        char plain;
        const char *escaped;
    } letters[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
    char *escaped = arena_alloc(arena, 6 * strlen(text) + 1), *end = escaped;

    for (; *text != '\0'; text++) {
        const char *piece = NULL;
        for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
            if (letters[i].plain == *text)
                piece = letters[i].escaped;
        if (piece == NULL) {
            *end++ = *text;
        } else {
            memcpy(end, piece, strlen(piece));
            end += strlen(piece);
        }
    }
    *end = '\0';
    return escaped;
}

static const struct snippet_settings *snippet_chosen(const struct admin *admin)
{
    const struct consortium *settings = admin->settings;

    for (size_t i = 0; i < settings->snippet_count; i++)
        if (settings->snippets[i].library == admin->library &&
            strcmp(settings->snippets[i].name, admin_value(admin, "snippet")) == 0)
            return &settings->snippets[i];
    return NULL;
}

static bool snippet_get(struct admin *admin)
{
    const struct snippet_settings *snippet = snippet_chosen(admin);
    const char *label = html(admin->arena, admin_value(admin, "label"));
    char key[SNIPPET_KEY_SIZE];

    if (snippet == NULL)
        return admin_complain(admin, "That snippet is not there any more.");
    snippet_key(snippet->name, key);
    admin_say(admin,
              "Paste this into the page where %s shall be, with your server's name for "
              "YOUR-SERVER.",
              snippet->name);
    admin_show(
        admin, "html", "HTML",
        arena_printf(admin->arena,
                     "<script async src=\"https://YOUR-SERVER/embed.js\" data-queue=\"%s\" "
                     "data-snippet=\"%s\"%s%s%s></script>\n"
                     "<noscript><a href=\"https://YOUR-SERVER/widget.html?queue=%s&amp;snippet=%s"
                     "\">%s</a>"
                     "</noscript>",
                     snippet->queue, key, label[0] == '\0' ? "" : " data-label=\"", label,
                     label[0] == '\0' ? "" : "\"", snippet->queue, key,
                     label[0] == '\0' ? "Ask a librarian" : label));
    return true;
}

const struct command text_commands[] = {
    {SETTINGS_ROW("snippet-add", "Add a chat snippet", RIGHT_TEXTS, SCOPE_LIBRARY, "text",
                  snippet_add_fields),
     .work = settings_work},
    {SETTINGS_ROW("snippet-edit", "Edit a chat snippet", RIGHT_TEXTS, SCOPE_LIBRARY, "snippet",
                  snippet_edit_fields),
     .work = settings_work},
    {.node = "snippet-get",
     .title = "The HTML of a chat snippet",
     .places = PLACE_SERVICE,
     .right = RIGHT_TEXTS,
     .scope = SCOPE_LIBRARY,
     .object = "snippet",
     .fields = snippet_get_fields,
     .fetch = settings_fetch,
     .work = snippet_get},
    {SETTINGS_ROW("snippet-remove", "Remove a chat snippet", RIGHT_TEXTS, SCOPE_LIBRARY,
                  "snippet", snippet_fields),
     .work = settings_work},
    {SETTINGS_ROW("canned-edit", "Canned replies", RIGHT_TEXTS, SCOPE_EITHER, "canned",
                  canned_fields),
     .work = settings_work},
    {SETTINGS_ROW("profile-edit", "The profile for others who answer", RIGHT_TEXTS, SCOPE_EITHER,
                  "queue", profile_fields),
     .work = settings_work},
    {SETTINGS_ROW("notice", "An urgent notice to all who answer", RIGHT_TEXTS, SCOPE_EITHER, NULL,
                  notice_fields),
     .work = settings_work},
    {.node = NULL},
};
