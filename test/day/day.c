/* day.c: plays the scripted day.
 *
 *   day FOLDER            plays it and compares with what FOLDER holds (doc/day)
 *   day --write FOLDER    writes what everybody saw
 *
 * People act on what they see, after the time that reading and typing takes, by one seed. The
 * world, its settings and its checker are those of the scenarios. */
#include <stdlib.h>
#include <string.h>

#include "component/zone.h"
#include "policy/arena.h"
#include "policy/date.h"
#include "test/day/day.h"

enum { ACTIONS_MAX = 4000, SEED = 8 };

#define CLOCK(hour, minute, second) ((((hour) * 60LL + (minute)) * 60 + (second)) * 1000)

enum what {
    PATRON_ARRIVES,
    PATRON_SAYS,
    PATRON_LEAVES,
    OPERATOR_ANSWERS,
    OPERATOR_SAYS,
    OPERATOR_TRANSFERS,
    OPERATOR_SHOWS,
    OPERATOR_FORGETS /* nothing is read for a while; no client knows */
};

struct action {
    msec_t at;
    int serial;
    enum what what;
    int who;
    int64_t chat;
    const char *text;
    enum show show;
};

static struct action actions[ACTIONS_MAX];
static int action_count, action_serial;
static struct day *today;
static msec_t declines[OPERATORS]; /* from then on the next question is declined; 0: none */

static uint64_t chance_state = SEED * 0x9e3779b97f4a7c15u + 1;

static int chance(int below)
{
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 7;
    chance_state ^= chance_state << 17;
    return (int)((chance_state >> 33) % (uint64_t)below);
}

static void plan(msec_t at, enum what what, int who, int64_t chat, const char *text)
{
    if (action_count == ACTIONS_MAX)
        abort();
    actions[action_count++] = (struct action){.at = at, .serial = action_serial++, .what = what,
                                              .who = who, .chat = chat, .text = text};
}

static void plan_show(msec_t at, int who, enum show show, const char *text)
{
    plan(at, OPERATOR_SHOWS, who, 0, text);
    actions[action_count - 1].show = show;
}

/* --- what people see --- */

static const char *place_of(int64_t chat)
{
    return chat == 0 ? "" : arena_printf(today->world.memory, "#%lld", (long long)chat);
}

static int64_t chat_of(const char *address)
{
    const struct stored *stored = today->world.stored;

    for (int i = 0; i < stored->chat_count; i++)
        if (strcmp(stored->chats[i].address, address) == 0)
            return stored->chats[i].number;
    return 0;
}

static int patron_of(int64_t chat)
{
    for (int i = 0; i < PATRONS; i++)
        if (today->states[i].chat == chat)
            return i;
    return -1;
}

static int operator_load(int who)
{
    int load = 0;

    for (int i = 1; i < CHATS_MAX; i++)
        load += today->operators[who].windows[i].taken && !today->operators[who].windows[i].dead;
    return load;
}

static void operator_plans(int who, int64_t chat, int seconds)
{
    struct chat_window *window = &today->operators[who].windows[chat];

    if (window->planned)
        return;
    window->planned = true;
    plan(today->world.now + (seconds + chance(25)) * 1000LL, OPERATOR_ANSWERS, who, chat, NULL);
}

static void operator_sees(int who, int64_t chat, const struct effect *effect)
{
    struct person *person = &today->operators[who];
    struct chat_window *window = &person->windows[chat];
    const char *body = effect->message.body;

    window->open = true;
    if (effect->message.mark.type == MARK_OFFER) {
        window->dead = false;
        window->dead_at = 0;
        window->last = NULL;
        report_line(today, person, place_of(chat), "", body);
        if (declines[who] != 0 && today->world.now >= declines[who]) {
            declines[who] = 0;
            plan(today->world.now + 9000, OPERATOR_SAYS, who, chat, "!decline");
            window->declined = true;
        } else if (!window->declined) {
            operator_plans(who, chat, person->seconds);
        }
    } else if (effect->message.mark.type == MARK_OPERATORS) {
        report_line(today, person, place_of(chat), "patron", body);
        window->last = NULL;
        if (window->taken && !window->dead)
            operator_plans(who, chat, person->seconds + 10 + chance(15));
    } else {
        report_line(today, person, place_of(chat), "desk", body);
        window->desk_lines++;
        if (window->last != NULL && strcmp(window->last, body) == 0) {
            fprintf(stderr, "day: %s reads the same twice in a row: %s\n", person->name, body);
            exit(1);
        }
        window->last = arena_strdup(today->world.memory, body);
        if (strstr(body, "has taken") != NULL || strstr(body, "over.") != NULL ||
            strstr(body, "not offered") != NULL) {
            window->dead = true;
            window->dead_at = today->world.now;
        }
    }
}

static bool line_is_desk(const struct mark *mark)
{
    const struct stored *stored = today->world.stored;

    for (int i = stored->line_count - 1; i >= 0; i--)
        if (stored->lines[i].chat == mark->chat && stored->lines[i].line == mark->line)
            return stored->lines[i].author == AUTHOR_DESK;
    return false;
}

static void patron_sees(int who, const struct effect *effect)
{
    struct person *person = &today->patrons[who];
    struct patron_state *state = &today->states[who];
    bool desk = line_is_desk(&effect->message.mark);

    if (state->gone)
        return;
    report_line(today, person, "", desk ? "desk" : "librarian", effect->message.body);
    if (desk) {
        person->desk_lines++;
        return;
    }
    if (!state->gone && state->step < state->dialogue->count &&
        state->dialogue->lines[state->step][0] == 'P')
        plan(today->world.now + (12 + chance(35)) * 1000LL, PATRON_SAYS, who, 0, NULL);
}

/* Who has it is known from the record; at its end the windows are dead, and hands are free. */
static void chat_changes(const struct chat_record *chat)
{
    int patron = -1;

    for (int i = 0; i < PATRONS; i++)
        if (strcmp(chat->patron, arena_printf(today->world.memory, "%s@guest.localhost",
                                              today->patrons[i].name)) == 0)
            patron = i;
    if (patron >= 0)
        today->states[patron].chat = chat->number;
    for (int who = 0; who < OPERATORS; who++) {
        struct chat_window *window = &today->operators[who].windows[chat->number];
        bool mine = chat->owner != 0 &&
                    strcmp(operator_alias(&today->world, chat->owner),
                           today->operators[who].name) == 0;
        if (mine)
            window->taken = true;
        if ((window->taken && !mine) || chat->state == CHAT_CLOSED)
            window->dead = true;
    }
    if (chat->state != CHAT_CLOSED)
        return;
    for (int who = 0; who < OPERATORS; who++)
        for (int64_t other = 1; other < CHATS_MAX; other++)
            if (today->operators[who].windows[other].open &&
                !today->operators[who].windows[other].dead &&
                !today->operators[who].windows[other].declined)
                operator_plans(who, other, today->operators[who].seconds);
}

static void observe(struct world *world, const struct event *event, const struct effect *effect)
{
    (void)event;
    if (effect->type == EFFECT_STORE_CHAT)
        chat_changes(&effect->chat);
    if (effect->type != EFFECT_MESSAGE)
        return;
    const char *name = name_from_jid(world, effect->to);
    for (int i = 0; i < OPERATORS; i++)
        if (strcmp(name, today->operators[i].name) == 0)
            operator_sees(i, chat_of(effect->from), effect);
    for (int i = 0; i < PATRONS; i++)
        if (strcmp(name, today->patrons[i].name) == 0)
            patron_sees(i, effect);
}

/* --- what people do --- */

static void says(const char *who, const char *to, const char *body)
{
    struct event event = {.type = EVENT_MESSAGE, .to = to};

    event.from = name_to_jid(&today->world, who, &event.resource);
    event.message.body = body;
    event.message.id = "";
    world_step(&today->world, &event);
}

static void shows(const char *who, enum show show, const char *queue)
{
    struct event event = {.type = EVENT_PRESENCE, .to = queue};

    event.from = name_to_jid(&today->world, who, &event.resource);
    event.presence.show = show;
    world_step(&today->world, &event);
}

static void operator_writes(int who, int64_t chat, const char *body)
{
    struct chat_window *window = &today->operators[who].windows[chat];

    report_line(today, &today->operators[who], place_of(chat), "me", body);
    window->last = NULL;
    says(today->operators[who].name,
         address_from_alias(&today->world, place_of(chat)), body);
}

static void patron_says(int who)
{
    struct patron_state *state = &today->states[who];

    if (state->gone || state->step >= state->dialogue->count ||
        state->dialogue->lines[state->step][0] != 'P')
        return;
    const char *body = state->dialogue->lines[state->step++] + 2;
    report_line(today, &today->patrons[who], "", "me", body);
    says(today->patrons[who].name, state->queue, body);
    if (state->step == state->dialogue->count && chance(3) == 0)
        plan(today->world.now + (5 + chance(10)) * 1000LL, PATRON_LEAVES, who, 0, NULL);
}

static void patron_leaves(int who)
{
    struct patron_state *state = &today->states[who];

    if (state->gone || (state->impatient && state->step > 1 &&
                        state->step < state->dialogue->count))
        return;
    state->gone = true;
    report_line(today, &today->patrons[who], "", "", "(closes the page)");
    shows(today->patrons[who].name, SHOW_UNAVAILABLE, state->queue);
}

static void operator_answers(int who, int64_t chat)
{
    struct person *person = &today->operators[who];
    struct chat_window *window = &person->windows[chat];
    int patron = patron_of(chat);

    window->planned = false;
    if (!person->here) {
        operator_plans(who, chat, 60);
        return;
    }
    /* Who was just typing when somebody else answered has sent it before reading that. */
    bool late = window->dead && !window->taken && window->dead_at != 0 &&
                today->world.now - window->dead_at <= 3000;
    if (late && patron >= 0)
        operator_writes(who, chat, "Hello, how can I help?");
    if (window->dead || window->declined || patron < 0 ||
        (!window->taken && operator_load(who) >= 2))
        return;
    struct patron_state *state = &today->states[patron];
    if (state->step == state->dialogue->count) {
        operator_writes(who, chat, chance(4) == 0 ? "!end" : "!end answered");
    } else if (state->dialogue->lines[state->step][0] == 'L') {
        operator_writes(who, chat, state->dialogue->lines[state->step++] + 2);
    } else if (!window->taken) {
        operator_writes(who, chat, "Hello, I go on here for my colleague.");
    }
}

/* Of some chat that is this operator's, as soon as there is one. */
static void operator_transfers(int who, const char *target)
{
    for (int64_t chat = 1; chat < CHATS_MAX; chat++) {
        const struct chat_window *window = &today->operators[who].windows[chat];
        int patron = patron_of(chat);
        if (!window->taken || window->dead || patron < 0 || today->states[patron].gone ||
            today->states[patron].step < 3 ||
            today->states[patron].step >= today->states[patron].dialogue->count)
            continue;
        operator_writes(who, chat, arena_printf(today->world.memory, "!transfer %s", target));
        return;
    }
    plan(today->world.now + 20000, OPERATOR_TRANSFERS, who, 0, target);
}

static void operator_shows(int who, enum show show, const char *text)
{
    const struct consortium *settings = today->world.settings;
    struct person *person = &today->operators[who];

    report_line(today, person, "", "", text);
    person->here = show != SHOW_UNAVAILABLE && show != SHOW_AWAY;
    for (size_t i = 0; i < settings->queue_count; i++) {
        const struct queue_settings *queue = &settings->queues[i];
        for (size_t j = 0; j < queue->operator_count; j++)
            if (strcmp(strrchr(queue->operators[j], '-') + 1, person->name) == 0)
                shows(person->name, show, queue->name);
    }
}

/* In the middle of a chat; the client knows nothing of it. */
static void operator_forgets(int who, const char *text)
{
    struct person *person = &today->operators[who];

    if (person->here && operator_load(who) == 0) {
        plan(today->world.now + 5000, OPERATOR_FORGETS, who, 0, text);
        return;
    }
    report_line(today, person, "", "", person->here ? text : "(looks at the screen again)");
    if (person->here)
        plan(today->world.now + CLOCK(0, 7, 0), OPERATOR_FORGETS, who, 0, text);
    person->here = !person->here;
}

static void patron_arrives(int who)
{
    struct patron_state *state = &today->states[who];

    shows(today->patrons[who].name, SHOW_AVAILABLE, state->queue);
    plan(today->world.now + 8000, PATRON_SAYS, who, 0, NULL);
    if (state->impatient)
        plan(today->world.now + CLOCK(0, 4, 0), PATRON_LEAVES, who, 0, NULL);
}

static void act(const struct action *action)
{
    switch (action->what) {
    case PATRON_ARRIVES:
        patron_arrives(action->who);
        break;
    case PATRON_SAYS:
        patron_says(action->who);
        break;
    case PATRON_LEAVES:
        patron_leaves(action->who);
        break;
    case OPERATOR_ANSWERS:
        operator_answers(action->who, action->chat);
        break;
    case OPERATOR_SAYS:
        if (!today->operators[action->who].windows[action->chat].dead)
            operator_writes(action->who, action->chat, action->text);
        break;
    case OPERATOR_TRANSFERS:
        operator_transfers(action->who, action->text);
        break;
    case OPERATOR_SHOWS:
        operator_shows(action->who, action->show, action->text);
        break;
    case OPERATOR_FORGETS:
        operator_forgets(action->who, action->text);
        break;
    }
}

/* --- the script --- */

enum { AVERY, JANE, BOB, KIM, SUE, TOM };

static void plan_people(void)
{
    static const struct {
        int hour, minute, who;
        enum show show;
        const char *text;
    } shifts[] = {
        {7, 57, SUE, SHOW_AVAILABLE, "(logs in)"},
        {7, 58, JANE, SHOW_AVAILABLE, "(logs in)"},
        {8, 2, BOB, SHOW_AVAILABLE, "(logs in)"},
        {8, 31, TOM, SHOW_AVAILABLE, "(logs in)"},
        {9, 0, KIM, SHOW_AVAILABLE, "(logs in)"},
        {10, 21, JANE, SHOW_AWAY, "(coffee)"},
        {10, 33, KIM, SHOW_UNAVAILABLE, "(the connection is lost)"},
        {10, 36, KIM, SHOW_AVAILABLE, "(is back)"},
        {10, 40, JANE, SHOW_AVAILABLE, "(back)"},
        {11, 55, AVERY, SHOW_AVAILABLE, "(logs in)"},
        {12, 0, SUE, SHOW_AWAY, "(lunch)"},
        {12, 3, KIM, SHOW_AWAY, "(lunch)"},
        {12, 4, BOB, SHOW_AWAY, "(lunch)"},
        {12, 10, JANE, SHOW_AWAY, "(lunch)"},
        {12, 29, SUE, SHOW_AVAILABLE, "(back from lunch)"},
        {12, 40, TOM, SHOW_AWAY, "(lunch)"},
        {12, 58, KIM, SHOW_AVAILABLE, "(back from lunch)"},
        {12, 59, BOB, SHOW_AVAILABLE, "(back from lunch)"},
        {13, 5, AVERY, SHOW_UNAVAILABLE, "(logs out)"},
        {13, 7, TOM, SHOW_AVAILABLE, "(back from lunch)"},
        {13, 12, JANE, SHOW_AVAILABLE, "(back from lunch)"},
        {14, 30, KIM, SHOW_DND, "(a meeting: do not disturb)"},
        {15, 10, KIM, SHOW_AVAILABLE, "(back from the meeting)"},
        {16, 10, JANE, SHOW_UNAVAILABLE, "(logs out)"},
        {16, 12, BOB, SHOW_UNAVAILABLE, "(logs out)"},
        {16, 5, KIM, SHOW_UNAVAILABLE, "(logs out)"},
        {16, 8, SUE, SHOW_UNAVAILABLE, "(logs out)"},
        {16, 9, TOM, SHOW_UNAVAILABLE, "(logs out)"},
    };

    for (size_t i = 0; i < sizeof shifts / sizeof shifts[0]; i++)
        plan_show(CLOCK(shifts[i].hour, shifts[i].minute, 0), shifts[i].who, shifts[i].show,
                  shifts[i].text);
    declines[KIM] = CLOCK(9, 20, 0);
    declines[TOM] = CLOCK(13, 20, 0);
    plan(CLOCK(9, 5, 0), OPERATOR_TRANSFERS, JANE, 0, "mobius-mobstate-kim knows about loans");
    plan(CLOCK(13, 40, 0), OPERATOR_TRANSFERS, BOB, 0, "help mobius-slu I have a class now");
    plan(CLOCK(14, 5, 0), OPERATOR_FORGETS, SUE, 0, "(a visitor at the desk)");
}

/* More in the late morning; the hours' numbers make sixty. */
static void plan_patrons(struct day *day)
{
    static const int an_hour[8] = {5, 7, 15, 9, 6, 5, 8, 5};
    int who = 0;

    for (int hour = 0; hour < 8; hour++) {
        for (int i = 0; i < an_hour[hour]; i++, who++) {
            struct patron_state *state = &day->states[who];
            int minutes = hour == 2 ? 29 + chance(6) : chance(60);
            state->queue = chance(100) < 62 ? "mobius-mobstate" : "mobius-slu";
            state->dialogue = &day->dialogues[(who * 7 + 3) % day->dialogue_count];
            state->impatient = chance(7) == 0;
            day->patrons[who].name = arena_printf(day->world.memory, "patron-%02d", who);
            plan(CLOCK(8 + hour, minutes, chance(60)), PATRON_ARRIVES, who, 0, NULL);
        }
    }
}

static bool dialogues_read(struct day *day, const char *path)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;

    if (file == NULL)
        return false;
    day->dialogue_count = 1;
    while (getline(&line, &size, file) > 0) {
        struct dialogue *dialogue = &day->dialogues[day->dialogue_count - 1];
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '\0')
            day->dialogue_count++;
        else
            dialogue->lines[dialogue->count++] = arena_strdup(day->world.memory, line);
        if (day->dialogue_count == DIALOGUES_MAX || dialogue->count == LINES_MAX)
            break;
    }
    free(line);
    fclose(file);
    return true;
}

static bool action_before(const struct action *a, const struct action *b)
{
    return a->at != b->at ? a->at < b->at : a->serial < b->serial;
}

/* What the clock does meanwhile may bring something that is due before the planned one. */
static void play(struct day *day)
{
    while (action_count > 0) {
        int first = 0;
        for (int i = 1; i < action_count; i++)
            if (action_before(&actions[i], &actions[first]))
                first = i;
        struct action action = actions[first];
        actions[first] = actions[--action_count];
        if (action.at > CLOCK(17, 0, 0))
            continue;
        if (action.at > day->world.now)
            world_advance(&day->world, action.at);
        act(&action);
    }
    world_advance(&day->world, CLOCK(17, 0, 0));
}

int main(int argc, char **argv)
{
    static const char *const names[OPERATORS] = {"avery", "jane", "bob", "kim", "sue", "tom"};
    static const int speeds[OPERATORS] = {9, 10, 9, 8, 10, 9};
    struct event up = {.type = EVENT_STREAM_UP};
    bool write = argc == 3 && strcmp(argv[1], "--write") == 0;
    struct day *day = calloc(1, sizeof *day);
    bool fine = false;

    today = day;
    world_init(&day->world);
    day->world.folder = "test/day";
    day->world.silent = true;
    day->world.midnight = (msec_t)date_from_civil(2026, 11, 24) * SECONDS_A_DAY * 1000;
    day->world.now = CLOCK(7, 50, 0);
    if (argc < 2 || !dialogues_read(day, "test/day/dialogues.txt") ||
        !world_settings(&day->world, "day.conf", "")) {
        fprintf(stderr, "day: needs a folder, and test/day/ here\n");
        goto out;
    }
    for (int i = 0; i < OPERATORS; i++) {
        day->operators[i].name = names[i];
        day->operators[i].seconds = speeds[i];
    }
    plan_people();
    plan_patrons(day);
    report_open(day);
    day->world.observe = observe;
    world_step(&day->world, &up);
    play(day);
    fine = report_judge(day);
    fine = (write ? report_write(day, argv[2]) : report_compare(day, argv[1])) && fine;
    report_close(day);
out:
    world_release(&day->world);
    free(day);
    zone_forget_all();
    return fine ? 0 : 1;
}
