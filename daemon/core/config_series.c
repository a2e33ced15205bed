/* The keys of a forward curve (series) and of a payload's own quality, the presets of known feeds, and what of these keys needs
 * or excludes another. A preset gives what is not given beside it. */
#include "config_load.h"
#include "record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SERIES(member) .offset = offsetof(struct series_config, member)
#define SIGNAL(member) .offset = offsetof(struct signal_config, member)

_Static_assert(sizeof(enum quality_format) == sizeof(int), "choices are written as int");

enum preset {
	PRESET_NONE,
	PRESET_AWATTAR,
	PRESET_CARBONINTENSITY_UK,
	PRESET_ELECTRICITYMAPS_FORECAST,
	PRESET_ELECTRICITYMAPS_HISTORY,
	PRESET_ELECTRICITYMAPS_LATEST,
	PRESET_ENERGIDATASERVICE_CO2,
	PRESET_ENERGIDATASERVICE_DAYAHEAD,
	PRESET_ENERGIDATASERVICE_SPOT,
	PRESET_ENERGY_CHARTS,
	PRESET_ENERGY_CHARTS_CO2EQ,
	PRESET_ENERGYZERO,
	PRESET_EVCC,
	PRESET_NORDPOOL,
	PRESET_COUNT
};

#define MINUTE            INT64_C(60000000)
#define ELECTRICITYMAPS   .start = "/datetime", .value = "/carbonIntensity", .step_us = 60 * MINUTE
#define ENERGIDATASERVICE .items = "/records", .area_at = "/PriceArea", .format = TIME_LOCAL, .zone = &zone_utc

static const struct series_config presets[PRESET_COUNT] = {
    [PRESET_NONE] = {.format = TIME_RFC3339},
    [PRESET_AWATTAR] =
        {.items = "/data", .start = "/start_timestamp", .end = "/end_timestamp", .value = "/marketprice", .format = TIME_UNIX_MS},
    [PRESET_CARBONINTENSITY_UK] = {.items = "/data",
                                   .start = "/from",
                                   .end = "/to",
                                   .value = "/intensity/actual",
                                   .or_value = "/intensity/forecast",
                                   .format = TIME_RFC3339},
    [PRESET_ELECTRICITYMAPS_FORECAST] = {.items = "/forecast", ELECTRICITYMAPS, .format = TIME_RFC3339},
    [PRESET_ELECTRICITYMAPS_HISTORY] = {.items = "/history", ELECTRICITYMAPS, .format = TIME_RFC3339},
    [PRESET_ELECTRICITYMAPS_LATEST] = {.items = "", ELECTRICITYMAPS, .format = TIME_RFC3339},
    [PRESET_ENERGIDATASERVICE_CO2] = {ENERGIDATASERVICE, .start = "/Minutes5UTC", .value = "/CO2Emission", .step_us = 5 * MINUTE},
    [PRESET_ENERGIDATASERVICE_DAYAHEAD] = {ENERGIDATASERVICE, .start = "/TimeUTC", .value = "/DayAheadPriceEUR",
                                           .step_us = 15 * MINUTE},
    [PRESET_ENERGIDATASERVICE_SPOT] = {ENERGIDATASERVICE, .start = "/HourUTC", .value = "/SpotPriceEUR", .step_us = 60 * MINUTE},
    [PRESET_ENERGY_CHARTS] = {.starts = "/unix_seconds", .values = "/price", .format = TIME_UNIX_S},
    [PRESET_ENERGY_CHARTS_CO2EQ] = {.starts = "/unix_seconds",
                                    .values = "/co2eq",
                                    .or_value = "/co2eq_forecast",
                                    .format = TIME_UNIX_S},
    [PRESET_ENERGYZERO] = {.items = "/base", .start = "/start", .end = "/end", .value = "/price/value", .format = TIME_RFC3339},
    [PRESET_EVCC] = {.items = "/rates", .start = "/start", .end = "/end", .value = "/value", .format = TIME_RFC3339},
    [PRESET_NORDPOOL] = {.items = "/multiAreaEntries",
                         .start = "/deliveryStart",
                         .end = "/deliveryEnd",
                         .value = "/entryPerArea/{area}",
                         .format = TIME_RFC3339},
};

static const struct choice preset_names[] = {
    {"awattar", PRESET_AWATTAR},
    {"carbonintensity_uk", PRESET_CARBONINTENSITY_UK},
    {"electricitymaps_forecast", PRESET_ELECTRICITYMAPS_FORECAST},
    {"electricitymaps_history", PRESET_ELECTRICITYMAPS_HISTORY},
    {"electricitymaps_latest", PRESET_ELECTRICITYMAPS_LATEST},
    {"energidataservice_co2", PRESET_ENERGIDATASERVICE_CO2},
    {"energidataservice_dayahead", PRESET_ENERGIDATASERVICE_DAYAHEAD},
    {"energidataservice_spot", PRESET_ENERGIDATASERVICE_SPOT},
    {"energy_charts", PRESET_ENERGY_CHARTS},
    {"energy_charts_co2eq", PRESET_ENERGY_CHARTS_CO2EQ},
    {"energyzero", PRESET_ENERGYZERO},
    {"evcc", PRESET_EVCC},
    {"nordpool", PRESET_NORDPOOL},
    {0},
};

static const struct choice formats[] = {
    {"rfc3339", TIME_RFC3339},
    {"unix_s", TIME_UNIX_S},
    {"unix_ms", TIME_UNIX_MS},
    {"unix_us", TIME_UNIX_US},
    {"unix_ns", TIME_UNIX_NS},
    {"local", TIME_LOCAL},
    {0},
};

static const struct choice quality_formats[] = {{"opcua", QUALITY_OPC_UA}, {"opc_da", QUALITY_OPC_DA}, {0}};
static const struct choice qualities[] = {{"good", QUALITY_GOOD}, {"uncertain", QUALITY_UNCERTAIN}, {"bad", QUALITY_BAD}, {0}};
const struct choice no_yes[] = {{"false", 0}, {"true", 1}, {0}};

const struct row series_rows[] = {
    {"preset", ROW_CHOICE, SERIES(preset), .choices = preset_names,
     .help = "A known feed: gives the keys below that are not given."},
    {"items", ROW_POINTER, SERIES(items), .derived = "the payload itself",
     .help = "Where the list of intervals is; a single object is a list of one."},
    {"start", ROW_MEMBER, SERIES(start), .help = "Where an item says when it begins."},
    {"end", ROW_MEMBER, SERIES(end), .derived = "where the next one begins",
     .help = "Where an item says when it ends. One without an end lasts until the next begins, 25 h at most."},
    {"value", ROW_MEMBER, SERIES(value), .help = "Where an item's value is; null is a hole."},
    {"or_value", ROW_MEMBER, SERIES(or_value),
     .help = "Where to look if value is null or missing: a forecast beside what was measured. With values: a list beside them."},
    {"keyed", ROW_CHOICE, SERIES(keyed), .choices = no_yes, .derived = "false",
     .help = "true: items is an object whose keys are the starts; value is then in the member, by default the member itself."},
    {"starts", ROW_POINTER, SERIES(starts), .help = "Where a list of starts is, beside a list of values; instead of items."},
    {"values", ROW_POINTER, SERIES(values), .help = "Where the list of values is."},
    {"format", ROW_CHOICE, SERIES(format), .choices = formats, .derived = "rfc3339",
     .help = "How times are written; local: date and time without a zone, on the wall of zone."},
    {"zone", ROW_ZONE, SERIES(zone),
     .help = "Where the wall of local times is: Europe/Berlin, UTC. A repeated hour is told by the order of the items."},
    {"step", ROW_DURATION, SERIES(step_us), .dimension = DIM_TIME, .range = {1e6, 366 * 86400e6, false},
     .derived = "as long as the one before", .help = "How long the last interval lasts where it has no end."},
    {"area", ROW_TEXT, SERIES(area), .help = "Which of several areas in one payload; {area} in value stands for it."},
    {"area_at", ROW_MEMBER, SERIES(area_at), .help = "Where an item names its area; items of others are left out."},
    {0},
};

const struct row quality_rows[] = {
    {"pointer", ROW_POINTER, SIGNAL(quality.pointer), .required = true, .help = "Where the quality is in a JSON payload."},
    {"format", ROW_CHOICE, SIGNAL(quality.format), .choices = quality_formats,
     .help = "opcua: a status code of OPC UA (number, {Code, Symbol} or symbol); opc_da: 192 good, 64 uncertain."},
    {"good", ROW_WORDS, SIGNAL(quality.good), .help = "What good is called, a list of texts, numbers, true or false."},
    {"uncertain", ROW_WORDS, SIGNAL(quality.uncertain), .help = "What uncertain is called; all else is bad."},
    {"absent", ROW_CHOICE, SIGNAL(quality.absent), .choices = qualities, .derived = "good with opcua, else bad",
     .help = "What it means that nothing or null is there."},
    {0},
};

/* ---- readers ---------------------------------------------------------------------------- */

/* "~" and "/" in a name are escaped in a pointer. */
static size_t put_escaped(char *out, const char *name)
{
	size_t n = 0;

	for (; *name; name++) {
		if (*name == '~' || *name == '/') {
			out[n++] = '~';
			out[n++] = *name == '~' ? '0' : '1';
		} else {
			out[n++] = *name;
		}
	}
	out[n] = '\0';
	return n;
}

bool read_member(struct loader *l, const struct row *row, struct node *node, void *out)
{
	char *pointer;

	if (!*node->text || *node->text == '/')
		return read_pointer(l, row, node, out);
	pointer = arena_alloc(l->arena, 2 * strlen(node->text) + 2);
	pointer[0] = '/';
	put_escaped(pointer + 1, node->text);
	*(const char **)out = pointer;
	return true;
}

bool read_zone(struct loader *l, const struct row *row, struct node *node, void *out)
{
	const struct zone *zone = NULL;
	struct err e;

	(void)row;
	err_set(&e, "\"%.60s\" is not known here", node->text);
	for (size_t i = 0; i < l->n_zones && !zone; i++)
		if (strcmp(l->zones[i]->name, node->text) == 0)
			zone = l->zones[i];
	if (!zone) {
		zone = strcmp(node->text, zone_utc.name) == 0 ? &zone_utc
		       : l->find_zone                         ? l->find_zone(l->arena, node->text, &e)
		                                              : NULL;
		if (!zone) {
			report(l, node, "%s", e.text);
			return false;
		}
		l->zones = memory_grow(l->zones, l->n_zones + 1, sizeof(*l->zones));
		l->zones[l->n_zones++] = zone;
	}
	*(const struct zone **)out = zone;
	return true;
}

bool read_words(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct words words = {.at = NULL};

	(void)row;
	if (node->kind != NODE_LIST || node->n == 0) {
		report(l, node, "must be a list of plain values, such as [ok, 0]");
		return false;
	}
	words.at = arena_alloc(l->arena, node->n * sizeof(*words.at));
	for (struct node *child = node->first; child; child = child->next) {
		if (child->kind != NODE_SCALAR) {
			report(l, child, "must be a plain value, not %s", node_kind_text(child->kind));
			return false;
		}
		words.at[words.n++] = arena_text(l->arena, child->text, strlen(child->text));
	}
	*(struct words *)out = words;
	return true;
}

static enum preset preset_of(const struct node *node)
{
	const struct node *preset = node_get(node, "preset");

	for (const struct choice *choice = preset_names; preset && preset->text && choice->text; choice++)
		if (strcmp(choice->text, preset->text) == 0)
			return (enum preset)choice->value;
	return PRESET_NONE;
}

static void check_shape(struct loader *l, struct node *node, const struct series_config *series)
{
	bool arrays = series->starts || series->values, list = series->items || series->start || series->value || series->keyed;

	if (arrays && list)
		report(l, node, "starts and values are one shape, items with start and value another: not both");
	else if (arrays && !(series->starts && series->values))
		report(l, node, "needs starts and values");
	else if (!arrays && !series->keyed && !(series->start && series->value))
		report(l, node, "needs a preset, or items with start and value, or starts and values");
	else if (series->format == TIME_LOCAL && !series->zone && !node_get(node, "zone"))
		report_absent(l, node, "zone", "; local times need one, such as Europe/Berlin");
}

static void check_area(struct loader *l, struct node *node, struct series_config *series)
{
	const char *hole = series->value ? strstr(series->value, "{area}") : NULL;
	char *value;

	if (series->area && !hole && !series->area_at)
		report_child(l, node_get(node, "area"), "nothing in the payload tells of areas: area_at, or {area} in value");
	else if (!series->area && (hole || series->area_at) && !node_get(node, "area"))
		report_absent(l, node, "area", ", such as DK1: the payload may tell of several");
	if (!hole || !series->area)
		return;
	value = arena_alloc(l->arena, strlen(series->value) + 2 * strlen(series->area) + 1);
	memcpy(value, series->value, (size_t)(hole - series->value));
	strcpy(value + (hole - series->value) + put_escaped(value + (hole - series->value), series->area),
	       hole + strlen("{area}"));
	series->value = value;
}

bool read_series(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct signal_config *signal = out;
	struct series_config *series = arena_alloc(l->arena, sizeof(*series));
	size_t errors = l->errors->n;

	*series = presets[preset_of(node)];
	if (node->kind != NODE_MAP) {
		report(l, node, "must be a mapping with a preset or with keys of its own, not %s", node_kind_text(node->kind));
		return false;
	}
	read_map(l, row->children, node, series);
	if (l->errors->n > errors)
		return false;
	check_shape(l, node, series);
	check_area(l, node, series);
	if (!series->starts && !series->items)
		series->items = "";
	if (series->keyed && !series->value)
		series->value = "";
	signal->text |= series->preset == PRESET_ENERGYZERO;
	signal->series = series;
	return true;
}

/* ---- across keys ------------------------------------------------------------------------ */

static void check_quality(struct loader *l, struct node *node, struct signal_config *signal)
{
	struct quality_config *quality = &signal->quality;
	struct node *about = node_get(node, "quality");
	bool lists = quality->good.n > 0 || quality->uncertain.n > 0;

	if (!about || about->bad || !quality->pointer)
		return;
	if (!node_get(node, "pointer") && !node_get(node, "series"))
		report_child(l, about, "only a JSON payload tells of it: the value's pointer is missing beside it");
	if (quality->format != QUALITY_LISTS && lists)
		report_child(l, about, "a format or lists of words (good, uncertain), not both");
	else if (quality->format == QUALITY_LISTS && !node_get(about, "good") && !node_get(about, "absent"))
		report_child(l, about, "does not say what good is: format, or a list good, or absent: good");
	if (!node_get(about, "absent"))
		quality->absent = quality->format == QUALITY_OPC_UA ? QUALITY_GOOD : QUALITY_BAD;
}

void config_check_feed(struct loader *l, struct node *node, struct signal_config *signal)
{
	static const char *const excluded[] = {"pointer", "time", "quality", "stale_after"};

	check_quality(l, node, signal);
	for (size_t i = 0; node_get(node, "series") && i < sizeof(excluded) / sizeof(excluded[0]); i++)
		if (node_get(node, excluded[i]))
			report_child(l, node_get(node, excluded[i]),
			             "has no meaning beside series, which says where and when values are");
}
