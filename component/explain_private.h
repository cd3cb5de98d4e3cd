/* explain_private.h: the parts of `deskbell explain`. */
#ifndef DESKBELL_COMPONENT_EXPLAIN_PRIVATE_H
#define DESKBELL_COMPONENT_EXPLAIN_PRIVATE_H

#include <stdio.h>

#include "policy/consortium.h"

enum { EXPLAIN_WIDTH = 80 };

/* The week around `date`, Monday to Sunday, in the zone of the queue's library. */
void explain_week(const struct consortium *consortium, int queue, day_number date, FILE *out);

#endif
