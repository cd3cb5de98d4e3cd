/* settings_read_private.h: what the parts of the consortium file's reader share. */
#ifndef DESKBELL_COMPONENT_SETTINGS_READ_PRIVATE_H
#define DESKBELL_COMPONENT_SETTINGS_READ_PRIVATE_H

#include "component/settings_file.h"
#include "policy/consortium.h"

struct settings_reader {
    struct file_reader file; /* first, so that the tables' functions find the rest */
    struct consortium *consortium;
    const char *library_name; /* of the library being read; NULL when it is no name */
    int library;              /* its index */
    unsigned backup_line;     /* of backup.queue, 0 without one */
};

/* For the tables (FILE_OTHER). The targets: struct hours, struct hours without answered_by,
 * struct closures, struct holidays, struct library_settings. */
void settings_read_hours(struct file_reader *reader, const config_setting_t *setting, void *target);
void settings_read_plain_hours(struct file_reader *reader, const config_setting_t *setting,
                               void *target);
void settings_read_closures(struct file_reader *reader, const config_setting_t *setting,
                            void *target);
void settings_read_holidays(struct file_reader *reader, const config_setting_t *setting,
                            void *target);
void settings_read_coverage(struct file_reader *reader, const config_setting_t *setting,
                            void *target);

/* Reads into a profile and sets the bits of its keys in *ret_given, from `first` on. */
void settings_read_profile(struct file_reader *reader, const config_setting_t *setting,
                           struct profile *profile, int first, uint32_t *ret_given);

/* For the tables too: struct canned_replies, struct notices. */
void settings_read_canned(struct file_reader *reader, const config_setting_t *setting,
                          void *target);
void settings_read_notices(struct file_reader *reader, const config_setting_t *setting,
                           void *target);

/* A list of different strings. `right` says whether one is well formed, and `wrong` what to say
 * if not ("is not an account"). */
void settings_read_strings(struct settings_reader *reader, const config_setting_t *setting,
                           const char *key, int max, bool (*right)(const char *), const char *wrong,
                           const char ***ret_list, size_t *ret_count);

#endif
