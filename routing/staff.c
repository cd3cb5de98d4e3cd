/* staff.c: who is on duty at a queue, for lists. */
#include <assert.h>

#include "routing/routing_private.h"

bool routing_staff_next(const struct queue *queue, size_t *place, msec_t wall,
                        struct staff_view *ret)
{
    assert(*place <= queue->operator_count);
    while (*place < queue->operator_count) {
        const struct operator *operator = queue->operators[(*place)++];
        if (!operator_is_on_duty(operator, queue, wall))
            continue;
        *ret = (struct staff_view){
            .name = operator->name,
            .chats = operator->chat_count,
            .limit = operator->limit,
        };
        return true;
    }
    return false;
}
