/* The one place that knows libyaml. Takes one document of scalars, maps and lists; refuses aliases, tags, several
 * documents, keys that are no plain text, NUL, broken UTF-8, deep nesting and files above FILE_MAX. */
#include "config_yaml.h"

#include "core/config_build.h"
#include "core/utf8.h"
#include "zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

enum { FILE_MAX = 64 * 1024 * 1024, DEPTH_MAX = 32 };

/* ---- the tree --------------------------------------------------------------------------- */

struct reading {
	yaml_parser_t parser;
	yaml_event_t event;
	struct arena *arena;
	struct config_errors *errors;
	const char *text;
	size_t len;
};

static struct place place_of(yaml_mark_t mark)
{
	return (struct place){.line = (unsigned)mark.line + 1, .column = (unsigned)mark.column + 1};
}

static struct place place_at(const char *text, size_t len, size_t offset)
{
	struct place place = {1, 1};

	for (size_t i = 0; i < offset && i < len; i++) {
		if (text[i] == '\n')
			place = (struct place){place.line + 1, 1};
		else if (((unsigned char)text[i] & 0xC0) != 0x80)
			place.column++;
	}
	return place;
}

static void refuse_syntax(struct reading *r)
{
	const yaml_parser_t *parser = &r->parser;
	struct place place = place_of(parser->problem_mark);

	if (parser->error == YAML_READER_ERROR) {
		place = place_at(r->text, r->len, parser->problem_offset);
		config_errors_add(r->errors, place, "", "%s", parser->problem);
	} else if (parser->problem && strstr(parser->problem, "cannot start any token")) {
		config_errors_add(r->errors, place, "",
		                  "no value can begin here (a tab may not indent; @, ` and %% need quotes)");
	} else if (parser->context) {
		config_errors_add(r->errors, place, "", "%s (%s from line %zu)", parser->problem, parser->context,
		                  parser->context_mark.line + 1);
	} else {
		config_errors_add(r->errors, place, "", "%s", parser->problem ? parser->problem : "cannot be read as YAML");
	}
}

/* The next event; the one before is released. */
static bool next_event(struct reading *r)
{
	yaml_event_delete(&r->event);
	if (yaml_parser_parse(&r->parser, &r->event))
		return true;
	memset(&r->event, 0, sizeof(r->event));
	refuse_syntax(r);
	return false;
}

static bool refuse(struct reading *r, const char *why)
{
	config_errors_add(r->errors, place_of(r->event.start_mark), "", "%s", why);
	return false;
}

/* Anchors and tags of the event at hand. */
static bool has_decoration(const yaml_event_t *event)
{
	if (event->type == YAML_SCALAR_EVENT)
		return event->data.scalar.anchor || event->data.scalar.tag;
	if (event->type == YAML_SEQUENCE_START_EVENT)
		return event->data.sequence_start.anchor || event->data.sequence_start.tag;
	return event->type == YAML_MAPPING_START_EVENT && (event->data.mapping_start.anchor || event->data.mapping_start.tag);
}

static bool acceptable(struct reading *r)
{
	const yaml_event_t *event = &r->event;

	if (event->type == YAML_ALIAS_EVENT)
		return refuse(r, "YAML aliases are not supported: write the value again");
	if (has_decoration(event))
		return refuse(r, "YAML anchors (&) and tags (!) are not supported");
	if (event->type == YAML_SCALAR_EVENT && memchr(event->data.scalar.value, '\0', event->data.scalar.length))
		return refuse(r, "there is a NUL in this text");
	return true;
}

static char *scalar_text(struct reading *r)
{
	return arena_text(r->arena, (const char *)r->event.data.scalar.value, r->event.data.scalar.length);
}

/* The key at hand; the event after it, of its value, is then at hand. */
static bool read_key(struct reading *r, const char **key, struct place *place)
{
	if (r->event.type != YAML_SCALAR_EVENT)
		return refuse(r, "a key must be a plain word");
	*key = scalar_text(r);
	*place = place_of(r->event.start_mark);
	return next_event(r) && acceptable(r);
}

static bool read_children(struct reading *r, struct node *parent, int depth);

/* The node that the event at hand begins, and all in it. */
static struct node *read_node(struct reading *r, int depth)
{
	static const enum node_kind kinds[] = {
	    [YAML_SCALAR_EVENT] = NODE_SCALAR, [YAML_SEQUENCE_START_EVENT] = NODE_LIST, [YAML_MAPPING_START_EVENT] = NODE_MAP};
	struct node *node = node_new(r->arena, kinds[r->event.type], place_of(r->event.start_mark));

	if (node->kind == NODE_SCALAR) {
		node->text = scalar_text(r);
		node->quoted = r->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
		return node;
	}
	if (depth == DEPTH_MAX) {
		refuse(r, "nested too deep");
		return NULL;
	}
	return read_children(r, node, depth + 1) ? node : NULL;
}

static bool read_children(struct reading *r, struct node *parent, int depth)
{
	while (next_event(r) && acceptable(r)) {
		const char *key = NULL;
		struct place key_place = {0};
		struct node *child;

		if (r->event.type == YAML_SEQUENCE_END_EVENT || r->event.type == YAML_MAPPING_END_EVENT)
			return true;
		if (parent->kind == NODE_MAP && !read_key(r, &key, &key_place))
			return false;
		child = read_node(r, depth);
		if (!child)
			return false;
		if (key) {
			child->key = key;
			child->key_place = key_place;
		}
		node_append(parent, child);
	}
	return false;
}

static struct node *read_stream(struct reading *r)
{
	struct node *root;

	if (!next_event(r) || !next_event(r)) /* the stream, then its first document */
		return NULL;
	if (r->event.type == YAML_STREAM_END_EVENT) {
		config_errors_add(r->errors, (struct place){1, 1}, "", "the file is empty");
		return NULL;
	}
	if (!next_event(r) || !acceptable(r))
		return NULL;
	root = read_node(r, 0);
	if (!root || !next_event(r) || !next_event(r)) /* the document's end, then the stream's */
		return NULL;
	if (r->event.type != YAML_STREAM_END_EVENT) {
		refuse(r, "a second document begins here; a configuration is one");
		return NULL;
	}
	return root;
}

static bool check_bytes(const char *text, size_t len, struct config_errors *errors)
{
	size_t step;

	for (size_t i = 0; i < len; i += step) {
		step = utf8_char(text + i, len - i);
		if (step == 0 || !text[i]) {
			config_errors_add(errors, place_at(text, len, i), "", step ? "there is a NUL byte" : "not valid UTF-8");
			return false;
		}
	}
	return true;
}

struct node *yaml_read(struct arena *arena, const char *text, size_t len, struct config_errors *errors)
{
	struct reading r = {.arena = arena, .errors = errors, .text = text, .len = len};
	struct node *root;

	if (!check_bytes(text, len, errors))
		return NULL;
	if (!yaml_parser_initialize(&r.parser)) {
		config_errors_add(errors, (struct place){0}, "", "out of memory");
		return NULL;
	}
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
	root = read_stream(&r);
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	return root;
}

/* ---- the file --------------------------------------------------------------------------- */

/* The rest of fd in *text (to be freed) and *len; false with errno, EFBIG above FILE_MAX. */
static bool read_all(int fd, char **text, size_t *len)
{
	size_t used = 0, size = 0;
	char *buffer = NULL;
	ssize_t got;

	do {
		if (used == size) {
			size = size ? 2 * size : 64 * 1024;
			buffer = memory_grow(buffer, size, 1);
		}
		got = read(fd, buffer + used, size - used);
		used += got > 0 ? (size_t)got : 0;
		if (used > FILE_MAX) {
			errno = EFBIG;
			got = -1;
		}
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0) {
		free(buffer);
		return false;
	}
	*text = buffer;
	*len = used;
	return true;
}

static bool read_file(const char *path, char **text, size_t *len, struct config_errors *errors)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && read_all(fd, text, len);

	if (!ok && errno == EFBIG)
		config_errors_add(errors, (struct place){0}, "", "is larger than %d MiB", FILE_MAX / (1024 * 1024));
	else if (!ok)
		config_errors_add(errors, (struct place){0}, "", "cannot be read: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

static void print_errors(const char *path, struct config_errors *errors, FILE *out)
{
	config_errors_sort(errors);
	for (size_t i = 0; i < errors->n; i++) {
		const struct config_error *error = &errors->list[i];

		if (error->place.line > 0)
			fprintf(out, "%s:%u:%u: %s\n", path, error->place.line, error->place.column, error->text);
		else
			fprintf(out, "%s: %s\n", path, error->text);
	}
}

struct config *config_load(const char *path, FILE *errors)
{
	struct config_errors found;
	struct config *config = NULL;
	struct arena *arena = arena_new();
	struct node *root = NULL;
	char *text = NULL;
	size_t len = 0;

	config_errors_init(&found);
	if (read_file(path, &text, &len, &found))
		root = yaml_read(arena, text, len, &found);
	if (root)
		config = config_build(root, text, len, zone_load, &found);
	print_errors(path, &found, errors);
	config_errors_done(&found);
	arena_free(arena);
	free(text);
	return config;
}
