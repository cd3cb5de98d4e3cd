/* holidays.h: the holidays of the United States government, 5 U.S.C. 6103. */
#ifndef DESKBELL_POLICY_HOLIDAYS_H
#define DESKBELL_POLICY_HOLIDAYS_H

#include <stdbool.h>

#include "policy/consortium.h"

/* The name in 5 U.S.C. 6103(a) if the date is a federal holiday by the calculation that `dates`
 * chooses, the same on the day on which it is observed. NULL on every other date. Static. */
const char *holiday_federal(day_number date, enum holiday_dates dates);

/* Whether a consortium counts the date as a holiday: the calendar's dates without the removed ones,
 * and the added ones. `*ret_name` (may be NULL) is the added date's own name, else the calendar's,
 * else ""; untouched when it is none. Borrowed from the consortium, or static. */
bool holiday_on(const struct holidays *holidays, day_number date, const char **ret_name);

#endif
