/* Who may serve: the edges of the holder's eight seconds and the standby's twelve, and what a
 * database's clock that is set must not do. */
#include <check.h>
#include <stdio.h>

#include "component/lease.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- the holder --- */

static const struct {
    const char *name;
    int64_t sent, now; /* the renewal that was answered last; INT64_MIN: none ever */
    bool may;
} writes[] = {
    {"before the first renewal", INT64_MIN, 0, false},
    {"at once", 1000, 1000, true},
    {"a ms before the end", 1000, 8999, true},
    {"at the end", 1000, 9000, false},
    {"woken much later", 1000, 3600000, false},
    {"a machine that has just started", 0, 7999, true},
    {"the same, at the end", 0, 8000, false},
};

START_TEST(writing)
{
    struct lease lease = {0};

    if (writes[_i].sent != INT64_MIN) {
        lease_sent(&lease, writes[_i].sent);
        lease_renewed(&lease, writes[_i].sent);
    }
    ck_assert_msg(lease_may_write(&lease, writes[_i].now) == writes[_i].may, "%s", writes[_i].name);
}
END_TEST

/* Counted from the sending: an answer that took long leaves less. */
START_TEST(a_late_answer_does_not_make_it_younger)
{
    struct lease lease = {0};

    lease_renewed(&lease, 0);
    ck_assert_int_eq(lease_renew_at(&lease), LEASE_RENEW_MS);
    lease_sent(&lease, 1000);
    ck_assert_int_eq(lease_renew_at(&lease), 2000);
    ck_assert(!lease_may_write(&lease, 8000)); /* under way is not renewed */
    lease_renewed(&lease, 1000);
    ck_assert(lease_may_write(&lease, 8000) && !lease_may_write(&lease, 9000));
    ck_assert_int_eq(lease_lapses_at(&lease), 9000);
}
END_TEST

/* A connection that broke does not end the lease, and its end does not make it longer. */
START_TEST(another_session_of_the_holder)
{
    struct lease lease = {0};

    lease_renewed(&lease, 0);
    lease_session(&lease);
    ck_assert(lease_may_write(&lease, 7999) && !lease_may_write(&lease, 8000));
    lease_renewed(&lease, 9500);
    ck_assert(lease_may_write(&lease, 9500));
}
END_TEST

/* Without a session a holder has a moment, whatever is left of its eight seconds. */
static const struct {
    const char *name;
    int64_t cut, again, now; /* cut twice: the first counts */
    bool may;
} cuts[] = {
    {"just cut", 1000, 1000, 1000, true},
    {"a ms before the doubt is over", 1000, 1100, 1149, true},
    {"the doubt is over", 1000, 1100, 1150, false},
    {"near the end there is less", 7950, 7950, 7999, true},
    {"the end itself", 7950, 7950, 8000, false},
};

START_TEST(cut_off)
{
    struct lease lease = {0};

    lease_renewed(&lease, 0);
    lease_cut(&lease, cuts[_i].cut);
    lease_cut(&lease, cuts[_i].again);
    ck_assert_msg(lease_may_write(&lease, cuts[_i].now) == cuts[_i].may, "%s", cuts[_i].name);
    lease_renewed(&lease, cuts[_i].now);
    ck_assert(lease_may_write(&lease, cuts[_i].now + 7999));
}
END_TEST

/* --- the standby --- */

enum { OLD = 5000000, OLDER = 12000 };

struct look {
    int64_t asked, now;
    struct lease_sight sight;
    enum lease_verdict verdict;
    bool new_session; /* before it */
};

#define HELD(renewed_, age_)                                                                       \
    {                                                                                              \
        .any = true, .renews = true, .held = true, .epoch = 7, .renewed = (renewed_),              \
        .age_ms = (age_)                                                                           \
    }
#define FREE(renewed_, age_)                                                                       \
    {                                                                                              \
        .any = true, .renews = true, .epoch = 7, .renewed = (renewed_), .age_ms = (age_)           \
    }

static const struct {
    const char *name;
    struct look looks[8];
} stories[] = {
    {"nobody ever served", {{0, 0, {.any = false}, LEASE_TAKE, false}}},
    {"the session that was seen has ended",
     {{0, 1, HELD(1, 10), LEASE_WAIT, false},
      {100, 101, FREE(1, 110), LEASE_WAIT, false},
      {300, 302, FREE(1, 310), LEASE_WAIT, false},
      {301, 302, FREE(1, 311), LEASE_TAKE, false}}},
    {"it has ended, and another has begun",
     {{0, 1, HELD(1, 10), LEASE_WAIT, false},
      {100, 101, FREE(1, 110), LEASE_WAIT, false},
      {200, 201, HELD(1, 210), LEASE_WAIT, false},
      {300, 301, FREE(1, 310), LEASE_WAIT, false},
      {400, 401, FREE(1, 410), LEASE_WAIT, false},
      {501, 502, FREE(1, 511), LEASE_TAKE, false}}},
    {"a holder that renews",
     {{0, 1, HELD(1, 10), LEASE_WAIT, false},
      {9000, 9001, HELD(2, 10), LEASE_WAIT, false},
      {18000, 18001, HELD(3, 10), LEASE_WAIT, false},
      {27000, 27001, HELD(4, 10), LEASE_WAIT, false}}},
    {"a holder that hangs, by the database's clock",
     {{0, 0, HELD(1, 11999 - 9000), LEASE_WAIT, false},
      {9000, 9001, HELD(1, 11999), LEASE_WAIT, false},
      {9001, 9002, HELD(1, 12000), LEASE_EVICT, false}}},
    {"found hanging: we look on before we believe it",
     {{0, 100, HELD(1, OLD), LEASE_WAIT, false},
      {9099, 9100, HELD(1, OLD + 9000), LEASE_WAIT, false},
      {9100, 9101, HELD(1, OLD + 9000), LEASE_EVICT, false}}},
    {"the database's clock is set an hour ahead",
     {{0, 0, HELD(1, 10), LEASE_WAIT, false},
      {8999, 8999, HELD(1, 3600000), LEASE_WAIT, false},
      {9500, 9500, HELD(3600001, 500), LEASE_WAIT, false}}},
    {"the database's clock is set an hour back, and the holder hangs",
     {{0, 0, HELD(3600000, 10), LEASE_WAIT, false},
      {11999, 11999, HELD(3600000, -3588000), LEASE_WAIT, false},
      {12000, 12000, HELD(3600000, -3588000), LEASE_EVICT, false}}},
    {"the holder came back in time",
     {{0, 0, HELD(1, 10), LEASE_WAIT, false},
      {11000, 11001, HELD(1, 11000), LEASE_WAIT, false},
      {11500, 11501, HELD(2, 100), LEASE_WAIT, false},
      {20000, 20001, HELD(2, 11999), LEASE_WAIT, false}}},
    {"we slept between asking and reading: the answer is of then",
     {{0, 0, HELD(1, 10), LEASE_WAIT, false},
      {100, 60000, HELD(1, 110), LEASE_WAIT, false},
      {60000, 60001, HELD(9, 10), LEASE_WAIT, false}}},
    {"free, and we are new: perhaps the database was away, the holder comes first",
     {{0, 50, FREE(1, 3000), LEASE_WAIT, false},
      {12049, 12049, FREE(1, OLD), LEASE_WAIT, false},
      {12050, 12050, FREE(1, OLD), LEASE_TAKE, false}}},
    {"free, and our old session saw the holder: that does not count",
     {{0, 0, HELD(1, 10), LEASE_WAIT, false},
      {500, 500, FREE(1, 400), LEASE_WAIT, true},
      {1500, 1500, HELD(2, 100), LEASE_WAIT, false},
      {1600, 1600, FREE(2, 200), LEASE_WAIT, false},
      {1800, 1800, FREE(2, 400), LEASE_TAKE, false}}},
    {"a new session counts anew",
     {{0, 0, FREE(1, 10), LEASE_WAIT, false},
      {11999, 11999, FREE(1, OLDER), LEASE_WAIT, true},
      {23998, 23998, FREE(1, OLDER), LEASE_WAIT, false},
      {23999, 23999, FREE(1, OLDER), LEASE_TAKE, false}}},
    {"the holder ended in order",
     {{0, 0, {.any = true, .renews = true, .ended = true, .epoch = 7}, LEASE_TAKE, false}}},
    {"it ended in order, and its session is about to",
     {{0,
       0,
       {.any = true, .renews = true, .ended = true, .held = true, .epoch = 7},
       LEASE_WAIT,
       false},
      {100, 100, {.any = true, .renews = true, .ended = true, .epoch = 7}, LEASE_TAKE, false}}},
    {"a holder that does not renew is never ended while its session is there",
     {{0, 0, {.any = true, .held = true, .epoch = 7, .age_ms = OLD}, LEASE_WAIT, false},
      {60000, 60000, {.any = true, .held = true, .epoch = 7, .age_ms = OLD}, LEASE_WAIT, false},
      {60100, 60100, {.any = true, .epoch = 7, .age_ms = OLD}, LEASE_TAKE, false}}},
    {"another took over meanwhile: what was seen of the one before does not count",
     {{0, 0, HELD(1, 10), LEASE_WAIT, false},
      {100, 100, {.any = true, .renews = true, .epoch = 8, .renewed = 2}, LEASE_WAIT, false},
      {200,
       200,
       {.any = true, .renews = true, .held = true, .epoch = 8, .renewed = 3},
       LEASE_WAIT,
       false},
      {300, 300, {.any = true, .renews = true, .epoch = 8, .renewed = 3}, LEASE_WAIT, false},
      {500, 500, {.any = true, .renews = true, .epoch = 8, .renewed = 3}, LEASE_TAKE, false}}},
};

START_TEST(looking)
{
    struct lease lease = {0};

    for (size_t i = 0; i < COUNT(stories[_i].looks); i++) {
        const struct look *look = &stories[_i].looks[i];
        if (i > 0 && look->now == 0)
            break;
        if (look->new_session)
            lease_session(&lease);
        ck_assert_msg(lease_look(&lease, &look->sight, look->asked, look->now) == look->verdict,
                      "%s: look %zu", stories[_i].name, i);
    }
}
END_TEST

/* The two halves together: however late a standby sees the last renewal, and with clocks that
 * differ by a tenth, it decides only when the holder may not write any more. */
START_TEST(never_both)
{
    for (int64_t delay = 0; delay <= 2000; delay += 50) {
        struct lease holder = {0}, standby = {0};
        enum lease_verdict verdict = LEASE_WAIT;
        int64_t now = 0, standby_now = 0;

        lease_renewed(&holder, 0);
        for (; verdict == LEASE_WAIT; now += 10) {
            standby_now = now * 11 / 10; /* runs fast */
            if (now >= delay) {
                const struct lease_sight sight = HELD(1, standby_now);
                verdict = lease_look(&standby, &sight, standby_now, standby_now);
            }
        }
        ck_assert_int_eq(verdict, LEASE_EVICT);
        ck_assert_msg(!lease_may_write(&holder, now), "taken at %lld, seen %lld after the renewal",
                      (long long)now, (long long)delay);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lease");
    TCase *tests = tcase_create("lease");

    tcase_add_loop_test(tests, writing, 0, (int)COUNT(writes));
    tcase_add_test(tests, a_late_answer_does_not_make_it_younger);
    tcase_add_test(tests, another_session_of_the_holder);
    tcase_add_loop_test(tests, cut_off, 0, (int)COUNT(cuts));
    tcase_add_loop_test(tests, looking, 0, (int)COUNT(stories));
    tcase_add_test(tests, never_both);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
