/* What a configuration becomes: the worked one, the annotated default one against the defaults in code, variants that
 * must be accepted, ten thousand loops. What must be refused is in test_config_errors, files that are none at the end. */
#include "check.h"

#include "config_file.h"
#include "core/config_rows.h"
#include "core/pace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define MINUTE_US INT64_C(60000000)
#define DAY_US    INT64_C(86400000000)

/* The text must be accepted without a word. */
static struct config *accept(const char *text)
{
	char *said;
	struct config *config = load_text(text, strlen(text), &said);

	if (!config || *said)
		fail_msg("%s", said);
	free(said);
	return config;
}

static struct config *accept_file(const char *path)
{
	char *text = file_text(path);
	struct config *config = accept(text);

	free(text);
	return config;
}

#define MARKET  "market: {electricity: {price: 132 EUR/MWh, carbon: 406 kg/MWh}, fuel: {price: 60 EUR/MWh, carbon: 208 kg/MWh}}\n"
#define SINK    "sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}"
#define LOOP    "{source: {t_in: 15 degC}, " SINK ", heat_pump: {lorenz_efficiency: 0.55}}"
#define MINIMAL "site: x\n" MARKET "loops:\n  a: " LOOP "\n"

static const struct signal_config *signal_of(const struct config *config, const struct input *input, const char *name)
{
	const struct signal_config *signal;

	assert_int_equal(input->kind, INPUT_SIGNAL);
	assert_true(input->signal < config->n_signals);
	signal = &config->signals[input->signal];
	assert_string_equal(signal->name, name);
	return signal;
}

static void check_constant(const struct input *input, double value)
{
	assert_int_equal(input->kind, INPUT_CONSTANT);
	check_near(input->value, value);
}

/* ---- the worked configuration ----------------------------------------------------------- */

static void check_worked_service(const struct config *config)
{
	const struct mqtt_settings *mqtt = &config->mqtt;

	assert_string_equal(config->site, "dresden");
	assert_string_equal(mqtt->host, "127.0.0.1");
	assert_int_equal(mqtt->port, 1883);
	assert_false(mqtt->tls);
	assert_int_equal(mqtt->version, 5);
	assert_int_equal(mqtt->keepalive_s, 30);
	assert_string_equal(mqtt->client_id, "lorenzd-dresden");
	assert_string_equal(mqtt->username, "plant");
	assert_string_equal(mqtt->password_file, "mqtt-password");
	assert_string_equal(mqtt->ca, "ca.pem");
	assert_string_equal(mqtt->cert, "client.pem");
	assert_string_equal(mqtt->key, "client.key");
	assert_string_equal(mqtt->prefix, "lorenz/dresden");
	assert_int_equal(config->publish_interval_us, 1000000);
	assert_string_equal(config->store_path, "history.db");
	assert_int_equal(config->keep_samples_us, 90 * DAY_US);
	assert_int_equal(config->keep_points_us, 365 * DAY_US);
	assert_int_equal(config->keep_hourly_us, 3650 * DAY_US);
}

static void check_worked_market(const struct config *config, const struct input *slot)
{
	const struct signal_config *price = signal_of(config, &slot[SLOT_ELEC_PRICE], "market.electricity.price");
	const struct signal_config *carbon = signal_of(config, &slot[SLOT_ELEC_CARBON], "market.electricity.carbon");

	assert_string_equal(price->topic, "market/spot");
	assert_string_equal(price->pointer, "/price");
	assert_string_equal(price->unit->name, "EUR/MWh");
	assert_int_equal(price->stale_after_us, 120 * MINUTE_US);
	assert_string_equal(carbon->unit->name, "g/kWh");
	assert_null(signal_of(config, &slot[SLOT_FUEL_PRICE], "market.fuel.price")->pointer);
	assert_int_equal(signal_of(config, &slot[SLOT_FUEL_CO2_PRICE], "market.fuel.co2_price")->stale_after_us, 7 * DAY_US);
	check_constant(&slot[SLOT_ELEC_ADDERS], 38);
	check_constant(&slot[SLOT_FUEL_ADDERS], 0);
	check_constant(&slot[SLOT_FUEL_CARBON], 208);
	check_constant(&slot[SLOT_BOILER_EFFICIENCY], 0.95);
}

static void check_worked_loop(const struct config *config, const struct loop_config *loop)
{
	const struct signal_config *source = signal_of(config, &loop->slot[SLOT_SOURCE_T_IN], "loops.dryer1.source.t_in");
	const struct signal_config *available =
	    signal_of(config, &loop->slot[SLOT_AVAILABLE], "loops.dryer1.heat_pump.available");

	assert_string_equal(loop->name, "dryer1");
	check_near(source->valid_low, -40);
	check_near(source->valid_high, 120);
	assert_int_equal(source->stale_after_us, MINUTE_US);
	assert_int_equal(source->on_bad, ON_BAD_STOP);
	assert_int_equal(source->time_format, TIME_NONE);
	check_near(source->scale, 1);
	check_near(source->offset, 0);
	assert_false(source->is_switch);
	signal_of(config, &loop->slot[SLOT_SOURCE_T_OUT], "loops.dryer1.source.t_out");
	signal_of(config, &loop->slot[SLOT_SINK_T_IN], "loops.dryer1.sink.t_in");
	assert_true(available->is_switch);
	assert_string_equal(available->unit->name, "1");
	assert_int_equal(available->stale_after_us, 0);
	check_double(available->valid_low, -INFINITY, 0, 0);
	check_constant(&loop->slot[SLOT_SINK_T_TARGET], 503.15);
	check_constant(&loop->slot[SLOT_SINK_DUTY], 4800);
	assert_int_equal(loop->slot[SLOT_SINK_HEAT_CAPACITY_RATE].kind, INPUT_ABSENT);
	check_constant(&loop->slot[SLOT_ETA], 0.55);
	check_constant(&loop->slot[SLOT_T_MAX], 473.15);
	check_constant(&loop->slot[SLOT_CAPACITY], 2000);
	check_constant(&loop->slot[SLOT_MIN_LOAD], 0.2);
	check_constant(&loop->slot[SLOT_P_ELEC_MAX], 800);
	assert_null(loop->curve);
	assert_int_equal(loop->objective, OBJECTIVE_COST);
	assert_int_equal(loop->mode, MODE_AUTO);
	check_near(loop->carbon_value_eur_t, 100);
	check_near(loop->deadband_k, 0.5);
	check_near(loop->min_k, 333.15);
	check_near(loop->max_k, 473.15);
	check_near(loop->off_value_k, 328.15);
	assert_int_equal(loop->valid_for_us, 2 * MINUTE_US);
}

static void test_worked(void **state)
{
	struct config *config = accept_file(TESTS_DIR "/data/config/worked.yaml");

	(void)state;
	check_worked_service(config);
	assert_int_equal(config->n_loops, 1);
	assert_int_equal(config->n_signals, 8);
	check_worked_market(config, config->loops[0].slot);
	check_worked_loop(config, &config->loops[0]);
	config_free(config);
	config_free(NULL);
}

/* ---- defaults --------------------------------------------------------------------------- */

static void test_defaults(void **state)
{
	static const enum slot absent[] = {
	    SLOT_SOURCE_T_OUT, SLOT_SINK_HEAT_CAPACITY_RATE, SLOT_T_MAX, SLOT_CAPACITY, SLOT_P_ELEC_MAX, SLOT_COP_MAX,
	    SLOT_AVAILABLE};
	struct config *config = accept(MINIMAL);
	const struct loop_config *loop = &config->loops[0];

	(void)state;
	assert_string_equal(config->mqtt.host, "127.0.0.1");
	assert_int_equal(config->mqtt.port, 1883);
	assert_int_equal(config->mqtt.version, 5);
	assert_int_equal(config->mqtt.keepalive_s, 30);
	assert_string_equal(config->mqtt.client_id, "lorenzd-x");
	assert_string_equal(config->mqtt.prefix, "lorenz/x");
	assert_null(config->mqtt.username);
	assert_null(config->mqtt.password_file);
	assert_null(config->mqtt.ca);
	assert_int_equal(config->publish_interval_us, 1000000);
	assert_string_equal(config->store_path, "history.db");
	assert_int_equal(config->keep_points_us, 365 * DAY_US);
	for (size_t i = 0; i < LENGTH(absent); i++)
		assert_int_equal(loop->slot[absent[i]].kind, INPUT_ABSENT);
	check_constant(&loop->slot[SLOT_ELEC_ADDERS], 0);
	check_constant(&loop->slot[SLOT_FUEL_CO2_PRICE], 0);
	check_constant(&loop->slot[SLOT_BOILER_EFFICIENCY], 1);
	check_constant(&loop->slot[SLOT_MIN_LOAD], 0);
	check_constant(&loop->slot[SLOT_MIN_LIFT], 0);
	assert_int_equal(loop->objective, OBJECTIVE_COST);
	assert_int_equal(loop->mode, MODE_AUTO);
	check_near(loop->deadband_k, 0.5);
	check_double(loop->min_k, -INFINITY, 0, 0);
	check_double(loop->max_k, INFINITY, 0, 0);
	check_double(loop->off_value_k, NAN, 0, 0);
	check_double(loop->fallback_k, NAN, 0, 0);
	assert_false(pace_is_configured(&loop->pace));
	check_near(loop->pace.step_k, 0.5);
	assert_int_equal(loop->hold_us, 0);
	assert_int_equal(loop->bad_then, BAD_THEN_OFF);
	check_double(loop->deadband_share, 0, 0, 0);
	assert_int_equal(loop->valid_for_us, 2 * MINUTE_US);
	config_free(config);
}

/* What the keys of the pacing become. */
static void test_pacing(void **state)
{
	char *text = file_text(PROJECT_DIR "/config/examples/paced.yaml");
	struct config *config;
	const struct pace_config *pace;

	(void)state;
	config = accept(text);
	assert_int_equal(config->n_loops, 3);
	pace = &config->loops[0].pace;
	check_near(config->loops[0].deadband_share, 0.02);
	check_near(pace->step_k, 0.5);
	check_near(pace->ramp_k_s, 1.0 / 60);
	assert_int_equal(pace->min_on_us, 120 * MINUTE_US);
	assert_int_equal(pace->min_off_us, 60 * MINUTE_US);
	assert_int_equal(pace->max_starts, 2);
	assert_int_equal(pace->start_above.kind, THRESHOLD_SHARE);
	check_near(pace->start_above.value, 0.04);
	check_near(pace->stop_below.value, 0.005);
	assert_int_equal(pace->start_delay_us, 15 * MINUTE_US);
	assert_int_equal(pace->stop_delay_us, 15 * MINUTE_US);
	assert_int_equal(config->loops[0].hold_us, 30 * MINUTE_US);
	assert_int_equal(config->loops[0].bad_then, BAD_THEN_FALLBACK);
	check_near(config->loops[0].fallback_k, 363.15);
	assert_true(pace_is_configured(pace));
	config_free(config);
	free(text);
}

/* "#key: value" becomes "key: value"; "# prose" stays. */
static void uncomment(char *text)
{
	bool at_begin = true;

	for (char *c = text; *c; c++) {
		if (at_begin && *c == '#' && c[1] >= 'a' && c[1] <= 'z')
			memmove(c, c + 1, strlen(c));
		at_begin = *c == '\n' || (at_begin && *c == ' ');
	}
}

/* The row's path in the document, a loop being its only one. */
static void check_rows_shown(const struct row *rows, const struct node *map, const char *above, size_t *n)
{
	for (const struct row *row = rows; row->key; row++) {
		const struct node *node = node_get(map, row->key);

		if (row->fallback && (!node || node->kind != NODE_SCALAR || strcmp(node->text, row->fallback) != 0))
			fail_msg("%s.%s: the file shows %s, the default is %s", above, row->key, node ? node->text : "nothing",
			         row->fallback);
		*n += row->fallback != NULL;
		if (row->type == ROW_LOOPS)
			check_rows_shown(row->children, node->first, row->key, n);
		else if (row->type == ROW_MAP && !row->like)
			check_rows_shown(row->children, node, row->key, n);
	}
}

static void test_default_file(void **state)
{
	char *text = file_text(PROJECT_DIR "/config/lorenzd.yaml");
	struct config_errors errors;
	struct arena *arena = arena_new();
	struct config *config;
	size_t n = 0;

	(void)state;
	config = accept(text);
	assert_string_equal(config->loops[0].name, "dryer1");
	config_free(config);
	uncomment(text);
	config_errors_init(&errors);
	check_rows_shown(config_rows, yaml_read(arena, text, strlen(text), &errors), "", &n);
	assert_int_equal(n, 38);
	config = accept(text);
	assert_string_equal(config->mqtt.client_id, "lorenzd-dresden");
	assert_string_equal(config->mqtt.prefix, "lorenz/dresden");
	config_free(config);
	config_errors_done(&errors);
	arena_free(arena);
	free(text);
}

/* Every row's path and help is in the reference, whatever kind it is of. */
static void check_reference(const struct row *rows, const char *reference)
{
	for (const struct row *row = rows; row->key; row++) {
		assert_non_null(strstr(reference, row->key));
		assert_non_null(row->help);
		assert_non_null(strstr(reference, row->help));
		if (row->children)
			check_reference(row->children, reference);
	}
}

static void test_reference(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	config_print_reference(out);
	fclose(out);
	check_reference(config_rows, text);
	check_reference(signal_rows, text);
	check_reference(vote_rows, text);
	assert_non_null(strstr(text, "\nloops.<loop>.heat_pump.lorenz_efficiency\n"
	                             "\ta number in (0, 1], or a signal, or a mapping\n"));
	assert_non_null(strstr(text, "\nloops.<loop>.sink.curve.<n>.duty\n"));
	assert_non_null(
	    strstr(text, "\nmqtt.keepalive\n\ta duration (us, ms, s, min, h, d or a) in [5 s, 65535 s]; default: 30 s\n"));
	free(text);
}

/* Slots and rows tell the same path. */
static void test_slots(void **state)
{
	(void)state;
	for (size_t i = 0; i < SLOT_COUNT; i++) {
		const struct row *row = strncmp(slot_info[i].path, "demand.", 7) == 0 ? config_rows : loop_rows;
		char path[80], *key, *rest = path;

		if (i == SLOT_DECIDED_END - 1)
			assert_string_equal(slot_info[i].path, "heat_pump.envelope.sink_rate_min");

		snprintf(path, sizeof(path), "%s", slot_info[i].path);
		while ((key = strsep(&rest, ".")) != NULL) {
			while (row->key && strcmp(row->key, key) != 0)
				row++;
			assert_non_null(row->key);
			if (rest)
				row = row->children;
		}
		assert_int_equal(row->type, i == SLOT_ETA ? ROW_EFFICIENCY : ROW_INPUT);
		assert_int_equal(row->slot, i);
		assert_true(slot_info[i].low < slot_info[i].high);
	}
	assert_true(sizeof(struct input) <= 16);
}

/* ---- what is accepted ------------------------------------------------------------------- */

static void test_urls(void **state)
{
	static const struct {
		const char *url, *host;
		int port;
		bool tls;
	} rows[] = {
	    {"mqtt://broker", "broker", 1883, false},    {"mqtts://broker.plant-1.example", "broker.plant-1.example", 8883, true},
	    {"mqtt://10.0.0.1:1", "10.0.0.1", 1, false}, {"mqtts://a_b:65535", "a_b", 65535, true},
	    {"'mqtt://[::1]'", "::1", 1883, false},      {"'mqtts://[fe80::1%eth0]:8884'", "fe80::1%eth0", 8884, true},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char text[1024];
		struct config *config;

		snprintf(text, sizeof(text), "mqtt: {url: %s}\n" MINIMAL, rows[i].url);
		config = accept(text);
		assert_string_equal(config->mqtt.host, rows[i].host);
		assert_int_equal(config->mqtt.port, rows[i].port);
		assert_int_equal(config->mqtt.tls, rows[i].tls);
		config_free(config);
	}
}

static void test_signal_keys(void **state)
{
	struct config *config =
	    accept("site: x\n" MARKET "loops:\n  a:\n    source:\n"
	           "      t_in: {topic: a/b c, unit: degF, pointer: /x~1y/0/m~0n, time: {pointer: /ts, format: unix_ms}, valid: "
	           "[-1.5, 2e2],\n"
	           "        stale_after: 1.5 min, scale: 0.1, offset: -40, tag: 'TT-1203 Zuluft \xc3\xa4', on_bad: 20 degC}\n"
	           "      t_out: {topic: a, unit: K, pointer: '', on_bad: hold}\n"
	           "    " SINK "\n    heat_pump:\n      lorenz_efficiency: {topic: e, unit: '%', on_bad: 50 %}\n"
	           "      available: {topic: ok, on_bad: false}\n");
	const struct input *slot = config->loops[0].slot;
	const struct signal_config *s = &config->signals[slot[SLOT_SOURCE_T_IN].signal];

	(void)state;
	assert_int_equal(config->n_signals, 4);
	assert_string_equal(s->topic, "a/b c");
	assert_string_equal(s->unit->name, "degF");
	assert_string_equal(s->pointer, "/x~1y/0/m~0n");
	assert_string_equal(s->time_pointer, "/ts");
	assert_int_equal(s->time_format, TIME_UNIX_MS);
	check_near(s->valid_low, -1.5);
	check_near(s->valid_high, 200);
	assert_int_equal(s->stale_after_us, 90000000);
	check_near(s->scale, 0.1);
	check_near(s->offset, -40);
	assert_string_equal(s->tag, "TT-1203 Zuluft \xc3\xa4");
	assert_int_equal(s->on_bad, ON_BAD_SUBSTITUTE);
	check_near(s->substitute, 293.15);
	s = &config->signals[slot[SLOT_SOURCE_T_OUT].signal];
	assert_string_equal(s->pointer, "");
	assert_int_equal(s->on_bad, ON_BAD_HOLD);
	s = &config->signals[slot[SLOT_ETA].signal];
	assert_string_equal(s->unit->name, "%");
	check_near(s->substitute, 0.5);
	s = &config->signals[slot[SLOT_AVAILABLE].signal];
	assert_true(s->is_switch && s->on_bad == ON_BAD_SUBSTITUTE && s->substitute == 0);
	config_free(config);
}

/* A loop's own entry replaces the whole common one, under its own name; the other entries stay shared. */
static void test_own_market(void **state)
{
	struct config *config =
	    accept("site: x\nloops:\n"
	           "  a: " LOOP "\n"
	           "  b:\n    market: {electricity: {price: {topic: ppa, unit: ct/kWh}}, fuel: {adders: 2 EUR/MWh}}\n"
	           "    source: {t_in: 15 degC}\n    " SINK "\n    heat_pump: {lorenz_efficiency: 0.5, available: true}\n"
	           "market:\n"
	           "  electricity: {price: {topic: spot, unit: EUR/MWh, pointer: /p, stale_after: 2 h}, adders: 38 EUR/MWh}\n"
	           "  fuel: {price: {topic: gas, unit: EUR/MWh}}\n");
	const struct input *a = config->loops[0].slot, *b = config->loops[1].slot;
	const struct signal_config *own = signal_of(config, &b[SLOT_ELEC_PRICE], "loops.b.market.electricity.price");

	(void)state;
	assert_int_equal(config->n_signals, 3);
	signal_of(config, &a[SLOT_ELEC_PRICE], "market.electricity.price");
	assert_string_equal(own->topic, "ppa");
	assert_null(own->pointer);
	assert_int_equal(own->stale_after_us, 0);
	assert_int_equal(a[SLOT_FUEL_PRICE].signal, b[SLOT_FUEL_PRICE].signal);
	check_constant(&b[SLOT_ELEC_ADDERS], 38);
	check_constant(&a[SLOT_FUEL_ADDERS], 0);
	check_constant(&b[SLOT_FUEL_ADDERS], 2);
	assert_int_equal(b[SLOT_ELEC_CARBON].kind, INPUT_ABSENT);
	check_constant(&b[SLOT_AVAILABLE], 1);
	config_free(config);
}

static void test_curve(void **state)
{
	struct config *config = accept("site: x\n" MARKET "loops:\n  a:\n    source: {t_in: 15 degC}\n    sink:\n"
	                               "      t_in: {topic: in, unit: degC}\n"
	                               "      curve:\n        - {t_out: {topic: t, unit: degC}, duty: 1000 kW}\n"
	                               "        - {latent: {topic: l, unit: degC}, duty: {topic: d, unit: MW}}\n"
	                               "        - {t_in: 125 degC, t_out: 180 degC, duty: 0 kW}\n"
	                               "    heat_pump: {lorenz_efficiency: 0.55}\n");
	const struct loop_config *loop = &config->loops[0];

	(void)state;
	assert_int_equal(loop->n_curve, 3);
	assert_false(loop->curve[0].latent);
	assert_int_equal(loop->curve[0].t_in.kind, INPUT_ABSENT);
	signal_of(config, &loop->curve[0].t_out, "loops.a.sink.curve.0.t_out");
	assert_true(loop->curve[1].latent);
	signal_of(config, &loop->curve[1].t_out, "loops.a.sink.curve.1.latent");
	signal_of(config, &loop->curve[1].duty, "loops.a.sink.curve.1.duty");
	check_constant(&loop->curve[2].t_in, 398.15);
	check_constant(&loop->curve[2].t_out, 453.15);
	check_constant(&loop->curve[2].duty, 0);
	config_free(config);
}

static void test_accepted(void **state)
{
	static const char *const texts[] = {
	    "\xef\xbb\xbf" MINIMAL,
	    "---\n" MINIMAL "...\n",
	    "mqtt:\npublish:\nstore:\n  keep:\n" MINIMAL,
	    "mqtt: {version: 3.1.1, keepalive: 1 min, username: '\xc3\xa4', password_file: p}\n" MINIMAL,
	    "mqtt: {url: 'mqtts://h', tls: {cert: c, key: k}}\n" MINIMAL,
	    "mqtt: {url: 'mqtts://h', tls: {}}\npublish: {interval: 0 s}\n" MINIMAL,
	    "site: 0-9_a\n" MARKET "loops: {1: " LOOP ", a: " LOOP ", status-1: " LOOP "}",
	    "site: x\n" MARKET
	    "loops: {a: {objective: blend, carbon_value: 1 EUR/t, mode: advisory, source: {t_in: 90 degC, t_out: 20 degC},"
	    " sink: {t_in: 10 degC, t_target: 60 degC, heat_capacity_rate: 2 kW/K}, setpoint: {deadband: 0 K, min: 50 degC, max: "
	    "50 degC},"
	    " heat_pump: {lorenz_efficiency: 1, capacity: 1 kW, min_load: 1, cop_max: 12, min_lift: 5 K, available: 0}}}\n",
	    "site: x\n" MARKET "loops: {a: {source: {t_in: 1 degC}, sink: {curve: [{latent: 90 degC, duty: 1 kW}]},"
	    " heat_pump: {lorenz_efficiency: 55 %, min_load: 0 %}}}\n",
	    "site: x\nloops: {a: {objective: carbon, market: {electricity: {carbon: 1 g/kWh}, fuel: {carbon: 0 g/kWh}},"
	    " source: {t_in: 1 degC}, " SINK ", heat_pump: {lorenz_efficiency: 0.5}}}\n",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++)
		config_free(accept(texts[i]));
}

/* Line ends of the other world; and the hash is that of the bytes as they are. */
static void test_text_and_hash(void **state)
{
	struct config *config = accept("site: x\r\n" MARKET "loops:\r\n  a: " LOOP "\r\n");

	(void)state;
	assert_string_equal(config->site, "x");
	assert_non_null(strstr(config->text, "loops:\r\n"));
	assert_int_equal(strlen(config->hash), 16);
	config_free(config);
	config = accept(MINIMAL);
	assert_string_equal(config->text, MINIMAL);
	assert_string_equal(config->hash, "50a5d0a41bc86e34");
	config_free(config);
}

/* ---- size ------------------------------------------------------------------------------- */

enum { MANY = 10000 };

static char *many_loops(void)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	fputs("site: x\n" MARKET "loops:\n", out);
	for (int i = 0; i < MANY; i++)
		fprintf(
		    out,
		    "  l%d:\n    source:\n      t_in: {topic: p/%d/s, unit: degC, valid: [-40, 120], stale_after: 60 s}\n    "
		    "sink:\n"
		    "      t_in: {topic: p/%d/a, unit: degC, stale_after: 60 s}\n      t_target: 230 degC\n      duty: 4800 kW\n"
		    "    heat_pump:\n      lorenz_efficiency: 0.55\n      t_max: 200 degC\n      capacity: 2 MW\n      min_load: "
		    "20 %%\n"
		    "    objective: cost\n    setpoint: {deadband: 0.5 K, min: 60 degC, max: 200 degC, off_value: 55 degC}\n",
		    i, i, i);
	fclose(out);
	return text;
}

static void test_many_loops(void **state)
{
	char *text = many_loops();
	struct timespec begin, end;
	struct config *config;
	double seconds;

	(void)state;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
	config = accept(text);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	seconds = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
	print_message("%d loops, %zu bytes: %.2f s\n", MANY, strlen(text), seconds);
	assert_int_equal(config->n_loops, MANY);
	assert_int_equal(config->n_signals, 2 * MANY);
	assert_string_equal(config->loops[MANY - 1].name, "l9999");
	assert_string_equal(config->signals[2 * MANY - 1].name, "loops.l9999.sink.t_in");
	assert_true(seconds < 10); /* sanitizers included; a quadratic search would need minutes */
	config_free(config);
	free(text);
}

/* ---- files that are no configuration ---------------------------------------------------- */

static void test_junk(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *expected;
	} rows[] = {
	    {"", 0, "1:1: the file is empty\n"},
	    {"# nothing\n\n", 11, "1:1: the file is empty\n"},
	    {"\xef\xbb\xbf", 3, "1:1: the file is empty\n"},
	    {"site: a\0b", 9, "1:8: there is a NUL byte\n"},
	    {"site: x\n# \xc3\xa4\xff", 13, "2:4: not valid UTF-8\n"},
	    {"site: \xc3", 7, "1:7: not valid UTF-8\n"},
	    {"site: \xed\xa0\x80", 9, "1:7: not valid UTF-8\n"},
	    {"site: \xc0\x80", 8, "1:7: not valid UTF-8\n"},
	    {"\xff\xfes\0i\0", 6, "1:1: not valid UTF-8\n"},
	    {"s\0i\0", 4, "1:2: there is a NUL byte\n"},
	    {"site: \x01", 7, "1:7: control characters are not allowed\n"},
	    {"hello", 5, "1:1: must be a mapping of keys, not a plain value\n"},
	    {"[1, 2]", 6, "1:1: must be a mapping of keys, not a list\n"},
	    {"{}", 2, "1:1: site: is missing\n1:1: loops: is missing\n"},
	    {"\"\\ud800\"", 8, "1:4: found invalid Unicode character escape code (while parsing a quoted scalar from line 1)\n"},
	    {"\x7f\x45\x4c\x46\x02\x01\x01", 7, "1:1: control characters are not allowed\n"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		char *said;

		assert_null(load_text(rows[i].text, rows[i].len, &said));
		assert_string_equal(said, rows[i].expected);
		free(said);
	}
}

static void check_file_refused(const char *path, const char *expected)
{
	char *said = NULL;
	size_t len = 0;
	FILE *errors = open_memstream(&said, &len);

	assert_null(config_load(path, errors));
	fclose(errors);
	assert_string_equal(said, expected);
	free(said);
}

static void test_no_file(void **state)
{
	char path[] = "/tmp/lorenz-config-XXXXXX";
	char expected[128];
	int fd = mkstemp(path);

	(void)state;
	check_file_refused("/nonexistent/lorenzd.yaml", "/nonexistent/lorenzd.yaml: cannot be read: No such file or directory\n");
	check_file_refused("/tmp", "/tmp: cannot be read: Is a directory\n");
	check_file_refused("", ": cannot be read: No such file or directory\n");
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 65 * 1024 * 1024), 0);
	close(fd);
	snprintf(expected, sizeof(expected), "%s: is larger than 64 MiB\n", path);
	check_file_refused(path, expected);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_worked),      cmocka_unit_test(test_defaults),      cmocka_unit_test(test_default_file),
	    cmocka_unit_test(test_pacing),
	    cmocka_unit_test(test_reference),   cmocka_unit_test(test_slots),         cmocka_unit_test(test_urls),
	    cmocka_unit_test(test_signal_keys), cmocka_unit_test(test_own_market),    cmocka_unit_test(test_curve),
	    cmocka_unit_test(test_accepted),    cmocka_unit_test(test_text_and_hash), cmocka_unit_test(test_many_loops),
	    cmocka_unit_test(test_junk),        cmocka_unit_test(test_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
