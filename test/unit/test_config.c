/* deskbell.conf: what is refused, in which words, on which line. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "component/config.h"

#define ACCOUNTS "accounts = { domain = \"localhost\"; };"
#define COMPONENT "component = { jid = \"chat.localhost\"; secret = \"s\"; };"
#define GOOD "consortium = \"mobius\";" ACCOUNTS COMPONENT "database = \"dbname=x\";"

static const struct {
    const char *text, *complaints;
} bad_files[] = {
    {"", "f: the file: 'consortium' is missing\nf: the file: 'component' is missing\n"
         "f: the file: 'accounts' is missing\nf: the file: 'database' is missing\n"},
    {"consortium = \"mobius\"\n\nfailover = ;", "f:3: syntax error\n"},
    {"@include \"x\"", "f:1: @include is not allowed\n"},
    {GOOD "\nport = 1;", "f:2: unknown key 'port' in the file\n"},
    {"consortium = \"MOBIUS\";\n" ACCOUNTS COMPONENT "database = \"dbname=x\";",
     "f:1: consortium: 'MOBIUS' is not a consortium's abbreviation\n"},
    {"consortium = \"m\"; database = \"dbname=x\";" ACCOUNTS "component = {\njid = \"a@b\"; port = "
     "0;\nhost = 1; secret = \"\"; };",
     "f:2: jid: 'a@b' is not a domain (in small letters)\n"
     "f:2: port: 0 is not between 1 and 65535\n"
     "f:3: host: must be a text in quotes\n"
     "f:3: secret: is empty\n"},
    {"consortium = \"m\"; database = \"dbname=x\";" COMPONENT "\naccounts = { provision = 1; };",
     "f:2: provision: must be true or false\n"
     "f:2: accounts: 'domain' is missing\n"},
    {"consortium = \"m\"; database = \"dbname=x\";" ACCOUNTS
     "\ncomponent = { jid = \"chat.localhost\"; };",
     "f:2: component: needs 'secret' or 'secret_file'\n"},
    {"consortium = \"m\"; database = \"dbname=x\";" ACCOUNTS
     "\ncomponent = { jid = \"chat.localhost\"; secret = \"s\"; secret_file = \"s\"; };",
     "f:2: secret_file: 's' is not an absolute path\n"
     "f:2: component: has both 'secret' and 'secret_file'\n"},
    {"consortium = \"m\"; database = \"dbname=x\";" ACCOUNTS
     "\n\ncomponent = { jid = \"chat.localhost\"; secret = \"s\"; host = \"192.0.2.7\"; };",
     "f:3: component: host '192.0.2.7' is another machine's, and the link to it is clear text "
     "(hint: a tunnel, or 'allow_remote = true')\n"},
    {"consortium = \"m\";" ACCOUNTS COMPONENT "\ndatabase = \"nonsense\"; state_dir = \"x\";\n"
     "status_dir = 1; failover = \"yes\";",
     "f:2: database: missing \"=\" after \"nonsense\" in connection info string\n"
     "f:2: state_dir: 'x' is not an absolute path\n"
     "f:3: status_dir: must be a text in quotes\n"
     "f:3: failover: must be true or false\n"},
    {GOOD "\nlog_level = \"loud\"; metrics_file = \"/x/deskbell.txt\";\n",
     "f:2: log_level: 'loud' is none of 'error', 'warning', 'info', 'debug'\n"
     "f:2: metrics_file: '/x/deskbell.txt' is not an absolute path that ends in .prom\n"},
    {GOOD "\nmigrate_database = \"nonsense\";",
     "f:2: migrate_database: missing \"=\" after \"nonsense\" in connection info string\n"},
    {GOOD "\nmigrate_database = \"password=quincunx quadrille\";",
     "f:2: migrate_database: libpq cannot read it (the place is not shown, since a password is in "
     "it)\n"},
    {"component = 1; accounts = 1; consortium = \"m\"; database = \"dbname=x\";",
     "f:1: component must be a group in braces\nf:1: accounts must be a group in braces\n"},
};

START_TEST(bad_file)
{
    char *said = NULL;
    size_t length = 0;
    FILE *complaints = open_memstream(&said, &length);
    struct config config;

    ck_assert(!config_load_text(bad_files[_i].text, "f", &config, complaints));
    fclose(complaints);
    ck_assert_str_eq(said, bad_files[_i].complaints);
    free(said);
}
END_TEST

START_TEST(defaults)
{
    struct config config;

    ck_assert(config_load_text(GOOD, "f", &config, stderr));
    ck_assert_str_eq(config.consortium, "mobius");
    ck_assert_str_eq(config.component.jid, "chat.localhost");
    ck_assert_str_eq(config.component.host, "127.0.0.1");
    ck_assert_int_eq(config.component.port, 5347);
    ck_assert_str_eq(config.component.secret, "s");
    ck_assert_str_eq(config.accounts.domain, "localhost");
    ck_assert(!config.accounts.provision && !config.failover);
    ck_assert_str_eq(config.migrate_database, "dbname=x");
    ck_assert_str_eq(config.state_dir, "/var/lib/deskbell");
    ck_assert_str_eq(config.status_dir, "/var/lib/deskbell/status");
    ck_assert_ptr_null(config.metrics_file);
    ck_assert_int_eq(config.log_level, LOG_LEVEL_INFO);
    config_release(&config);
    ck_assert(config_load_text(GOOD "metrics_file = \"/x/deskbell.prom\"; log_level = \"error\";",
                               "f", &config, stderr));
    ck_assert_str_eq(config.metrics_file, "/x/deskbell.prom");
    ck_assert_int_eq(config.log_level, LOG_LEVEL_ERROR);
    config_release(&config);
}
END_TEST

static const struct {
    const char *host, *allow;
    bool fine;
} hosts[] = {
    {"127.0.0.1", "", true},
    {"127.9.9.9", "", true},
    {"::1", "", true},
    {"::ffff:127.0.0.1", "", true},
    {"localhost", "", true},
    {"xmpp.example.org", "", true},
    {"128.0.0.1", "", false},
    {"126.255.255.255", "", false},
    {"10.0.0.1", "", false},
    {"0.0.0.0", "", false},
    {"::", "", false},
    {"::2", "", false},
    {"2001:db8::1", "", false},
    {"::ffff:10.0.0.1", "", false},
    {"fe80::1", "", false},
    {"192.0.2.7", "allow_remote = false;", false},
    {"192.0.2.7", "allow_remote = true;", true},
};

START_TEST(another_machine_only_when_allowed)
{
    char text[512], *said = NULL;
    size_t length = 0;
    FILE *complaints = open_memstream(&said, &length);
    struct config config;

    snprintf(text, sizeof text,
             "consortium = \"m\"; database = \"dbname=x\";" ACCOUNTS
             "component = { jid = \"c.d\"; secret = \"s\"; host = \"%s\"; %s };",
             hosts[_i].host, hosts[_i].allow);
    bool fine = config_load_text(text, "f", &config, complaints);
    fclose(complaints);
    ck_assert_msg(fine == hosts[_i].fine, "%s: %s", hosts[_i].host, said);
    free(said);
    if (fine)
        config_release(&config);
}
END_TEST

/* A file in a fresh folder, with that mode; the folder's name fills `folder`. */
static void file_write(char *folder, char path[64], const char *name, mode_t mode, const char *text)
{
    if (folder[0] == '\0') {
        snprintf(folder, 32, "/tmp/test-config-XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(folder));
    }
    snprintf(path, 64, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
    ck_assert_int_eq(chmod(path, mode), 0);
}

static const struct {
    const char *name;
    mode_t config_mode, secret_mode;
    const char *secret;
    const char *complaint; /* what follows the file's name; NULL: none */
} secret_files[] = {
    {"good", 0640, 0640, "s3cret\nmore\n", NULL},
    {"no newline", 0600, 0600, "s3cret", NULL},
    {"config open", 0644, 0600, "s3cret",
     ": others can read it (mode 0644), and it holds the secret\n"},
    {"config writable", 0602, 0600, "s3cret",
     ": others can write it (mode 0602), and it holds the secret\n"},
    {"secret open", 0600, 0604, "s3cret",
     ":2: secret_file: others can read it (mode 0604), and it holds the secret\n"},
    {"secret empty", 0600, 0600, "\ns3cret", ":2: secret_file: the first line of '%s' is empty\n"},
};

START_TEST(secret_file)
{
    char folder[32] = "", path[64], secret_path[64], text[512], expected[512] = "", *said = NULL;
    size_t length = 0;
    struct config config;

    file_write(folder, secret_path, "secret", secret_files[_i].secret_mode,
               secret_files[_i].secret);
    snprintf(text, sizeof text,
             "consortium = \"m\"; database = \"dbname=x\";" ACCOUNTS
             "component = { jid = \"c\";\nsecret_file = \"%s\"; };",
             secret_path);
    file_write(folder, path, "deskbell.conf", secret_files[_i].config_mode, text);
    FILE *complaints = open_memstream(&said, &length);
    bool fine = config_load(path, &config, complaints);
    fclose(complaints);
    if (secret_files[_i].complaint != NULL) {
        int used = snprintf(expected, sizeof expected, "%s", path);
        const char *with_path = strstr(secret_files[_i].complaint, "%s");
        if (with_path != NULL)
            snprintf(expected + used, sizeof expected - (size_t)used, "%.*s%s%s",
                     (int)(with_path - secret_files[_i].complaint), secret_files[_i].complaint,
                     secret_path, with_path + 2);
        else
            snprintf(expected + used, sizeof expected - (size_t)used, "%s",
                     secret_files[_i].complaint);
    }
    ck_assert_str_eq(said, expected);
    ck_assert_msg(fine == (secret_files[_i].complaint == NULL), "%s", secret_files[_i].name);
    if (fine) {
        ck_assert_str_eq(config.component.secret, "s3cret");
        config_release(&config);
    }
    free(said);
    unlink(path);
    unlink(secret_path);
    rmdir(folder);
}
END_TEST

START_TEST(missing_file)
{
    char *said = NULL;
    size_t length = 0;
    FILE *complaints = open_memstream(&said, &length);
    struct config config;

    ck_assert(!config_load("/nonexistent/deskbell.conf", &config, complaints));
    fclose(complaints);
    ck_assert_str_eq(said, "/nonexistent/deskbell.conf: cannot open: No such file or directory\n");
    free(said);
}
END_TEST

START_TEST(sample_is_fine_but_for_its_mode)
{
    char text[8192];
    struct config config;
    FILE *file = fopen("etc/deskbell.conf", "r");

    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    ck_assert(config_load_text(text, "etc/deskbell.conf", &config, stderr));
    ck_assert(config.accounts.provision);
    config_release(&config);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config");
    TCase *tests = tcase_create("files");

    tcase_add_loop_test(tests, bad_file, 0, (int)(sizeof bad_files / sizeof bad_files[0]));
    tcase_add_loop_test(tests, another_machine_only_when_allowed, 0,
                        sizeof hosts / sizeof hosts[0]);
    tcase_add_test(tests, defaults);
    tcase_add_loop_test(tests, secret_file, 0, (int)(sizeof secret_files / sizeof secret_files[0]));
    tcase_add_test(tests, missing_file);
    tcase_add_test(tests, sample_is_fine_but_for_its_mode);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
