/* schema_files.h: the files of schema/, built into the program by cmake/embed_schema.cmake. */
#ifndef DESKBELL_COMPONENT_SCHEMA_FILES_H
#define DESKBELL_COMPONENT_SCHEMA_FILES_H

struct schema_file {
    const char *name; /* "001_settings" */
    const char *sql;
};

extern const struct schema_file schema_files[]; /* in the order of their numbers */
extern const int schema_file_count;

#endif
