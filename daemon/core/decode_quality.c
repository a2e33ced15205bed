/* OPC UA status codes by their two top bits (OPC 10000-4, 7.39: 0 good, 1 uncertain, 2 bad), as a number, an object with Code
 * or a symbol; OPC DA qualities by theirs of eight; else plain lists of words. */
#include "decode_quality.h"

#include "decode_internal.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static bool says(const json_t *node, const char *word)
{
	struct err ignored;
	double number;

	if (json_is_string(node))
		return strcmp(json_string_value(node), word) == 0;
	if (json_is_boolean(node))
		return strcmp(json_is_true(node) ? "true" : "false", word) == 0;
	return json_is_number(node) && number_parse(word, &number, &ignored) && number == json_number_value(node);
}

static bool listed(const json_t *node, const struct words *words)
{
	for (size_t i = 0; i < words->n; i++)
		if (says(node, words->at[i]))
			return true;
	return false;
}

static enum quality by_lists(const json_t *node, const struct quality_config *config)
{
	if (listed(node, &config->good))
		return QUALITY_GOOD;
	return listed(node, &config->uncertain) ? QUALITY_UNCERTAIN : QUALITY_BAD;
}

static enum quality by_symbol(const char *symbol)
{
	if (strncmp(symbol, "Good", 4) == 0)
		return QUALITY_GOOD;
	return strncmp(symbol, "Uncertain", 9) == 0 ? QUALITY_UNCERTAIN : QUALITY_BAD;
}

/* An object without Code is good: a code of 0 may be left out. */
static enum quality by_opc_ua(const json_t *node)
{
	const json_t *code = json_is_object(node) ? json_object_get(node, "Code") : node;
	const json_t *symbol = json_is_object(node) ? json_object_get(node, "Symbol") : node;
	json_int_t value = json_integer_value(code);

	if (json_is_integer(code) && value >= 0 && value <= UINT32_MAX)
		return value >> 30 == 0 ? QUALITY_GOOD : value >> 30 == 1 ? QUALITY_UNCERTAIN : QUALITY_BAD;
	if (json_is_string(symbol) && !json_is_integer(code))
		return by_symbol(json_string_value(symbol));
	return json_is_object(node) && !code && !symbol ? QUALITY_GOOD : QUALITY_BAD;
}

static enum quality by_opc_da(const json_t *node)
{
	json_int_t bits = json_is_integer(node) ? json_integer_value(node) & 0xC0 : 0;

	return bits == 0xC0 ? QUALITY_GOOD : bits == 0x40 ? QUALITY_UNCERTAIN : QUALITY_BAD;
}

static enum quality judge(const json_t *node, const struct quality_config *config)
{
	switch (config->format) {
	case QUALITY_LISTS:
		return by_lists(node, config);
	case QUALITY_OPC_UA:
		return by_opc_ua(node);
	case QUALITY_OPC_DA:
		return by_opc_da(node);
	}
	return QUALITY_BAD;
}

/* "2150891520 BadCommunicationError"; what is no plain value by its kind. */
static void tell(const json_t *node, enum quality quality, struct err *e)
{
	const char *symbol = json_string_value(json_object_get(node, "Symbol"));
	const json_t *code = json_is_object(node) ? json_object_get(node, "Code") : node;
	char text[80];

	if (json_is_string(code))
		snprintf(text, sizeof(text), "%.60s", json_string_value(code));
	else if (json_is_number(code))
		snprintf(text, sizeof(text), "%.10g", json_number_value(code));
	else
		snprintf(text, sizeof(text), "%s",
		         !node                   ? "nothing"
		         : json_is_boolean(node) ? (json_is_true(node) ? "true" : "false")
		                                 : decode_type_text(node));
	err_set(e, "its source says that it is %s: %s%s%.60s", quality_text[quality], text, symbol ? " " : "",
	        symbol ? symbol : "");
}

enum quality decode_quality(struct decoder *decoder, const struct signal_config *signal, struct err *e)
{
	const struct quality_config *config = &signal->quality;
	const json_t *root, *node;
	enum quality quality;

	if (!config->pointer)
		return QUALITY_GOOD;
	root = decode_root(decoder, e);
	if (!root)
		return QUALITY_BAD;
	node = decode_at(root, config->pointer);
	quality = !node || json_is_null(node) ? (enum quality)config->absent : judge(node, config);
	if (quality != QUALITY_GOOD)
		tell(node, quality, e);
	return quality;
}
