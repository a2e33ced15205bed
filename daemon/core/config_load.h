/* What the parts share that read a configuration: the walker over the rows, the readers of single values, signals and
 * the checks across keys. For core/config_*.c alone. */
#ifndef CORE_CONFIG_LOAD_H
#define CORE_CONFIG_LOAD_H

#include "config_build.h"
#include "config_errors.h"
#include "config_rows.h"
#include "nearest.h"
#include "node.h"

enum { NAME_MAX_LEN = 100, PREFIX_MAX_LEN = 300, TOPIC_MAX_LEN = 65535, CURVE_MAX = 32, ADDERS_MAX = 48 };

struct loader {
	struct arena *arena; /* the configuration's */
	struct config_errors *errors;
	struct config_root root;          /* being filled */
	struct loop_config loop_template; /* all defaults */
	struct signal_reading signal_template;
	struct adder adder_template;
	struct node **loop_nodes; /* of root.config.loops */
	size_t signals_size;
	enum slot slot; /* of the signal being read */
	find_zone *find_zone;
	const struct zone **zones; /* found so far */
	size_t n_zones;
	size_t path_len;
	char path[1024]; /* dotted, of what is being read */
};

/* Goes one key down; returns what path_pop needs to come back. */
size_t path_push(struct loader *l, const char *key);
size_t path_push_index(struct loader *l, size_t index);
void path_pop(struct loader *l, size_t len);

/* An error about node at its place, under the current path; marks the node bad. */
__attribute__((format(printf, 3, 4))) void report(struct loader *l, struct node *node, const char *format, ...);
/* The same about the child of that key, under its path. */
void report_child(struct loader *l, struct node *child, const char *what);
/* map has no such key; hint: what more to say, or "". */
void report_absent(struct loader *l, struct node *map, const char *key, const char *hint);
bool check_name(struct loader *l, struct place place, const char *name); /* [a-z0-9_-]+ */
/* ", did you mean …?" or "" after all known words were tried. */
const char *suggestion(const struct nearest *nearest, char text[64]);

void read_map(struct loader *l, const struct row *rows, struct node *map, void *base);
void apply_defaults(struct loader *l, const struct row *rows, void *base);

/* One value of a row's type into out. On failure: reported, out untouched. */
typedef bool reader(struct loader *l, const struct row *row, struct node *node, void *out);
reader read_text, read_name, read_topic, read_pointer, read_choice, read_number, read_quantity, read_duration, read_seconds,
    read_url;
reader read_input, read_unit, read_valid, read_on_bad;
reader read_sentinels, read_difference, read_members;
reader read_series, read_member, read_zone, read_words;
reader read_adders, read_clock, read_days;
reader read_count, read_deadband, read_threshold;
reader read_machines_input, read_efficiency, read_units, read_utilities, read_technologies, read_part_load, read_coefficients, read_axis, read_eta;
reader read_source_table;
reader read_flow_input, read_medium;
bool quantity_in(struct loader *l, struct node *node, enum dimension dimension, struct range range, double *value);
bool switch_parse(const char *text, double *value); /* 1/0, true/false */

/* A list of 1 to most entries; what: "units". */
bool is_list_of(struct loader *l, struct node *node, const char *what, size_t most);
/* A list of quantities in range; *n is how many. */
bool read_numbers(struct loader *l, struct node *node, enum dimension dimension, struct range range, size_t most, double *at,
                  size_t *n);
/* An entry of a list of mappings with a name, or of names, called as one before it is reported. */
void check_other_names(struct loader *l, struct node *list, struct node *entry);
/* The loop's own, made where it has none yet. */
struct machines_config *machines_to_fill(struct loader *l, struct loop_config *loop);

/* A mapping that is a signal, or several to vote (any_of), of the quantity l->slot; becomes one of the configuration's. */
uint32_t read_signal_map(struct loader *l, struct node *node);
/* The filters of a signal and what only several keys tell of them; NULL: none are given. */
const struct filter_config *filter_finish(struct loader *l, struct node *node, struct filter_config *filter);
/* Unit and age of a voted signal, from its members. */
void vote_finish(struct loader *l, struct signal_reading *read);

/* What no row alone can tell: keys that need, exclude or contradict each other. */
void config_check(struct loader *l, struct node *root);
void config_check_feed(struct loader *l, struct node *node, struct signal_config *signal);
void config_check_demand(struct loader *l, struct node *root);
void config_check_pace(struct loader *l, const struct loop_config *loop, struct node *setpoint);
void config_check_machines(struct loader *l, const struct loop_config *loop, struct node *node);
void config_check_envelope(struct loader *l, const struct loop_config *loop, struct node *node);
/* Exactly one of the keys (optional: or none) says how much heat the stream is; returns the first that is given. */
const char *config_check_heat(struct loader *l, struct node *map, const char *const *ways, bool optional);
/* What flows there has its partners. */
void config_check_flow(struct loader *l, struct node *map, bool latent);
void config_check_technologies(struct loader *l, const struct loop_config *loop, struct node *node);
void config_check_sink(struct loader *l, const struct loop_config *loop, struct node *node);
/* True with the value where a constant was given there, and node says where and how it is written. */
bool constant_at(const struct input *input, const struct node *node, double *value);

#endif
