/* memory.c: the text of lines that may not be written down.
 *
 * A queue without transcripts has its lines recorded without their text: that somebody said
 * something is counted, what it was is only here, while the chat lives. What is read back from the
 * database gets its text from here; after a restart it has none any more. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "policy/mem.h"
#include "routing/routing_private.h"

struct memory_line {
    STAILQ_ENTRY(memory_line) entry;
    int line;
    size_t length;
    char body[];
};

void memory_init(struct memory *memory)
{
    STAILQ_INIT(&memory->lines);
    memory->count = 0;
    memory->bytes = 0;
}

static void memory_drop_oldest(struct memory *memory)
{
    struct memory_line *oldest = STAILQ_FIRST(&memory->lines);

    STAILQ_REMOVE_HEAD(&memory->lines, entry);
    memory->count--;
    memory->bytes -= oldest->length;
    explicit_bzero(oldest->body, oldest->length);
    free(oldest);
}

void memory_release(struct memory *memory)
{
    while (!STAILQ_EMPTY(&memory->lines))
        memory_drop_oldest(memory);
    assert(memory->count == 0);
    assert(memory->bytes == 0);
}

void memory_keep(struct memory *memory, int line, const char *body)
{
    size_t length = strlen(body);
    struct memory_line *fresh = mem_new(sizeof *fresh + length + 1);

    while (memory->count > 0 && (memory->count == MEMORY_LINES_MAX ||
                                 memory->bytes + length > MEMORY_BYTES_MAX))
        memory_drop_oldest(memory);
    fresh->line = line;
    fresh->length = length;
    memcpy(fresh->body, body, length + 1);
    STAILQ_INSERT_TAIL(&memory->lines, fresh, entry);
    memory->count++;
    memory->bytes += length;
}

void memory_move(struct memory *to, struct memory *from)
{
    memory_release(to);
    STAILQ_CONCAT(&to->lines, &from->lines);
    to->count = from->count;
    to->bytes = from->bytes;
    memory_init(from);
}

const char *memory_text(const struct memory *memory, const struct line_record *record)
{
    const struct memory_line *line;

    if (record->body[0] != '\0')
        return record->body;
    STAILQ_FOREACH(line, &memory->lines, entry)
        if (line->line == record->line)
            return line->body;
    return NULL;
}

void memory_check(const struct memory *memory, int newest)
{
    const struct memory_line *line;
    size_t bytes = 0;
    int count = 0, last = 0;

    STAILQ_FOREACH(line, &memory->lines, entry)
    {
        assert(line->line > last);
        assert(line->line <= newest);
        assert(strlen(line->body) == line->length);
        last = line->line;
        bytes += line->length;
        count++;
    }
    assert(count == memory->count);
    assert(bytes == memory->bytes);
    assert(count <= MEMORY_LINES_MAX);
}
