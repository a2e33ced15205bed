/* Runs a scenario on the engine alone; a restart hands over what the service would find in its history. */
#include "scenario.h"

#include "check.h"
#include "core/config_build.h"
#include "core/engine.h"
#include "io/config_yaml.h"
#include "io/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 32768, YAML_SIZE = 4096 };
static const int64_t MONO_EPOCH_US = 1000000;
static const double UTC_EPOCH_S = 1767225600, SOURCE_EVERY_S = 30;

struct run {
	const struct scenario *scenario;
	struct config *config;
	struct engine *engine;
	struct instant now;
	struct setpoint *setpoints; /* all */
	int64_t *at_us;             /* when each was published, from the beginning */
	size_t n, size;
	bool muted;
	char source[32];
	double source_s; /* the next time it is sent */
	size_t restarted_n;           /* how many there were at the restart */
	int64_t dropped_us;           /* when the last one expired meanwhile */
	char trajectory[TEXT_SIZE];
};

/* ---- life ------------------------------------------------------------------------------- */

static const char *or_else(const char *text, const char *otherwise)
{
	return text ? text : otherwise;
}

static struct config *configure(const struct scenario *s, const char *setpoint)
{
	char yaml[YAML_SIZE];
	struct config_errors errors;
	struct arena *arena = arena_new();
	struct config *config;
	int len = snprintf(
		yaml, sizeof(yaml),
		"site: s\n"
		"%s\n"
		"market:\n"
		"  electricity: {price: {topic: elec, unit: EUR/MWh%s}, carbon: %s%s}\n"
		"  fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}\n"
		"loops:\n"
		"  dryer:\n"
		"    source: {t_in: {topic: source, unit: degC, stale_after: 60 s%s}}\n"
		"    sink: {%s}\n"
		"    heat_pump: {lorenz_efficiency: 0.55%s}\n"
		"    objective: %s\n"
		"    feedback: {%s}\n"
		"    setpoint: {%s}\n",
		or_else(s->top, ""),
		or_else(s->price, ""), or_else(s->carbon, "406 kg/MWh"), or_else(s->electricity, ""), or_else(s->source, ""),
		or_else(s->sink, "t_in: {topic: in, unit: degC}, t_target: 230 degC, duty: 4800 kW"), or_else(s->machine, ""),
		or_else(s->objective, "cost"), or_else(s->feedback, ""), setpoint);

	assert_in_range(len, 1, YAML_SIZE - 1);
	config_errors_init(&errors);
	config = config_build(yaml_read(arena, yaml, (size_t)len, &errors), yaml, (size_t)len, zone_load, &errors);
	for (size_t i = 0; i < errors.n; i++)
		print_error("%s: %s\n", s->name, errors.list[i].text);
	config_errors_done(&errors);
	arena_free(arena);
	assert_non_null(config);
	return config;
}

static void on_record(void *ctx, const struct record *record)
{
	struct run *r = ctx;

	if (record->kind != RECORD_SETPOINT)
		return;
	if (r->n == r->size) {
		r->size = r->size ? 2 * r->size : 256;
		r->setpoints = realloc(r->setpoints, r->size * sizeof(*r->setpoints));
		r->at_us = realloc(r->at_us, r->size * sizeof(*r->at_us));
		assert_true(r->setpoints && r->at_us);
	}
	r->at_us[r->n] = r->now.mono_us - MONO_EPOCH_US;
	r->setpoints[r->n++] = record->setpoint;
}

static struct engine *begin(struct run *r)
{
	struct engine_options options = {.startup_us = 5000000, .staleness = true, .live = true};
	struct engine_hooks hooks = {.ctx = r, .record = on_record};
	struct engine *engine = engine_new(r->config, &options, &hooks, r->now);

	assert_non_null(engine);
	return engine;
}

static void serve(struct run *r)
{
	while (engine_run(r->engine, r->now, 1) > 0)
		;
}

static void move_to(struct run *r, int64_t mono_us)
{
	r->now.utc_us += mono_us - r->now.mono_us;
	r->now.mono_us = mono_us;
}

static void send(struct run *r, const char *topic, const char *payload, bool retained)
{
	engine_message(r->engine, r->now, topic, payload, strlen(payload), retained);
	if (strcmp(topic, "source") == 0 && payload != r->source)
		snprintf(r->source, sizeof(r->source), "%.31s", payload);
}

/* Serves every deadline on the way at its own time. */
static void advance(struct run *r, double until_s)
{
	int64_t until_us = MONO_EPOCH_US + (int64_t)(until_s * 1e6);

	for (;;) {
		int64_t next_us = engine_next_us(r->engine), source_us = MONO_EPOCH_US + (int64_t)(r->source_s * 1e6);

		if (next_us > until_us && source_us > until_us)
			break;
		if (source_us <= next_us && source_us <= until_us) {
			move_to(r, source_us);
			r->source_s += SOURCE_EVERY_S;
			if (!r->muted && *r->source)
				send(r, "source", r->source, false);
		} else {
			move_to(r, next_us > r->now.mono_us ? next_us : r->now.mono_us);
		}
		serve(r);
	}
	move_to(r, until_us);
}

/* ---- what happens ----------------------------------------------------------------------- */

static void restart(struct run *r, double down_s)
{
	struct pace_past past;
	int64_t alive_us = r->now.utc_us;

	engine_free(r->engine);
	move_to(r, r->now.mono_us + (int64_t)(down_s * 1e6));
	r->engine = begin(r);
	pace_past_init(&past);
	for (size_t i = 0; i < r->n; i++)
		pace_past_add(&past, r->setpoints[i].ts_us, r->setpoints[i].hp_on, r->setpoints[i].t_sink_out_c);
	if (r->n > 0)
		engine_resume(r->engine, 0, r->setpoints[r->n - 1].seq, r->setpoints[r->n - 1].ts_us);
	past.alive_us = alive_us;
	r->restarted_n = r->n;
	r->dropped_us = alive_us + r->config->loops[0].valid_for_us - (r->now.utc_us - r->now.mono_us) - MONO_EPOCH_US;
	engine_resume_pace(r->engine, 0, &past);
	*r->source = '\0';
}

static void reload(struct run *r, const char *setpoint)
{
	struct config *before = r->config;
	struct engine *old = r->engine;
	uint32_t loops[1], signals[16];

	r->config = configure(r->scenario, setpoint);
	assert_in_range(r->config->n_signals, 1, 16);
	assert_true(config_match(r->config, before, loops, signals));
	r->engine = begin(r);
	engine_adopt(r->engine, r->now, old, loops, signals);
	engine_free(old);
	config_free(before);
}

static void happen(struct run *r, const char *what, const char *argument)
{
	char topic[32], payload[64];

	if (strcmp(what, "mute") == 0 || strcmp(what, "unmute") == 0)
		r->muted = *what == 'm';
	else if (strcmp(what, "clock") == 0)
		r->now.utc_us += (int64_t)(atof(argument) * 1e6);
	else if (strcmp(what, "restart") == 0)
		restart(r, atof(argument));
	else if (strcmp(what, "reload") == 0)
		reload(r, argument);
	else if (strcmp(what, "retained") == 0 && sscanf(argument, "%31s %63s", topic, payload) == 2)
		send(r, topic, payload, true);
	else if (strcmp(what, "end") != 0)
		send(r, what, argument, false);
}

/* The next line; false at the end. */
static bool script_line(const char **script, double *at_s, char what[32], char argument[512])
{
	int h, m, s, used = 0;

	if (!**script)
		return false;
	*argument = '\0';
	if (sscanf(*script, "%d:%d:%d %31s%n", &h, &m, &s, what, &used) != 4)
		fail_msg("not a line of a script: %.40s", *script);
	*at_s = h * 3600 + m * 60 + s;
	*script += used;
	if (**script == ' ' && sscanf(*script, " %511[^\n]%n", argument, &used) == 1)
		*script += used;
	*script += **script == '\n';
	return true;
}

/* ---- the trajectory --------------------------------------------------------------------- */

static bool is_told(const struct run *r, size_t i)
{
	const struct setpoint *s = &r->setpoints[i], *before = s - 1;

	return r->scenario->all || i == 0 || s->hp_on != before->hp_on || s->quality != before->quality ||
	       s->reason != before->reason;
}

static void write_trajectory(struct run *r)
{
	size_t len = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct setpoint *s = &r->setpoints[i];
		int at_s = (int)(r->at_us[i] / 1000000);
		char t_c[16] = "-";

		if (!is_told(r, i))
			continue;
		if (!isnan(s->t_sink_out_c))
			snprintf(t_c, sizeof(t_c), "%.1f", s->t_sink_out_c);
		len += (size_t)snprintf(r->trajectory + len, sizeof(r->trajectory) - len, "%d:%02d:%02d %s %s %s %s\n",
		                        at_s / 3600, at_s / 60 % 60, at_s % 60, s->hp_on ? "on" : "off", t_c,
		                        reason_text[s->reason], quality_text[s->quality]);
		assert_in_range(len, 1, TEXT_SIZE - 1);
	}
}

/* ---- promises --------------------------------------------------------------------------- */

static bool is_forced(const struct setpoint *s)
{
	return s->reason == REASON_UNAVAILABLE || s->reason == REASON_BAD_INPUT || s->reason == REASON_STARTUP;
}

static void check_limits(const struct run *r, size_t i)
{
	const struct loop_config *loop = &r->config->loops[0];
	const struct setpoint *s = &r->setpoints[i];

	if (!s->hp_on)
		return;
	assert_true(s->t_sink_out_c >= k_to_c(loop->min_k) - 1e-6 && s->t_sink_out_c <= k_to_c(loop->max_k) + 1e-6);
	assert_true(s->quality != QUALITY_BAD);
	assert_true(isnan(s->t_sink_out_expected_c) || isnan(s->q_sink_kw) || s->q_sink_kw >= 0);
}

/* Counted from when the temperature before was first said. */
static void check_ramp(const struct run *r, size_t i)
{
	const struct setpoint *s = &r->setpoints[i], *before = s - 1;
	double ramp_k_s = r->config->loops[0].pace.ramp_k_s;
	size_t since = i - 1;

	if (i == 0 || r->scenario->limits_move || !isfinite(ramp_k_s) || !s->hp_on || !before->hp_on)
		return;
	while (since > 0 && r->setpoints[since - 1].hp_on && r->setpoints[since - 1].t_sink_out_c == before->t_sink_out_c)
		since--;
	assert_true(fabs(s->t_sink_out_c - before->t_sink_out_c) <=
	            ramp_k_s * (double)(r->at_us[i] - r->at_us[since]) * 1e-6 + 1e-6);
}

/* The configuration's last minimum times, on all changes but the first two: what was before is not known. */
static void check_times(const struct run *r)
{
	const struct pace_config *pace = &r->config->loops[0].pace;
	int64_t since_us = 0, starts_us[1000];
	size_t n_changes = 0, n_starts = 0;

	for (size_t i = 0; i < r->n; i++) {
		const struct setpoint *s = &r->setpoints[i];

		if (i > 0 ? s->hp_on == s[-1].hp_on : !s->hp_on)
			continue;
		if (n_changes++ > 0 && (s->hp_on || !(is_forced(s) || r->scenario->limits_move)))
			assert_true(r->at_us[i] - since_us >= (s->hp_on ? pace->min_off_us : pace->min_on_us));
		since_us = i > 0 && i == r->restarted_n && r->dropped_us < r->at_us[i] ? r->dropped_us : r->at_us[i];
		if (!s->hp_on)
			continue;
		assert_in_range(n_starts, 0, 999);
		starts_us[n_starts++] = r->at_us[i];
		if (pace->max_starts > 0 && n_starts > (size_t)pace->max_starts)
			assert_true(r->at_us[i] - starts_us[n_starts - 1 - (size_t)pace->max_starts] >= INT64_C(86400000000));
	}
}

/* ---- the run ---------------------------------------------------------------------------- */

static void play(struct run *r)
{
	const char *script = r->scenario->script;
	char what[32], argument[512];
	double at_s, last_s = 0;

	while (script_line(&script, &at_s, what, argument)) {
		if (at_s != last_s)
			serve(r);
		assert_true(at_s >= last_s);
		advance(r, at_s);
		last_s = at_s;
		happen(r, what, argument);
	}
	serve(r);
}

void scenario_run(const struct scenario *s)
{
	struct run *r = calloc(1, sizeof(*r));
	double utc_s = s->utc_s != 0 ? s->utc_s : UTC_EPOCH_S;

	assert_non_null(r);
	*r = (struct run){
	    .scenario = s, .now = {.mono_us = MONO_EPOCH_US, .utc_us = (int64_t)(utc_s * 1e6)}, .source_s = SOURCE_EVERY_S};
	r->config = configure(s, or_else(s->setpoint, ""));
	r->engine = begin(r);
	strcpy(r->source, "15");
	send(r, "source", r->source, false);
	send(r, "in", "55", false);
	play(r);
	write_trajectory(r);
	if (strcmp(r->trajectory, s->trajectory) != 0) {
		print_error("%s: the trajectory is\n%sand not\n%s\n", s->name, r->trajectory, s->trajectory);
		fail();
	}
	for (size_t i = 0; i < r->n; i++) {
		check_limits(r, i);
		check_ramp(r, i);
	}
	check_times(r);
	engine_free(r->engine);
	config_free(r->config);
	free(r->setpoints);
	free(r->at_us);
	free(r);
}
