/* The tree of a document: singly linked children in the order of the file. Checks nothing. */
#include "node.h"

#include <string.h>

struct node *node_new(struct arena *arena, enum node_kind kind, struct place place)
{
	struct node *node = arena_alloc(arena, sizeof(*node));

	node->kind = kind;
	node->place = place;
	node->key_place = place;
	return node;
}

void node_append(struct node *parent, struct node *child)
{
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
	parent->n++;
}

static struct node *get(const struct node *map, const char *key, size_t len)
{
	if (!map || map->kind != NODE_MAP)
		return NULL;
	for (struct node *child = map->first; child; child = child->next) {
		if (strncmp(child->key, key, len) == 0 && !child->key[len])
			return child;
	}
	return NULL;
}

struct node *node_get(const struct node *map, const char *key)
{
	return get(map, key, strlen(key));
}

struct node *node_find(const struct node *map, const char *path)
{
	size_t len = strcspn(path, ".");
	struct node *child = get(map, path, len);

	return child && path[len] ? node_find(child, path + len + 1) : child;
}

const char *node_kind_text(enum node_kind kind)
{
	static const char *const text[NODE_KIND_COUNT] = {
	    [NODE_SCALAR] = "a plain value", [NODE_MAP] = "a mapping", [NODE_LIST] = "a list"};

	return text[kind];
}

bool node_is_empty(const struct node *node)
{
	return node->kind == NODE_SCALAR && !node->quoted && !*node->text;
}
