#include "component/config.h"

#include <errno.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "component/account.h"
#include "component/dial.h"
#include "component/settings_bounds.h"
#include "component/settings_file.h"
#include "policy/mem.h"
#include "policy/names.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct config_reader {
    struct file_reader file; /* first, so that the tables' functions find the rest */
    struct config *config;
    char *secret_file;
    unsigned secret_file_line;
    bool open_files;
};

static struct config_reader *whole(struct file_reader *reader)
{
    return (struct config_reader *)reader;
}

/* Reads a text that must be `right`, else it `wrong`. */
static void read_checked(struct file_reader *reader, const config_setting_t *setting,
                         bool (*right)(const char *), const char *wrong, char **ret_text)
{
    const char *key = config_setting_name(setting);
    const char *text = file_string(reader, setting, key, false, 1, PATH_BYTES_MAX);

    if (text == NULL)
        return;
    if (right(text))
        *ret_text = mem_strdup(text);
    else
        file_complain(reader, config_setting_source_line(setting), "%s: '%s' %s", key, text, wrong);
}

static void read_label(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    read_checked(reader, setting, name_is_label, "is not a consortium's abbreviation", target);
}

static void read_domain(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    read_checked(reader, setting, account_domain_is_plausible, "is not a domain (in small letters)",
                 target);
}

static bool path_is_absolute(const char *text)
{
    return text[0] == '/';
}

static void read_path(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    read_checked(reader, setting, path_is_absolute, "is not an absolute path", target);
}

/* node_exporter reads nothing else of its folder. */
static bool path_is_metrics(const char *text)
{
    const char *ending = strrchr(text, '.');

    return path_is_absolute(text) && ending != NULL && strcmp(ending, ".prom") == 0;
}

static void read_metrics_file(struct file_reader *reader, const config_setting_t *setting,
                              void *target)
{
    read_checked(reader, setting, path_is_metrics, "is not an absolute path that ends in .prom",
                 target);
}

static void read_secret_file(struct file_reader *reader, const config_setting_t *setting,
                             void *target)
{
    (void)target;
    whole(reader)->secret_file_line = config_setting_source_line(setting);
    read_path(reader, setting, &whole(reader)->secret_file);
}

/* libpq knows best whether it can read the string; its words end with a newline. */
static void read_database(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    const char *key = config_setting_name(setting);
    const char *text = file_string(reader, setting, key, false, 1, PATH_BYTES_MAX);
    char *fault = NULL;

    if (text == NULL)
        return;
    PQconninfoOption *options = PQconninfoParse(text, &fault);
    if (options == NULL && strstr(text, "pass") != NULL) /* the log is no place for parts of it */
        file_complain(
            reader, config_setting_source_line(setting),
            "%s: libpq cannot read it (the place is not shown, since a password is in it)", key);
    else if (options == NULL)
        file_complain(reader, config_setting_source_line(setting), "%s: %.*s", key,
                      fault == NULL ? 0 : (int)strcspn(fault, "\n"), fault);
    else
        *(char **)target = mem_strdup(text);
    PQconninfoFree(options);
    PQfreemem(fault);
}

static const struct file_key component_keys[] = {
    {"jid", FILE_OTHER, true, NO_BIT, offsetof(struct config, component.jid), 0, 0, NULL,
     read_domain},
    {"host", FILE_LINE, false, NO_BIT, offsetof(struct config, component.host), 1,
     LINE_CHARACTERS_MAX, NULL, NULL},
    {"port", FILE_NUMBER, false, NO_BIT, offsetof(struct config, component.port), 1, 65535, NULL,
     NULL},
    {"allow_remote", FILE_SWITCH, false, NO_BIT, offsetof(struct config, component.allow_remote), 0,
     0, NULL, NULL},
    {"secret", FILE_LINE, false, NO_BIT, offsetof(struct config, component.secret), 1,
     SECRET_BYTES_MAX, NULL, NULL},
    {"secret_file", FILE_OTHER, false, NO_BIT, 0, 0, 0, NULL, read_secret_file},
};

/* A name may stand for anything tomorrow: it is judged when it is looked up (dial.h). */
static void check_host(struct file_reader *reader, const config_setting_t *setting,
                       const struct config *config)
{
    const char *host = config->component.host;

    if (host != NULL && !config->component.allow_remote && dial_host_is_remote(host))
        file_complain(reader, config_setting_source_line(setting),
                      "component: host '%s' is another machine's, and the link to it is clear text "
                      "(hint: a tunnel, or 'allow_remote = true')",
                      host);
}

static void read_component(struct file_reader *reader, const config_setting_t *setting,
                           void *target)
{
    file_group(reader, setting, "component", component_keys, COUNT(component_keys), target, NULL);
    if (!config_setting_is_group(setting))
        return;
    bool direct = config_setting_get_member(setting, "secret") != NULL;
    bool by_file = config_setting_get_member(setting, "secret_file") != NULL;
    if (direct == by_file)
        file_complain(reader, config_setting_source_line(setting),
                      direct ? "component: has both 'secret' and 'secret_file'"
                             : "component: needs 'secret' or 'secret_file'");
    check_host(reader, setting, whole(reader)->config);
}

static const struct file_key accounts_keys[] = {
    {"domain", FILE_OTHER, true, NO_BIT, offsetof(struct config, accounts.domain), 0, 0, NULL,
     read_domain},
    {"provision", FILE_SWITCH, false, NO_BIT, offsetof(struct config, accounts.provision), 0, 0,
     NULL, NULL},
};

static void read_accounts(struct file_reader *reader, const config_setting_t *setting, void *target)
{
    file_group(reader, setting, "accounts", accounts_keys, COUNT(accounts_keys), target, NULL);
}

static const char *const log_levels[] = {"error", "warning", "info", "debug", NULL};

static const struct file_key config_keys[] = {
    {"consortium", FILE_OTHER, true, NO_BIT, offsetof(struct config, consortium), 0, 0, NULL,
     read_label},
    {"failover", FILE_SWITCH, false, NO_BIT, offsetof(struct config, failover), 0, 0, NULL, NULL},
    {"component", FILE_OTHER, true, NO_BIT, 0, 0, 0, NULL, read_component},
    {"accounts", FILE_OTHER, true, NO_BIT, 0, 0, 0, NULL, read_accounts},
    {"database", FILE_OTHER, true, NO_BIT, offsetof(struct config, database), 0, 0, NULL,
     read_database},
    {"migrate_database", FILE_OTHER, false, NO_BIT, offsetof(struct config, migrate_database), 0, 0,
     NULL, read_database},
    {"state_dir", FILE_OTHER, false, NO_BIT, offsetof(struct config, state_dir), 0, 0, NULL,
     read_path},
    {"status_dir", FILE_OTHER, false, NO_BIT, offsetof(struct config, status_dir), 0, 0, NULL,
     read_path},
    {"metrics_file", FILE_OTHER, false, NO_BIT, offsetof(struct config, metrics_file), 0, 0, NULL,
     read_metrics_file},
    {"log_level", FILE_CHOICE, false, NO_BIT, offsetof(struct config, log_level), 0, 0, log_levels,
     NULL},
};

/* `who` stands before the words: "" for the file itself. */
static void check_mode(struct file_reader *reader, const char *path, unsigned line, const char *who)
{
    struct stat status;

    if (stat(path, &status) < 0)
        file_complain(reader, line, "%scannot look at it: %s", who, strerror(errno));
    else if ((status.st_mode & (S_IROTH | S_IWOTH)) != 0)
        file_complain(reader, line, "%sothers can %s it (mode %04o), and it holds the secret", who,
                      (status.st_mode & S_IROTH) != 0 ? "read" : "write",
                      (unsigned)status.st_mode & 07777U);
}

static void load_secret(struct config_reader *reader)
{
    char line[SECRET_BYTES_MAX + 2];
    struct file_reader *file = &reader->file;
    const char *path = reader->secret_file;
    unsigned where = reader->secret_file_line;

    FILE *secret = fopen(path, "r");
    if (secret == NULL) {
        file_complain(file, where, "secret_file: cannot open '%s': %s", path, strerror(errno));
        return;
    }
    check_mode(file, path, where, "secret_file: ");
    if (fgets(line, sizeof line, secret) == NULL)
        line[0] = '\0';
    size_t length = strcspn(line, "\r\n");
    if (length == 0)
        file_complain(file, where, "secret_file: the first line of '%s' is empty", path);
    else if (length > SECRET_BYTES_MAX)
        file_complain(file, where, "secret_file: the first line of '%s' is longer than %d bytes",
                      path, SECRET_BYTES_MAX);
    line[length] = '\0';
    free(reader->config->component.secret);
    reader->config->component.secret = mem_strdup(line);
    explicit_bzero(line, sizeof line);
    fclose(secret);
}

static char *text_or(char *text, const char *otherwise)
{
    return text == NULL ? mem_strdup(otherwise) : text;
}

static void read_text(struct config_reader *reader, const char *text)
{
    struct config *config = reader->config;
    config_t tree;

    config_init(&tree);
    if (file_parse(&reader->file, text, &tree))
        file_group(&reader->file, config_root_setting(&tree), "the file", config_keys,
                   COUNT(config_keys), config, NULL);
    if (reader->secret_file != NULL && reader->open_files)
        load_secret(reader);
    config->component.host = text_or(config->component.host, "127.0.0.1");
    config->component.secret = text_or(config->component.secret, "");
    config->component.port = config->component.port == 0 ? 5347 : config->component.port;
    if (config->database != NULL)
        config->migrate_database = text_or(config->migrate_database, config->database);
    config->state_dir = text_or(config->state_dir, "/var/lib/deskbell");
    config->status_dir = text_or(config->status_dir, "/var/lib/deskbell/status");
    config_destroy(&tree);
}

static bool config_finish(struct config_reader *reader, struct config *ret_config, FILE *complaints)
{
    free(reader->secret_file);
    if (!file_report(&reader->file, complaints)) {
        config_release(reader->config);
        return false;
    }
    *ret_config = *reader->config;
    return true;
}

bool config_load_text(const char *text, const char *name, struct config *ret_config,
                      FILE *complaints)
{
    struct config config = {.log_level = LOG_LEVEL_INFO};
    struct config_reader reader = {.file = {.name = name}, .config = &config};

    read_text(&reader, text);
    return config_finish(&reader, ret_config, complaints);
}

bool config_load(const char *path, struct config *ret_config, FILE *complaints)
{
    struct config config = {.log_level = LOG_LEVEL_INFO};
    struct config_reader reader = {.file = {.name = path}, .config = &config, .open_files = true};

    char *text = file_slurp(&reader.file, path);
    if (text != NULL) {
        check_mode(&reader.file, path, 0, "");
        read_text(&reader, text);
    }
    free(text);
    return config_finish(&reader, ret_config, complaints);
}

void config_release(struct config *config)
{
    char **texts[] = {&config->consortium,       &config->component.jid,   &config->component.host,
                      &config->component.secret, &config->accounts.domain, &config->database,
                      &config->migrate_database, &config->state_dir,       &config->status_dir,
                      &config->metrics_file};

    if (config->component.secret != NULL)
        explicit_bzero(config->component.secret, strlen(config->component.secret));
    for (size_t i = 0; i < COUNT(texts); i++) {
        free(*texts[i]);
        *texts[i] = NULL;
    }
}
