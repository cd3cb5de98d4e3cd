/* tenants.h: the two libraries of sim_tenants.c and how their settings change. */
#ifndef DESKBELL_TEST_SIMULATION_TENANTS_H
#define DESKBELL_TEST_SIMULATION_TENANTS_H

enum { OPERATORS = 3, VARIANTS = 4 };

/* How a library is set: the text of its part of the settings, and what it renames on the way there
 * from variant 0, and back. */
struct variant {
    const char *text, *there, *back;
};

struct library {
    const char *name;
    const char *staff[OPERATORS]; /* local parts of accounts, which never change */
    const char *desks[5];         /* what its patrons write to, some of the time */
    struct variant variants[VARIANTS];
};

static const struct library libraries[2] = {
    {.name = "mobstate",
     .staff = {"mobius-mobstate-jane", "mobius-mobstate-bob", "mobius-mobstate-eve"},
     .desks = {"mobius-mobstate", "mobius-mobstate", "mobius-mobstate-law", "mobius-mobstate-jane",
               "mobius-mobstate-main"},
     .variants =
         {{"{ name = \"mobstate\"; title = \"Mo State\"; admins = [ \"admin-mobstate@localhost\" ];"
           "  operators = ( { name = \"mobius-mobstate-jane\"; title = \"Jane\"; },"
           "    { name = \"mobius-mobstate-bob\"; title = \"Bob\"; },"
           "    { name = \"mobius-mobstate-eve\"; title = \"Eve\"; } );"
           "  queues = ( { name = \"mobius-mobstate\"; retention_days = 365;"
           "    operators = [ \"mobius-mobstate-jane\", \"mobius-mobstate-bob\" ];"
           "    chats_per_operator = 2; },"
           "    { name = \"mobius-mobstate-law\"; retention_days = 365;"
           "      strategy = \"least-busy\";"
           "      operators = [ \"mobius-mobstate-bob\", \"mobius-mobstate-eve\" ]; } ); }",
           "", ""},
          {"{ name = \"mobstate\"; title = \"Mo State\"; admins = [ \"admin-mobstate@localhost\" ];"
           "  operators = ( { name = \"mobius-mobstate-jane\"; title = \"Jane\"; },"
           "    { name = \"mobius-mobstate-eve\"; title = \"Eve\"; } );"
           "  queues = ( { name = \"mobius-mobstate\"; retention_days = 365;"
           "    operators = [ \"mobius-mobstate-jane\" ]; } ); }",
           "", ""},
          {"{ name = \"mobstate\"; title = \"Mo State\"; admins = [ \"admin-mobstate@localhost\" ];"
           "  operators = ( { name = \"mobius-mobstate-jane\"; title = \"Jane\"; },"
           "    { name = \"mobius-mobstate-bob\"; title = \"Bob\"; },"
           "    { name = \"mobius-mobstate-eve\"; title = \"Eve\"; } );"
           "  queues = ( { name = \"mobius-mobstate-main\"; retention_days = 365;"
           "    operators = [ \"mobius-mobstate-jane\", \"mobius-mobstate-bob\" ];"
           "    chats_per_operator = 2; },"
           "    { name = \"mobius-mobstate-law\"; retention_days = 365;"
           "      operators = [ \"mobius-mobstate-eve\" ]; } ); }",
           "mobius-mobstate=mobius-mobstate-main", "mobius-mobstate-main=mobius-mobstate"},
          {"{ name = \"mobstate\"; title = \"Mo State\"; admins = [ \"admin-mobstate@localhost\" ];"
           "  notices = ( { text = \"Snow.\"; until = \"2026-11-24T12:00\"; } );"
           "  canned = ( { name = \"hours\"; text = \"Open {hours}, again {next}.\"; } );"
           "  operators = ( { name = \"mobius-mobstate-jane\"; title = \"Jane\"; },"
           "    { name = \"mobius-mobstate-bob\"; title = \"Bob\"; },"
           "    { name = \"mobius-mobstate-eve\"; title = \"Eve\"; } );"
           "  queues = ( { name = \"mobius-mobstate\"; retention_days = 365;"
           "    strategy = \"round-robin\"; operators = [ \"mobius-mobstate-jane\","
           "      \"mobius-mobstate-bob\", \"mobius-mobstate-eve\" ]; },"
           "    { name = \"mobius-mobstate-law\"; retention_days = 365;"
           "      operators = [ \"mobius-mobstate-bob\" ]; } ); }",
           "", ""}}},
    {.name = "slu",
     .staff = {"mobius-slu-sue", "mobius-slu-stan", "mobius-chatstaff-avery"},
     .desks = {"mobius-slu", "mobius-slu", "mobius-slu-desk", "mobius-slu-sue",
               "mobius-chatstaff"},
     .variants =
         {{"{ name = \"slu\"; title = \"Saint Louis\";"
           "  operators = ( { name = \"mobius-slu-sue\"; title = \"Sue\"; },"
           "    { name = \"mobius-slu-stan\"; title = \"Stan\"; } );"
           "  queues = ( { name = \"mobius-slu\"; rollover = true; retention_days = 365;"
           "    operators = [ \"mobius-slu-sue\", \"mobius-slu-stan\" ]; } ); }",
           "", ""},
          {"{ name = \"slu\"; title = \"Saint Louis\";"
           "  operators = ( { name = \"mobius-slu-stan\"; title = \"Stan\"; } );"
           "  queues = ( { name = \"mobius-slu\"; retention_days = 365;"
           "    operators = [ \"mobius-slu-stan\" ]; } ); }",
           "", ""},
          {"{ name = \"slu\"; title = \"Saint Louis\";"
           "  operators = ( { name = \"mobius-slu-sue\"; title = \"Sue\"; },"
           "    { name = \"mobius-slu-stan\"; title = \"Stan\"; } );"
           "  queues = ( { name = \"mobius-slu-desk\"; rollover = true; retention_days = 365;"
           "    operators = [ \"mobius-slu-sue\", \"mobius-slu-stan\" ]; } ); }",
           "mobius-slu=mobius-slu-desk", "mobius-slu-desk=mobius-slu"},
          {"{ name = \"slu\"; title = \"Saint Louis\";"
           "  notices = ( { text = \"Elevator out.\"; until = \"2026-11-24T15:00\"; } );"
           "  operators = ( { name = \"mobius-slu-sue\"; title = \"Sue\"; },"
           "    { name = \"mobius-slu-stan\"; title = \"Stan\"; } );"
           "  queues = ( { name = \"mobius-slu\"; retention_days = 365; welcome = \"Hi.\";"
           "    hours = ( { days = \"all\"; open = \"00:00\"; close = \"24:00\"; } );"
           "    operators = [ \"mobius-slu-sue\" ]; },"
           "    { name = \"mobius-slu-med\"; retention_days = 365;"
           "      operators = [ \"mobius-slu-stan\" ]; } ); }",
           "", ""}}},
};

#endif
