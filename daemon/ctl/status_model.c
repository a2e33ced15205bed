/* Topics to places in the model, payloads to values (jansson), and the model to a table. */
#include "status_model.h"

#include "core/json_out.h"
#include "core/record.h"
#include "core/stamp.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- life ------------------------------------------------------------------------------- */

static int compare_loops(const void *a, const void *b, void *ctx)
{
	const struct loop_config *loops = ctx;

	return strcmp(loops[*(const uint32_t *)a].name, loops[*(const uint32_t *)b].name);
}

void status_init(struct status_model *model, const struct config *config)
{
	size_t n = config->n_loops;

	*model = (struct status_model){
	    .config = config,
	    .prefix_len = strlen(config->mqtt.prefix),
	    .loops = xrealloc(NULL, n * sizeof(*model->loops)),
	    .by_name = xrealloc(NULL, n * sizeof(*model->by_name)),
	};
	for (size_t i = 0; i < n; i++) {
		model->by_name[i] = (uint32_t)i;
		model->loops[i] = (struct loop_status){.on = -1,
		                                       .t_sink_out_c = NAN,
		                                       .t_expected_c = NAN,
		                                       .q_sink_kw = NAN,
		                                       .cop = NAN,
		                                       .ts_us = NO_TIME,
		                                       .valid_until_us = NO_TIME,
		                                       .cost_savings_eur_h = NAN,
		                                       .carbon_savings_kg_h = NAN};
	}
	qsort_r(model->by_name, n, sizeof(*model->by_name), compare_loops, config->loops);
}

void status_done(struct status_model *model)
{
	free(model->health);
	free(model->heartbeat);
	free(model->loops);
	free(model->by_name);
	*model = (struct status_model){0};
}

/* ---- payloads --------------------------------------------------------------------------- */

static double get_number(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : NAN;
}

static void get_word(const json_t *object, const char *key, char word[WORD_SIZE])
{
	const char *text = json_string_value(json_object_get(object, key));

	snprintf(word, WORD_SIZE, "%s", text ? text : "");
}

static int64_t get_time(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	int64_t ts_us;

	return text && stamp_parse(text, &ts_us) ? ts_us : NO_TIME;
}

static void take_setpoint(struct loop_status *loop, const json_t *root)
{
	const json_t *on = json_object_get(root, "hp_on");

	loop->seen = true;
	loop->on = json_is_boolean(on) ? json_is_true(on) : -1;
	loop->t_sink_out_c = get_number(root, "t_sink_out_c");
	loop->t_expected_c = get_number(root, "t_sink_out_expected_c");
	loop->q_sink_kw = get_number(root, "q_sink_kw");
	loop->cop = get_number(root, "cop");
	get_word(root, "mode", loop->mode);
	get_word(root, "quality", loop->quality);
	get_word(root, "reason", loop->reason);
	get_word(root, "technology", loop->technology);
	loop->ts_us = get_time(root, "ts");
	loop->valid_until_us = get_time(root, "valid_until");
}

static const struct {
	const char *merit, *point;
} objective_point[OBJECTIVE_COUNT] = {
    [OBJECTIVE_COST] = {"cost", "optimal"},
    [OBJECTIVE_CARBON] = {"carbon", "optimal"},
    [OBJECTIVE_COST_BREAK_EVEN] = {"cost", "break_even"},
    [OBJECTIVE_CARBON_BREAK_EVEN] = {"carbon", "break_even"},
    [OBJECTIVE_BLEND] = {"blend", "optimal"},
    [OBJECTIVE_CARBON_AT_NO_COST] = {"goal", "optimal"},
    [OBJECTIVE_COST_UNDER_CARBON_CAP] = {"goal", "optimal"},
    [OBJECTIVE_ELECTRIFY_AT_NO_CARBON] = {"goal", "optimal"},
};

static void take_points(struct loop_status *loop, enum objective objective, const json_t *root)
{
	const json_t *merit = json_object_get(root, objective_point[objective].merit);
	const json_t *point = json_object_get(merit, objective_point[objective].point);

	loop->cost_savings_eur_h = get_number(point, "cost_savings_eur_h");
	loop->carbon_savings_kg_h = get_number(point, "carbon_savings_kg_h");
}

/* ---- topics ----------------------------------------------------------------------------- */

/* The loop of that name, which is len characters long; UINT32_MAX: none. */
static uint32_t find_loop(const struct status_model *model, const char *name, size_t len)
{
	size_t low = 0, high = model->config->n_loops;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *candidate = model->config->loops[model->by_name[middle]].name;
		int order = strncmp(name, candidate, len);

		if (order == 0 && candidate[len] == '\0')
			return model->by_name[middle];
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return UINT32_MAX;
}

static void keep_text(char **text, const char *payload)
{
	free(*text);
	*text = strcpy(xrealloc(NULL, strlen(payload) + 1), payload);
}

static void take_json(struct status_model *model, const char *name, const char *payload, const json_t *root)
{
	const char *slash = strchr(name, '/');
	uint32_t loop = slash ? find_loop(model, name, (size_t)(slash - name)) : UINT32_MAX;

	if (strcmp(name, "health") == 0)
		keep_text(&model->health, payload);
	else if (strcmp(name, "heartbeat") == 0)
		keep_text(&model->heartbeat, payload);
	else if (loop != UINT32_MAX && strcmp(slash + 1, "setpoint") == 0)
		take_setpoint(&model->loops[loop], root);
	else if (loop != UINT32_MAX && strcmp(slash + 1, "operating_points") == 0)
		take_points(&model->loops[loop], model->config->loops[loop].objective, root);
}

void status_message(struct status_model *model, const char *topic, const char *payload, size_t len)
{
	const char *name = topic + model->prefix_len + 1;
	char *text;
	json_t *root;

	if (strlen(topic) <= model->prefix_len)
		return;
	if (strcmp(name, "status") == 0) {
		snprintf(model->status, sizeof(model->status), "%.*s", (int)(len < WORD_SIZE ? len : WORD_SIZE), payload);
		return;
	}
	root = json_loadb(payload, len, 0, NULL);
	if (!root)
		return;
	text = xrealloc(NULL, len + 1);
	memcpy(text, payload, len);
	text[len] = '\0';
	take_json(model, name, text, root);
	free(text);
	json_decref(root);
}

/* ---- output ----------------------------------------------------------------------------- */

static const struct column columns[] = {
    {"loop", CELL_TEXT, "loop", NULL, 0, 0},
    {"hp_on", CELL_BOOL, "on", NULL, 0, 0},
    {"t_sink_out_c", CELL_NUMBER, "setpoint", "degC", 2, 0},
    {"t_sink_out_expected_c", CELL_NUMBER, "expected", "degC", 2, 0},
    {"q_sink_kw", CELL_NUMBER, "heat", "kW", 1, 0},
    {"cop", CELL_NUMBER, "COP", NULL, 2, 0},
    {"cost_savings_eur_h", CELL_NUMBER, "saves", "EUR/h", 2, 0},
    {"carbon_savings_kg_h", CELL_NUMBER, "saves", "kg/h", 2, 0},
    {"mode", CELL_TEXT, "mode", NULL, 0, 0},
    {"quality", CELL_TEXT, "quality", NULL, 0, 0},
    {"reason", CELL_TEXT, "reason", NULL, 0, 0},
    {"technology", CELL_TEXT, "technology", NULL, 0, 0},
    {"ts", CELL_TIME, NULL, NULL, 0, 0},
    {"valid_until", CELL_TIME, NULL, NULL, 0, 0},
    {"valid_for_s", CELL_NUMBER, "valid", "s", 0, 0},
};
enum { N_COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static struct cell word(const char *text)
{
	return (struct cell){.present = *text != '\0', .text = text};
}

static struct cell stamp(int64_t ts_us)
{
	return (struct cell){.present = ts_us != NO_TIME, .ts_us = ts_us};
}

static void loops_write(const struct status_model *model, enum format format, int64_t now_us, FILE *out)
{
	struct table_options options = {.format = format};
	struct table *table = table_new(out, &options, columns, N_COLUMNS);

	for (size_t i = 0; i < model->config->n_loops; i++) {
		const struct loop_status *l = &model->loops[i];
		double valid_s = l->valid_until_us == NO_TIME ? NAN : (double)(l->valid_until_us - now_us) / 1e6;

		table_row(table, (const struct cell[N_COLUMNS]){
		                     word(model->config->loops[i].name),
		                     {.present = l->on >= 0, .flag = l->on == 1},
		                     cell_number(l->t_sink_out_c),
		                     cell_number(l->t_expected_c),
		                     cell_number(l->q_sink_kw),
		                     cell_number(l->cop),
		                     cell_number(l->cost_savings_eur_h),
		                     cell_number(l->carbon_savings_kg_h),
		                     word(l->mode),
		                     word(l->quality),
		                     word(l->reason),
		                     word(l->technology),
		                     stamp(l->ts_us),
		                     stamp(l->valid_until_us),
		                     cell_number(valid_s),
		                 });
	}
	table_done(table);
}

static void json_write(const struct status_model *model, int64_t now_us, FILE *out)
{
	char text[8 * WORD_SIZE];
	struct json_out head;

	json_out_init(&head, text, sizeof(text));
	json_out_object(&head, NULL);
	json_out_text(&head, "status", *model->status ? model->status : NULL);
	fprintf(out, "%s,\"health\":%s", text, model->health ? model->health : "null");
	fprintf(out, ",\"heartbeat\":%s,\"loops\":", model->heartbeat ? model->heartbeat : "null");
	loops_write(model, FORMAT_JSON, now_us, out);
	fputs("}\n", out);
}

static void health_write(const char *health, FILE *out)
{
	json_t *root = json_loads(health, 0, NULL);
	const char *store = json_string_value(json_object_get(root, "store"));
	const char *reason = json_string_value(json_object_get(root, "reason"));
	const char *clock = json_string_value(json_object_get(root, "clock"));
	const char *version = json_string_value(json_object_get(root, "version"));
	const json_t *rejected = json_object_get(root, "rejected_topics");

	fprintf(out, "health     store %s%s%s, %lld rows lost, clock %s, version %s\n", store ? store : "unknown", reason ? ": " : "",
	        reason ? reason : "", (long long)json_integer_value(json_object_get(root, "lost_rows")),
	        clock ? clock : "unknown", version ? version : "unknown");
	for (size_t i = 0; i < json_array_size(rejected); i++) {
		const char *topic = json_string_value(json_array_get(rejected, i));

		fprintf(out, "rejected   %s\n", topic ? topic : "");
	}
	json_decref(root);
}

static void heartbeat_write(const char *heartbeat, int64_t now_us, FILE *out)
{
	json_t *root = json_loads(heartbeat, 0, NULL);
	int64_t ts_us = get_time(root, "ts");

	if (ts_us != NO_TIME)
		fprintf(out, "heartbeat  %.1f s ago, up for %.0f s\n", (double)(now_us - ts_us) / 1e6,
		        get_number(root, "uptime_s"));
	json_decref(root);
}

void status_write(const struct status_model *model, enum format format, int64_t now_us, FILE *out)
{
	switch (format) {
	case FORMAT_JSON:
		json_write(model, now_us, out);
		return;
	case FORMAT_CSV:
		loops_write(model, FORMAT_CSV, now_us, out);
		return;
	case FORMAT_PEOPLE:
		break;
	}
	fprintf(out, "service    %s\n", *model->status ? model->status : "unknown: nothing is published");
	if (model->health)
		health_write(model->health, out);
	if (model->heartbeat)
		heartbeat_write(model->heartbeat, now_us, out);
	fputc('\n', out);
	loops_write(model, FORMAT_PEOPLE, now_us, out);
}
