/* SIGHUP: the configuration is parsed and checked, compared with the one in force, and taken between two passes. Signals,
 * loops, counts and what waits to be published go over by name; the history begins another run. A configuration that
 * cannot be taken changes nothing. The old one is freed once the writer has written its last row. */
#include "service_internal.h"

#include "core/names.h"

#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOLD_ONE_BY_ONE = 100 };

/* What is made for the new configuration before anything changes. */
struct successor {
	struct settings *settings;
	const struct config *config;
	struct engine *engine;
	struct outbox outbox;
	const char **topics;
	size_t n_topics;
	bool *wanted;                  /* by topic: its retained message */
	uint32_t *loops, *signals;     /* where they were; NO_LOOP: nowhere */
};

static void successor_done(struct successor *next)
{
	engine_free(next->engine);
	outbox_done(&next->outbox);
	free(next->topics);
	free(next->wanted);
	free(next->loops);
	free(next->signals);
	settings_free(next->settings);
}

/* ---- refusal ----------------------------------------------------------------------------- */

static void refuse(struct service *s, const char *why)
{
	char message[EVENT_MESSAGE_MAX];

	snprintf(message, sizeof(message), "%.*s; the configuration in force stays", EVENT_MESSAGE_MAX - 60, why);
	service_event(s, NO_LOOP, SEVERITY_ERROR, "config_refused", message);
}

/* All lines into the log, the first one into the history. */
static void refuse_lines(struct service *s, char *lines)
{
	char first[EVENT_MESSAGE_MAX] = "", why[EVENT_MESSAGE_MAX + 32];
	size_t n = 0;

	for (char *rest = lines, *line; (line = strsep(&rest, "\n"));) {
		if (!*line)
			continue;
		if (n++ == 0)
			snprintf(first, sizeof(first), "%s", line);
		else
			log_error("%s", line);
	}
	snprintf(why, sizeof(why), n > 1 ? "%.300s (and %zu more errors)" : "%.300s", first, n - 1);
	refuse(s, why);
}

static struct settings *load(struct service *s)
{
	char *lines = NULL;
	size_t size;
	FILE *errors = open_memstream(&lines, &size);
	struct settings *settings = errors ? settings_load(s->config_path, errors) : NULL;

	if (errors)
		fclose(errors);
	if (!settings)
		refuse_lines(s, lines ? lines : (char[]){"out of memory"});
	free(lines);
	return settings;
}

/* ---- preparing --------------------------------------------------------------------------- */

static bool prepare(struct service *s, struct successor *next, struct err *e)
{
	const struct config *config = next->config;

	next->engine = service_engine(s, config);
	next->topics = service_topics(config, &next->n_topics);
	next->wanted = calloc(next->n_topics + 1, sizeof(*next->wanted));
	next->loops = calloc(config->n_loops, sizeof(*next->loops));
	next->signals = calloc(config->n_signals + 1, sizeof(*next->signals));
	err_set(e, "out of memory");
	return next->engine && next->topics && next->wanted && next->loops && next->signals &&
	       outbox_init(&next->outbox, config->n_loops, outbox_ids(config)) &&
	       config_match(config, s->config, next->loops, next->signals) &&
	       mqtt_reload_check(s->mqtt, next->topics, next->n_topics, e);
}

/* ---- taking over ------------------------------------------------------------------------- */

static void adopt_outbox(struct service *s, struct successor *next)
{
	size_t n = next->config->n_loops, n_old = s->config->n_loops;

	for (uint32_t i = 0; i < n; i++)
		for (size_t kind = 0; kind < TOPIC_LOOP_KINDS && next->loops[i] != NO_LOOP; kind++)
			outbox_adopt(&next->outbox, (uint32_t)(kind * n + i), &s->outbox, (uint32_t)(kind * n_old + next->loops[i]));
	for (size_t id = TOPIC_LOOP_KINDS * n; id < outbox_ids(next->config); id++)
		outbox_mark(&next->outbox, (uint32_t)id);
}

/* Of signals that have said nothing, and of topics that the broker refused: it may have changed its mind. */
static void want_retained(const struct service *s, struct successor *next)
{
	for (size_t i = 0; i < s->n_rejected; i++) {
		size_t topic = service_topic_index(next->topics, next->n_topics, s->rejected[i]);

		if (topic < next->n_topics)
			next->wanted[topic] = true;
	}
	for (uint32_t i = 0; i < next->config->n_signals; i++) {
		if (!next->config->signals[i].topic || !engine_awaits(next->engine, i))
			continue;
		next->wanted[service_topic_index(next->topics, next->n_topics, next->config->signals[i].topic)] = true;
	}
}

/* One row each for the first ones. */
static void tell_loop(struct service *s, uint32_t i, size_t nth, const char *code, const char *words)
{
	char message[EVENT_MESSAGE_MAX];

	if (nth >= TOLD_ONE_BY_ONE)
		return;
	snprintf(message, sizeof(message), "%s: %s", s->config->loops[i].name, words);
	service_event(s, i, SEVERITY_INFO, code, message);
}

/* By the indexes of the old configuration, so before the new one's rows. */
static size_t dismiss_removed(struct service *s, const struct successor *next)
{
	bool *kept = calloc(s->config->n_loops, sizeof(*kept));
	int64_t seq, ts_us;
	size_t n = 0;

	for (uint32_t i = 0; kept && i < next->config->n_loops; i++)
		if (next->loops[i] != NO_LOOP)
			kept[next->loops[i]] = true;
	for (uint32_t i = 0; kept && i < s->config->n_loops; i++) {
		if (kept[i])
			continue;
		engine_retire(s->engine, clock_now(), i);
		engine_last(s->engine, i, &seq, &ts_us);
		service_leave(s, s->config->loops[i].name, seq, ts_us);
		tell_loop(s, i, n++, "loop_removed", "no longer in the configuration; its retained topics are emptied");
	}
	free(kept);
	return n;
}

static size_t tell_added(struct service *s, const uint32_t *loops)
{
	size_t n = 0;

	for (uint32_t i = 0; i < s->config->n_loops; i++)
		if (loops[i] == NO_LOOP)
			tell_loop(s, i, n++, "loop_added", "new in the configuration");
	return n;
}

/* Loops added that the history may know from before this process. */
struct resuming {
	struct engine *engine;
	struct names added;
	uint32_t *loop;                /* by name */
	struct names counted;          /* all that were added */
	uint32_t *counted_loop;
};

static void on_known_loop(void *ctx, const char *name, int64_t seq, int64_t ts_us)
{
	struct resuming *r = ctx;
	uint32_t known = names_find(&r->added, name);

	if (known != NAMES_NONE)
		engine_resume(r->engine, r->loop[known], seq, ts_us);
}

static void on_known_total(void *ctx, const char *name, const struct tally *tally)
{
	struct resuming *r = ctx;
	uint32_t known = names_find(&r->counted, name);

	if (known != NAMES_NONE)
		engine_resume_totals(r->engine, r->counted_loop[known], tally);
}

static void on_known_command(void *ctx, const char *name, const struct command_record *command)
{
	struct resuming *r = ctx;
	uint32_t known = name ? names_find(&r->counted, name) : NAMES_NONE;

	if (known != NAMES_NONE)
		engine_resume_wish(r->engine, r->counted_loop[known], command);
	for (uint32_t i = 0; !name && i < r->counted.n; i++)
		engine_resume_wish(r->engine, r->counted_loop[i], command);
}

static void on_known_alarm(void *ctx, const char *name, const struct alarm_row *row, int64_t since_us)
{
	struct resuming *r = ctx;
	uint32_t known = name ? names_find(&r->counted, name) : NAMES_NONE;

	if (known != NAMES_NONE)
		engine_resume_alarm(r->engine, r->counted_loop[known], row, since_us);
}

/* Those that have been here since the start: the history may not have their last yet. */
static void gather_added(struct service *s, const struct successor *next, struct resuming *r)
{
	int64_t seq, ts_us;

	for (uint32_t i = 0; i < next->config->n_loops; i++) {
		if (next->loops[i] != NO_LOOP)
			continue;
		r->counted_loop[names_add(&r->counted, next->config->loops[i].name)] = i;
		if (service_stay(s, next->config->loops[i].name, &seq, &ts_us))
			engine_resume(r->engine, i, seq, ts_us);
		else
			r->loop[names_add(&r->added, next->config->loops[i].name)] = i;
	}
}

/* When such a loop left, what it asked for was emptied: the machine counts as stopped just now. */
static void resume_paces(struct service *s, const struct successor *next)
{
	int64_t now_us = clock_now().utc_us;
	struct pace_past past;

	for (uint32_t i = 0; i < next->config->n_loops; i++) {
		if (next->loops[i] != NO_LOOP || !pace_is_configured(&next->config->loops[i].pace))
			continue;
		store_peek_past(s->settings->store_path, next->config->loops[i].name, &past);
		if (past.on)
			pace_past_add(&past, now_us, false, NAN);
		engine_resume_pace(next->engine, i, &past);
	}
}

/* Added loops go on with their counts, their alarms, what was commanded, and their machines as they were. */
static void resume_added(struct service *s, const struct successor *next)
{
	struct resuming r = {.engine = next->engine, .loop = calloc(next->config->n_loops, sizeof(uint32_t)),
	                     .counted_loop = calloc(next->config->n_loops, sizeof(uint32_t))};

	if (names_init(&r.added, next->config->n_loops) && names_init(&r.counted, next->config->n_loops) && r.loop && r.counted_loop) {
		gather_added(s, next, &r);
		if (r.added.n > 0)
			store_each_loop(s->settings->store_path, on_known_loop, &r);
		if (r.counted.n > 0) {
			store_each_total(s->settings->store_path, on_known_total, &r);
			store_each_alarm(s->settings->store_path, on_known_alarm, &r);
		}
		if (r.counted.n > 0 && next->config->commands_enabled)
			store_each_command(s->settings->store_path, on_known_command, &r);
	}
	names_done(&r.added);
	names_done(&r.counted);
	free(r.loop);
	free(r.counted_loop);
	resume_paces(s, next);
}

/* What next is left with is the old. */
static void swap_in(struct service *s, struct successor *next)
{
	struct engine *engine = s->engine;
	struct outbox outbox = s->outbox;
	const char **topics = s->topics;
	bool same_connection = settings_same_connection(s->settings, next->settings);

	next->settings->next = s->settings;
	s->settings = next->settings;
	s->config = next->config;
	s->engine = next->engine;
	s->outbox = next->outbox;
	s->topics = next->topics;
	s->n_topics = next->n_topics;
	mqtt_reload(s->mqtt, &s->settings->mqtt, s->settings->password, s->topics, s->n_topics, next->wanted);
	next->settings = NULL;
	next->engine = engine;
	next->outbox = outbox;
	next->topics = topics;
	if (!same_connection)
		mqtt_reconnect(s->mqtt, "its settings have changed");
}

static void take_over(struct service *s, struct successor *next)
{
	char message[EVENT_MESSAGE_MAX];
	size_t n_removed = dismiss_removed(s, next), n_added;

	engine_finish(s->engine, clock_now()); /* by the indexes of the old configuration as well */
	writer_reload(s->writer, next->config);
	snprintf(message, sizeof(message), "configuration %s in force instead of %s; loops: %zu, live signals: %zu", next->config->hash,
	         s->config->hash, next->config->n_loops, next->config->n_signals);
	service_event(s, NO_LOOP, SEVERITY_INFO, "config_reloaded", message);
	engine_adopt(next->engine, clock_now(), s->engine, next->loops, next->signals);
	resume_added(s, next);
	adopt_outbox(s, next);
	want_retained(s, next);
	swap_in(s, next);
	service_resume_commands(s); /* where they have been enabled just now */
	n_added = tell_added(s, next->loops);
	notify_send("STATUS=configuration %s, loops: %zu (%zu added, %zu removed)", s->config->hash, s->config->n_loops, n_added, n_removed);
}

void service_reload(struct service *s)
{
	struct successor next = {.settings = load(s)};
	const char *fixed;
	char why[EVENT_MESSAGE_MAX];
	struct err e;

	if (!next.settings)
		return;
	next.config = next.settings->config;
	fixed = settings_fixed_difference(s->settings, next.settings);
	if (fixed) {
		snprintf(why, sizeof(why), "%s: %s cannot change while the service runs; restart it", s->config_path, fixed);
		refuse(s, why);
	} else if (prepare(s, &next, &e)) {
		take_over(s, &next);
	} else {
		refuse(s, e.text);
	}
	successor_done(&next);
	service_pass(s);
}

/* ---- afterwards -------------------------------------------------------------------------- */

static void resume_loop(struct service *s, uint32_t i, const struct writer_last_loop *last)
{
	if (last->seq > 0) {
		engine_resume(s->engine, i, last->seq, last->ts_us);
		engine_resume_pace(s->engine, i, &last->past);
	}
	if (last->counted)
		engine_resume_totals(s->engine, i, &last->tally);
}

/* A history opened late under a configuration that has been replaced since: its loops by name. */
static void resume_late(struct service *s, const struct writer_last *last)
{
	uint32_t *at = calloc(last->config->n_loops, sizeof(*at)), *signals = calloc(last->config->n_signals + 1, sizeof(*signals));

	if (at && signals && config_match(last->config, s->config, at, signals))
		for (uint32_t i = 0; i < last->config->n_loops; i++)
			if (at[i] != NO_LOOP)
				resume_loop(s, at[i], &last->loop[i]);
	free(at);
	free(signals);
}

void service_settle_history(struct service *s)
{
	const struct config *in_use = writer_config(s->writer);
	struct writer_last *last = writer_take_last(s->writer);
	struct settings *keep = s->settings, *old;

	if (last) {
		resume_late(s, last);
		service_resume_alarms(s);
		service_resume_commands(s);
	}
	free(last);
	while (keep && keep->config != in_use)
		keep = keep->next;
	while (keep && (old = keep->next)) {
		keep->next = old->next;
		settings_free(old);
		malloc_trim(0); /* for a while there was twice as much */
	}
}
