#include "component/status_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#include "component/crash.h"
#include "component/log.h"
#include "policy/instant.h"
#include "policy/mem.h"

enum { TEXT_MAX = 600 };

/* What was written last of a queue, without `ts`. */
struct written {
    UT_hash_handle hh;
    char *state;
    char name[];
};

struct status_files {
    const char *folder;
    struct written *written;
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
    if (!fine && !files->complained)
        log_warning("cannot write the status files in '%s': %s", files->folder, strerror(errno));
    files->complained = !fine;
}

/* Whether the queue looks other than when it was written last. */
static bool queue_changed(struct status_files *files, const struct queue_view *view)
{
    struct written *written;
    char state[TEXT_MAX];

    json_render(view, "null", state);
    HASH_FIND_STR(files->written, view->name, written);
    if (written != NULL && strcmp(written->state, state) == 0)
        return false;
    if (written == NULL) {
        size_t length = strlen(view->name);
        written = mem_new(sizeof *written + length + 1);
        memcpy(written->name, view->name, length + 1);
        HASH_ADD_STR(files->written, name, written);
    }
    free(written->state);
    written->state = mem_strdup(state);
    return true;
}

void status_files_update(struct status_files *files, const struct routing *routing,
                         int64_t now_ms, int64_t wall_ms)
{
    bool all = now_ms >= files->due;
    const struct queue *cursor = NULL;
    struct queue_view view;

    if (!all && routing_views_version(routing) == files->version)
        return;
    files->version = routing_views_version(routing);
    while (routing_queue_next(routing, &cursor, &view))
        if (view.published && (queue_changed(files, &view) || all))
            queue_write(files, &view, wall_ms);
    if (all)
        files->due = now_ms + STATUS_FILES_MS_MAX;
}

int64_t status_files_deadline(const struct status_files *files)
{
    return files->due;
}
