/* admin_export.c: many transcripts at once, as a file by way of the server, or as chat lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component/admin_transcripts.h"

static const struct format {
    struct choice choice;
    enum transcript_format format;
    const char *type, *ending;
} formats[] = {
    {{.value = "text", .label = "Text, to be read"}, TRANSCRIPT_TEXT, "text/plain", "txt"},
    {{.value = "csv", .label = "CSV, for a spreadsheet"}, TRANSCRIPT_CSV, "text/csv", "csv"},
    {{.value = "json", .label = "JSON, for programs"}, TRANSCRIPT_JSON, "application/json", "json"},
};
enum { FORMAT_COUNT = sizeof formats / sizeof formats[0] };

static const struct choice ways[] = {
    {.value = "upload", .label = "As a file, with a link to it"},
    {.value = "lines", .label = "As chat lines"},
};

void transcripts_format_options(const struct command_call *call, struct choices *ret)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        choices_add(ret, call->asker.arena, formats[i].choice);
}

void transcripts_way_options(const struct command_call *call, struct choices *ret)
{
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        choices_add(ret, call->asker.arena, ways[i]);
}

static const struct format *format_of(const struct admin *admin)
{
    size_t i = 0;

    while (i + 1 < FORMAT_COUNT &&
           strcmp(formats[i].choice.value, admin_value(admin, "format")) != 0)
        i++;
    return &formats[i];
}

static bool export_read(struct admin *admin, const struct format *format, char **ret_bytes,
                        size_t *ret_size, struct transcript_export_counts *ret)
{
    struct transcript_query query;
    bool with_text = admin_switch(admin, "text");

    *ret_bytes = NULL;
    if (!transcripts_query(admin, &query))
        return false;
    if (!with_text && format->format == TRANSCRIPT_TEXT)
        return admin_refuse(admin, "Without what was said there is no text to read: choose CSV or "
                                   "JSON.");
    FILE *out = open_memstream(ret_bytes, ret_size);
    if (out == NULL)
        abort();
    bool fine = (with_text ? transcript_export : chat_data_export)(
        admin->database, &query, format->format, out, FILE_BYTES_MAX, ret, &admin->error);
    if (fclose(out) != 0)
        abort();
    return fine || transcripts_failed(admin);
}

/* Takes the bytes over. */
static bool export_hand_out(struct admin *admin, const struct format *format, char *bytes,
                            size_t size)
{
    const char *name = arena_printf(
        admin->arena, "%s-%s-%s-%s.%s", admin_library(admin)->name,
        admin_switch(admin, "text") ? "transcripts" : "chats",
        admin_value(admin, "from")[0] == '\0' ? "first" : admin_value(admin, "from"),
        admin_value(admin, "to")[0] == '\0' ? "last" : admin_value(admin, "to"), format->ending);

    if (strcmp(admin_value(admin, "way"), "upload") == 0)
        return admin_file(admin, name, format->type, bytes, size) ||
               admin_refuse(admin, "That is too long for a file: take fewer days at a time.");
    bool fits = admin_tell(admin, admin->jid, bytes);
    free(bytes);
    return fits || admin_refuse(admin, "That is too long for chat lines: take fewer days at a "
                                       "time, or have it as a file.");
}

bool transcripts_export(struct admin *admin)
{
    const struct format *format = format_of(admin);
    struct transcript_export_counts counts = {0};
    char *bytes;
    size_t size;

    if (!export_read(admin, format, &bytes, &size, &counts)) {
        free(bytes);
        return false;
    }
    if (counts.chats == 0) {
        free(bytes);
        return admin_refuse(admin, "No chat was found.");
    }
    if (!export_hand_out(admin, format, bytes, size))
        return false;
    const char *what = arena_printf(admin->arena, "%lld chat%s%s", (long long)counts.chats,
                                    counts.chats == 1 ? "" : "s",
                                    admin_switch(admin, "text") ? "" : " without text");
    if (!transcripts_note(admin, what))
        return false;
    admin_say(admin, "%s of %s. %s", what, admin_library(admin)->name,
              admin->result.file.bytes != NULL ? "The link to the file follows as a message."
                                               : "They follow as messages.");
    transcripts_tell(admin, arena_printf(admin->arena, "has exported %s", what));
    return true;
}
