/* report.c: the day as each person saw it, and the count of what the desk itself said. */
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "test/day/day.h"

enum { NOT_TAKEN_MAX = 2 }; /* lines of the desk in a window whose chat was not this operator's */

/* Of the sixty, those whose day is worth reading. */
static const int shown_patrons[] = {3, 14, 16, 18, 30, 41, 52, 54};

void report_open(struct day *day)
{
    for (int i = 0; i < OPERATORS; i++)
        day->operators[i].log =
            open_memstream(&day->operators[i].text, &day->operators[i].length);
    for (int i = 0; i < PATRONS; i++)
        day->patrons[i].log = open_memstream(&day->patrons[i].text, &day->patrons[i].length);
}

void report_close(struct day *day)
{
    for (int i = 0; i < OPERATORS; i++) {
        fclose(day->operators[i].log);
        free(day->operators[i].text);
    }
    for (int i = 0; i < PATRONS; i++) {
        fclose(day->patrons[i].log);
        free(day->patrons[i].text);
    }
}

void report_line(struct day *day, struct person *person, const char *place, const char *who,
                 const char *text)
{
    long long seconds = day->world.now / 1000;

    fprintf(person->log, "%02lld:%02lld:%02lld  %-4s %s%s", seconds / 3600, seconds / 60 % 60,
            seconds % 60, place, who, who[0] == '\0' ? "" : ": ");
    for (; *text != '\0'; text++) {
        fputc(*text, person->log);
        if (*text == '\n')
            fputs("                    ", person->log);
    }
    fputc('\n', person->log);
}

struct sums {
    int offered, taken, lines_taken, lines_not_taken, most;
};

static struct sums operator_sums(const struct person *person)
{
    struct sums sums = {0, 0, 0, 0, 0};

    for (int i = 0; i < CHATS_MAX; i++) {
        const struct chat_window *window = &person->windows[i];
        sums.offered += window->open;
        sums.taken += window->taken;
        sums.lines_taken += window->taken ? window->desk_lines : 0;
        sums.lines_not_taken += window->taken ? 0 : window->desk_lines;
        if (!window->taken && window->desk_lines > sums.most)
            sums.most = window->desk_lines;
    }
    return sums;
}

static void summary(struct day *day, FILE *out)
{
    int lines = 0, most = 0;

    fputs("# A day at the desk\n\n"
          "Eight hours, sixty patrons, six librarians of two libraries and a backup that answers\n"
          "at lunch: a scripted day, with a busy hour, a lost connection, a forgotten chat,\n"
          "declines, hand-overs and people who leave. Each file is what one person saw on the\n"
          "screen. `#7` is the window of the seventh chat; `desk` is what the desk itself said,\n"
          "the offer aside.\n\n"
          "`ctest -R day` plays it again; `build/dev/test/day --write doc/day` renews\n"
          "these files. At most two lines of the desk stand in a window whose chat somebody else\n"
          "took, none of them twice in a row, and nobody is asked again who declined.\n\n"
          "| librarian | asked for | took | desk lines in others' chats | most in one "
          "| in own chats |\n"
          "| --- | ---: | ---: | ---: | ---: | ---: |\n",
          out);
    for (int i = 0; i < OPERATORS; i++) {
        struct sums sums = operator_sums(&day->operators[i]);
        fprintf(out, "| [%s](operator-%s.txt) | %d | %d | %d | %d | %d |\n",
                day->operators[i].name, day->operators[i].name, sums.offered, sums.taken,
                sums.lines_not_taken, sums.most, sums.lines_taken);
    }
    for (int i = 0; i < PATRONS; i++) {
        lines += day->patrons[i].desk_lines;
        if (day->patrons[i].desk_lines > most)
            most = day->patrons[i].desk_lines;
    }
    fprintf(out, "\nA patron read %.1f lines of the desk on average, %d at most. Some of them:\n",
            (double)lines / PATRONS, most);
    for (size_t i = 0; i < sizeof shown_patrons / sizeof shown_patrons[0]; i++)
        fprintf(out, "%s[%02d](patron-%02d.txt)", i == 0 ? "" : ", ", shown_patrons[i],
                shown_patrons[i]);
    fputs(".\n", out);
}

/* The folder's files in turn: name and text, from the arena. False behind the last. */
static bool report_file(struct day *day, int index, const char **ret_name, const char **ret_text)
{
    struct arena *arena = day->world.memory;
    int patrons = (int)(sizeof shown_patrons / sizeof shown_patrons[0]);

    if (index < OPERATORS) {
        fflush(day->operators[index].log);
        *ret_name = arena_printf(arena, "operator-%s.txt", day->operators[index].name);
        *ret_text = day->operators[index].text;
    } else if (index < OPERATORS + patrons) {
        int patron = shown_patrons[index - OPERATORS];
        fflush(day->patrons[patron].log);
        *ret_name = arena_printf(arena, "patron-%02d.txt", patron);
        *ret_text = day->patrons[patron].text;
    } else if (index == OPERATORS + patrons) {
        char *text = NULL;
        size_t length = 0;
        FILE *out = open_memstream(&text, &length);
        summary(day, out);
        fclose(out);
        *ret_name = "README.md";
        *ret_text = arena_strdup(arena, text);
        free(text);
    } else {
        return false;
    }
    return true;
}

bool report_write(struct day *day, const char *folder)
{
    const char *name, *text;

    for (int i = 0; report_file(day, i, &name, &text); i++) {
        FILE *file = fopen(arena_printf(day->world.memory, "%s/%s", folder, name), "w");
        if (file == NULL || fputs(text, file) == EOF || fclose(file) != 0) {
            fprintf(stderr, "day: cannot write '%s/%s'\n", folder, name);
            return false;
        }
    }
    return true;
}

bool report_compare(struct day *day, const char *folder)
{
    const char *name, *text;

    for (int i = 0; report_file(day, i, &name, &text); i++) {
        FILE *file = fopen(arena_printf(day->world.memory, "%s/%s", folder, name), "r");
        char *line = NULL;
        size_t size = 0;
        bool same = file != NULL;
        while (same && getline(&line, &size, file) > 0) {
            same = strncmp(text, line, strlen(line)) == 0;
            if (same)
                text += strlen(line);
        }
        if (same && *text != '\0')
            same = false;
        if (!same)
            fprintf(stderr, "day: %s/%s says\n  %sand the day is\n  %.*s\n", folder, name,
                    line == NULL ? "(nothing)\n" : line, (int)strcspn(text, "\n"), text);
        free(line);
        if (file != NULL)
            fclose(file);
        if (!same)
            return false;
    }
    return true;
}

bool report_judge(struct day *day)
{
    bool fine = checker_fault(day->world.checker) == NULL;

    if (!fine)
        fprintf(stderr, "day: a broken promise: %s\n", checker_fault(day->world.checker));
    for (int i = 0; i < OPERATORS; i++) {
        struct sums sums = operator_sums(&day->operators[i]);
        if (sums.most > NOT_TAKEN_MAX) {
            fprintf(stderr, "day: %s reads %d lines of the desk in a chat of somebody else\n",
                    day->operators[i].name, sums.most);
            fine = false;
        }
        if (sums.offered == 0) {
            fprintf(stderr, "day: %s was never asked\n", day->operators[i].name);
            fine = false;
        }
    }
    return fine;
}
