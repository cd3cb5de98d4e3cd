#include "component/status_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#include "component/crash.h"
#include "component/log.h"
#include "component/snippet_file.h"
#include "policy/instant.h"
#include "policy/mem.h"
#include "policy/snippet.h"

enum { TEXT_MAX = 600 };

/* What was written last of a queue, without `ts`. */
struct written {
    UT_hash_handle hh;
    char *state;
    bool fresh; /* in this update */
    char name[];
};

struct status_files {
    const char *folder;
    struct written *written;
    const struct consortium *settings;
    bool new_settings;
    int64_t due;
    uint64_t version; /* of routing's views that are written */
    bool complained;
};

struct status_files *status_files_new(const char *folder)
{
    struct status_files *files = mem_new(sizeof *files);

    files->folder = folder;
    /* A web server under another account reads it, whatever the umask says. */
    if (mkdir(folder, 0755) == 0)
        chmod(folder, 0755);
    else if (errno != EEXIST)
        log_warning("cannot make the folder '%s': %s", folder, strerror(errno));
    return files;
}

struct status_files *status_files_free(struct status_files *files)
{
    struct written *written, *next;

    if (files == NULL)
        return NULL;
    HASH_ITER(hh, files->written, written, next)
    {
        HASH_DEL(files->written, written);
        free(written->state);
        free(written);
    }
    free(files);
    return NULL;
}

void status_files_settings(struct status_files *files, const struct consortium *settings)
{
    files->settings = settings;
    files->new_settings = true;
}

static const char *state_word(enum queue_state state)
{
    switch (state) {
    case QUEUE_FREE:
    case QUEUE_STAFFED:
        return "open";
    case QUEUE_BUSY:
        return "busy";
    case QUEUE_BACKUP:
        return "backup";
    case QUEUE_CLOSED:
        return "closed";
    }
    abort();
}

/* `"2026-11-26T16:00:00Z"` or `null`. */
static const char *json_instant(int64_t at, char text[static INSTANT_TEXT_SIZE + 2])
{
    char plain[INSTANT_TEXT_SIZE];

    if (at == INT64_MAX)
        return "null";
    snprintf(text, INSTANT_TEXT_SIZE + 2, "\"%s\"", instant_print(at, plain));
    return text;
}

/* A queue's name holds no character that JSON or XML would have to escape: the grammar says so. */
static void json_render(const struct queue_view *view, const char *ts, char out[static TEXT_MAX])
{
    char until[INSTANT_TEXT_SIZE + 2], next[INSTANT_TEXT_SIZE + 2], reason[40] = "null";

    if (view->state == QUEUE_CLOSED)
        snprintf(reason, sizeof reason, "\"%s\"",
                 view->unstaffed ? "unstaffed" : closed_reason_name(view->reason));
    snprintf(out, TEXT_MAX,
             "{\"queue\":\"%s\",\"state\":\"%s\",\"reason\":%s,\"waiting\":%d,\"until\":%s,"
             "\"next\":%s,\"ts\":%s}",
             view->name, state_word(view->state), reason, view->waiting,
             json_instant(view->until, until), json_instant(view->next, next), ts);
}

static void svg_render(const struct queue_view *view, char out[static TEXT_MAX])
{
    static const char *const colours[] = {[QUEUE_FREE] = "#1a7f37", [QUEUE_STAFFED] = "#1a7f37",
                                          [QUEUE_BUSY] = "#9a6700", [QUEUE_BACKUP] = "#0b5a8f",
                                          [QUEUE_CLOSED] = "#57606a"};
    const char *word = state_word(view->state);

    snprintf(out, TEXT_MAX,
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"110\" height=\"20\" role=\"img\" "
             "aria-label=\"chat: %s\"><rect width=\"110\" height=\"20\" rx=\"4\" fill=\"%s\"/>"
             "<text x=\"55\" y=\"14\" fill=\"#fff\" font-family=\"sans-serif\" font-size=\"11\" "
             "text-anchor=\"middle\">chat: %s</text></svg>\n",
             word, colours[view->state], word);
}

/* A reader sees the old file or the new one, never a half. */
static bool file_replace(const struct status_files *files, const char *name, const char *ending,
                         const char *text)
{
    char *path = mem_printf("%s/%s.%s", files->folder, name, ending);
    char *fresh = mem_printf("%s/.%s.%s.new", files->folder, name, ending);
    FILE *file = fopen(fresh, "we");
    bool fine = file != NULL && fchmod(fileno(file), 0644) == 0 && fputs(text, file) >= 0;

    if (file != NULL && fclose(file) != 0)
        fine = false;
    CRASH_POINT("status-written");
    fine = fine && rename(fresh, path) == 0;
    CRASH_POINT("status-renamed");
    free(path);
    free(fresh);
    return fine;
}

/* Said once, until it works again. */
static void written_or_said(struct status_files *files, bool fine)
{
    if (!fine && !files->complained)
        log_warning("cannot write the status files in '%s': %s", files->folder, strerror(errno));
    files->complained = !fine;
}

static void queue_write(struct status_files *files, const struct queue_view *view,
                        int64_t wall_ms)
{
    char ts[INSTANT_TEXT_SIZE + 2], json[TEXT_MAX], text[TEXT_MAX + 20];

    json_render(view, json_instant(wall_ms / 1000, ts), json);
    snprintf(text, sizeof text, "%s\n", json);
    bool fine = file_replace(files, view->name, "json", text);
    snprintf(text, sizeof text, "deskbellStatus(%s);\n", json);
    fine = file_replace(files, view->name, "js", text) && fine;
    snprintf(text, sizeof text, "%s\n", state_word(view->state));
    fine = file_replace(files, view->name, "txt", text) && fine;
    svg_render(view, text);
    fine = file_replace(files, view->name, "svg", text) && fine;
    written_or_said(files, fine);
}

/* Whether the queue is to be written: it looks other than when it was, or all are. */
static bool queue_changed(struct status_files *files, const struct queue_view *view, bool all)
{
    struct written *written;
    char state[TEXT_MAX];

    json_render(view, "null", state);
    HASH_FIND_STR(files->written, view->name, written);
    if (written == NULL) {
        size_t length = strlen(view->name);
        written = mem_new(sizeof *written + length + 1);
        memcpy(written->name, view->name, length + 1);
        HASH_ADD_STR(files->written, name, written);
    }
    written->fresh = all || written->state == NULL || strcmp(written->state, state) != 0;
    free(written->state);
    written->state = mem_strdup(state);
    return written->fresh;
}

/* --- snippets --- */

/* The state of its queue, but for the end of the object, and what the library has chosen. */
static void snippet_write(struct status_files *files, const struct snippet_settings *snippet,
                          const char *state, int64_t wall_ms)
{
    char ts[INSTANT_TEXT_SIZE + 2], key[SNIPPET_KEY_SIZE], *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    snippet_key(snippet->name, key);
    fprintf(out, "%.*s%s,", (int)(strlen(state) - strlen("null}")), state,
            json_instant(wall_ms / 1000, ts));
    snippet_put_members(out, snippet);
    fputs("}\n", out);
    fclose(out);
    written_or_said(files, file_replace(files, key, "json", text));
    free(text);
}

static void snippets_write(struct status_files *files, int64_t wall_ms)
{
    for (size_t i = 0; files->settings != NULL && i < files->settings->snippet_count; i++) {
        const struct snippet_settings *snippet = &files->settings->snippets[i];
        struct written *queue;
        HASH_FIND_STR(files->written, snippet->queue, queue);
        if (queue != NULL && (queue->fresh || files->new_settings))
            snippet_write(files, snippet, queue->state, wall_ms);
    }
}

static int key_compare(const void *one, const void *other)
{
    return strcmp(one, other);
}

/* "mobstate.map-room.json": a label, a point, and what snippet_key() makes. */
static bool key_of_file(const char *file, char key[static SNIPPET_KEY_SIZE])
{
    size_t length = strlen(file), ending = strlen(".json");

    if (length <= ending || length - ending >= SNIPPET_KEY_SIZE ||
        strcmp(file + length - ending, ".json") != 0)
        return false;
    length -= ending;
    memcpy(key, file, length);
    key[length] = '\0';
    size_t label = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789");
    return label > 0 && key[label] == '.' &&
           label + 1 + strspn(key + label + 1, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/* A button whose snippet is no more falls back to what its page says. */
static void snippets_remove(struct status_files *files)
{
    size_t count = files->settings->snippet_count;
    char(*keys)[SNIPPET_KEY_SIZE] = mem_new((count + 1) * sizeof *keys), key[SNIPPET_KEY_SIZE];
    DIR *folder = opendir(files->folder);
    const struct dirent *entry;

    for (size_t i = 0; i < count; i++)
        snippet_key(files->settings->snippets[i].name, keys[i]);
    qsort(keys, count, sizeof *keys, key_compare);
    while (folder != NULL && (entry = readdir(folder)) != NULL)
        if (key_of_file(entry->d_name, key) &&
            bsearch(key, keys, count, sizeof *keys, key_compare) == NULL)
            unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder != NULL)
        closedir(folder);
    free(keys);
}

void status_files_update(struct status_files *files, const struct routing *routing,
                         int64_t now_ms, int64_t wall_ms)
{
    bool all = now_ms >= files->due;
    const struct queue *cursor = NULL;
    struct queue_view view;

    if (!all && !files->new_settings && routing_views_version(routing) == files->version)
        return;
    files->version = routing_views_version(routing);
    bool any = files->new_settings;
    while (routing_queue_next(routing, &cursor, &view))
        if (view.published && queue_changed(files, &view, all)) {
            queue_write(files, &view, wall_ms);
            any = true;
        }
    if (any)
        snippets_write(files, wall_ms);
    if (files->new_settings && files->settings != NULL)
        snippets_remove(files);
    files->new_settings = false;
    if (all)
        files->due = now_ms + STATUS_FILES_MS_MAX;
}

int64_t status_files_deadline(const struct status_files *files)
{
    return files->due;
}
