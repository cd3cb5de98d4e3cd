/* run.c: plays routing scenarios and compares what happens with what the file says.
 *
 *   run_scenario FILE...          passes when every file's story happens word for word
 *   run_scenario --print FILE     prints the story as it happens: the text of a new case
 *
 * A scenario is a text of lines:
 *   # a comment, a sentence that says what the story shows
 *   desk FILE                     the consortium file, beside the scenario
 *   date 2026-11-24               of the wall clock, UTC; a Tuesday if none is given
 *   show records | show duty | hide presence   what to print of the effects
 *   10:00:00 < ann says "hello" to mobius-mobstate      an event
 *   10:00:00 > to jane from #1: "[mobius-mobstate] hello"   an effect */
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "component/zone.h"
#include "policy/arena.h"
#include "policy/date.h"
#include "test/scenario/world.h"

static bool parse_time(const char *text, msec_t *ret)
{
    int hour, minute, second, milli = 0, used = 0;

    if (sscanf(text, "%2d:%2d:%2d%n", &hour, &minute, &second, &used) != 3)
        return false;
    if (text[used] == '.')
        milli = (int)strtol(text + used + 1, NULL, 10);
    *ret = ((hour * 60LL + minute) * 60 + second) * 1000 + milli;
    return true;
}

static bool play_header(struct world *world, char *line)
{
    char *value = strchr(line, ' ');
    day_number date;

    if (value == NULL)
        return false;
    *value++ = '\0';
    if (strcmp(line, "desk") == 0)
        return world_settings(world, value, "");
    if (strcmp(line, "date") == 0) {
        if (!date_parse(value, &date))
            return false;
        world->midnight = (msec_t)date * SECONDS_A_DAY * 1000;
        return true;
    }
    if (strcmp(value, "records") == 0)
        world->show_records = strcmp(line, "show") == 0;
    else if (strcmp(value, "duty") == 0)
        world->show_duty = strcmp(line, "show") == 0;
    else if (strcmp(value, "presence") == 0)
        world->show_presence = strcmp(line, "show") == 0;
    else
        return false;
    return true;
}

/* An event is printed again, so that the output is the whole story. */
static bool play_event(struct world *world, const char *line)
{
    const char *mark = strchr(line, '<');
    msec_t at;

    if (mark == NULL || mark[1] != ' ' || !parse_time(line, &at))
        return false;
    world_advance(world, at);
    print_time(world, '<');
    fprintf(world->out, "%s\n", mark + 2);
    return script_event(world, arena_strdup(world->memory, mark + 2));
}

static bool play_line(struct world *world, char *line, FILE *expected)
{
    if (line[0] == '#' || line[0] == '\0')
        return true;
    if (line[0] < '0' || line[0] > '9')
        return play_header(world, line);
    const char *direction = strpbrk(line, "<>");
    fprintf(expected, "%s\n", line);
    return direction != NULL && (*direction == '>' || play_event(world, line));
}

static void show_difference(const char *file, const char *expected, const char *actual)
{
    const char *newline;

    while ((newline = strchr(expected, '\n')) != NULL &&
           strncmp(expected, actual, (size_t)(newline + 1 - expected)) == 0) {
        actual += newline + 1 - expected;
        expected = newline + 1;
    }
    fprintf(stderr, "%s: it should be\n  %.*s\nbut it is\n  %.*s\n", file,
            (int)strcspn(expected, "\n"), expected, (int)strcspn(actual, "\n"), actual);
}

static bool play_file(const char *path, bool print)
{
    struct world world;
    char *line = NULL, *expected = NULL;
    size_t size = 0, expected_size = 0;
    FILE *file = fopen(path, "r");
    FILE *story = open_memstream(&expected, &expected_size);
    bool fine = file != NULL;
    int number = 0;

    world_init(&world);
    world.folder = dirname(arena_strdup(world.memory, path));
    world.midnight = (msec_t)date_from_civil(2026, 11, 24) * SECONDS_A_DAY * 1000;
    while (fine && getline(&line, &size, file) > 0) {
        number++;
        line[strcspn(line, "\n")] = '\0';
        fine = play_line(&world, line, story);
        if (!fine)
            fprintf(stderr, "%s:%d: cannot play this line\n", path, number);
    }
    fflush(world.out);
    fclose(story);
    if (print)
        fputs(world.output, stdout);
    else if (fine && strcmp(expected, world.output) != 0) {
        show_difference(path, expected, world.output);
        fine = false;
    }
    if (checker_fault(world.checker) != NULL) {
        fprintf(stderr, "%s: a broken promise: %s\n", path, checker_fault(world.checker));
        fine = false;
    }
    world_release(&world);
    free(expected);
    free(line);
    if (file != NULL)
        fclose(file);
    return fine;
}

int main(int argc, char **argv)
{
    bool print = argc > 1 && strcmp(argv[1], "--print") == 0;
    int failed = 0;

    for (int i = print ? 2 : 1; i < argc; i++) {
        bool fine = play_file(argv[i], print);
        if (!print)
            printf("%s %s\n", fine ? "ok" : "FAILED", argv[i]);
        failed += !fine;
    }
    zone_forget_all();
    return failed > 0 || argc < 2;
}
