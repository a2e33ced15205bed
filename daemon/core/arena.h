/* Memory that is given back all at once: for what lives and dies with a configuration. Knows no single free.
 * Without memory the program ends with a message: a configuration is small, and is only built when somebody asks. */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena); /* NULL is fine */
/* Zeroed, aligned for any type, never NULL. */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_copy(struct arena *arena, const void *data, size_t size); /* NULL where size is 0 */
char *arena_text(struct arena *arena, const char *text, size_t len);  /* a copy that ends with NUL */
/* realloc that ends the program with a message where there is no memory; for arrays that grow while loading. */
void *memory_grow(void *memory, size_t n, size_t size);

#endif
