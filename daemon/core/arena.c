/* A chain of blocks; what is larger than a block gets one of its own. Refuses nothing but to go on without memory. */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct block {
	struct block *next;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct block *blocks;
	size_t used, size; /* of the block that is being filled */
	unsigned char *filling;
};

static void *need(void *memory)
{
	if (!memory) {
		fputs("out of memory while reading the configuration\n", stderr);
		exit(EXIT_FAILURE);
	}
	return memory;
}

struct arena *arena_new(void)
{
	return need(calloc(1, sizeof(struct arena)));
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct block *block = arena->blocks, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
}

static unsigned char *add_block(struct arena *arena, size_t size)
{
	struct block *block = need(size <= SIZE_MAX - sizeof(*block) ? calloc(1, sizeof(*block) + size) : NULL);

	block->next = arena->blocks;
	arena->blocks = block;
	return block->data;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t unit = alignof(max_align_t);
	size_t room;
	void *memory;

	if (size > BLOCK_SIZE / 4)
		return add_block(arena, size);
	room = (size + unit - 1) / unit * unit;
	if (room > arena->size - arena->used) {
		arena->filling = add_block(arena, BLOCK_SIZE);
		arena->size = BLOCK_SIZE;
		arena->used = 0;
	}
	memory = arena->filling + arena->used;
	arena->used += room;
	return memory;
}

void *arena_copy(struct arena *arena, const void *data, size_t size)
{
	return size > 0 ? memcpy(arena_alloc(arena, size), data, size) : NULL;
}

char *arena_text(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	memcpy(copy, text, len);
	return copy;
}

void *memory_grow(void *memory, size_t n, size_t size)
{
	return need(reallocarray(memory, n, size));
}
