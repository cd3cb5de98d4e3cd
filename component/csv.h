/* csv.h: comma-separated values (RFC 4180), safe to open in a spreadsheet.
 *
 * Spreadsheets run a cell as a formula that begins with = + - @ or, after they have thrown it away,
 * a tab or a line break. What patrons write ends up in such cells. So a cell that begins with one
 * of these gets an apostrophe in front, unless it is a plain number like "-12.5". */
#ifndef DESKBELL_COMPONENT_CSV_H
#define DESKBELL_COMPONENT_CSV_H

#include <stdbool.h>
#include <stdio.h>

/* Digits, perhaps with one '-' or '+' in front and one '.' between two of them. */
bool csv_is_number(const char *cell);

/* One cell, quoted where it has to be; NULL is an empty one. The caller writes the comma between
 * two. An empty cell is written as "", so that a line of one empty cell is not a blank line. */
void csv_put(FILE *out, const char *cell);

/* Cells with commas between, and the line's end (CR LF). */
void csv_put_line(FILE *out, const char *const *cells, size_t count);

#endif
