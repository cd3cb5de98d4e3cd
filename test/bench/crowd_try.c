/* crowd_try DESKBELL [CHATS] [RATE] [SECONDS]: a crowd at a desk of its own, for a look: opens the
 * chats by the front door, writes at that rate, and prints the account. */
#include <signal.h>
#include <stdlib.h>

#include "test/support/desk_process.h"
#include "test/support/store_desk.h"

int main(int argc, char **argv)
{
    const struct crowd_options options = {
        .jid = "chat.localhost",
        .chats = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 200,
        .patron_one_in = 2,
        .receipts = true,
        .timed = true,
    };
    double rate = argc > 3 ? strtod(argv[3], NULL) : 1000;
    int64_t seconds = argc > 4 ? strtol(argv[4], NULL, 10) : 2;
    struct desk_process desk;

    cluster_start(true);
    struct crowd *crowd = crowd_new(&options);
    desk_process_init(&desk, argv[1], argv[1], crowd);
    desk_process_start(&desk, NULL);
    int64_t since = now_ms();
    bool open = crowd_open(crowd, 60000);
    printf("%d chats %s after %lld ms\n", options.chats, open ? "open" : "NOT OPEN",
           (long long)(now_ms() - since));
    crowd_latency_clear(crowd);
    crowd_rate(crowd, rate);
    for (since = now_ms(); now_ms() - since < seconds * 1000;)
        crowd_turn(crowd, 100);
    crowd_rate(crowd, 0);
    bool settled = crowd_settle(crowd, 2000);
    const struct crowd_counts *counts = crowd_counts(crowd);
    printf("%s: sent %llu (patrons %llu), came %llu, repeats %llu, disorder %llu, receipts %llu, "
           "other %llu, errors %llu; p50 %.0f us, p99 %.0f us\n",
           settled ? "settled" : "NOT SETTLED", (unsigned long long)counts->sent,
           (unsigned long long)counts->patron_sent, (unsigned long long)counts->got,
           (unsigned long long)counts->repeats, (unsigned long long)counts->disorder,
           (unsigned long long)counts->receipts, (unsigned long long)counts->other,
           (unsigned long long)counts->errors, crowd_latency(crowd, 0.5),
           crowd_latency(crowd, 0.99));
    int code = desk_process_end(&desk, SIGTERM);
    desk_process_release(&desk);
    crowd_free(crowd);
    cluster_end();
    return open && settled && code == 0 ? 0 : 1;
}
