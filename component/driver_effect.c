/* Steps routing, and carries out what it decided. */
#include <stdlib.h>
#include <string.h>

#include "component/crash.h"
#include "component/driver_private.h"
#include "policy/mem.h"

enum {
    /* A mark that nothing else carries to the database goes by itself after so long. */
    MARKS_DELAY_MS = 1000
};

void driver_step(struct driver *driver, struct event *event)
{
    struct turn *turn = turns_gathering(&driver->turns);

    event->at = driver->now.at;
    event->wall = driver->now.wall;
    if (event->resource == NULL)
        event->resource = "";
    if (event->to == NULL)
        event->to = "";
    event->fresh = &driver->fresh;
    driver->messages_in += event->type == EVENT_MESSAGE && event->message.body != NULL;
    adhoc_presence(driver->adhoc, event);
    routing_step(driver->routing, event, &turn->effects);
    if (turn->effects.token_used)
        token_make(&driver->fresh);
    turn->effects.token_used = false;
    CRASH_POINT("step-done");
}

void driver_send(struct driver *driver, const struct effect *effect)
{
    const char *ping_id = NULL;

    if (effect->type == EFFECT_PING)
        ping_id = iq_ping_id(&driver->iq, effect->from, effect->to);
    xml_out_clear(&driver->out);
    stanza_out_effect(&driver->stanza_out, effect, ping_id, &driver->out);
    stream_send(driver->stream, driver->out.bytes, driver->out.length);
    driver->messages_out += effect->type == EFFECT_MESSAGE && effect->message.body != NULL;
    if (effect->type != EFFECT_MESSAGE || effect->message.mark.type == MARK_NONE)
        return;
    /* While the server is away the line waits; stream_is_up() sends it. */
    uint64_t position =
        stream_state(driver->stream) == STREAM_UP ? stream_queued(driver->stream) : UINT64_MAX;
    outbox_add(&driver->outbox, &effect->message.mark, driver->out.bytes, driver->out.length,
               position);
}

/* A chat whose lines are asked for is not offered before they come: no call may be lost. */
static bool recall_try(struct driver *driver, const struct recall_wanted *wanted)
{
    return wanted->type == EFFECT_RECALL ? store_recall(driver->store, wanted->chat)
                                         : store_replay(driver->store, wanted->chat);
}

static void recall(struct driver *driver, const struct effect *effect)
{
    const struct recall_wanted wanted = {effect->recall, effect->type};

    if (driver->recall_count == 0 && recall_try(driver, &wanted))
        return;
    if (driver->recall_count == driver->recall_capacity) {
        driver->recall_capacity = driver->recall_capacity == 0 ? 64 : driver->recall_capacity * 2;
        driver->recalls =
            mem_resize(driver->recalls, driver->recall_capacity * sizeof *driver->recalls);
    }
    driver->recalls[driver->recall_count++] = wanted;
}

void driver_recalls_retry(struct driver *driver)
{
    size_t done = 0;

    while (done < driver->recall_count && recall_try(driver, &driver->recalls[done]))
        done++;
    driver->recall_count -= done;
    memmove(driver->recalls, driver->recalls + done,
            driver->recall_count * sizeof *driver->recalls);
}

/* Of a word by command. */
static void answer_send(struct driver *driver, const struct effect *effect)
{
    xml_out_clear(&driver->out);
    adhoc_answer(driver->adhoc, effect, &driver->out);
    if (driver->out.length > 0)
        stream_send(driver->stream, driver->out.bytes, driver->out.length);
}

void driver_carry_out(struct driver *driver, const struct turn *turn)
{
    for (size_t i = 0; i < turn->effects.count; i++) {
        const struct effect *effect = &turn->effects.list[i];
        if (effect_is_record(effect))
            continue;
        if (effect->type == EFFECT_RECALL || effect->type == EFFECT_REPLAY)
            recall(driver, effect);
        else if (effect->type == EFFECT_ANSWER)
            answer_send(driver, effect);
        else
            driver_send(driver, effect);
        CRASH_POINT("effect-carried");
    }
}

void driver_marks_look(struct driver *driver)
{
    enum stream_state state = stream_state(driver->stream);

    if (driver->outbox.count > 0 && (state == STREAM_UP || state == STREAM_CLOSING))
        outbox_written(&driver->outbox, stream_received(driver->stream));
    if (driver->outbox.left_count == 0)
        driver->marks_due = INT64_MAX;
    else if (driver->marks_due == INT64_MAX)
        driver->marks_due = driver->now.at + MARKS_DELAY_MS;
}

/* What has gathered is submitted when there is something to write down and room for it; sends
 * without records wait only for the turns before them, so that the order stays. */
void driver_turn_end(struct driver *driver)
{
    struct turn *turn = turns_gathering(&driver->turns);
    struct outbox *outbox = &driver->outbox;

    driver_marks_look(driver);
    turn_count_records(turn);
    bool marks_wait =
        outbox->left_count > 0 && (driver->now.at >= driver->marks_due || driver->closing);
    if (turn->records == 0 && !marks_wait) {
        if (turn->effects.count == 0 || driver->turns.in_flight > 0)
            return;
        driver_carry_out(driver, turn);
        turn_clear(turn);
        return;
    }
    if (store_room(driver->store) == 0)
        return;
    CRASH_POINT("turn-ends");
    int64_t batch = store_submit(driver->store, &turn->effects, outbox->left, outbox->left_count);
    CRASH_POINT("turn-submitted");
    turns_submitted(&driver->turns, batch);
    outbox_marked(outbox);
    CRASH_POINT("marks-taken");
    driver->marks_due = INT64_MAX;
}

/* A database that does not keep up stops the reading, not the memory. */
void driver_throttle(struct driver *driver)
{
    bool full = turns_gathering(&driver->turns)->effects.count >= STORE_BATCH_RECORDS &&
                store_room(driver->store) == 0;

    if (full == driver->paused)
        return;
    driver->paused = full;
    stream_pause(driver->stream, full);
}
