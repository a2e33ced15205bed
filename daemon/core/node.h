/* A document as read, before anybody knows what it means: scalars, maps and lists with their places in the file.
 * Maps keep the order and the duplicates of their keys, so that these can be reported. */
#ifndef CORE_NODE_H
#define CORE_NODE_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>

enum node_kind { NODE_SCALAR, NODE_MAP, NODE_LIST, NODE_KIND_COUNT };

struct place {
	unsigned line, column; /* from 1; the column in characters */
};

struct node {
	enum node_kind kind;
	bool quoted; /* a scalar in quotes or as a block: empty is then a text */
	bool bad;    /* an error has been reported about it */
	struct place place;
	struct place key_place;
	const char *key;                  /* in a map; NULL else */
	const char *text;                 /* of a scalar */
	struct node *first, *last, *next; /* children; sibling */
	size_t n;                         /* children */
};

struct node *node_new(struct arena *arena, enum node_kind kind, struct place place);
void node_append(struct node *parent, struct node *child);
/* The first child of that key; NULL where there is none, map is NULL or no map. */
struct node *node_get(const struct node *map, const char *key);
/* The descendant of that dotted path ("sink.t_in"); NULL where there is none. */
struct node *node_find(const struct node *map, const char *path);
/* "a plain value", "a mapping", "a list" */
const char *node_kind_text(enum node_kind kind);
/* A value left empty ("loops:"). */
bool node_is_empty(const struct node *node);

#endif
