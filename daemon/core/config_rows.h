/* The configuration as rows: key, type, dimension, range, default, help. One walker checks a document against them and
 * fills the structures (config_walk); the reference is printed from them (config_reference). */
#ifndef CORE_CONFIG_ROWS_H
#define CORE_CONFIG_ROWS_H

#include "config.h"

enum row_type {
	ROW_MAP,      /* children, at offset */
	ROW_LOOPS,    /* a map of loops by name */
	ROW_CURVE,    /* a list of segments; offset of the loop */
	ROW_TEXT,     /* const char * */
	ROW_NAME,     /* const char *: [a-z0-9_-]+ */
	ROW_TOPIC,    /* const char * */
	ROW_POINTER,  /* const char *: RFC 6901 */
	ROW_CHOICE,   /* int or enum: one of choices */
	ROW_NUMBER,   /* double */
	ROW_QUANTITY, /* double, internal unit */
	ROW_DURATION, /* int64_t, microseconds */
	ROW_SECONDS,  /* int, whole seconds */
	ROW_URL,      /* offset of struct mqtt_settings */
	ROW_INPUT,    /* struct input: a quantity or a live signal; dimension and range are the slot's. Children: or a list, of adders */
	ROW_UNIT,     /* const struct unit *, of the signal's dimension */
	ROW_VALID,    /* [low, high]; offset of struct signal_config */
	ROW_ON_BAD,   /* offset of struct signal_config */
	ROW_SENTINELS, /* a list of numbers; offset of struct filter_config */
	ROW_DIFFERENCE, /* double, internal unit: a difference of two of the signal's values */
	ROW_MEMBERS,  /* a list of signals; offset of struct signal_reading */
	ROW_SERIES,   /* offset of struct signal_config; children at struct series_config */
	ROW_MEMBER,   /* const char *: RFC 6901, or a plain name in the item */
	ROW_ZONE,     /* const struct zone * */
	ROW_WORDS,    /* struct words: a list of plain values */
	ROW_CLOCK,    /* int: minutes of the day, "07:00" */
	ROW_DAYS,     /* unsigned: bits, "mon-fri" */
	ROW_COUNT,    /* int: a whole number */
	ROW_DEADBAND, /* offset of struct loop_config */
	ROW_THRESHOLD, /* struct threshold */
	ROW_MACHINES_INPUT, /* as ROW_INPUT, in the loop's struct machines_config; offset of struct loop_config, so of the next four */
	ROW_EFFICIENCY, /* as ROW_INPUT, or a mapping with model */
	ROW_UNITS,    /* a list of units */
	ROW_UTILITIES, /* a list of utilities */
	ROW_TECHNOLOGIES, /* a list of technologies */
	ROW_PART_LOAD, /* struct lorenz_part_load: a list of [share, factor] */
	ROW_COEFFICIENTS, /* a list of lists of numbers; offset of struct lorenz_polynomial */
	ROW_AXIS,     /* struct axis: a list of quantities */
	ROW_SOURCE_TABLE, /* const struct source_table *: a list of [temperature, value] */
	ROW_ETA,      /* a list of lists; offset of struct model_reading */
	ROW_FLOW_INPUT, /* as ROW_INPUT, in the struct flow_config that a pointer at offset is made to point to */
	ROW_MEDIUM,   /* ROW_CHOICE in the same */
	ROW_TYPE_COUNT
};

struct range {
	double low, high; /* ends included, internal unit */
	bool low_open;    /* but for low itself */
};

struct choice {
	const char *text; /* NULL ends the list */
	int value;
};

struct row {
	const char *key; /* NULL ends the rows */
	enum row_type type;
	bool required;
	enum dimension dimension;
	struct range range;
	enum slot slot; /* of ROW_INPUT */
	size_t offset;
	const struct row *children;
	const struct choice *choices;
	const char *fallback; /* the default as one would write it */
	const char *derived;  /* the default in words, where it is no fixed value */
	const char *like;     /* children as under that key: nothing is required, no defaults */
	const char *help;
};

/* What the top rows fill: the configuration, and the market that every loop has unless it has its own. */
struct config_root {
	struct config config;
	struct loop_config common;
};

/* What the rows of a signal fill; filter and vote only last where they are given. */
struct signal_reading {
	struct signal_config signal;
	struct filter_config filter;
	struct vote_config vote;
};

extern const struct row config_rows[];  /* offsets in struct config_root */
extern const struct row loop_rows[];    /* in struct loop_config */
extern const struct row segment_rows[]; /* in struct segment_config */
extern const struct row adder_rows[];   /* in struct adder */
extern const struct row signal_rows[];  /* in struct signal_reading */
extern const struct row vote_rows[];    /* in struct signal_reading, of a voted signal */
extern const struct row series_rows[];  /* in struct series_config */
extern const struct row quality_rows[]; /* in struct signal_config */
extern const struct choice no_yes[];    /* into int */

extern const struct row unit_rows[];       /* in struct unit_config */
extern const struct row utility_rows[];    /* in struct utility_config */
extern const struct row technology_rows[]; /* in struct technology_config */
extern const struct row *const model_rows[]; /* by enum lorenz_model; NULL: not configurable */
extern const struct choice models[];        /* enum lorenz_model */

#define SLOT_MARKET_END SLOT_SOURCE_T_IN /* the slots before it are the market's */

#define T_SANE_LOW_K  173.15  /* -100 degC */
#define T_SANE_HIGH_K 2273.15 /* 2000 degC */

struct range slot_range(enum slot slot);
bool range_has(struct range range, double value); /* false for NaN */
enum { RANGE_TEXT_MAX = 80 };
/* "(0, 1]", "[-100 degC, 2000 degC]"; times in the largest unit that makes them whole. Returns text. */
char *range_text(char text[RANGE_TEXT_MAX], struct range range, const struct unit *unit);

#endif
