/* A plant out of its mind: commands, trips, peaks, dead sensors, curves, reloads, restarts and clocks that are set, in any order,
 * on two loops that have everything at once. After each happening the contract must hold for all that is published. */
#include "check.h"
#include "world.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOPS = 2, STEPS = 4000, SEEDS = 4 };
static const double T_MIN_C = 60, T_MAX_C = 190;

#define ONE "capacity: 2 MW, min_load: 10 %"
#define LOOP(name, heat_pump, setpoint)                                                                                                \
	"  " name ":\n"                                                                                                     \
	"    source: {t_in: {any_of: [{topic: " name "/s1, unit: degC, stale_after: 90 s}, {topic: " name                   \
	"/s2, unit: degC, stale_after: 90 s}], "                                                                            \
	"disagreement: 3 K, on_bad: hold}}\n"                                                                               \
	"    sink: {t_in: {topic: " name "/in, unit: degC, stale_after: 5 min}, t_target: 230 degC, duty: 4800 kW}\n"       \
	"    heat_pump: {lorenz_efficiency: 0.55, " heat_pump ", t_max: {topic: " name                     \
	"/max, unit: degC, stale_after: 10 min}, "                                                                          \
	"available: {topic: " name "/ok, stale_after: 20 min, on_bad: hold}}\n"                                             \
	"    feedback: {trip: {topic: " name "/trip}, permit: {topic: " name "/permit}, remote: {topic: " name "/remote}, " \
	"running: {topic: " name "/run}, p_elec: {topic: " name "/p, unit: kW, stale_after: 2 min}, q_sink: {topic: " name  \
	"/q, unit: kW}}\n"                                                                                                  \
	"    setpoint: {min: 60 degC, max: 190 degC, off_value: 50 degC, deadband: 0.5 K, " setpoint "}\n"

#define SITE(commands, heat_pump, setpoint)                                                                                            \
	"site: test\nzone: Europe/Berlin\ncommands: {enabled: " commands "}\n"                                              \
	"demand: {site_power: {topic: site/p, unit: kW, stale_after: 10 min}, peak_so_far: 1500 kW}\n"                      \
	"market:\n"                                                                                                         \
	"  electricity:\n"                                                                                                  \
	"    price: {topic: p/curve, unit: EUR/MWh, on_bad: hold, series: {items: /d, start: t, value: p, format: unix_s, " \
	"step: 15 min}}\n"                                                                                                  \
	"    adders: [{add: 10 EUR/MWh}, {from: 07:00, to: 20:00, add: 30 EUR/MWh}]\n"                                      \
	"    carbon: {topic: p/co2, unit: g/kWh, on_bad: 400 g/kWh}\n"                                                      \
	"  fuel: {price: 60 EUR/MWh, carbon: 213.7 kg/MWh}\n"                                                               \
	"loops:\n" LOOP("a", heat_pump, setpoint)

#define TECHNOLOGIES                                                                                                        \
	"    technologies: [{name: hp, technology: vapour_compression, t_max: 150 degC, available: {topic: b/hp, "         \
	"stale_after: 30 min}}, direct_electric, {name: store, technology: thermochemical_storage, elec_share: 3 %, "      \
	"round_trip: 80 %, stored_price: 44 EUR/MWh, stored_carbon: 10 kg/MWh, capacity: 2500 kW}]\n"
/* The same in another order, of which one is gone and one is new. */
#define OTHERS                                                                                                              \
	"    technologies: [{name: orc, technology: heat_to_power, efficiency: 0.1 %, t_ambient: 5 degC}, "                \
	"{name: store, technology: thermochemical_storage, elec_share: 3 %, round_trip: 80 %, stored_price: 44 EUR/MWh, "  \
	"stored_carbon: 10 kg/MWh, capacity: 2500 kW}, {name: hp, technology: vapour_compression, t_max: 150 degC, "       \
	"available: {topic: b/hp, stale_after: 30 min, on_bad: hold}}]\n"
#define UNITS                                                                                                               \
	"units: [{name: u1, capacity: 1200 kW, min_load: 20 %, available: {topic: a/hp, stale_after: 30 min}}, "           \
	"{name: u2, capacity: 1 MW, min_load: 25 %, preference: 1}], envelope: {t_source_min: 14.5 degC, "                 \
	"hysteresis: 0.2 K, t_max: [[0 degC, 150 degC], [20 degC, 200 degC]], capacity: [[14 degC, 1900 kW], [16 degC, 2200 kW]]}"
#define SMALL_BOILERS                                                                                                       \
	"    boiler: {capacity: {topic: a/boiler, unit: kW, on_bad: hold}}\n"                                              \
	"    electric_boiler: {capacity: 1500 kW, efficiency: 99 %}\n"                                                     \
	"    utilities: [{name: chp, capacity: 500 kW, efficiency: 45 %, electric_efficiency: 40 %}]\n"
#define BUDGET "    carbon_budget: 15 t\n    objective: cost_under_carbon_cap\n"

static const char *const configurations[] = {
    SITE("true", ONE, "ramp: 2 K/min, min_on: 10 min, min_off: 5 min, bad_inputs: {hold: 3 min, then: fallback}, fallback: 80 degC")
        LOOP("b", ONE, "bad_inputs: {hold: 2 min}") TECHNOLOGIES,
    SITE("true", ONE, "bad_inputs: {then: fallback}, fallback: 80 degC")
        LOOP("b", ONE, "ramp: 1 K/min, start_delay: 1 min") TECHNOLOGIES,
    SITE("false", ONE, "min_on: 10 min")
        LOOP("b", ONE, "ramp: 1 K/min, stop_delay: 1 min, min_off: 2 min, change_above: 0.5 %") TECHNOLOGIES,
    SITE("true", UNITS, "min_on: 10 min, min_off: 5 min, bad_inputs: {hold: 3 min}") SMALL_BOILERS
        LOOP("b", ONE, "min_on: 5 min, min_off: 2 min, bad_inputs: {then: fallback}, fallback: 100 degC") OTHERS BUDGET,
    SITE("true", UNITS, "ramp: 2 K/min") SMALL_BOILERS BUDGET
        LOOP("b", "capacity: 2 MW, min_load: 10 %, envelope: {t_source_min: 14.5 degC, t_max: [[0 degC, 140 degC], [20 degC, 180 degC]]}",
             "min_off: 2 min, bad_inputs: {hold: 2 min}") OTHERS SMALL_BOILERS,
};
enum { CONFIGURATIONS = sizeof(configurations) / sizeof(configurations[0]) };

struct walk {
	struct world *w;
	unsigned seed;
	int64_t seq[LOOPS];
	char ts[LOOPS][40];
	char trip[LOOPS];
	char ok[LOOPS];
	char technology[LOOPS][64]; /* that ran; empty: none */
	int64_t technology_seq[LOOPS];
	double heat_kwh;
	int64_t reloaded_us; /* monotonic */
	unsigned commands;
	char last[256];
};

static unsigned pick(struct walk *k, unsigned n)
{
	return (unsigned)rand_r(&k->seed) / 7 % n;
}

/* ---- what holds --------------------------------------------------------------------------- */

#define HOLDS(what)                                                                               \
	do {                                                                                      \
		if (!(what))                                                                      \
			fail_msg("%s does not hold after %s at %.6f s: %s", #what, k->last, (double)(k->w->now.mono_us - 1000000) / 1e6, k->w->payload); \
	} while (0)

static const char *text_of(const json_t *root, const char *key)
{
	const char *text = json_string_value(json_object_get(root, key));

	return text ? text : "";
}

/* After a reload what was said stays, while signals that are new may come. */
static bool waits(const struct walk *k)
{
	return k->w->now.mono_us < k->reloaded_us + 5100000;
}

static bool has_no_compressor(const json_t *setpoint)
{
	const char *name = text_of(setpoint, "technology");

	return strcmp(name, "store") == 0 || strcmp(name, "direct_electric") == 0;
}

static void check_setpoint(struct walk *k, uint32_t i)
{
	json_t *root = json_loads(world_payload(k->w, TOPIC_SETPOINT, i), JSON_REJECT_DUPLICATES, NULL);
	json_t *t = json_object_get(root, "t_sink_out_c"), *q = json_object_get(root, "q_sink_kw"),
	       *p = json_object_get(root, "p_elec_kw");
	bool on = json_is_true(json_object_get(root, "hp_on")), bad, news;
	const char *quality = text_of(root, "quality"), *mode = text_of(root, "mode"), *reason = text_of(root, "reason");
	int64_t seq = json_integer_value(json_object_get(root, "seq"));

	if (!*k->w->payload)
		return;
	HOLDS(root && *quality && *mode && *reason);
	bad = strcmp(quality, "bad") == 0;
	HOLDS(!bad || !on);
	HOLDS(bad == (strcmp(reason, "bad_input") == 0 || strcmp(reason, "startup") == 0) || strcmp(reason, "manual") == 0);
	HOLDS(json_integer_value(json_object_get(root, "quality_code")) == (bad ? 0 : strcmp(quality, "good") == 0 ? 192 : 64));
	HOLDS(on || (json_real_value(q) == 0 && json_real_value(p) == 0 && json_is_real(q) && json_is_real(p)));
	HOLDS(on || json_is_null(json_object_get(root, "cop")));
	HOLDS(!on || (json_real_value(t) >= T_MIN_C - 1e-6 && json_real_value(t) <= T_MAX_C + 1e-6));
	HOLDS(!on || json_is_null(q) || json_real_value(q) >= 199 - 1e-3 || has_no_compressor(root)); /* the minimum load, of units within the envelope */
	HOLDS(json_is_null(q) == json_is_null(p));
	HOLDS(!on || strcmp(mode, "off") != 0);
	HOLDS(!on || (k->trip[i] != '1' && k->ok[i] != '0'));
	HOLDS(strcmp(reason, "local") != 0 || strcmp(mode, "advisory") == 0);
	HOLDS(strcmp(reason, "tripped") != 0 || k->trip[i] == '1');
	HOLDS(strcmp(reason, "hold") != 0 || strcmp(quality, "uncertain") == 0);
	HOLDS(strcmp(reason, "fallback") != 0 || (on && strcmp(quality, "uncertain") == 0));
	HOLDS(strcmp(mode, "manual") != 0 || k->w->config->commands_enabled || waits(k));
	news = strcmp(text_of(root, "ts"), k->ts[i]) != 0;
	HOLDS(news ? strcmp(text_of(root, "ts"), k->ts[i]) > 0 && seq > k->seq[i] : seq == k->seq[i]);
	k->seq[i] = seq;
	snprintf(k->ts[i], sizeof(k->ts[i]), "%s", text_of(root, "ts"));
	json_decref(root);
}

/* Numbers that are no numbers are null. */
static void check_point(struct walk *k, const json_t *point, double duty_kw, double direct_kw)
{
	json_t *q = json_object_get(point, "q_sink_kw"), *shortfall = json_object_get(point, "shortfall_kw"),
	       *units = json_object_get(point, "units"), *utility;
	double sum = json_number_value(q) + json_number_value(shortfall) + direct_kw;
	const char *name;

	HOLDS(!json_is_number(shortfall) || json_number_value(shortfall) > 0);
	HOLDS(json_number_value(q) >= 0);
	HOLDS(!units || json_is_null(json_object_get(point, "units_on")) ||
	      (size_t)json_integer_value(json_object_get(point, "units_on")) == json_array_size(units));
	if (!json_object_get(point, "utilities"))
		return;
	json_object_foreach(json_object_get(point, "utilities"), name, utility)
	{
		HOLDS(json_number_value(utility) >= 0);
		sum += json_number_value(utility);
	}
	HOLDS(fabs(sum - duty_kw) <= 1e-3 + 1e-5 * duty_kw);
}

static void check_points(struct walk *k, uint32_t i)
{
	static const char *const merits[] = {"cost", "carbon", "blend", "goal"};
	json_t *root = json_loads(world_payload(k->w, TOPIC_POINTS, i), 0, NULL), *direct = json_object_get(root, "direct_exchange");
	double duty_kw = json_number_value(json_object_get(json_object_get(root, "inputs"), "duty_kw"));

	for (size_t m = 0; m < 4; m++) {
		json_t *of = json_object_get(root, merits[m]);

		for (int kind = 0; kind < 2 && json_is_object(of); kind++) {
			json_t *point = json_object_get(of, kind ? "break_even" : "optimal");

			if (json_is_object(point))
				check_point(k, point, duty_kw, json_number_value(json_object_get(direct, "q_kw")));
		}
	}
	json_decref(root);
}

/* What runs is listed, and where it is told of the same moment fits, or at least saves nothing. */
static void check_technology(struct walk *k, uint32_t i)
{
	json_t *root = json_loads(world_payload(k->w, TOPIC_SETPOINT, i), 0, NULL);
	bool on = json_is_true(json_object_get(root, "hp_on"));
	const char *name = text_of(root, "technology");
	const struct config *config = k->w->config;
	bool changed = *name && *k->technology[i] && strcmp(name, k->technology[i]) != 0 && k->seq[i] == k->technology_seq[i] + 1;

	HOLDS(strcmp(name, "orc") == 0 ? !on : on || !*name);
	/* with a least time off there is no change without a stop between */
	HOLDS(!changed || config->loops[i].pace.min_off_us == 0);
	k->technology_seq[i] = k->seq[i];
	snprintf(k->technology[i], sizeof(k->technology[i]), "%s", on ? name : "");
	json_decref(root);
}

static void check_others(struct walk *k)
{
	json_t *root = NULL;

	for (int kind = TOPIC_POINTS; kind < TOPIC_KIND_COUNT; kind++) {
		for (uint32_t i = 0; i < (kind < TOPIC_LOOP_KINDS ? LOOPS : 1); i++) {
			bool empty = !*world_payload(k->w, (enum topic_kind)kind, kind < TOPIC_LOOP_KINDS ? i : NO_LOOP);

			json_decref(root);
			root = json_loads(k->w->payload, JSON_REJECT_DUPLICATES, NULL);
			HOLDS(empty || root);
		}
	}
	json_decref(root);
	root = json_loads(world_payload(k->w, TOPIC_SUMMARY, NO_LOOP), 0, NULL);
	HOLDS(json_real_value(json_object_get(json_object_get(root, "total"), "heat_kwh")) >= k->heat_kwh - 1e-3);
	k->heat_kwh = json_real_value(json_object_get(json_object_get(root, "total"), "heat_kwh"));
	HOLDS(json_real_value(json_object_get(json_object_get(root, "today"), "heat_kwh")) <= k->heat_kwh + 1e-3);
	json_decref(root);
}

/* ---- what happens ------------------------------------------------------------------------- */

static void say(struct walk *k, const char *topic, const char *payload)
{
	snprintf(k->last, sizeof(k->last), "%s %s", topic, payload);
	if (pick(k, 4) == 0 && !strstr(topic, "/trip") && !strstr(topic, "/ok"))
		world_retained(k->w, topic, payload);
	else
		world_send(k->w, topic, payload);
}

static void measure(struct walk *k)
{
	static const struct {
		const char *what, *values[6];
	} rows[] = {
	    {"s1", {"15", "15.2", "14", "junk", "90", "15"}},
	    {"s2", {"15", "15.1", "16", "-300", "30", "15"}},
	    {"in", {"55", "54", "55", "57", "junk", "250"}},
	    {"max", {"200", "150", "120", "70", "junk", "200"}},
	    {"ok", {"1", "1", "1", "0", "1", "1"}},
	    {"trip", {"0", "0", "0", "1", "0", "0"}},
	    {"permit", {"1", "1", "1", "0", "1", "true"}},
	    {"remote", {"1", "1", "1", "0", "1", "1"}},
	    {"run", {"1", "0", "1", "1", "junk", "1"}},
	    {"p", {"0", "300", "500", "650", "junk", "500"}},
	    {"q", {"0", "900", "1500", "-3", "junk", "1500"}},
	    {"hp", {"1", "0", "junk", "1", "0", "1"}},
	    {"boiler", {"6000", "4000", "2000", "0", "junk", "1000"}},
	};
	unsigned row = pick(k, sizeof(rows) / sizeof(rows[0])), i = pick(k, LOOPS);
	const char *value = rows[row].values[pick(k, 4) ? 0 : pick(k, 6)];
	char topic[16];

	snprintf(topic, sizeof(topic), "%c/%s", (char)('a' + i), rows[row].what);
	if (strcmp(rows[row].what, "trip") == 0)
		k->trip[i] = *value;
	if (strcmp(rows[row].what, "ok") == 0)
		k->ok[i] = *value;
	say(k, topic, value);
}

/* What sensors say while all is well. */
static void refresh(struct walk *k)
{
	static const char *const said[][2] = {{"s1", "15"}, {"s2", "15.1"}, {"in", "55"}, {"max", "200"}};
	char topic[16];

	for (uint32_t i = 0; i < LOOPS; i++) {
		for (size_t row = 0; row < sizeof(said) / sizeof(said[0]); row++) {
			snprintf(topic, sizeof(topic), "%c/%s", (char)('a' + i), said[row][0]);
			world_queue(k->w, topic, said[row][1]);
		}
	}
	world_queue(k->w, "p/co2", "300");
	world_run(k->w);
}

static void trade(struct walk *k)
{
	char payload[512];
	int64_t now_s = k->w->now.utc_us / 1000000, start_s = now_s - now_s % 900;

	snprintf(payload, sizeof(payload), "{\"d\":[{\"t\":%lld,\"p\":%u},{\"t\":%lld,\"p\":%s},{\"t\":%lld,\"p\":%d}]}",
	         (long long)start_s, 60 + pick(k, 300), (long long)start_s + 900, pick(k, 3) ? "122" : "null",
	         (long long)start_s + 1800, (int)pick(k, 400) - 100);
	say(k, "p/curve", pick(k, 20) ? payload : "{\"d\":7}");
}

static void command(struct walk *k)
{
	static const char *const what[] = {
	    "\"mode\",\"value\":\"off\"",
	    "\"mode\",\"value\":\"manual\"",
	    "\"mode\",\"value\":null",
	    "\"mode\",\"value\":\"auto\"",
	    "\"mode\",\"value\":\"advisory\"",
	    "\"temperature\",\"value\":95",
	    "\"temperature\",\"value\":185",
	    "\"temperature\",\"value\":null",
	    "\"objective\",\"value\":\"carbon\"",
	    "\"objective\",\"value\":\"cost_break_even\"",
	    "\"objective\",\"value\":\"blend\"",
	    "\"objective\",\"value\":null",
	    "\"carbon_value\",\"value\":80",
	    "\"objective\",\"value\":\"carbon_at_no_cost\"",
	    "\"objective\",\"value\":\"electrify_at_no_carbon\"",
	    "\"acknowledge\",\"value\":\"all\"",
	};
	uint32_t loop = pick(k, 3) ? pick(k, LOOPS) : NO_LOOP;
	char payload[256], until[64] = "", stamp[STAMP_SIZE];

	if (!k->w->config->commands_enabled)
		return;
	if (pick(k, 2))
		snprintf(until, sizeof(until), ",\"until\":\"%s\"",
		         stamp_format(k->w->now.utc_us + INT64_C(1000000) * (1 + pick(k, 3000)), stamp));
	snprintf(payload, sizeof(payload), "{\"id\":\"%u\",\"cmd\":%s%s}", k->commands++,
	         what[pick(k, sizeof(what) / sizeof(what[0]))], until);
	snprintf(k->last, sizeof(k->last), "%s", payload);
	world_command(k->w, loop, payload);
}

static void pass_time(struct walk *k)
{
	static const double lengths_s[] = {0.1, 1, 10, 60, 200, 1000, 4000};
	double at_s = (double)(k->w->now.mono_us - 1000000) / 1e6;

	snprintf(k->last, sizeof(k->last), "time");
	world_to(k->w, at_s + lengths_s[pick(k, 7)]);
	if (pick(k, 4))
		refresh(k);
	if (pick(k, 2))
		trade(k);
}

static void set_clock(struct walk *k)
{
	static const int64_t steps_s[] = {-7200, -3600, -30, 30, 3600, 90000};

	snprintf(k->last, sizeof(k->last), "clock");
	k->w->now.utc_us += steps_s[pick(k, 6)] * 1000000;
	world_run(k->w);
}

static void step(struct walk *k)
{
	char site[16];

	switch (pick(k, 24)) {
	case 0:
	case 1:
		trade(k);
		break;
	case 2:
	case 3:
		command(k);
		break;
	case 4:
		set_clock(k);
		break;
	case 5:
		snprintf(k->last, sizeof(k->last), "reload");
		k->reloaded_us = k->w->now.mono_us;
		world_reload(k->w, configurations[pick(k, CONFIGURATIONS)]);
		break;
	case 6:
	case 7:
		snprintf(site, sizeof(site), "%u", 300 + pick(k, 1600));
		say(k, "site/p", site);
		break;
	case 8:
	case 9:
	case 10:
		pass_time(k);
		break;
	default:
		measure(k);
		break;
	}
}

static unsigned first_seed(void)
{
	const char *given = getenv("LORENZ_WALK_SEED");

	return given ? (unsigned)strtoul(given, NULL, 10) : 1;
}

static void test_walk(void **state)
{
	(void)state;
	for (unsigned seed = first_seed(); seed < first_seed() + SEEDS; seed++) {
		struct walk walk = {.w = world_new(configurations[0]), .seed = seed}, *k = &walk;

		for (unsigned i = 0; i < STEPS; i++) {
			step(k);
			for (uint32_t loop = 0; loop < LOOPS; loop++)
				check_setpoint(k, loop);
			for (uint32_t loop = 0; loop < LOOPS; loop++)
				check_technology(k, loop);
			for (uint32_t loop = 0; loop < LOOPS && i % 5 == 0; loop++)
				check_points(k, loop);
			if (i % 10 == 0)
				check_others(k);
		}
		world_free(k->w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_walk)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
