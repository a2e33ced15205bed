/* The pass: at most a few milliseconds of decisions, then input again. Publishing is paced by the broker's
 * acknowledgements, setpoints first; payloads are encoded when their turn comes. */
#include "service_internal.h"

#include "core/payload.h"

#include <stdio.h>

static const int64_t PASS_MAX_US = 5000;         /* of work on dirty loops before input is looked at again */
static const int64_t HELD_BACK_STEP_US = 100000; /* an acknowledgement wakes the loop sooner */
static const int64_t GOODBYE_MAX_US = 1000000;   /* for the broker to take what is left at a clean stop */
static const int64_t GOODBYE_STEP_US = 20000;
static const int64_t LOOK_US = 1000000;          /* at the clock, which may be set while nothing else happens */
enum { LOOPS_A_STEP = 16 };

/* ---- out ------------------------------------------------------------------------------- */

static void encode_health(struct service *s, struct json_out *out)
{
	struct health health = {
		.degraded = s->store.degraded,
		.reason = s->store.degraded ? s->store.reason : NULL,
		.lost_rows = s->store.lost_rows,
		.clock = clock_state_text[s->clock],
		.rejected_topics = s->rejected,
		.n_rejected_topics = s->n_rejected,
		.version = s->version,
		.config_hash = s->config->hash,
	};

	payload_health(out, clock_now().utc_us, &health);
}

static bool send_one(struct service *s, uint32_t id)
{
	struct json_out out;
	char topic[SERVICE_TOPIC_SIZE];
	unsigned expiry_s = 0;

	json_out_init(&out, s->payload, SERVICE_PAYLOAD_SIZE);
	if (id == health_id(s)) {
		encode_health(s, &out);
		snprintf(topic, sizeof(topic), "%s/health", s->config->mqtt.prefix);
	} else if (id >= outbox_id(s, TOPIC_LOOP_KINDS, 0)) {
		enum topic_kind kind = (enum topic_kind)(id - outbox_id(s, TOPIC_LOOP_KINDS, 0) + TOPIC_LOOP_KINDS);

		engine_encode(s->engine, kind, NO_LOOP, &out);
		snprintf(topic, sizeof(topic), "%s/%s", s->config->mqtt.prefix, topic_kind_text[kind]);
	} else {
		enum topic_kind kind = (enum topic_kind)(id / s->config->n_loops);
		uint32_t loop = (uint32_t)(id % s->config->n_loops);

		engine_encode(s->engine, kind, loop, &out); /* nothing where there is none any more: what is retained is emptied */
		snprintf(topic, sizeof(topic), "%s/%s/%s", s->config->mqtt.prefix, s->config->loops[loop].name, topic_kind_text[kind]);
		expiry_s = kind == TOPIC_SETPOINT ? engine_valid_for_s(s->engine, loop, clock_us(CLOCK_REALTIME)) : 0;
	}
	if (out.full) {
		log_error("%s: payload of more than %d bytes, not published", topic, SERVICE_PAYLOAD_SIZE);
		return true;
	}
	return mqtt_publish(s->mqtt, topic, out.text, out.len, 1, true, expiry_s);
}

/* As much as the broker's window takes, setpoints first. */
static void pump(struct service *s)
{
	uint32_t id;

	if (!s->online || s->said_offline)
		return;
	while (service_answer_one(s))
		;
	while (!outbox_urgent(&s->outbox) && service_leave_one(s))
		;
	while (mqtt_window(s->mqtt) > 0 && outbox_take(&s->outbox, &id)) {
		if (!send_one(s, id)) {
			outbox_mark(&s->outbox, id);
			break;
		}
	}
}

static void say_goodbye(struct service *s)
{
	int64_t left_us = s->goodbye_us - clock_us(CLOCK_MONOTONIC);

	if (!s->said_offline && s->online && (outbox_empty(&s->outbox) || left_us < GOODBYE_MAX_US / 2))
		s->said_offline = mqtt_publish(s->mqtt, s->status_topic, "offline", 7, 1, true, 0);
	if (!s->online || (s->said_offline && mqtt_idle(s->mqtt)) || left_us <= 0)
		event_base_loopbreak(s->base);
}

/* ---- the pass --------------------------------------------------------------------------- */

/* Setpoints that the broker has not taken yet hold back further decisions: inputs are conflated, setpoints never. */
static bool held_back(const struct service *s)
{
	return s->online && outbox_urgent(&s->outbox);
}

static void arm(struct service *s, int64_t now_us)
{
	int64_t next_us = held_back(s) ? now_us + HELD_BACK_STEP_US : engine_next_us(s->engine);
	struct timeval delay = {0, 0};

	if (s->stopping)
		next_us = now_us + GOODBYE_STEP_US;
	else if (s->feed_us > 0 && next_us > now_us + s->feed_us)
		next_us = now_us + s->feed_us;
	if (next_us > now_us + LOOK_US)
		next_us = now_us + LOOK_US;
	if (next_us > now_us) {
		delay.tv_sec = (next_us - now_us) / 1000000;
		delay.tv_usec = (next_us - now_us) % 1000000;
	}
	event_add(s->timer, &delay);
}

static void feed_watchdog(struct service *s, int64_t now_us)
{
	if (s->feed_us > 0 && now_us - s->fed_us >= s->feed_us) {
		notify_send("WATCHDOG=1");
		s->fed_us = now_us;
	}
}

static void look_at_clock(struct service *s)
{
	if (engine_clock(s->engine) == s->clock)
		return;
	s->clock = engine_clock(s->engine);
	outbox_mark(&s->outbox, health_id(s));
	pump(s);
}

void service_pass(void *ctx)
{
	struct service *s = ctx;
	struct instant now = clock_now();
	int64_t until_us = now.mono_us + PASS_MAX_US;
	size_t left = 1;

	pump(s);
	while (left > 0 && !s->stopping && !held_back(s) && clock_us(CLOCK_MONOTONIC) < until_us) {
		left = engine_run(s->engine, now, LOOPS_A_STEP);
		pump(s);
	}
	look_at_clock(s);
	if (s->stopping)
		say_goodbye(s);
	now = clock_now();
	arm(s, now.mono_us);
	feed_watchdog(s, now.mono_us);
}

void service_on_timer(evutil_socket_t fd, short what, void *ctx)
{
	(void)fd;
	(void)what;
	service_pass(ctx);
}

void service_on_heartbeat(evutil_socket_t fd, short what, void *ctx)
{
	struct service *s = ctx;
	struct instant now = clock_now();
	struct json_out out;
	char topic[SERVICE_TOPIC_SIZE];

	(void)fd;
	(void)what;
	json_out_init(&out, s->payload, SERVICE_PAYLOAD_SIZE);
	payload_heartbeat(&out, now.utc_us, (double)(now.mono_us - s->started_us) / 1e6, ++s->heartbeat_seq);
	snprintf(topic, sizeof(topic), "%s/heartbeat", s->config->mqtt.prefix);
	if (s->online && !s->stopping)
		mqtt_publish(s->mqtt, topic, out.text, out.len, 1, false, 0);
	service_pass(s);
}

void service_begin_stop(struct service *s)
{
	s->stopping = true;
	engine_finish(s->engine, clock_now());
	s->goodbye_us = clock_us(CLOCK_MONOTONIC) + GOODBYE_MAX_US;
	service_pass(s);
}
