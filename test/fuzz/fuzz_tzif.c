/* fuzz_tzif.c: any bytes as a zone file; what is accepted must be a table that policy can use. */
#include <stdint.h>
#include <stdlib.h>

#include "component/tzif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zone zone = {.name = "fuzz"};

    if (!tzif_parse(data, size, &zone, NULL))
        return 0;
    if (zone.count == 0 || zone.starts[0] != INT64_MIN)
        abort();
    for (size_t i = 1; i < zone.count; i++)
        if (zone.starts[i] <= zone.starts[i - 1])
            abort();
    zone_next_change(&zone, 0);
    tzif_release(&zone);
    return 0;
}
