/* A plant of filtered and voted signals under any sequence of values, silences, clocks and configurations: what counts as good
 * keeps the promises of its filters, a vote lies among its members, the state is JSON. Input is a list of operations. */
#include "fuzz.h"

#include "core/config_build.h"
#include "core/names.h"
#include "core/plant.h"
#include "io/config_yaml.h"

#include <jansson.h>
#include <math.h>

#define LOOP(spikes, change, frozen)                                                                                            \
	"site: s\n"                                                                                                             \
	"market: {electricity: {price: 100 EUR/MWh}, fuel: {price: 60 EUR/MWh}}\n"                                              \
	"loops:\n"                                                                                                              \
	"  a:\n"                                                                                                                \
	"    source:\n"                                                                                                         \
	"      t_in:\n"                                                                                                         \
	"        any_of:\n"                                                                                                     \
	"          - {topic: a, unit: degC, stale_after: 60 s, sentinels: [85, -127], spikes: " spikes "}\n"                    \
	"          - {topic: b, unit: degF, stale_after: 90 s, on_bad: hold, max_rate: {change: " change ", per: 1 min}}\n"     \
	"          - {topic: c, pointer: /v, unit: K, time: {pointer: /t, format: unix_s}, stale_after: 60 s, "                 \
	"frozen_after: " frozen ", frozen: uncertain}\n"                                                                        \
	"        disagreement: 2 K\n"                                                                                           \
	"    sink:\n"                                                                                                           \
	"      t_in: {topic: d, unit: degC, stale_after: 60 s, smoothing: 30 s, spikes: " spikes ", max_rate: {change: " change \
	", per: 1 min}, frozen_after: " frozen "}\n"                                                                            \
	"      t_target: {any_of: [{topic: a, unit: degC, scale: 2}, {topic: d, unit: degC, offset: 50}], on_bad: 180 degC}\n"  \
	"      duty: {topic: e, unit: kW, on_bad: hold, smoothing: 1 s}\n"                                                      \
	"    heat_pump: {lorenz_efficiency: 0.5}\n"

static const char *const yaml[] = {LOOP("{window: 5}", "5 K", "2 min"),
                                   LOOP("{window: 4, threshold: 2, smallest: 1 K}", "5 K", "10 s")};
static const char *const topics[] = {"a", "b", "c", "d", "e", "none"};
enum { CONFIGS = 2, TOPICS = 6, SIGNALS_MAX = 12, KEPT = 16 };

/* What passed last. */
struct past {
	double value[KEPT];
	int64_t at_us[KEPT];
	size_t n;
	double low, high;
};

struct test {
	struct config *config[CONFIGS];
	size_t which;
	struct plant *plant;
	struct instant now;
	int64_t due_us[SIGNALS_MAX];
	struct past past[SIGNALS_MAX];
	uint32_t version[SIGNALS_MAX];
};

static const struct config *configuration(const struct test *t)
{
	return t->config[t->which];
}

static uint32_t signal_named(const struct test *t, const char *name)
{
	for (uint32_t i = 0; i < configuration(t)->n_signals; i++)
		if (strcmp(configuration(t)->signals[i].name, name) == 0)
			return i;
	abort();
}

/* ---- what is promised ------------------------------------------------------------------- */

static void on_sample(void *ctx, uint32_t signal, int64_t ts_us, double value, enum quality quality)
{
	struct test *t = ctx;
	const struct signal_config *config = &configuration(t)->signals[signal];
	struct past *past = &t->past[signal];

	promise(isfinite(value) && ts_us != NO_TIME);
	promise(quality != QUALITY_GOOD || !config->filter || config->filter->n_sentinels == 0 || (value != 85 && value != -127));
	if (quality == QUALITY_BAD || config->time_format != TIME_NONE)
		return;
	for (size_t i = 0; config->filter && config->filter->per_us > 0 && i < past->n && i < KEPT; i++) {
		double change = config->filter->max_change / config->unit->factor;
		double passed = (double)(t->now.mono_us - past->at_us[i]) / (double)config->filter->per_us;

		promise(fabs(value - past->value[i]) <= change * (1 + passed) + 1e-6);
	}
	past->value[past->n % KEPT] = value;
	past->at_us[past->n++ % KEPT] = t->now.mono_us;
	past->low = fmin(past->low, value);
	past->high = fmax(past->high, value);
}

static void check_vote(struct test *t, uint32_t group)
{
	const struct vote_config *vote = configuration(t)->signals[group].vote;
	double value, member, low = INFINITY, high = -INFINITY;
	enum quality quality = plant_read(t->plant, group, &value), best = QUALITY_BAD, one;

	for (uint32_t k = 0; k < vote->n; k++) {
		one = plant_read(t->plant, vote->first + k, &member);
		best = one > best ? one : best;
		if (one == QUALITY_BAD)
			continue;
		low = fmin(low, member);
		high = fmax(high, member);
	}
	promise(quality <= best || quality == QUALITY_UNCERTAIN);
	promise(best == QUALITY_BAD || (quality != QUALITY_BAD && value >= low - 1e-6 && value <= high + 1e-6));
}

static void check_signal(struct test *t, uint32_t i)
{
	const struct signal_config *config = &configuration(t)->signals[i];
	double internal, value;
	enum quality quality = plant_read(t->plant, i, &internal);

	promise(plant_version(t->plant, i) >= t->version[i]);
	t->version[i] = plant_version(t->plant, i);
	if (config->vote)
		check_vote(t, i);
	if (quality == QUALITY_BAD || config->vote || config->time_format != TIME_NONE)
		return;
	value = unit_from_internal(config->unit, internal);
	promise(value >= t->past[i].low - 1e-6 && value <= t->past[i].high + 1e-6);
}

static void check_state(struct test *t)
{
	static char text[65536];
	struct json_out out;
	json_t *root;

	json_out_init(&out, text, sizeof(text));
	json_out_object(&out, NULL);
	for (uint32_t i = 0; i < configuration(t)->n_signals; i++)
		if (configuration(t)->signals[i].group == NO_GROUP)
			plant_write(t->plant, i, &out);
	json_out_object_end(&out);
	promise(!out.full);
	root = json_loadb(out.text, out.len, JSON_REJECT_DUPLICATES, NULL);
	promise(json_is_object(root) && json_object_size(root) == configuration(t)->n_signals);
	json_decref(root);
}

static void on_changed(void *ctx, uint32_t signal)
{
	promise(configuration((struct test *)ctx)->signals[signal].group == NO_GROUP); /* loops read votes, not members */
}

static void on_stale_at(void *ctx, uint32_t signal, int64_t mono_us)
{
	((struct test *)ctx)->due_us[signal] = mono_us;
}

static void on_event(void *ctx, uint32_t signal, int64_t ts_us, enum severity severity, const char *code, const char *message)
{
	(void)ts_us;
	promise(configuration(ctx)->signals[signal].group == NO_GROUP && severity < SEVERITY_COUNT);
	promise(strncmp(code, "signal_", 7) == 0 && message[0] && strlen(message) < EVENT_MESSAGE_MAX);
}

/* ---- operations ------------------------------------------------------------------------- */

struct script {
	const uint8_t *at;
	size_t left;
};

static uint8_t byte(struct script *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->at++;
}

static struct plant *plant_for(struct test *t)
{
	struct plant_hooks hooks = {t, on_sample, on_changed, on_stale_at, on_event};
	struct plant *plant = plant_new(configuration(t), true, &hooks);

	promise(plant);
	for (size_t i = 0; i < SIGNALS_MAX; i++)
		t->due_us[i] = INT64_MAX;
	return plant;
}

static void pass(struct test *t, int64_t us)
{
	t->now.mono_us += us;
	t->now.utc_us += us;
	for (uint32_t i = 0; i < configuration(t)->n_signals; i++) {
		if (t->due_us[i] > t->now.mono_us)
			continue;
		t->due_us[i] = INT64_MAX;
		plant_expire(t->plant, t->now, i);
	}
}

static void send(struct test *t, struct script *in, bool retained)
{
	const char *topic = topics[byte(in) % TOPICS];
	double value = (int8_t)byte(in);
	char text[96];

	value = topic[0] == 'b' ? 60 + value / 4 : topic[0] == 'c' ? 290 + value / 4 : value;
	if (topic[0] == 'c')
		snprintf(text, sizeof(text), "{\"v\": %g, \"t\": %lld}", value,
		         (long long)(t->now.utc_us / 1000000 - byte(in) % 8 * 10));
	else
		snprintf(text, sizeof(text), "%g", value);
	plant_message(t->plant, t->now, topic, text, strlen(text), retained);
}

/* The same one or the other; what has passed before another filter does not bind it. */
static void reload(struct test *t, size_t which)
{
	uint32_t loops[1], from[SIGNALS_MAX];
	const struct config *before = configuration(t);
	struct plant *old = t->plant;

	t->which = which;
	promise(config_match(configuration(t), before, loops, from));
	t->plant = plant_for(t);
	plant_adopt(t->plant, t->now, old, from, t->now.mono_us, true);
	plant_free(old);
	if (configuration(t) == before)
		return;
	for (uint32_t i = 0; i < SIGNALS_MAX; i++)
		t->past[i].n = 0;
}

static void operate(struct test *t, struct script *in)
{
	switch (byte(in) % 16) {
	case 0:
		pass(t, (int64_t)byte(in) * 1000000);
		break;
	case 1:
		t->now.utc_us += ((int64_t)(int8_t)byte(in)) * 3600000000;
		plant_clock_set(t->plant, t->now);
		break;
	case 2:
		reload(t, byte(in) % CONFIGS);
		break;
	case 3:
		send(t, in, true);
		break;
	case 4:
		plant_message(t->plant, t->now, topics[byte(in) % TOPICS], "junk", 4, false);
		break;
	case 5:
		check_state(t);
		break;
	case 6:
		plant_field(t->plant, t->now, signal_named(t, "loops.a.source.t_in.any_of.0"), "20");
		break;
	default:
		send(t, in, false);
		pass(t, (int64_t)(byte(in) % 32) * 500000);
	}
	if (byte(in) % 4 == 0)
		return;
	plant_settle(t->plant, t->now);
	for (uint32_t i = 0; i < configuration(t)->n_signals; i++)
		check_signal(t, i);
}

static struct config *build(const char *text)
{
	struct config_errors errors;
	struct arena *arena = arena_new();
	struct config *config;

	config_errors_init(&errors);
	config = config_build(yaml_read(arena, text, strlen(text), &errors), text, strlen(text), NULL, &errors);
	for (size_t i = 0; i < errors.n; i++)
		fprintf(stderr, "%u: %s\n", errors.list[i].place.line, errors.list[i].text);
	promise(config && config->n_signals <= SIGNALS_MAX);
	config_errors_done(&errors);
	arena_free(arena);
	return config;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config *config[CONFIGS];
	struct test t = {.now = {.mono_us = 1000000, .utc_us = INT64_C(1767225600000000)}};
	struct script in = {data, size};

	for (size_t i = 0; i < CONFIGS; i++) {
		if (!config[i])
			config[i] = build(yaml[i]);
		t.config[i] = config[i];
	}
	for (size_t i = 0; i < SIGNALS_MAX; i++)
		t.past[i] = (struct past){.low = INFINITY, .high = -INFINITY};
	t.plant = plant_for(&t);
	while (in.left > 0)
		operate(&t, &in);
	check_state(&t);
	plant_free(t.plant);
	return 0;
}
