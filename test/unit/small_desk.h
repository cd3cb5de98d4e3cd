/* small_desk.h: the smallest desk for tests of routing that no story can tell, at one instant.
 *
 * Library 5 of consortium 'c' with the closed queue c-z (id 7), which operator c-z-ann (id 8)
 * answers, and who is not there. */
#ifndef DESKBELL_TEST_SMALL_DESK_H
#define DESKBELL_TEST_SMALL_DESK_H

#include "build_consortium.h"

#include "routing/routing_private.h"

static struct consortium *settings;
static struct routing *routing;
static struct effects effects;
static msec_t now = 1760000000000;

/* The effects are those of this event alone. */
static void step(struct event *event)
{
    event->at = event->wall = now;
    if (event->resource == NULL)
        event->resource = "";
    if (event->to == NULL)
        event->to = "";
    effects_clear(&effects);
    routing_step(routing, event, &effects);
    routing_check(routing);
}

/* The settings are given; routing_start() is the caller's. With `bob`, operator c-z-bob (id 9), who
 * answers no queue. */
static void small_desk_new(bool bob)
{
    static int assigned[] = {0};
    struct event event = {.type = EVENT_SETTINGS};

    settings = build_new("UTC");
    struct library_settings *library = build_library(settings, "z", NULL);
    library->id = 5;
    library->title = "Zed";
    struct queue_settings *queue = build_queue(settings, "c-z");
    queue->id = 7;
    queue->title = "";
    queue->operator_index = assigned;
    queue->operator_count = 1;
    settings->operators = arena_alloc(settings->arena, 2 * sizeof *settings->operators);
    settings->operators[0] = (struct operator_settings){
        .id = 8, .name = "c-z-ann", .title = "", .account = "ann@localhost", .library = 0};
    settings->operators[1] = (struct operator_settings){
        .id = 9, .name = "c-z-bob", .title = "Bob", .account = "bob@localhost", .library = 0};
    settings->operator_count = bob ? 2 : 1;
    effects_init(&effects);
    routing = routing_new();
    event.settings = settings;
    step(&event);
}

static void small_desk_free(void)
{
    routing_free(routing);
    effects_release(&effects);
    consortium_free(settings);
    zone_forget_all();
}

#endif
