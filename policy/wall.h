/* wall.h: the wall clock that the people in a zone see at an instant. */
#ifndef DESKBELL_POLICY_WALL_H
#define DESKBELL_POLICY_WALL_H

#include "policy/consortium.h"
#include "policy/zone.h"

struct wall {
    const struct zone *zone;
    day_number date;
    int minute; /* after midnight, whole minutes */
};

struct wall wall_at(const struct zone *zone, instant at);

#endif
