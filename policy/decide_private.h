/* decide_private.h: what decide.c (one instant) lends to until.c (many). */
#ifndef DESKBELL_POLICY_DECIDE_PRIVATE_H
#define DESKBELL_POLICY_DECIDE_PRIVATE_H

#include "policy/decide.h"

/* Whether anybody is asked at all; without the reason, so cheaper than a decision. */
bool policy_is_open(const struct consortium *consortium, int queue, instant at);

#endif
