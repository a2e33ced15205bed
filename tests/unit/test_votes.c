/* Several sensors in place of one signal, as a plant meets them: what the loop reads, what is stored, what state and events say.
 */
#include "signal_checks.h"

#define THREE                                                                                                                  \
	"t_in: {any_of: [{topic: t/a, unit: degC, stale_after: 60 s}, {topic: t/b, unit: degF, stale_after: 60 s, sentinels: " \
	"[85]}, "                                                                                                              \
	"{topic: t/c, unit: degC, stale_after: 60 s}], disagreement: 2 K, tag: TT-7}"

static struct world *three(void)
{
	struct world *w = dryer_with(THREE, "");

	world_queue(w, "t/a", "15");
	world_queue(w, "t/b", "59"); /* 15 degC */
	world_send(w, "t/c", "15.2");
	return w;
}

static void test_vote_is_what_the_loop_reads(void **state)
{
	struct world *w = three();

	(void)state;
	check_running(w, QUALITY_GOOD, T_OPT_C);
	has(state_of(w, 2), "\"loops.dryer.source.t_in\":{\"value\":15.0,");
	has(w->payload, "\"tag\":\"TT-7\",\"any_of\":[\"loops.dryer.source.t_in.any_of.0\",\"loops.dryer.source.t_in.any_of.1\","
	                "\"loops.dryer.source.t_in.any_of.2\"]}");
	has(w->payload, "\"loops.dryer.source.t_in.any_of.1\":{\"value\":59.0,");
	assert_int_equal(w->n_samples, 2 + 3 + 1); /* one vote of what came in one pass */
	assert_int_equal(world_events(w, "signal_disagreement"), 0);
	world_free(w);
}

static void test_one_wrong_sensor_is_outvoted(void **state)
{
	struct world *w = three();

	(void)state;
	world_to(w, 10);
	world_send(w, "t/c", "-30");
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	assert_int_equal(world_events(w, "signal_disagreement"), 1);
	assert_int_equal(w->events[w->n_events - 1].loop, 0);
	has(w->events[w->n_events - 1].event.message,
	    "loops.dryer.source.t_in TT-7: 3 sensors are 45 apart, more than 2 degrees");
	world_to(w, 20);
	world_send(w, "t/c", "15.1");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

static void test_members_that_fail_leave_the_vote(void **state)
{
	struct world *w = three();
	size_t n;

	(void)state;
	world_to(w, 50);
	world_send(w, "t/b", "85");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	check_double(last_sample(w)->sample.value, 15.1, 0, 1e-9); /* of the two that are left */
	assert_int_equal(w->events[w->n_events - 1].loop, 0);      /* a member's event is its loop's */
	has(w->events[w->n_events - 1].event.message, "loops.dryer.source.t_in.any_of.1");
	world_send(w, "t/a", "15");
	n = w->n_samples;
	world_to(w, 61); /* c turns stale */
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(w->n_samples, n); /* nobody has said anything */
	world_to(w, 111);
	check_bad(w, REASON_BAD_INPUT);
	assert_int_equal(world_events(w, "signal_no_sensor"), 1);
	has(state_of(w, 113), "no sensor can be used; any_of.0: stale: no value for 60 s");
	world_send(w, "t/b", "59");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

static void test_start_waits_for_all_sensors_but_not_for_ever(void **state)
{
	struct world *w = dryer_with(THREE, "");

	(void)state;
	world_send(w, "t/a", "15");
	world_send(w, "t/c", "15");
	assert_int_equal(w->n_setpoints, 0);
	world_to(w, 5);
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

static void test_retained_sensors_are_uncertain_without_a_word(void **state)
{
	struct world *w = dryer_with(THREE, "");

	(void)state;
	world_retained(w, "t/a", "15");
	world_retained(w, "t/b", "59");
	world_retained(w, "t/c", "15");
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
	world_to(w, 1);
	world_send(w, "t/b", "59");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	assert_int_equal(world_events(w, "signal_no_good_sensor") + world_events(w, "signal_good"), 0);
	world_free(w);
}

static void test_vote_holds_and_substitutes(void **state)
{
	static const char *const on_bad[] = {"hold", "15 degC"};

	(void)state;
	for (int k = 0; k < 2; k++) {
		char keys[256];
		struct world *w;

		snprintf(keys, sizeof(keys),
		         "t_in: {any_of: [{topic: t/a, unit: degC, stale_after: 60 s}, {topic: t/b, unit: degC, "
		         "stale_after: 60 s}], on_bad: %s}",
		         on_bad[k]);
		w = dryer_with(keys, "");
		world_queue(w, "t/a", "14.9");
		world_send(w, "t/b", "15.1");
		check_running(w, QUALITY_GOOD, T_OPT_C);
		world_to(w, 100);
		check_running(w, QUALITY_UNCERTAIN, T_OPT_C);
		has(state_of(w, 102), k ? "using the substitute 15 degC" : "holding the last good value 15 degC");
		world_free(w);
	}
}

/* Sensors in one payload are one moment: no disagreement between the new of one and the old of another. */
static void test_one_payload_is_one_vote(void **state)
{
	struct world *w = dryer_with(
	    "t_in: {any_of: [{topic: t, pointer: /0, unit: degC}, {topic: t, pointer: /1, unit: degC}], disagreement: 1 K}", "");

	(void)state;
	for (int i = 0; i < 10; i++) {
		char payload[40];

		world_to(w, i);
		snprintf(payload, sizeof(payload), "[%d, %d.5]", 10 * i, 10 * i);
		world_send(w, "t", payload);
		assert_int_equal(last_sample(w)->sample.quality, QUALITY_GOOD);
		check_near(last_sample(w)->sample.value, 10 * i + 0.25);
	}
	assert_int_equal(w->n_samples, 2 + 30);
	assert_int_equal(w->n_events, 0);
	world_free(w);
}

static void test_votes_go_over(void **state)
{
	struct world *w = three();
	size_t n;

	(void)state;
	n = w->n_setpoints;
	world_reload(w, dryer_yaml(THREE, ""));
	assert_int_equal(w->n_setpoints, n);
	assert_int_equal(world_setpoint(w)->quality, QUALITY_GOOD);
	world_to(w, 10);
	world_reload(w,
	             dryer_yaml("t_in: {any_of: [{topic: t/a, unit: degC}, {topic: t/x, unit: degC}, {topic: t/c, unit: degC}], "
	                        "disagreement: 0.1 K}",
	                        ""));
	assert_int_equal(w->n_setpoints, n); /* x may be about to come */
	world_to(w, 15.1);
	check_running(w, QUALITY_UNCERTAIN, T_OPT_C); /* 15 and 15.2 */
	assert_int_equal(world_events(w, "signal_disagreement"), 1);
	world_send(w, "t/c", "15.05");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_reload(w, dryer_yaml("t_in: {topic: t/a, unit: degC}", "")); /* one signal of the same name */
	world_send(w, "t/a", "15");
	check_running(w, QUALITY_GOOD, T_OPT_C);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vote_is_what_the_loop_reads),
	    cmocka_unit_test(test_one_wrong_sensor_is_outvoted),
	    cmocka_unit_test(test_members_that_fail_leave_the_vote),
	    cmocka_unit_test(test_start_waits_for_all_sensors_but_not_for_ever),
	    cmocka_unit_test(test_retained_sensors_are_uncertain_without_a_word),
	    cmocka_unit_test(test_vote_holds_and_substitutes),
	    cmocka_unit_test(test_one_payload_is_one_vote),
	    cmocka_unit_test(test_votes_go_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
