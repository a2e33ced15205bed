/* The engine under any sequence of messages, times and clocks: what it says is JSON without NaN, decisions keep their bounds,
 * stamps rise. Input is a list of operations, two or more bytes each. */
#include "fuzz.h"

#include "core/config_build.h"
#include "core/engine.h"
#include "io/config_yaml.h"

#include <jansson.h>
#include <math.h>

static const char yaml[] =
	"site: s\n"
	"demand: {site_power: {topic: site, unit: kW, on_bad: 100 kW}, peak_so_far: 2000 kW, price: 50 EUR/kW, hours: 200 h}\n"
	"market:\n"
	"  electricity: {price: {topic: m, pointer: /p, unit: EUR/MWh, stale_after: 1 h, time: {pointer: /ts, format: unix_s}}, floor: 5 EUR/MWh, factor: 3 %, adders: [{add: 20 EUR/MWh}, {from: 22:00, to: 06:00, days: mon-fri, add: 18 EUR/MWh}], carbon: {topic: c, unit: g/kWh}}\n"
	"  fuel: {price: {topic: f, unit: EUR/MWh, on_bad: hold}, carbon: 208 kg/MWh, co2_price: {topic: x, unit: EUR/t, on_bad: 70 EUR/t, series: {start: /0, value: /1, format: unix_s}}}\n"
	"loops:\n"
	"  a:\n"
	"    source: {t_in: {topic: s, unit: degC, stale_after: 60 s, on_bad: hold}, t_out: {topic: so, unit: degC, on_bad: 10 degC}}\n"
	"    sink: {t_in: {topic: i, unit: degC}, t_target: {topic: t, unit: degC}, duty: {topic: d, unit: kW, valid: [0, 9000]}}\n"
	"    heat_pump: {lorenz_efficiency: {topic: e, unit: 1}, t_max: 200 degC, capacity: 2 MW, min_load: 20 %, p_elec_max: 800 kW, available: {topic: ok}}\n"
	"    objective: cost\n"
	"    setpoint: {deadband: 0.5 K, min: 60 degC, max: 180 degC, off_value: 55 degC}\n"
	"  b:\n"
	"    source: {t_in: {topic: s, unit: degC, scale: 0.5, offset: 3, valid: [-20, 60]}}\n"
	"    sink:\n"
	"      t_in: {topic: i, unit: degC, on_bad: 50 degC}\n"
	"      curve: [{t_out: 110 degC, duty: 1000 kW}, {latent: 120 degC, duty: {topic: d, unit: kW}}, {t_in: 125 degC, t_out: 180 degC, duty: 800 kW}]\n"
	"    heat_pump: {lorenz_efficiency: 0.5, capacity: 2 MW, p_elec_max: 800 kW, t_max: 180 degC, cop_max: 12, min_lift: 5 K}\n"
	"    objective: blend\n"
	"    carbon_value: 100 EUR/t\n"
	"    setpoint: {deadband: 0 K}\n"
	"    feedback: {trip: {topic: trip}, remote: {topic: rem}, permit: {topic: ok}, running: {topic: run, stale_after: 60 s}, "
	"t_sink_out: {topic: to, unit: degC}, q_sink: {topic: q, unit: kW, stale_after: 60 s}, p_elec: {topic: p, unit: kW}, follow_within: 30 s}\n"
	"  c:\n"
	"    source: {t_in: {topic: s, unit: degC, stale_after: 60 s}}\n"
	"    sink: {t_in: {topic: i, unit: degC}, t_target: 230 degC, duty: 4800 kW}\n"
	"    heat_pump: {lorenz_efficiency: 0.55, t_max: {topic: t, unit: degC}, capacity: 2 MW, min_load: 20 %, p_elec_max: 800 kW, available: {topic: ok}}\n"
	"    setpoint: {deadband: 1 %, min: 60 degC, max: 180 degC, ramp: 2 K/min, min_on: 3 min, min_off: 2 min, max_starts: 3, start_above: 2 %, "
	"stop_below: 0.5 %, start_delay: 20 s, stop_delay: 30 s, bad_inputs: {hold: 2 min, then: fallback}, fallback: 90 degC}\n";

static const char *const topics[] = {"m", "c", "f", "s", "so", "i", "t", "d", "e", "ok", "x", "trip", "rem", "run", "q", "p", "to", "site", "unknown"};
enum { TOPICS = sizeof(topics) / sizeof(topics[0]), LOOPS = 3, PACED = 2, CURVE_TOPIC = 10 };

struct script {
	const uint8_t *at;
	size_t left;
};

struct paced {
	bool on;
	double t_c;
	int64_t at_us, since_us, starts_us[3]; /* at: when it got its temperature */
	unsigned starts;
};

struct plant_test {
	struct config *config;
	struct engine *engine;
	struct instant now;
	int64_t seq[LOOPS], ts_us[LOOPS];
	struct sums sums[LOOPS];
	struct paced paced;
	char payload[65536];
};

static uint8_t byte(struct script *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->at++;
}

static int16_t word(struct script *in)
{
	unsigned high = byte(in);

	return (int16_t)(uint16_t)(high << 8 | byte(in));
}

/* ---- what is promised ------------------------------------------------------------------- */

static void check_powers(const struct setpoint *s)
{
	promise(isfinite(s->q_sink_kw) && s->q_sink_kw >= 0 && s->q_sink_kw <= 2000 * (1 + 1e-9));
	promise(isfinite(s->p_elec_kw) && s->p_elec_kw >= 0 && s->p_elec_kw <= 800 * (1 + 1e-9));
	/* where the source is warmer than the mean of what is heated, the heat is free and has no COP */
	promise(!s->hp_on || (s->q_sink_kw > 0 && (s->cop > 0 || s->p_elec_kw == 0)));
}

/* Of the paced loop: 2 K/min at most but where t_max falls, 2 minutes off, 3 starts a day; all by the monotonic clock. */
static void check_pace(struct paced *p, const struct setpoint *s, int64_t now_us)
{
	const int64_t day_us = INT64_C(86400000000), min_off_us = 120000000;

	if (s->hp_on && p->on)
		promise(s->t_sink_out_c - p->t_c <= (double)(now_us - p->at_us) * 1e-6 * 2 / 60 + 1e-6);
	if (s->hp_on && !p->on) {
		promise(p->starts == 0 || now_us - p->since_us >= min_off_us);
		promise(p->starts < 3 || now_us - p->starts_us[p->starts % 3] >= day_us);
		p->starts_us[p->starts++ % 3] = now_us;
	}
	if (s->hp_on != p->on)
		p->since_us = now_us;
	if (s->hp_on != p->on || s->t_sink_out_c != p->t_c)
		p->at_us = now_us;
	p->on = s->hp_on;
	p->t_c = s->t_sink_out_c;
}

static void check_setpoint(struct plant_test *t, uint32_t loop, const struct setpoint *s)
{
	double t_min_c = loop == 1 ? -50 : 60, t_max_c = 180;

	promise(s->seq == t->seq[loop] + 1 && s->ts_us > t->ts_us[loop]);
	promise(s->cause_us <= s->ts_us);
	if (loop == PACED && isnan(s->q_sink_kw))
		promise(s->hp_on && s->quality == QUALITY_UNCERTAIN && (s->reason == REASON_FALLBACK || s->reason == REASON_HOLD));
	else
		check_powers(s);
	promise(!s->hp_on || s->quality != QUALITY_BAD);
	promise(!s->hp_on || (s->t_sink_out_c >= t_min_c - 1e-6 && s->t_sink_out_c <= t_max_c + 1e-6));
	promise(s->hp_on || (s->q_sink_kw == 0 && s->p_elec_kw == 0 && isnan(s->cop)));
	promise(s->quality != QUALITY_BAD || s->reason == REASON_BAD_INPUT || s->reason == REASON_STARTUP);
	promise(!s->hp_on || (s->reason != REASON_TRIPPED && s->reason != REASON_UNAVAILABLE));
	promise(s->reason != REASON_LOCAL || (loop == 1 && s->mode == MODE_ADVISORY));
	if (loop == PACED)
		check_pace(&t->paced, s, t->now.mono_us);
	t->seq[loop] = s->seq;
	t->ts_us[loop] = s->ts_us;
}

/* Heat, electricity and hours only ever rise, whatever the plant says and the clock does. */
static void check_totals(struct sums *before, const struct tally *t)
{
	promise(isfinite(t->total.cost_savings_eur) && isfinite(t->total.carbon_savings_kg));
	promise(t->total.heat_kwh >= before->heat_kwh && t->total.electricity_kwh >= before->electricity_kwh);
	promise(t->total.on_h >= before->on_h && t->total.measured_h >= before->measured_h);
	promise(t->today.heat_kwh >= 0 && t->today.heat_kwh <= t->total.heat_kwh * (1 + 1e-9) + 1e-9);
	*before = t->total;
}

static void on_record(void *ctx, const struct record *record)
{
	struct plant_test *t = ctx;

	if (record->kind == RECORD_TOTALS)
		check_totals(&t->sums[record->loop], &record->totals);
	promise(record->kind != RECORD_ALARM || (record->alarm.text[0] && record->ts_us != NO_TIME));
	if (record->kind == RECORD_SETPOINT)
		check_setpoint(ctx, record->loop, &record->setpoint);
	promise(record->kind != RECORD_SAMPLE || isfinite(record->sample.value));
	promise(record->kind != RECORD_EVENT || (record->event.message[0] && strlen(record->event.message) < EVENT_MESSAGE_MAX));
}

static void check_payloads(struct plant_test *t)
{
	for (uint32_t loop = 0; loop < LOOPS; loop++) {
		for (int kind = 0; kind < TOPIC_KIND_COUNT; kind++) {
			struct json_out out;
			json_t *root;

			json_out_init(&out, t->payload, sizeof(t->payload));
			if (!engine_encode(t->engine, (enum topic_kind)kind, loop, &out))
				continue;
			promise(!out.full);
			root = json_loadb(out.text, out.len, JSON_REJECT_DUPLICATES, NULL);
			promise(json_is_object(root));
			json_decref(root);
		}
	}
}

/* ---- operations ------------------------------------------------------------------------- */

static void run(struct plant_test *t)
{
	while (engine_run(t->engine, t->now, 1) > 0)
		;
}

static void pass(struct plant_test *t, int64_t us)
{
	int64_t end_us = t->now.mono_us + us, next_us;

	run(t);
	while ((next_us = engine_next_us(t->engine)) <= end_us) {
		if (next_us > t->now.mono_us) {
			t->now.utc_us += next_us - t->now.mono_us;
			t->now.mono_us = next_us;
		}
		run(t);
	}
	t->now.utc_us += end_us - t->now.mono_us;
	t->now.mono_us = end_us;
	run(t);
}

static void send(struct plant_test *t, uint8_t which, const void *payload, size_t len)
{
	engine_message(t->engine, t->now, topics[which % 16 % TOPICS], payload, len, which & 0x80);
}

static void send_number(struct plant_test *t, struct script *in)
{
	uint8_t which = byte(in);
	double value = word(in) / 16.0;
	char text[96];
	int len;

	if (which % 16 % TOPICS == 0)
		len = snprintf(text, sizeof(text), "{\"p\": %g, \"ts\": %lld}", value, (long long)(t->now.utc_us / 1000000 + (int8_t)byte(in) * 60));
	else
		len = snprintf(text, sizeof(text), "%.6g", which % 16 == 8 ? value / 1024 : which % 16 == 7 ? value * 4 : value);
	send(t, which, text, (size_t)len);
}

/* A few intervals around now, each of a length and a value of its own; 0x7F is a hole. */
static void send_curve(struct plant_test *t, struct script *in)
{
	int64_t at_s = t->now.utc_us / 1000000 + (int8_t)byte(in) * 60;
	char text[512];
	int len = snprintf(text, sizeof(text), "[");

	for (unsigned i = 0, n = byte(in) % 8; i <= n; i++) {
		uint8_t value = byte(in);

		len += snprintf(text + len, sizeof(text) - (size_t)len, value == 0x7F ? "%s[%lld, null]" : "%s[%lld, %d]", i ? "," : "", (long long)at_s, value);
		at_s += (int8_t)byte(in) * 30;
	}
	len += snprintf(text + len, sizeof(text) - (size_t)len, "]");
	send(t, CURVE_TOPIC, text, (size_t)len);
}

static void send_bytes(struct plant_test *t, struct script *in)
{
	uint8_t which = byte(in);
	size_t len = byte(in);

	len = len < in->left ? len : in->left;
	send(t, which, in->at, len);
	in->at += len;
	in->left -= len;
}

static void operate(struct plant_test *t, struct script *in)
{
	switch (byte(in) % 8) {
	case 0:
		pass(t, (int64_t)byte(in) * 1000);
		break;
	case 1:
		pass(t, (int64_t)byte(in) * 4000000);
		break;
	case 2:
		t->now.utc_us += (int64_t)word(in) * 600000000;
		break;
	case 3:
		send_bytes(t, in);
		break;
	case 7:
		send_curve(t, in);
		break;
	case 4:
		run(t);
		check_payloads(t);
		break;
	default:
		send_number(t, in);
	}
}

static struct config *configuration(void)
{
	struct config_errors errors;
	struct arena *arena = arena_new();
	struct node *root;
	struct config *config;

	config_errors_init(&errors);
	root = yaml_read(arena, yaml, sizeof(yaml) - 1, &errors);
	promise(root);
	config = config_build(root, yaml, sizeof(yaml) - 1, NULL, &errors);
	for (size_t i = 0; i < errors.n; i++)
		fprintf(stderr, "%u: %s\n", errors.list[i].place.line, errors.list[i].text);
	promise(config);
	config_errors_done(&errors);
	arena_free(arena);
	return config;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct plant_test t;
	struct script in = {data, size};
	struct engine_options options = {.startup_us = 5000000, .staleness = true, .live = true};
	struct engine_hooks hooks = {.ctx = &t, .record = on_record};

	if (!t.config)
		t.config = configuration();
	t = (struct plant_test){.config = t.config, .now = {.mono_us = 1000000, .utc_us = INT64_C(1767225600000000)}, .ts_us = {INT64_MIN, INT64_MIN, INT64_MIN}};
	t.engine = engine_new(t.config, &options, &hooks, t.now);
	promise(t.engine);
	while (in.left > 0)
		operate(&t, &in);
	pass(&t, 1000000);
	check_payloads(&t);
	engine_free(t.engine);
	return 0;
}
