/* play.h: the small desk that fuzzers play on: the scenarios' world and people, with the core's own
 * own checks and the checker (test/scenario/checker.h) after each step. A broken promise aborts;
 * with STORY=yes in the environment the story until then is printed. */
#ifndef DESKBELL_TEST_FUZZ_PLAY_H
#define DESKBELL_TEST_FUZZ_PLAY_H

#include "test/scenario/world.h"

/* A Tuesday, ten o'clock, by a consortium file of test/scenario; the server is there. */
void play_begin(struct world *world, const char *desk);
/* False when the world's memory is about to be full: whoever plays stops. */
bool play_has_room(const struct world *world);
/* Everybody but the desk goes, the process dies once more, a day passes: no chat is left. */
void play_end(struct world *world);

/* An event of the story, as somebody's doing. */
void play_tell(struct world *world, const char *what, const char *who, const char *to,
               const char *body);
void play_line(struct world *world, const char *who, const char *to, const char *body);
void play_word(struct world *world, const char *who, const char *to, const char *line);
/* To every queue of the settings. */
void play_presence(struct world *world, const char *who, enum show show, msec_t idle_ms);
/* Whatever can be asked of the desk between two steps. */
void play_look(struct world *world, const char *who, const char *address);

#endif
