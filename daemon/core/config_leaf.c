/* Single values: texts, names, topics, choices, quantities, the broker's address. Each reader says what it wants where
 * it refuses, and leaves out untouched then. */
#include "config_load.h"
#include "utf8.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static size_t path_append(struct loader *l, const char *text, int most)
{
	size_t before = l->path_len;
	size_t room = sizeof(l->path) - before;
	int len = snprintf(l->path + before, room, "%s%.*s", before ? "." : "", most, text);

	if (len > 0)
		l->path_len += (size_t)len < room ? (size_t)len : room - 1;
	return before;
}

size_t path_push(struct loader *l, const char *key)
{
	return path_append(l, key, NAME_MAX_LEN);
}

size_t path_push_index(struct loader *l, size_t index)
{
	char text[24];

	snprintf(text, sizeof(text), "%zu", index);
	return path_append(l, text, (int)sizeof(text));
}

void path_pop(struct loader *l, size_t len)
{
	l->path_len = len;
	l->path[len] = '\0';
}

void report(struct loader *l, struct node *node, const char *format, ...)
{
	struct err e;
	va_list args;

	va_start(args, format);
	err_vset(&e, format, args);
	va_end(args);
	config_errors_add(l->errors, node->place, l->path, "%s", e.text);
	node->bad = true;
}

void report_child(struct loader *l, struct node *child, const char *what)
{
	size_t up = path_push(l, child->key);

	report(l, child, "%s", what);
	path_pop(l, up);
}

void report_absent(struct loader *l, struct node *map, const char *key, const char *hint)
{
	size_t up = path_push(l, key);

	report(l, map, "is missing%s", hint);
	path_pop(l, up);
}

const char *suggestion(const struct nearest *nearest, char text[64])
{
	*text = '\0';
	if (nearest->best)
		snprintf(text, 64, ", did you mean \"%s\"?", nearest->best);
	return text;
}

static bool store_text(struct loader *l, const struct node *node, void *out)
{
	*(const char **)out = arena_text(l->arena, node->text, strlen(node->text));
	return true;
}

/* Controls (C0, C1) and noncharacters, which MQTT may refuse: section 1.5.4 of its version 5. text is well-formed. */
static bool has_control_character(const char *text)
{
	for (size_t left = strlen(text); left > 0;) {
		size_t n = utf8_char(text, left);
		uint32_t point = utf8_point(text, n);

		if (point < 0x20 || (point >= 0x7F && point <= 0x9F) || (point >= 0xFDD0 && point <= 0xFDEF) || (point & 0xFFFE) == 0xFFFE)
			return true;
		text += n;
		left -= n;
	}
	return false;
}

bool read_text(struct loader *l, const struct row *row, struct node *node, void *out)
{
	(void)row;
	if (!*node->text)
		report(l, node, "must not be empty");
	else if (strlen(node->text) > TOPIC_MAX_LEN)
		report(l, node, "is longer than %d bytes", TOPIC_MAX_LEN);
	else if (has_control_character(node->text))
		report(l, node, "has a control character in it");
	else
		return store_text(l, node, out);
	return false;
}

bool check_name(struct loader *l, struct place place, const char *name)
{
	if (strlen(name) > NAME_MAX_LEN)
		config_errors_add(l->errors, place, l->path, "a name has at most %d characters", NAME_MAX_LEN);
	else if (!*name || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")])
		config_errors_add(l->errors, place, l->path, "\"%.60s\" is not a name: only a-z, 0-9, _ and - may be in it",
		                  name);
	else
		return true;
	return false;
}

bool read_name(struct loader *l, const struct row *row, struct node *node, void *out)
{
	(void)row;
	return check_name(l, node->place, node->text) && store_text(l, node, out);
}

bool read_topic(struct loader *l, const struct row *row, struct node *node, void *out)
{
	if (strpbrk(node->text, "+#")) {
		report(l, node, "\"%.60s\" has a wildcard (+ or #); a topic names one place", node->text);
		return false;
	}
	return read_text(l, row, node, out);
}

bool read_pointer(struct loader *l, const struct row *row, struct node *node, void *out)
{
	(void)row;
	if (*node->text && *node->text != '/') {
		report(l, node, "\"%.60s\" is not a JSON pointer: it begins with / (RFC 6901)", node->text);
		return false;
	}
	for (const char *tilde = strchr(node->text, '~'); tilde; tilde = strchr(tilde + 1, '~')) {
		if (tilde[1] != '0' && tilde[1] != '1') {
			report(l, node, "\"%.60s\" is not a JSON pointer: ~ is written ~0 and / in a name ~1 (RFC 6901)",
			       node->text);
			return false;
		}
	}
	return store_text(l, node, out);
}

bool read_choice(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct nearest nearest;
	char text[64], known[400] = "";
	size_t len = 0;

	nearest_init(&nearest, node->text);
	for (const struct choice *choice = row->choices; choice->text; choice++) {
		if (strcmp(choice->text, node->text) == 0) {
			memcpy(out, &choice->value, sizeof(choice->value));
			return true;
		}
		nearest_try(&nearest, choice->text);
		if (len < sizeof(known))
			len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", len ? ", " : "", choice->text);
	}
	report(l, node, "\"%.60s\" is none of %s%s", node->text, known, suggestion(&nearest, text));
	return false;
}

static bool check_range(struct loader *l, struct node *node, double value, struct range range, const struct unit *unit)
{
	char text[RANGE_TEXT_MAX];

	if (range_has(range, value))
		return true;
	report(l, node, "%.60s is outside %s", node->text, range_text(text, range, unit));
	return false;
}

bool read_number(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct err e;
	double value;

	if (!number_parse(node->text, &value, &e)) {
		report(l, node, "%s", e.text);
		return false;
	}
	if (!check_range(l, node, value, row->range, unit_internal(DIM_ONE)))
		return false;
	*(double *)out = value;
	return true;
}

bool quantity_in(struct loader *l, struct node *node, enum dimension dimension, struct range range, double *value)
{
	const struct unit *unit;
	struct err e;
	double parsed;

	if (!quantity_parse(node->text, dimension, &parsed, &unit, &e)) {
		report(l, node, "%s", e.text);
		return false;
	}
	if (!check_range(l, node, parsed, range, unit))
		return false;
	*value = parsed;
	return true;
}

bool read_quantity(struct loader *l, const struct row *row, struct node *node, void *out)
{
	return quantity_in(l, node, row->dimension, row->range, out);
}

bool read_duration(struct loader *l, const struct row *row, struct node *node, void *out)
{
	double us;

	if (!quantity_in(l, node, DIM_TIME, row->range, &us))
		return false;
	*(int64_t *)out = llround(us);
	return true;
}

bool read_seconds(struct loader *l, const struct row *row, struct node *node, void *out)
{
	double us;

	if (!quantity_in(l, node, DIM_TIME, row->range, &us))
		return false;
	if (fmod(us, 1e6) != 0) {
		report(l, node, "%.60s is not a whole number of seconds", node->text);
		return false;
	}
	*(int *)out = (int)(us / 1e6);
	return true;
}
