/* The contract's rules for what goes out, on virtual time: deadband, validity, interval, off values, objectives, bounds. The
 * plant is the published spray dryer: optimum 111 degC at 132 EUR/MWh. */
#include "dryer_checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is published when ------------------------------------------------------------- */

static void test_deadband_keeps_and_reaches(void **state)
{
	struct world *w = world_dryer("", "    setpoint: {deadband: 2 K}\n", "");
	double t_c;

	(void)state;
	world_dryer_inputs(w);
	t_c = world_setpoint(w)->t_sink_out_c;
	world_send(w, "p/elec", "130"); /* T* 112.6 */
	assert_int_equal(w->n_setpoints, 1);
	world_retained(w, "p/elec", "131"); /* quality changes: published, at the kept temperature */
	assert_int_equal(w->n_setpoints, 2);
	check_double(world_setpoint(w)->t_sink_out_c, t_c, 0, 0);
	assert_int_equal(world_setpoint(w)->quality, QUALITY_UNCERTAIN);
	check_double(world_setpoint(w)->q_sink_kw, w->setpoints[0].q_sink_kw, 1e-12, 0);
	world_send(w, "p/elec", "110");
	assert_int_equal(w->n_setpoints, 3);
	assert_true(world_setpoint(w)->t_sink_out_c > t_c + 2);
	world_free(w);
}

/* EUR/h of the dryer at an outlet and a price, after the paper. */
static double dryer_savings(double t_c, double price)
{
	double t_k = t_c + 273.15, in_k = 328.15, q_kw = 4800 / 175.0 * (t_k - in_k), mean_k = (t_k - in_k) / log(t_k / in_k);

	return (60 * q_kw - price * q_kw * (mean_k - 288.15) / (0.55 * mean_k)) / 1000;
}

/* A share as deadband: kept while it loses less, moved where it loses more; both to the digit. */
static void test_deadband_as_a_share_of_the_savings(void **state)
{
	struct world *w = world_dryer("", "    setpoint: {deadband: 1 %}\n", "");
	size_t kept = 0, moved = 0;

	(void)state;
	world_dryer_inputs(w);
	for (double price = 132; price > 90; price -= 0.5) {
		double before_c = world_setpoint(w)->t_sink_out_c, best_c = 288.15 * (price / 60) / (price / 60 - 0.55) - 273.15, loss;
		char text[16];

		snprintf(text, sizeof(text), "%g", price);
		world_send(w, "p/elec", text);
		loss = 1 - dryer_savings(before_c, price) / dryer_savings(best_c, price);
		if (world_setpoint(w)->t_sink_out_c == before_c) {
			assert_true(loss <= 0.01 + 1e-9);
			kept++;
			continue;
		}
		assert_true(loss > 0.01 - 1e-9);
		check_double(world_setpoint(w)->t_sink_out_c, best_c, 0, 1e-6);
		moved++;
	}
	assert_true(kept > 50 && moved > 3);
	world_free(w);
}

static void test_no_deadband_publishes_every_recomputation(void **state)
{
	struct world *w = world_dryer("", "    setpoint: {deadband: 0 K}\n", "");

	(void)state;
	world_dryer_inputs(w);
	for (int i = 0; i < 5; i++)
		world_send(w, "p/elec", "132");
	assert_int_equal(w->n_setpoints, 6);
	world_free(w);
}

static void test_kept_temperature_obeys_new_bounds(void **state)
{
	struct world *w = world_dryer("",
	                              "    sink: {t_in: {topic: t/in, unit: degC}, t_target: {topic: t/target, unit: degC}, duty: 4800 kW}\n"
	                              "    heat_pump: {lorenz_efficiency: 0.55}\n    setpoint: {deadband: 5 K}\n", "");

	(void)state;
	world_queue(w, "t/target", "100");
	world_dryer_inputs(w);
	check_double(world_setpoint(w)->t_sink_out_c, 100, 0, 1e-9);
	world_send(w, "t/target", "99");
	check_double(world_setpoint(w)->t_sink_out_c, 99, 0, 1e-9);
	world_send(w, "t/target", "101"); /* inside the deadband, and 99 is allowed */
	check_double(world_setpoint(w)->t_sink_out_c, 99, 0, 1e-9);
	assert_int_equal(w->n_setpoints, 2);
	world_free(w);
}

static void test_validity_is_renewed_at_half_time(void **state)
{
	struct world *w = world_dryer("", "    setpoint: {valid_for: 20 s}\n", "");
	char first[4096];
	size_t rows;

	(void)state;
	world_dryer_inputs(w);
	rows = w->n_setpoints;
	snprintf(first, sizeof(first), "%s", world_payload(w, TOPIC_SETPOINT, 0));
	assert_non_null(strstr(first, "\"valid_until\":\"2026-01-01T00:00:20.000000Z\""));
	world_to(w, 9.9);
	assert_int_equal(w->published[TOPIC_SETPOINT], 1);
	world_to(w, 10);
	assert_int_equal(w->published[TOPIC_SETPOINT], 2);
	assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, 0), "\"valid_until\":\"2026-01-01T00:00:30.000000Z\""));
	assert_non_null(strstr(w->payload, "\"ts\":\"2026-01-01T00:00:00.000000Z\""));
	assert_non_null(strstr(w->payload, "\"seq\":1"));
	assert_int_equal(w->n_setpoints, rows);
	world_to(w, 40);
	assert_int_equal(w->published[TOPIC_SETPOINT], 5);
	world_free(w);
}

static void test_points_at_once_then_the_newest_per_interval(void **state)
{
	struct world *w = world_dryer("", "", "publish: {interval: 10 s}");

	(void)state;
	world_dryer_inputs(w);
	assert_int_equal(w->published[TOPIC_POINTS], 1);
	assert_int_equal(w->published[TOPIC_STATE], 1);
	assert_int_equal(w->n_points, 4);
	for (int i = 1; i < 9; i++) {
		world_to(w, i);
		world_send(w, "p/elec", i % 2 ? "100" : "140");
	}
	assert_int_equal(w->published[TOPIC_POINTS], 1);
	world_to(w, 10);
	assert_int_equal(w->published[TOPIC_POINTS], 2);
	assert_int_equal(w->n_points, 8);
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"price_elec_eur_mwh\":140.0"));
	assert_non_null(strstr(w->payload, "\"ts\":\"2026-01-01T00:00:08.000000Z\""));
	world_to(w, 50);
	assert_int_equal(w->published[TOPIC_POINTS], 2);
	world_send(w, "p/elec", "140"); /* the same again: no change of points */
	assert_int_equal(w->published[TOPIC_POINTS], 2);
	world_send(w, "p/elec", "141");
	world_to(w, 59.9); /* the state of the repeated value went out at 50 s */
	assert_int_equal(w->published[TOPIC_POINTS], 2);
	world_to(w, 60);
	assert_int_equal(w->published[TOPIC_POINTS], 3);
	world_free(w);
}

/* A message that comes with the end of the interval is in the points with its own stamps, not with those of the one before. */
static void test_points_and_their_stamps_belong_together(void **state)
{
	struct world *w = world_dryer("", "", "publish: {interval: 1 s}");

	(void)state;
	world_dryer_inputs(w);
	world_to(w, 0.3);
	world_send(w, "p/elec", "140");
	w->now.mono_us += 700000;
	w->now.utc_us += 700000;
	world_send(w, "p/elec", "100");
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"price_elec_eur_mwh\":100.0"));
	assert_non_null(strstr(w->payload, "\"cause_ts\":\"2026-01-01T00:00:01.000000Z\""));
	assert_non_null(strstr(w->payload, "{\"ts\":\"2026-01-01T00:00:01.000000Z\""));
	world_free(w);
}

/* Rows of nulls end what the last points began. */
static void test_points_end_in_the_history(void **state)
{
	struct world *w = world_dryer("", "", "publish: {interval: 0 s}");

	(void)state;
	world_dryer_inputs(w);
	world_send(w, "t/in", "junk");
	assert_int_equal(w->n_points, 8);
	check_double(w->points[4].point.point.q_sink_kw, NAN, 0, 0);
	assert_null(w->points[4].point.point.limited_by);
	world_send(w, "t/in", "more junk");
	assert_int_equal(w->n_points, 8);
	assert_non_null(strstr(world_payload(w, TOPIC_STATE, 0), "\"quality\":\"bad\",\"reason\":\"loops.dryer.sink.t_in: "));
	world_free(w);
}

static void test_flapping_does_not_flood_the_events(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	world_dryer_inputs(w);
	for (int i = 0; i < 50; i++) {
		world_send(w, "t/source", "junk");
		world_send(w, "t/source", "15");
	}
	assert_int_equal(w->n_events, 20);
	world_to(w, 30);
	world_send(w, "t/source", "junk"); /* the last change, held back; told with the setpoint's next repetition */
	assert_int_equal(w->n_events, 20);
	world_to(w, 95);
	assert_int_equal(w->n_events, 21);
	assert_non_null(strstr(w->events[20].event.message, "no valid decision"));
	assert_non_null(strstr(w->events[20].event.message, "after 91 changes that were not told"));
	assert_non_null(strstr(world_payload(w, TOPIC_STATE, 0), "\"rejected\":51"));
	world_free(w);
}

static void test_one_recomputation_per_batch(void **state)
{
	struct world *w = world_dryer("", "    setpoint: {deadband: 0 K}\n", "");
	struct loop_now now;
	uint64_t before;

	(void)state;
	world_dryer_inputs(w);
	engine_loop_now(w->engine, 0, &now);
	before = now.updates;
	for (int i = 0; i < 50; i++)
		world_queue(w, i % 2 ? "t/in" : "t/source", i % 2 ? "55" : "15");
	world_run(w);
	engine_loop_now(w->engine, 0, &now);
	assert_int_equal(now.updates, before + 1);
	assert_int_equal(w->n_samples, 53);
	world_free(w);
}

static const char *const TWO_LOOPS =
	"site: s\n"
	"market: {electricity: {price: {topic: p/elec, unit: EUR/MWh}}, fuel: {price: 60 EUR/MWh}}\n"
	"loops:\n"
	"  a: {source: {t_in: {topic: a/s, unit: degC}}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 1 MW}, heat_pump: "
	"{lorenz_efficiency: 0.55}, setpoint: {deadband: 0 K}}\n"
	"  b: {source: {t_in: {topic: b/s, unit: degC}}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 1 MW}, heat_pump: "
	"{lorenz_efficiency: 0.55}, setpoint: {deadband: 0 K}}\n";

static void test_only_dependent_loops_are_recomputed(void **state)
{
	struct world *w = world_new(TWO_LOOPS);
	struct loop_now a, b;

	(void)state;
	world_queue(w, "a/s", "15");
	world_queue(w, "b/s", "15");
	world_send(w, "p/elec", "132");
	assert_int_equal(w->n_setpoints, 2);
	world_send(w, "a/s", "16");
	assert_int_equal(w->n_setpoints, 3);
	world_send(w, "p/elec", "131");
	assert_int_equal(w->n_setpoints, 5);
	world_send(w, "elsewhere", "1");
	assert_int_equal(w->n_setpoints, 5);
	engine_loop_now(w->engine, 0, &a);
	engine_loop_now(w->engine, 1, &b);
	assert_int_equal(a.updates, 3);
	assert_int_equal(b.updates, 2);
	world_free(w);
}

static void test_work_is_done_in_steps(void **state)
{
	struct world *w = world_new(TWO_LOOPS);

	(void)state;
	world_queue(w, "a/s", "15");
	world_queue(w, "b/s", "15");
	world_queue(w, "p/elec", "132");
	assert_int_equal(engine_run(w->engine, w->now, 1), 1);
	assert_int_equal(engine_next_us(w->engine), NO_TIME);
	assert_int_equal(engine_run(w->engine, w->now, 1), 0);
	assert_true(engine_next_us(w->engine) > w->now.mono_us);
	world_free(w);
}

static void test_several_signals_of_one_payload(void **state)
{
	struct world *w = world_dryer("", "    sink: {t_in: {topic: t/all, pointer: /air/in, unit: degF}, t_target: 230 degC,"
	                                  " duty: {topic: t/all, pointer: /duty/0, unit: MW, scale: 0.001}}\n"
	                                  "    heat_pump: {lorenz_efficiency: 0.55}\n", "");

	(void)state;
	world_queue(w, "t/all", "{\"air\": {\"in\": 131}, \"duty\": [4800, 1]}");
	world_queue(w, "t/source", "15");
	world_send(w, "p/elec", "132");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	check_double(world_setpoint(w)->q_sink_kw, 1537.4, 0, 0.5);
	world_send(w, "t/all", "{\"air\": {\"in\": 131}}");
	check_bad(w, REASON_BAD_INPUT);
	world_free(w);
}

/* ---- off ------------------------------------------------------------------------------- */

static void test_off_value_configured(void **state)
{
	struct world *w = world_dryer("", "    setpoint: {off_value: 40 degC}\n", "");

	(void)state;
	world_dryer_inputs(w);
	world_send(w, "p/elec", "900");
	assert_int_equal(world_setpoint(w)->reason, REASON_NOT_BENEFICIAL);
	assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
	assert_false(world_setpoint(w)->hp_on);
	check_double(world_setpoint(w)->t_sink_out_c, 40, 0, 1e-9);
	check_double(world_setpoint(w)->t_sink_out_expected_c, 55, 0, 1e-9);
	assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, 0), "\"q_sink_kw\":0.0,\"p_elec_kw\":0.0,\"cop\":null"));
	world_free(w);
}

/* The off value is said to the letter, however near to the temperature that was said last. */
static void test_off_value_is_not_kept_away(void **state)
{
	struct world *w = world_dryer("", "    sink: {t_in: {topic: t/in, unit: degC}, t_target: 230 degC, duty: 4800 kW}\n"
	                                  "    heat_pump: {lorenz_efficiency: 0.55, available: {topic: hp/ok}}\n"
	                                  "    setpoint: {off_value: 111.2 degC}\n", "");

	(void)state;
	world_queue(w, "hp/ok", "1");
	world_dryer_inputs(w);
	world_send(w, "hp/ok", "0");
	check_double(world_setpoint(w)->t_sink_out_c, 111.2, 0, 1e-9);
	world_send(w, "hp/ok", "1");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

/* While off the inlet's noise stays inside the deadband. */
static void test_off_value_of_the_inlet_has_the_deadband(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	world_dryer_inputs(w);
	world_send(w, "p/elec", "900");
	world_send(w, "t/in", "55.3");
	assert_int_equal(w->n_setpoints, 2);
	world_send(w, "t/in", "55.6");
	assert_int_equal(w->n_setpoints, 3);
	check_double(world_setpoint(w)->t_sink_out_c, 55.6, 0, 1e-9);
	world_free(w);
}

/* A reading that no such quantity can have is bad at the signal, so on_bad has its say. */
static void test_beyond_all_sense_is_out_of_range(void **state)
{
	struct world *w = world_dryer(", on_bad: hold", "", "");

	(void)state;
	world_dryer_inputs(w);
	world_send(w, "p/elec", "1e300");
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	assert_int_equal(w->samples[3].sample.quality, QUALITY_BAD);
	world_send(w, "t/in", "-300");
	check_bad(w, REASON_BAD_INPUT);
	assert_int_equal(world_events(w, "signal_out_of_range"), 2);
	world_free(w);
}

static void test_off_value_defaults_to_the_inlet_or_null(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	world_to(w, 6);
	check_double(world_setpoint(w)->t_sink_out_c, NAN, 0, 0);
	assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, 0), "\"t_sink_out_c\":null"));
	world_dryer_inputs(w);
	world_send(w, "p/elec", "900");
	check_double(world_setpoint(w)->t_sink_out_c, 55, 0, 1e-9);
	world_free(w);
}

/* What is held has its power; where a bound moves it that is not known any more. */
static void test_a_bound_moves_what_is_held(void **state)
{
	struct world *w = world_dryer("", "    sink: {t_in: {topic: t/in, unit: degC}, t_target: 230 degC, duty: 4800 kW}\n"
	                                  "    heat_pump: {lorenz_efficiency: 0.55, t_max: {topic: t/max, unit: degC}}\n"
	                                  "    setpoint: {bad_inputs: {hold: 10 min}}\n", "");

	(void)state;
	world_queue(w, "t/max", "200");
	world_dryer_inputs(w);
	world_send(w, "t/source", "junk");
	assert_int_equal(world_setpoint(w)->reason, REASON_HOLD);
	check_double(world_setpoint(w)->q_sink_kw, w->setpoints[0].q_sink_kw, 0, 0);
	assert_int_equal(world_events(w, "loop_hold"), 1);
	world_send(w, "t/max", "90");
	assert_int_equal(world_setpoint(w)->reason, REASON_HOLD);
	check_double(world_setpoint(w)->t_sink_out_c, 90, 0, 1e-9);
	check_double(world_setpoint(w)->q_sink_kw, NAN, 0, 0);
	assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, 0), "\"hp_on\":true,\"q_sink_kw\":null,\"p_elec_kw\":null,\"cop\":null"));
	world_free(w);
}

static void test_unavailable(void **state)
{
	struct world *w = world_dryer("", "    sink: {t_in: {topic: t/in, unit: degC}, t_target: 230 degC, duty: 4800 kW}\n"
	                                  "    heat_pump: {lorenz_efficiency: 0.55, available: {topic: hp/ok}}\n", "");

	(void)state;
	world_queue(w, "hp/ok", "true");
	world_dryer_inputs(w);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_send(w, "hp/ok", "0");
	assert_int_equal(world_setpoint(w)->reason, REASON_UNAVAILABLE);
	assert_false(world_setpoint(w)->hp_on);
	world_send(w, "hp/ok", "2");
	check_bad(w, REASON_BAD_INPUT);
	world_send(w, "hp/ok", "1");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

/* ---- objectives and bounds -------------------------------------------------------------- */

static void test_objectives(void **state)
{
	static const struct { const char *extra; double t_c; enum reason reason; } cases[] = {
		{"    objective: cost\n", 111.05, REASON_OPTIMUM},
		{"    objective: cost_break_even\n", 173.15, REASON_BREAK_EVEN},
		{"    objective: carbon\n", 132.31, REASON_OPTIMUM},
		{"    objective: carbon_break_even\n", 220.7, REASON_BREAK_EVEN},
		{"    objective: blend\n    carbon_value: 100 EUR/t\n", 115.8, REASON_OPTIMUM},
	};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct world *w = world_dryer("", cases[i].extra, "");

		world_dryer_inputs(w);
		check_double(world_setpoint(w)->t_sink_out_c, cases[i].t_c, 0, 0.6);
		assert_int_equal(world_setpoint(w)->reason, cases[i].reason);
		assert_int_equal(world_setpoint(w)->objective, i == 0 ? 0 : i == 1 ? 2 : i == 2 ? 1 : i == 3 ? 3 : 4);
		assert_int_equal(w->n_points, i == 4 ? 6 : 4);
		world_free(w);
	}
}

static const char *const BOUNDED = "    sink: {t_in: {topic: t/in, unit: degC}, t_target: 230 degC, duty: 4800 kW}\n"
				   "    heat_pump: {lorenz_efficiency: 0.55, %s}\n    setpoint: {deadband: 0 K%s}\n";

static struct world *bounded(const char *machine, const char *setpoint)
{
	char extra[1024];
	struct world *w;

	snprintf(extra, sizeof(extra), BOUNDED, machine, setpoint);
	w = world_dryer("", extra, "");
	world_dryer_inputs(w);
	return w;
}

static void test_capacity_leaves_the_setpoint(void **state)
{
	struct world *w = bounded("capacity: 1 MW", "");
	const struct setpoint *sp = world_setpoint(w);

	(void)state;
	check_double(sp->t_sink_out_c, T_OPT_C, 0, 0.01);
	check_double(sp->t_sink_out_expected_c, 55 + 1000 / (4800.0 / 175), 1e-9, 0);
	check_double(sp->q_sink_kw, 1000, 1e-12, 0);
	check_double(sp->q_sink_kw / sp->p_elec_kw, sp->cop, 1e-12, 0);
	assert_int_equal(sp->reason, REASON_LIMITED);
	world_free(w);
}

static void test_power_leaves_the_setpoint(void **state)
{
	struct world *w = bounded("p_elec_max: 200 kW", "");
	const struct setpoint *sp = world_setpoint(w);

	(void)state;
	check_double(sp->t_sink_out_c, T_OPT_C, 0, 0.01);
	check_double(sp->p_elec_kw, 200, 1e-9, 0);
	assert_true(sp->t_sink_out_expected_c < 100);
	world_free(w);
}

static void test_temperature_bounds_move_the_setpoint(void **state)
{
	struct world *w = bounded("t_max: 90 degC", "");

	(void)state;
	check_double(world_setpoint(w)->t_sink_out_c, 90, 0, 1e-9);
	check_double(world_setpoint(w)->t_sink_out_expected_c, 90, 0, 1e-9);
	assert_int_equal(world_setpoint(w)->reason, REASON_LIMITED);
	world_free(w);
	w = bounded("t_max: 90 degC", ", max: 80 degC");
	check_double(world_setpoint(w)->t_sink_out_c, 80, 0, 1e-9);
	world_free(w);
	w = bounded("t_max: 200 degC", ", min: 120 degC");
	check_double(world_setpoint(w)->t_sink_out_c, 120, 0, 1e-9);
	assert_true(world_setpoint(w)->hp_on);
	world_free(w);
	w = bounded("t_max: 200 degC", ", min: 180 degC"); /* beyond the break-even at 173 degC: does not pay */
	assert_int_equal(world_setpoint(w)->reason, REASON_NOT_BENEFICIAL);
	world_free(w);
}

static void test_minimum_load_raises_or_stops(void **state)
{
	struct world *w = bounded("capacity: 4 MW, min_load: 50 %", "");

	(void)state;
	check_double(world_setpoint(w)->q_sink_kw, 2000, 1e-12, 0);
	check_double(world_setpoint(w)->t_sink_out_c, 55 + 2000 / (4800.0 / 175), 1e-9, 0);
	check_double(world_setpoint(w)->t_sink_out_expected_c, world_setpoint(w)->t_sink_out_c, 1e-12, 0);
	assert_int_equal(world_setpoint(w)->reason, REASON_LIMITED);
	world_free(w);
	w = bounded("capacity: 4 MW, min_load: 90 %", "");
	assert_int_equal(world_setpoint(w)->reason, REASON_NOT_BENEFICIAL);
	world_free(w);
}

/* Noise of the duty moves the load that the machine must have, not the setpoint. */
static void test_minimum_load_has_the_deadband(void **state)
{
	struct world *w = world_dryer("", "    sink: {t_in: {topic: t/in, unit: degC}, t_target: 230 degC, duty: {topic: d, unit: kW}}\n"
	                                  "    heat_pump: {lorenz_efficiency: 0.55, capacity: 2 MW, min_load: 80 %}\n", "");

	(void)state;
	world_queue(w, "d", "4800");
	world_dryer_inputs(w);
	for (int i = 1; i < 20; i++)
		world_send(w, "d", i % 2 ? "4795" : "4805");
	assert_int_equal(w->n_setpoints, 1);
	world_send(w, "d", "4500");
	assert_int_equal(w->n_setpoints, 2);
	check_double(world_setpoint(w)->q_sink_kw, 1600, 1e-9, 0);
	world_free(w);
}

/* A history that is read late moves the count of what comes, not of what was said. */
static void test_late_resume_leaves_the_published(void **state)
{
	struct world *w = world_dryer("", "", "");

	(void)state;
	world_dryer_inputs(w);
	engine_resume(w->engine, 0, 40, WORLD_EPOCH_US - 1);
	assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, 0), "\"seq\":1}"));
	world_send(w, "p/elec", "100");
	assert_int_equal(world_setpoint(w)->seq, 42);
	world_free(w);
}

static void test_negative_price_takes_all(void **state)
{
	struct world *w = bounded("t_max: 200 degC", "");

	(void)state;
	world_send(w, "p/elec", "-50");
	check_double(world_setpoint(w)->t_sink_out_c, 200, 0, 1e-9);
	assert_true(world_setpoint(w)->hp_on);
	world_to(w, 2);
	assert_non_null(strstr(world_payload(w, TOPIC_POINTS, 0), "\"limited_by\":\"t_max\""));
	world_free(w);
}

/* A break-even objective whose machine cannot reach it must not run at a loss either. */
static void test_break_even_out_of_reach_at_a_loss(void **state)
{
	struct world *w = world_new("site: s\n"
	                            "market: {electricity: {price: -10 EUR/MWh}, fuel: {price: -5 EUR/MWh}}\n"
	                            "loops:\n  a:\n    source: {t_in: 15 degC}\n"
	                            "    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}\n"
	                            "    heat_pump: {lorenz_efficiency: 0.55, capacity: 1 MW}\n    objective: cost_break_even\n");

	(void)state;
	assert_false(world_setpoint(w)->hp_on);
	assert_int_equal(world_setpoint(w)->reason, REASON_NOT_BENEFICIAL);
	world_free(w);
}

static void test_source_outlet_above_inlet(void **state)
{
	struct world *w = world_new("site: s\n"
	                            "market: {electricity: {price: 132 EUR/MWh}, fuel: {price: 60 EUR/MWh}}\n"
	                            "loops:\n  a:\n    source: {t_in: {topic: i, unit: degC}, t_out: {topic: o, unit: degC}}\n"
	                            "    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}\n"
	                            "    heat_pump: {lorenz_efficiency: 0.55}\n");

	(void)state;
	world_queue(w, "i", "15");
	world_send(w, "o", "15.5"); /* idle, a little noise */
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_send(w, "o", "90");
	check_bad(w, REASON_BAD_INPUT);
	assert_non_null(strstr(w->events[w->n_events - 1].event.message, "source.t_out: 90 degC is above source.t_in, 15 degC"));
	world_free(w);
}

static void test_steam_curve(void **state)
{
	struct world *w = world_dryer("",
	                              "    sink:\n      t_in: {topic: t/in, unit: degC}\n"
	                              "      curve: [{t_out: 110 degC, duty: 1000 kW}, {latent: 110 degC, duty: 1500 kW}, "
	                              "{t_in: 125 degC, t_out: 180 degC, duty: {topic: d, unit: kW}}]\n"
	                              "    heat_pump: {lorenz_efficiency: 0.55}\n", "");

	(void)state;
	world_queue(w, "d", "800");
	world_dryer_inputs(w); /* T* 111.05 degC: all of the latent heat, none beyond */
	check_double(world_setpoint(w)->t_sink_out_c, 110, 0, 1e-9);
	check_double(world_setpoint(w)->q_sink_kw, 2500, 1e-12, 0);
	assert_int_equal(world_setpoint(w)->controlled, CONTROLLED_HEAT);
	assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, 0), "\"controlled\":\"heat\""));
	world_send(w, "p/elec", "140"); /* T* below 110 degC */
	assert_true(world_setpoint(w)->q_sink_kw < 1000);
	assert_int_equal(world_setpoint(w)->controlled, CONTROLLED_TEMPERATURE);
	world_free(w);
}

static void test_advisory_mode(void **state)
{
	struct world *w = world_dryer("", "    mode: advisory\n", "");

	(void)state;
	world_dryer_inputs(w);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_non_null(strstr(world_payload(w, TOPIC_SETPOINT, 0), "\"mode\":\"advisory\""));
	world_free(w);
}

static void test_impossible_inputs_are_bad_with_a_reason(void **state)
{
	static const struct { const char *target, *source, *eta, *words; } cases[] = {
		{"50", "15", "0.55", "below"},     {"90", "95", "0.55", "source"},   {"230", "15", "0", "0 is outside (0, 1]"},
		{"230", "15", "1.4", "1.4 is outside (0, 1]"},
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct world *w = world_dryer("", "    sink: {t_in: {topic: t/in, unit: degC}, t_target: {topic: t/target, unit: degC}, duty: 4800 kW}\n"
		                                  "    heat_pump: {lorenz_efficiency: {topic: eta}}\n", "");

		world_queue(w, "t/target", "230");
		world_queue(w, "eta", "0.55");
		world_dryer_inputs(w);
		check_running(w, QUALITY_GOOD, T_OPT_C);
		world_queue(w, "t/target", cases[i].target);
		world_queue(w, "t/source", cases[i].source);
		world_send(w, "eta", cases[i].eta);
		check_bad(w, REASON_BAD_INPUT);
		assert_int_equal(world_events(w, "loop_bad"), 1);
		assert_non_null(strstr(w->events[w->n_events - 1].event.message, cases[i].words));
		world_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deadband_keeps_and_reaches),
		cmocka_unit_test(test_deadband_as_a_share_of_the_savings),
		cmocka_unit_test(test_no_deadband_publishes_every_recomputation),
		cmocka_unit_test(test_kept_temperature_obeys_new_bounds),
		cmocka_unit_test(test_validity_is_renewed_at_half_time),
		cmocka_unit_test(test_points_at_once_then_the_newest_per_interval),
		cmocka_unit_test(test_points_and_their_stamps_belong_together),
		cmocka_unit_test(test_points_end_in_the_history),
		cmocka_unit_test(test_flapping_does_not_flood_the_events),
		cmocka_unit_test(test_one_recomputation_per_batch),
		cmocka_unit_test(test_only_dependent_loops_are_recomputed),
		cmocka_unit_test(test_work_is_done_in_steps),
		cmocka_unit_test(test_several_signals_of_one_payload),
		cmocka_unit_test(test_off_value_configured),
		cmocka_unit_test(test_off_value_is_not_kept_away),
		cmocka_unit_test(test_off_value_of_the_inlet_has_the_deadband),
		cmocka_unit_test(test_beyond_all_sense_is_out_of_range),
		cmocka_unit_test(test_off_value_defaults_to_the_inlet_or_null),
		cmocka_unit_test(test_a_bound_moves_what_is_held),
		cmocka_unit_test(test_unavailable),
		cmocka_unit_test(test_objectives),
		cmocka_unit_test(test_capacity_leaves_the_setpoint),
		cmocka_unit_test(test_power_leaves_the_setpoint),
		cmocka_unit_test(test_temperature_bounds_move_the_setpoint),
		cmocka_unit_test(test_minimum_load_raises_or_stops),
		cmocka_unit_test(test_minimum_load_has_the_deadband),
		cmocka_unit_test(test_late_resume_leaves_the_published),
		cmocka_unit_test(test_negative_price_takes_all),
		cmocka_unit_test(test_break_even_out_of_reach_at_a_loss),
		cmocka_unit_test(test_source_outlet_above_inlet),
		cmocka_unit_test(test_steam_curve),
		cmocka_unit_test(test_advisory_mode),
		cmocka_unit_test(test_impossible_inputs_are_bad_with_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
