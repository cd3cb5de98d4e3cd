#include "component/courier.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "policy/mem.h"

/* One file and, once it is its turn, its thread. */
struct trip {
    struct trip *next;
    struct courier_file file;
    pthread_t thread;
    bool running;       /* the loop's: the thread is to be joined */
    atomic_bool over;   /* the thread's last word: what it wrote can be read */
    atomic_bool *ended; /* cut it off */
    int ended_fd;
    bool there;
    struct error error;
};

struct courier {
    struct trip *trips; /* oldest first */
    size_t count, running;
    int ended_fd; /* the loop's poll: a thread is over */
    atomic_bool ended;
};

static void end_raise(int fd)
{
    const uint64_t one = 1;

    if (write(fd, &one, sizeof one) != (ssize_t)sizeof one)
        abort();
}

/* The loop waits for the thread's end before it frees the trip. */
static void *trip_run(void *context)
{
    struct trip *trip = context;
    const struct courier_file *file = &trip->file;

    trip->there =
        upload_put(file->slot, file->type, file->bytes, file->size, trip->ended, &trip->error);
    atomic_store(&trip->over, true);
    end_raise(trip->ended_fd);
    return NULL;
}

/* Signals are the loop's: the thread starts with all of them blocked. */
static void trip_begin(struct courier *courier, struct trip *trip)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    trip->running = pthread_create(&trip->thread, NULL, trip_run, trip) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (trip->running) {
        courier->running++;
        return;
    }
    error_set(&trip->error, "upload: no thread for it");
    atomic_store(&trip->over, true); /* told like any other end */
    end_raise(courier->ended_fd);
}

/* Also of what never had a thread. */
static void trip_end(struct courier *courier, struct trip *trip)
{
    if (trip->running) {
        pthread_join(trip->thread, NULL);
        courier->running--;
    }
    courier->count--;
    trip->file.done(trip->file.context, trip->there ? NULL : &trip->error);
    free(trip);
}

/* Those who wait begin in the order in which they came. */
static void begin_some(struct courier *courier)
{
    for (struct trip *trip = courier->trips; trip != NULL; trip = trip->next) {
        if (courier->running == COURIER_THREADS_MAX)
            return;
        if (!trip->running && !atomic_load(&trip->over))
            trip_begin(courier, trip);
    }
}

/* done() may send the next file: the list is looked at from its start after each. */
static bool end_one(struct courier *courier)
{
    for (struct trip **place = &courier->trips; *place != NULL; place = &(*place)->next) {
        struct trip *trip = *place;
        if (!atomic_load(&trip->over))
            continue;
        *place = trip->next;
        trip_end(courier, trip);
        return true;
    }
    return false;
}

struct courier *courier_new(void)
{
    struct courier *courier = mem_new(sizeof *courier);

    upload_put_prepare();
    courier->ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (courier->ended_fd < 0)
        abort();
    return courier;
}

struct courier *courier_free(struct courier *courier)
{
    if (courier == NULL)
        return NULL;
    atomic_store(&courier->ended, true);
    while (courier->trips != NULL) {
        struct trip *trip = courier->trips;
        courier->trips = trip->next;
        if (!trip->running && !atomic_load(&trip->over))
            error_set(&trip->error, "upload: the desk ends");
        trip_end(courier, trip);
    }
    close(courier->ended_fd);
    free(courier);
    return NULL;
}

bool courier_send(struct courier *courier, const struct courier_file *file)
{
    struct trip **place = &courier->trips;

    if (courier->count == COURIER_FILES_MAX || atomic_load(&courier->ended))
        return false;
    while (*place != NULL)
        place = &(*place)->next;
    struct trip *trip = mem_new(sizeof *trip);
    trip->file = *file;
    trip->ended = &courier->ended;
    trip->ended_fd = courier->ended_fd;
    *place = trip;
    courier->count++;
    begin_some(courier);
    return true;
}

int courier_fd(const struct courier *courier)
{
    return courier->ended_fd;
}

void courier_process(struct courier *courier)
{
    uint64_t raised;

    if (read(courier->ended_fd, &raised, sizeof raised) < 0 && errno != EAGAIN && errno != EINTR)
        abort();
    while (end_one(courier))
        ;
    begin_some(courier);
}
