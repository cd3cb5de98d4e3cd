#include "component/quarantine.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "component/crash.h"
#include "component/crc32c.h"
#include "component/record_bytes.h"

static bool folder_open(const char *state_dir, int *ret_folder)
{
    mkdir(state_dir, S_IRWXU); /* it may be there */
    int state = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (state < 0)
        return false;
    if (mkdirat(state, "quarantine", S_IRWXU) == 0)
        fsync(state);
    *ret_folder = openat(state, "quarantine", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    close(state);
    return *ret_folder >= 0;
}

/* Whole under its name, or not there. */
static bool file_write(const char *state_dir, const char *name, const char *bytes, size_t length,
                       struct error *reterr)
{
    int folder = -1, fd = -1;
    bool fine = false;

    if (!folder_open(state_dir, &folder))
        goto out;
    fd = openat(folder, "new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    fine = fd >= 0 && write(fd, bytes, length) == (ssize_t)length && fdatasync(fd) == 0;
    CRASH_POINT("quarantine-written");
    fine = fine && renameat(folder, "new", folder, name) == 0 && fsync(folder) == 0;
out:
    if (!fine)
        error_set(reterr, "cannot write '%s/quarantine/%s': %s", state_dir, name,
                  strerror(errno));
    if (fd >= 0)
        close(fd);
    if (folder >= 0)
        close(folder);
    return fine;
}

bool quarantine_record(const char *state_dir, int64_t epoch, int64_t number,
                       const struct effect *record, const struct refusal_cause *cause,
                       char *ret_name, size_t size, struct error *reterr)
{
    char *text = NULL, *fields = NULL;
    size_t length = 0, fields_length = 0;
    FILE *out = open_memstream(&fields, &fields_length);

    if (out == NULL)
        abort();
    record_print(record, out);
    fclose(out);
    /* Two sums of other bytes: that both are the same by chance does not happen. */
    snprintf(ret_name, size, "%s-%" PRId64 "-%08x%08x%zx", record_name(record), epoch,
             crc32c(fields, fields_length), crc32c(fields, fields_length / 2), fields_length);
    out = open_memstream(&text, &length);
    if (out == NULL)
        abort();
    fprintf(out, "refused: SQLSTATE %s, rule '%s'\nepoch: %" PRId64 "\nbatch: %" PRId64 "\n%s",
            cause->sqlstate, cause->rule, epoch, number, fields);
    fclose(out);
    bool fine = file_write(state_dir, ret_name, text, length, reterr);
    free(text);
    free(fields);
    return fine;
}

bool quarantine_bytes(const char *state_dir, int64_t epoch, int64_t number,
                      const unsigned char *bytes, size_t length, char *ret_name, size_t size,
                      struct error *reterr)
{
    snprintf(ret_name, size, "batch-%" PRId64 "-%" PRId64, epoch, number);
    return file_write(state_dir, ret_name, (const char *)bytes, length, reterr);
}
