/* A value travels as text in one spelling ("manual", "95 degC", "100 EUR/t"), so the history and a restart need no second
 * decoder. Numbers of a payload are degC and EUR/t. */
#include "command.h"

#include "names.h"
#include "nearest.h"
#include "stamp.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PAYLOAD_BYTES_MAX = 4096 };

static const struct kind_info {
	const char *number_unit; /* of a value that is a number; NULL: only texts */
	bool needs_value;
} kind_info[COMMAND_KIND_COUNT] = {
    [COMMAND_MODE] = {NULL, false},
    [COMMAND_TEMPERATURE] = {"degC", false},
    [COMMAND_OBJECTIVE] = {NULL, false},
    [COMMAND_CARBON_VALUE] = {"EUR/t", false},
    [COMMAND_ACKNOWLEDGE] = {NULL, true},
};

/* ---- payloads --------------------------------------------------------------------------- */

static bool is_plain(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static bool take_text(const json_t *root, const char *key, bool required, char out[COMMAND_TEXT_MAX], struct err *e)
{
	const json_t *node = json_object_get(root, key);

	if (!node && !required)
		return true;
	if (!json_is_string(node) || json_string_length(node) == 0 || json_string_length(node) >= COMMAND_TEXT_MAX ||
	    strlen(json_string_value(node)) != json_string_length(node) || !is_plain(json_string_value(node))) {
		err_set(e, "%s: a text of 1 to %d bytes is expected", key, COMMAND_TEXT_MAX - 1);
		return false;
	}
	strcpy(out, json_string_value(node));
	return true;
}

static bool take_time(const json_t *root, const char *key, int64_t *out, struct err *e)
{
	const json_t *node = json_object_get(root, key);

	*out = NO_TIME;
	if (!node || (json_is_string(node) && stamp_parse(json_string_value(node), out)))
		return true;
	err_set(e, "%s: an RFC 3339 time is expected, like 2026-01-31T06:00:00Z", key);
	return false;
}

static bool take_kind(const json_t *root, enum command_kind *out, struct err *e)
{
	const char *text = json_string_value(json_object_get(root, "cmd"));
	struct nearest nearest;

	if (!text) {
		err_set(e, "cmd: one of mode, temperature, objective, carbon_value, acknowledge is expected");
		return false;
	}
	nearest_init(&nearest, text);
	for (int kind = 0; kind < COMMAND_KIND_COUNT; kind++) {
		if (strcmp(text, command_text[kind]) == 0) {
			*out = (enum command_kind)kind;
			return true;
		}
		nearest_try(&nearest, command_text[kind]);
	}
	err_set(e, "cmd: \"%.40s\" is none of mode, temperature, objective, carbon_value, acknowledge%s%s%s", text,
	        nearest.best ? ", did you mean " : "", nearest.best ? nearest.best : "", nearest.best ? "?" : "");
	return false;
}

static bool take_value(const json_t *root, enum command_kind kind, char out[COMMAND_TEXT_MAX], struct err *e)
{
	const json_t *node = json_object_get(root, "value");
	const struct kind_info *info = &kind_info[kind];

	if (!node) {
		err_set(e, "value: is missing%s", info->needs_value ? "" : " (null: as configured)");
		return false;
	}
	if (json_is_null(node) && !info->needs_value)
		return true;
	if (json_is_number(node) && info->number_unit) {
		snprintf(out, COMMAND_TEXT_MAX, "%.10g %s", json_number_value(node), info->number_unit);
		return true;
	}
	if (json_is_string(node))
		return take_text(root, "value", true, out, e);
	err_set(e, "value: %s is expected%s", info->number_unit ? "a number or a quantity as text" : "a text",
	        info->needs_value ? "" : ", or null for what is configured");
	return false;
}

static bool check_keys(json_t *root, struct err *e)
{
	static const char *const known[] = {"id", "cmd", "value", "who", "expires", "until"};
	const char *key;
	json_t *value;

	json_object_foreach(root, key, value) {
		size_t i = 0;

		while (i < sizeof(known) / sizeof(known[0]) && strcmp(key, known[i]) != 0)
			i++;
		if (i == sizeof(known) / sizeof(known[0])) {
			err_set(e, "%.40s: unknown; known are id, cmd, value, who, expires, until", key);
			return false;
		}
	}
	return true;
}

static bool take_all(json_t *root, struct command *out, struct err *e)
{
	struct command_record *wish = &out->wish;

	return take_text(root, "id", true, out->id, e) && check_keys(root, e) && take_kind(root, &wish->kind, e) &&
	       take_value(root, wish->kind, wish->value, e) && take_text(root, "who", false, wish->who, e) &&
	       take_time(root, "expires", &out->expires_us, e) && take_time(root, "until", &wish->until_us, e);
}

bool command_decode(const void *payload, size_t len, struct command *out, struct err *e)
{
	json_error_t error;
	json_t *root;
	bool ok = false;

	*out = (struct command){.expires_us = NO_TIME, .wish.until_us = NO_TIME};
	if (len > PAYLOAD_BYTES_MAX) {
		err_set(e, "%zu bytes are more than a command has", len);
		return false;
	}
	root = json_loadb(payload, len, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		err_set(e, "not valid JSON: %.70s", error.text);
	else if (!json_is_object(root))
		err_set(e, "an object like {\"id\": \"1\", \"cmd\": \"mode\", \"value\": \"off\"} is expected");
	else
		ok = take_all(root, out, e);
	if (ok)
		memcpy(out->wish.id, out->id, sizeof(out->id));
	json_decref(root);
	return ok;
}

/* ---- wishes in force -------------------------------------------------------------------- */

void override_init(struct override *o)
{
	*o = (struct override){.manual_k = NAN, .carbon_value_eur_t = NAN};
	for (int i = 0; i < COMMAND_SETTING_COUNT; i++)
		o->until_us[i] = NO_TIME;
}

bool override_is_empty(const struct override *o)
{
	return !o->has_mode && !o->has_objective && isnan(o->manual_k) && isnan(o->carbon_value_eur_t);
}

static bool find_text(const char *const *texts, int n, const char *value, int *out, struct err *e)
{
	char known[160] = "";
	size_t len = 0;

	for (int i = 0; i < n; i++) {
		if (strcmp(texts[i], value) == 0) {
			*out = i;
			return true;
		}
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", i ? ", " : "", texts[i]);
	}
	err_set(e, "value: \"%.40s\" is none of %s", value, known);
	return false;
}

static bool set_mode(struct override *o, const char *value, struct err *e)
{
	int found = 0;

	if (*value && !find_text(mode_text, MODE_COUNT, value, &found, e))
		return false;
	o->has_mode = *value != '\0';
	o->mode = (enum mode)found;
	return true;
}

static bool set_objective(struct override *o, const char *value, struct err *e)
{
	int found = 0;

	if (*value && !find_text(objective_text, OBJECTIVE_COUNT, value, &found, e))
		return false;
	o->has_objective = *value != '\0';
	o->objective = (enum objective)found;
	return true;
}

static bool set_quantity(double *out, const char *value, enum dimension dimension, struct err *e)
{
	double parsed = NAN;

	if (*value && !quantity_parse(value, dimension, &parsed, NULL, e))
		return false;
	*out = parsed;
	return true;
}

static bool set_carbon_value(struct override *o, const char *value, struct err *e)
{
	double parsed;

	if (!set_quantity(&parsed, value, DIM_MASS_PRICE, e))
		return false;
	if (parsed < 0 || parsed > 1e5) {
		err_set(e, "value: %s is outside [0 EUR/t, 100000 EUR/t]", value);
		return false;
	}
	o->carbon_value_eur_t = parsed;
	return true;
}

bool override_set(struct override *o, const struct command_record *wish, struct err *e)
{
	bool ok = false;

	switch (wish->kind) {
	case COMMAND_MODE:
		ok = set_mode(o, wish->value, e);
		break;
	case COMMAND_TEMPERATURE:
		ok = set_quantity(&o->manual_k, wish->value, DIM_TEMPERATURE, e);
		break;
	case COMMAND_OBJECTIVE:
		ok = set_objective(o, wish->value, e);
		break;
	case COMMAND_CARBON_VALUE:
		ok = set_carbon_value(o, wish->value, e);
		break;
	case COMMAND_ACKNOWLEDGE:
	case COMMAND_KIND_COUNT:
		return true;
	}
	if (ok)
		o->until_us[wish->kind] = *wish->value ? wish->until_us : NO_TIME;
	return ok;
}

bool override_expire(struct override *o, int64_t utc_us, enum command_kind *ended)
{
	for (int kind = 0; kind < COMMAND_SETTING_COUNT; kind++) {
		struct command_record back = {.kind = (enum command_kind)kind, .until_us = NO_TIME};

		if (o->until_us[kind] == NO_TIME || utc_us < o->until_us[kind])
			continue;
		*ended = back.kind;
		return override_set(o, &back, NULL);
	}
	return false;
}

int64_t override_next_us(const struct override *o)
{
	int64_t next_us = INT64_MAX;

	for (int kind = 0; kind < COMMAND_SETTING_COUNT; kind++)
		if (o->until_us[kind] != NO_TIME && o->until_us[kind] < next_us)
			next_us = o->until_us[kind];
	return next_us;
}

void override_apply(const struct override *o, struct loop_config *config)
{
	if (o->has_mode)
		config->mode = o->mode;
	if (o->has_objective)
		config->objective = o->objective;
	if (!isnan(o->carbon_value_eur_t))
		config->carbon_value_eur_t = o->carbon_value_eur_t;
	config->manual_k = o->manual_k;
}
