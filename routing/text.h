/* text.h: what people read, made of what routing knows. */
#ifndef DESKBELL_ROUTING_TEXT_H
#define DESKBELL_ROUTING_TEXT_H

#include "routing/routing_private.h"

/* text.c: what people read. In the turn's arena. */
/* "08:00" today, "Tue 08:00" within the week, else "Tue 5 Jan, 08:00"; on the zone's clock. */
const char *text_clock(struct routing *routing, const struct zone *zone, instant at);
const char *text_welcome(struct routing *routing, const struct queue *queue);
/* The next two end with the invitation to leave the question. */
const char *text_closed(struct routing *routing, const struct queue *queue);
const char *text_unstaffed(struct routing *routing, const struct queue *queue);
const char *text_holding(struct routing *routing, const struct queue *queue);
/* `place` 0: not told. */
const char *text_waiting(struct routing *routing, msec_t minutes, int place);
const char *text_busy(struct routing *routing, int place);
/* Whether it is that text, with any place. */
bool text_is_busy(const char *text);
/* " To leave your question, ..." */
const char *text_invitation(void);
/* " Somebody will be here again on Tue 08:00.", or nothing where that is not known. */
const char *text_opening(struct routing *routing, const struct queue *queue);
/* "08:00" today, "Tue 08:00" within a week, else "Tue 5 Jan, 08:00"; in the queue's zone. */
const char *text_time(struct routing *routing, const struct queue *queue, instant at);
/* The beginning of a text in one line, of about so many bytes. */
const char *text_beginning(struct routing *routing, const char *text, size_t bytes);
/* "at 08:00" or "on Tue 08:00", in the queue's zone; the queue must be in the settings. */
const char *text_at(struct routing *routing, const struct queue *queue, instant at);
const char *text_status(struct routing *routing, const struct queue *queue,
                        enum queue_state state);

/* text_duty.c: what operators read of their duty. In the turn's arena. */
/* On or off for which queues, until when, with how many chats. */
const char *text_duty(struct routing *routing, const struct operator *operator);
/* That the clock has just signed the operator off, or on again. */
const char *text_duty_turned(struct routing *routing, const struct operator *operator);

#endif
