/* contact.h: finds an e-mail address or a phone number in what somebody wrote.
 *
 * Pure functions of the text, linear in its length. They guess as a person would: a year, a date or
 * an ISBN is no phone number, and "my e-mail is ann@example.org" says nothing but an address. */
#ifndef DESKBELL_ROUTING_CONTACT_H
#define DESKBELL_ROUTING_CONTACT_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a line in which a patron's address is looked for. In a longer one numbers are more often
 * something else, and nobody leaves an address in the middle of a page. */
enum { CONTACT_LINE_BYTES_MAX = 100 };

/* Where in the text it is. */
struct contact {
    size_t start, length;
};

/* The first e-mail address (something@label.label), else the first phone number: 7 to 15 digits
 * with a leading + or with separators between. Ten digits without either are one where they are all
 * of the text, as phones write numbers. False when there is none. */
bool contact_find(const char *text, struct contact *ret);

/* The same of a field that is for an address alone: there any 7 to 15 digits are a number. */
bool contact_read(const char *field, struct contact *ret);

/* Whether the text is a short line that says nothing beside it, but for words such as "my e-mail
 * is". */
bool contact_is_all(const char *text, const struct contact *contact);

#endif
