/* The spool's files: what was synced comes back, whatever happens to the bytes. */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "component/crc32c.h"
#include "component/spool.h"
#include "policy/mem.h"

enum { FRAMES = 5, EPOCH = 7 };

static char state_dir[64];
static char segment[128]; /* the first one's path */
static struct error error;

static void setup(void)
{
    /* In memory where that goes: some tests sync a thousand times. */
    snprintf(state_dir, sizeof state_dir, "%s/deskbell-spool-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(state_dir));
    snprintf(segment, sizeof segment, "%s/spool/0000000000000001.spool", state_dir);
    error.text[0] = '\0';
    if (freopen("/dev/null", "w", stderr) == NULL) /* what it logs about 1000 damages */
        abort();
}

static void teardown(void)
{
    char *command = mem_printf("rm -rf %s", state_dir);

    ck_assert_int_eq(system(command), 0);
    free(command);
}

static struct spool *spool_must(void)
{
    struct spool *spool = spool_open(state_dir, "mobius", &error);

    ck_assert_msg(spool != NULL, "%s", error.text);
    return spool;
}

static void append(struct spool *spool, int64_t number, size_t length)
{
    char *payload = mem_new(length + 1);

    memset(payload, 'a' + (int)(number % 26), length);
    const struct spool_frame frame = {.epoch = EPOCH,
                                      .number = number,
                                      .records = 2,
                                      .payload = (const unsigned char *)payload,
                                      .length = length};
    spool_append(spool, &frame);
    free(payload);
}

/* Each number's payload has another length. */
static size_t length_of(int64_t number)
{
    return (size_t)number * 3 % 17;
}

static void fill(int64_t from, int64_t to)
{
    struct spool *spool = spool_must();

    for (int64_t i = from; i <= to; i++)
        append(spool, i, length_of(i));
    ck_assert(spool_sync(spool, &error));
    spool_close(spool);
}

/* Every frame that is given is as it was written. Returns a bit for each number. */
static unsigned read_back(struct spool *spool)
{
    struct spool_frame frame;
    unsigned seen = 0;
    int64_t last = 0;

    while (spool_read(spool, &frame)) {
        ck_assert_int_gt(frame.number, last);
        ck_assert_int_le(frame.number, FRAMES);
        ck_assert_int_eq(frame.epoch, EPOCH);
        ck_assert_uint_eq(frame.length, length_of(frame.number));
        for (size_t i = 0; i < frame.length; i++)
            ck_assert_int_eq(frame.payload[i], 'a' + (int)(frame.number % 26));
        last = frame.number;
        seen |= 1u << frame.number;
    }
    return seen;
}

static unsigned bits(int64_t from, int64_t to)
{
    unsigned all = 0;

    for (int64_t i = from; i <= to; i++)
        all |= 1u << i;
    return all;
}

static struct bytes file_read(const char *path)
{
    struct bytes bytes = {NULL, 0, 0};
    FILE *file = fopen(path, "rb");
    int c;

    ck_assert_ptr_nonnull(file);
    while ((c = fgetc(file)) != EOF)
        *bytes_add(&bytes, 1) = (unsigned char)c;
    fclose(file);
    return bytes;
}

static void file_write(const char *path, const unsigned char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

/* Files in the folder whose names begin so. */
static int files(const char *head)
{
    char path[128];
    int count = 0;
    struct dirent *entry;

    snprintf(path, sizeof path, "%s/spool", state_dir);
    DIR *folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    while ((entry = readdir(folder)) != NULL)
        count += strncmp(entry->d_name, head, strlen(head)) == 0;
    closedir(folder);
    return count;
}

START_TEST(the_checksum_is_castagnolis)
{
    unsigned char bytes[32] = {0};

    /* RFC 3720, appendix B.4, and the usual check value. */
    ck_assert_uint_eq(crc32c(bytes, 32), 0x8a9136aa);
    memset(bytes, 0xff, 32);
    ck_assert_uint_eq(crc32c(bytes, 32), 0x62a8ab43);
    for (int i = 0; i < 32; i++)
        bytes[i] = (unsigned char)i;
    ck_assert_uint_eq(crc32c(bytes, 32), 0x46dd794e);
    ck_assert_uint_eq(crc32c("123456789", 9), 0xe3069283);
    ck_assert_uint_eq(crc32c("", 0), 0);
}
END_TEST

START_TEST(what_was_synced_comes_back)
{
    struct stat stat_buffer;
    char path[128];

    fill(1, 3);
    fill(4, FRAMES);
    struct spool *spool = spool_must();
    ck_assert_int_eq(spool_epoch(spool), EPOCH);
    ck_assert_int_eq(spool_last(spool), FRAMES);
    ck_assert_uint_eq(spool_counts(spool)->batches, FRAMES);
    ck_assert_uint_eq(spool_counts(spool)->records, 2 * FRAMES);
    ck_assert_uint_eq(spool_counts(spool)->damaged, 0);
    ck_assert_uint_eq(read_back(spool), bits(1, FRAMES));
    ck_assert(!spool_unread(spool));
    ck_assert_int_eq(stat(segment, &stat_buffer), 0);
    ck_assert_int_eq(stat_buffer.st_mode & 0777, 0600);
    snprintf(path, sizeof path, "%s/spool", state_dir);
    ck_assert_int_eq(stat(path, &stat_buffer), 0);
    ck_assert_int_eq(stat_buffer.st_mode & 0777, 0700);
    spool_drop(spool, FRAMES, true);
    ck_assert_int_eq(files("0"), 0);
    ck_assert_uint_eq(spool_counts(spool)->bytes, 0);
    spool_close(spool);
}
END_TEST

START_TEST(nothing_counts_before_the_sync)
{
    struct spool *spool = spool_must();

    append(spool, 1, 100);
    ck_assert(spool_needs_sync(spool));
    spool_close(spool);
    spool = spool_must();
    ck_assert_int_eq(spool_epoch(spool), 0);
    ck_assert(!spool_unread(spool));
    spool_close(spool);
}
END_TEST

/* Reading follows writing, also what is not synced, and a frame that was put back comes again. */
START_TEST(reading_follows_writing)
{
    struct spool *spool = spool_must();
    struct spool_frame frame;

    for (int64_t i = 1; i <= FRAMES; i++) {
        append(spool, i, length_of(i));
        bool synced = i % 2 == 1;
        if (synced)
            ck_assert(spool_sync(spool, &error));
        ck_assert(spool_read(spool, &frame));
        ck_assert_int_eq(frame.number, i);
        spool_unread_last(spool);
        ck_assert(spool_unread(spool));
        ck_assert(spool_read(spool, &frame));
        ck_assert_int_eq(frame.number, i);
        ck_assert(!spool_read(spool, &frame));
        if (i == 3)
            spool_drop(spool, 3, false);
    }
    spool_close(spool);
}
END_TEST

START_TEST(a_cut_anywhere_leaves_all_before_it)
{
    fill(1, FRAMES);
    struct bytes whole = file_read(segment);
    size_t end[FRAMES + 1] = {SPOOL_HEAD_BYTES};

    for (int i = 1; i <= FRAMES; i++)
        end[i] = end[i - 1] + SPOOL_FRAME_HEAD_BYTES + length_of(i);
    ck_assert_uint_eq(whole.length, end[FRAMES]);
    for (size_t cut = 0; cut < whole.length; cut++) {
        int complete = 0;
        while (complete < FRAMES && end[complete + 1] <= cut)
            complete++;
        file_write(segment, whole.data, cut);
        struct spool *spool = spool_must();
        ck_assert_msg(read_back(spool) == bits(1, complete), "cut at %zu", cut);
        ck_assert_uint_eq(spool_counts(spool)->damaged, 0);
        /* What follows is written behind what is left. */
        if (complete < FRAMES) {
            append(spool, FRAMES, length_of(FRAMES));
            ck_assert(spool_sync(spool, &error));
            ck_assert_uint_eq(read_back(spool), bits(FRAMES, FRAMES));
        }
        spool_close(spool);
        spool = spool_must();
        ck_assert_uint_eq(read_back(spool), bits(1, complete) | bits(FRAMES, FRAMES));
        spool_drop(spool, FRAMES, true);
        spool_close(spool);
        ck_assert_int_eq(files("0"), 0);
        ck_assert_int_eq(files("damaged"), 0);
    }
    free(whole.data);
}
END_TEST

START_TEST(zeros_at_the_end_are_a_cut)
{
    fill(1, FRAMES);
    struct bytes whole = file_read(segment);

    memset(bytes_add(&whole, 5000), 0, 5000);
    file_write(segment, whole.data, whole.length);
    struct spool *spool = spool_must();
    ck_assert_uint_eq(read_back(spool), bits(1, FRAMES));
    ck_assert_uint_eq(spool_counts(spool)->damaged, 0);
    spool_close(spool);
    free(whole.data);
}
END_TEST

/* One byte wrong: the frame that it is in is missed, and none else, and that is said: the file is
 * kept. Never is a frame given that was not written. */
START_TEST(a_flipped_byte_is_never_passed_over)
{
    fill(1, FRAMES);
    struct bytes whole = file_read(segment);
    size_t end = SPOOL_HEAD_BYTES;
    int hit = 0;

    for (size_t at = 0; at < whole.length; at++) {
        if (at == end) {
            hit++;
            end += SPOOL_FRAME_HEAD_BYTES + length_of(hit);
        }
        for (int bit = 0; bit < 8; bit += 7) {
            whole.data[at] ^= (unsigned char)(1u << bit);
            file_write(segment, whole.data, whole.length);
            whole.data[at] ^= (unsigned char)(1u << bit);
            struct spool *spool = spool_must();
            unsigned expected = bits(1, FRAMES) & ~(hit == 0 ? 0u : 1u << hit);
            ck_assert_msg(read_back(spool) == expected, "byte %zu", at);
            ck_assert_uint_eq(spool_counts(spool)->damaged, 1);
            ck_assert_int_eq(files("damaged-0000000000000001-0"), 1);
            spool_close(spool);
            /* What took its place is sound. */
            spool = spool_must();
            ck_assert_uint_eq(read_back(spool), expected);
            ck_assert_uint_eq(spool_counts(spool)->damaged, 0);
            spool_drop(spool, FRAMES, true);
            spool_close(spool);
            char *command = mem_printf("rm -f %s/spool/damaged-*", state_dir);
            ck_assert_int_eq(system(command), 0);
            free(command);
        }
    }
    free(whole.data);
}
END_TEST

START_TEST(damage_while_it_is_read_is_set_aside)
{
    struct spool *spool = spool_must();
    struct spool_frame frame;
    unsigned seen = 0;

    for (int64_t i = 1; i <= FRAMES; i++)
        append(spool, i, length_of(i));
    ck_assert(spool_sync(spool, &error));
    struct bytes whole = file_read(segment);
    whole.data[SPOOL_HEAD_BYTES + SPOOL_FRAME_HEAD_BYTES + length_of(1) + 3] ^= 1; /* in frame 2 */
    file_write(segment, whole.data, whole.length);
    while (spool_read(spool, &frame))
        seen |= 1u << frame.number;
    ck_assert_uint_eq(seen, bits(1, FRAMES) & ~(1u << 2));
    ck_assert_uint_eq(spool_counts(spool)->damaged, 1);
    ck_assert_int_eq(files("damaged"), 1);
    /* It is not written to any more. */
    append(spool, FRAMES + 1, 1);
    ck_assert(spool_sync(spool, &error));
    ck_assert_int_eq(files("0"), 2);
    free(whole.data);
    spool_close(spool);
}
END_TEST

START_TEST(segments_are_bounded_and_go_from_the_front)
{
    struct spool *spool = spool_must();
    struct spool_frame frame;
    int64_t count = 0;

    for (int64_t i = 1; i <= 50; i++) {
        append(spool, i, 1024 * 1024);
        ck_assert(spool_sync(spool, &error));
    }
    ck_assert_int_eq(spool_counts(spool)->segments, 4);
    ck_assert_int_eq(files("0"), 4);
    while (spool_read(spool, &frame)) {
        ck_assert_int_eq(frame.number, ++count);
        ck_assert_uint_eq(frame.length, 1024 * 1024);
        if (count % 16 == 8)
            spool_drop(spool, count, false);
    }
    ck_assert_int_eq(count, 50);
    ck_assert_int_eq(files("0"), 2);
    /* The one that is written stays, unless all is over. */
    spool_drop(spool, 50, false);
    ck_assert_int_eq(files("0"), 1);
    append(spool, 51, 10);
    ck_assert(spool_sync(spool, &error));
    ck_assert(spool_read(spool, &frame));
    ck_assert_int_eq(frame.number, 51);
    spool_drop(spool, 51, true);
    ck_assert_int_eq(files("0"), 0);
    spool_close(spool);
}
END_TEST

START_TEST(a_full_disk_loses_nothing_that_was_taken)
{
    struct spool *spool = spool_must();
    struct rlimit small = {SPOOL_HEAD_BYTES + 200, RLIM_INFINITY};
    struct rlimit large = {RLIM_INFINITY, RLIM_INFINITY};

    signal(SIGXFSZ, SIG_IGN);
    append(spool, 1, 100);
    ck_assert(spool_sync(spool, &error));
    append(spool, 2, 300);
    /* Check itself writes to a file with every assertion: none while the limit holds. */
    setrlimit(RLIMIT_FSIZE, &small);
    bool first = spool_sync(spool, &error), second = spool_sync(spool, NULL);
    setrlimit(RLIMIT_FSIZE, &large);
    ck_assert(!first && !second);
    ck_assert_ptr_nonnull(strstr(error.text, "cannot write to"));
    /* What is not on the disk can be read all the same. */
    struct spool_frame frame;
    ck_assert(spool_read(spool, &frame) && frame.number == 1);
    ck_assert(spool_read(spool, &frame) && frame.number == 2 && frame.length == 300);
    append(spool, 3, 10);
    ck_assert(spool_sync(spool, &error));
    ck_assert(spool_read(spool, &frame) && frame.number == 3);
    spool_close(spool);
    spool = spool_must();
    for (int64_t i = 1; i <= 3; i++)
        ck_assert(spool_read(spool, &frame) && frame.number == i);
    ck_assert(!spool_read(spool, &frame));
    ck_assert_uint_eq(spool_counts(spool)->damaged, 0);
    spool_close(spool);
}
END_TEST

START_TEST(what_the_database_took_leaves_the_memory)
{
    struct spool *spool = spool_must();
    struct rlimit none = {0, RLIM_INFINITY}, large = {RLIM_INFINITY, RLIM_INFINITY};
    struct spool_frame frame;

    signal(SIGXFSZ, SIG_IGN);
    for (int64_t i = 1; i <= 3; i++)
        append(spool, i, 10);
    setrlimit(RLIMIT_FSIZE, &none);
    bool synced = spool_sync(spool, &error);
    setrlimit(RLIMIT_FSIZE, &large);
    ck_assert(!synced);
    ck_assert(spool_read(spool, &frame) && frame.number == 1);
    spool_drop(spool, 2, false);
    ck_assert(spool_needs_sync(spool));
    ck_assert(spool_read(spool, &frame) && frame.number == 3);
    spool_drop(spool, 3, false);
    ck_assert(!spool_needs_sync(spool));
    spool_close(spool);
}
END_TEST

START_TEST(one_process_and_one_consortium)
{
    struct spool *spool = spool_must();

    ck_assert_ptr_null(spool_open(state_dir, "mobius", &error));
    ck_assert_ptr_nonnull(strstr(error.text, "another process uses"));
    spool_close(spool);
    fill(1, FRAMES);
    ck_assert_ptr_null(spool_open(state_dir, "venus", &error));
    ck_assert_ptr_nonnull(strstr(error.text, "is of another consortium than 'venus'"));
    spool = spool_must();
    ck_assert_uint_eq(read_back(spool), bits(1, FRAMES));
    spool_close(spool);
}
END_TEST

START_TEST(a_whole_spool_is_set_aside)
{
    char name[64], path[256];

    fill(1, FRAMES);
    struct bytes before = file_read(segment);
    struct spool *spool = spool_must();
    ck_assert(spool_set_aside(spool, name, sizeof name, &error));
    ck_assert_str_eq(name, "spool-of-epoch-7-0");
    ck_assert(!spool_unread(spool));
    ck_assert_int_eq(files("0"), 0);
    append(spool, 1, 5); /* numbers begin anew */
    ck_assert(spool_sync(spool, &error));
    spool_close(spool);
    snprintf(path, sizeof path, "%s/%s/0000000000000001.spool", state_dir, name);
    struct bytes after = file_read(path);
    ck_assert_uint_eq(after.length, before.length);
    ck_assert_mem_eq(after.data, before.data, before.length);
    free(before.data);
    free(after.data);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spool");
    TCase *tcase = tcase_create("spool");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, the_checksum_is_castagnolis);
    tcase_add_test(tcase, what_was_synced_comes_back);
    tcase_add_test(tcase, nothing_counts_before_the_sync);
    tcase_add_test(tcase, reading_follows_writing);
    tcase_add_test(tcase, a_cut_anywhere_leaves_all_before_it);
    tcase_add_test(tcase, zeros_at_the_end_are_a_cut);
    tcase_add_test(tcase, a_flipped_byte_is_never_passed_over);
    tcase_add_test(tcase, damage_while_it_is_read_is_set_aside);
    tcase_add_test(tcase, segments_are_bounded_and_go_from_the_front);
    tcase_add_test(tcase, a_full_disk_loses_nothing_that_was_taken);
    tcase_add_test(tcase, what_the_database_took_leaves_the_memory);
    tcase_add_test(tcase, one_process_and_one_consortium);
    tcase_add_test(tcase, a_whole_spool_is_set_aside);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
