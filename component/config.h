/* config.h: deskbell.conf, the one file of the system administrator (libconfig). */
#ifndef DESKBELL_COMPONENT_CONFIG_H
#define DESKBELL_COMPONENT_CONFIG_H

#include <stdbool.h>
#include <stdio.h>

#include "component/error.h"
#include "component/log.h"

struct config {
    char *consortium; /* the one that this process serves */
    bool failover;
    int log_level; /* enum log_level */
    struct {
        char *jid;
        char *host;
        int port;
        bool allow_remote; /* else only an address of this machine */
        char *secret;      /* from `secret`, or the first line of `secret_file` */
    } component;
    struct {
        char *domain;
        bool provision;
    } accounts;
    char *database;         /* libpq connection string */
    char *migrate_database; /* the same, of whoever may change the schema */
    char *state_dir;
    char *status_dir;
    char *metrics_file; /* NULL: none is written */
};

#define CONFIG_DEFAULT_PATH "/etc/deskbell/deskbell.conf"

/* Reads and checks the whole file. Every fault is printed to `complaints` as one line
 * "FILE:LINE: what is wrong" (a syntax error alone, since libconfig stops there). Unknown keys, a
 * file that others can read, and a secret file that others can read are faults too.
 * On success the caller owns *ret_config: config_release(). */
bool config_load(const char *path, struct config *ret_config, FILE *complaints);

/* The same from bytes in memory, for tests and the fuzzer: `name` stands for the file's, nobody is
 * asked who may read it, and a secret_file is not opened (the secret is "" then). */
bool config_load_text(const char *text, const char *name, struct config *ret_config,
                      FILE *complaints);

void config_release(struct config *config);

#endif
