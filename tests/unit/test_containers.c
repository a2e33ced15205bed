/* The core's small structures against plain models: deadlines, outbox, topics, graph. */
#include "check.h"
#include "core/deadline.h"
#include "core/graph.h"
#include "core/outbox.h"
#include "core/topics.h"

#include <stdio.h>
#include <stdlib.h>

enum { IDS = 50, STEPS = 20000 };

static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static int64_t model_next(const int64_t due_us[IDS])
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < IDS; i++)
		if (due_us[i] < next)
			next = due_us[i];
	return next;
}

static void test_deadlines_against_a_list(void **state)
{
	struct deadlines deadlines;
	int64_t due_us[IDS], now_us = 0;
	uint64_t seed = 7;
	uint32_t id;

	(void)state;
	assert_true(deadlines_init(&deadlines, IDS));
	for (size_t i = 0; i < IDS; i++)
		due_us[i] = INT64_MAX;
	for (int step = 0; step < STEPS; step++) {
		id = (uint32_t)(random_next(&seed) % IDS);
		if (random_next(&seed) % 4 == 0) {
			deadlines_clear(&deadlines, id);
			due_us[id] = INT64_MAX;
		} else {
			due_us[id] = now_us + (int64_t)(random_next(&seed) % 1000);
			deadlines_set(&deadlines, id, due_us[id]);
		}
		assert_int_equal(deadlines_next_us(&deadlines), model_next(due_us));
		now_us += (int64_t)(random_next(&seed) % 30);
		while (deadlines_pop(&deadlines, now_us, &id)) {
			assert_int_equal(due_us[id], model_next(due_us));
			assert_true(due_us[id] <= now_us);
			due_us[id] = INT64_MAX;
		}
		assert_true(model_next(due_us) > now_us);
	}
	deadlines_done(&deadlines);
}

static void test_outbox_order(void **state)
{
	static const uint32_t expected[] = {1, 0, 3, 2};
	struct outbox outbox;
	uint32_t id;

	(void)state;
	assert_true(outbox_init(&outbox, 2, 5));
	assert_true(outbox_empty(&outbox));
	outbox_mark(&outbox, 3);
	outbox_mark(&outbox, 1);
	outbox_mark(&outbox, 2);
	outbox_mark(&outbox, 0);
	outbox_mark(&outbox, 1);
	for (size_t i = 0; i < 4; i++) {
		assert_true(outbox_take(&outbox, &id));
		assert_int_equal(id, expected[i]);
	}
	assert_false(outbox_take(&outbox, &id));
	outbox_mark_known(&outbox);
	for (size_t i = 0; i < 4; i++) {
		assert_true(outbox_take(&outbox, &id));
		assert_int_not_equal(id, 4);
	}
	assert_true(outbox_empty(&outbox));
	outbox_done(&outbox);
}

static void test_topics(void **state)
{
	enum { N = 3000 };
	struct signal_config *signals = calloc(N, sizeof(*signals));
	char(*names)[32] = calloc(N, sizeof(*names));
	struct config config = {.signals = signals, .n_signals = N};
	struct topics topics;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		snprintf(names[i], sizeof(names[i]), "plant/%zu", i / 3);
		signals[i].topic = names[i];
	}
	assert_true(topics_init(&topics, &config));
	assert_int_equal(topics.names.n, N / 3);
	for (size_t i = 0; i < N; i++) {
		const struct topic *topic = topics_find(&topics, names[i]);

		assert_non_null(topic);
		assert_int_equal(topic->n, 3);
		assert_int_equal(topics.signals[topic->first + i % 3], i);
	}
	assert_null(topics_find(&topics, "plant/x"));
	topics_done(&topics);
	free(signals);
	free(names);
}

static void test_graph(void **state)
{
	struct segment_config curve = {.t_out = {.kind = INPUT_SIGNAL, .signal = 2}, .duty = {.kind = INPUT_CONSTANT}};
	struct loop_config loops[3] = {
		{.slot = {[SLOT_ELEC_PRICE] = {.kind = INPUT_SIGNAL, .signal = 0}}},
		{.slot = {[SLOT_ELEC_PRICE] = {.kind = INPUT_SIGNAL, .signal = 0}, [SLOT_ETA] = {.kind = INPUT_SIGNAL, .signal = 1}}},
		{.curve = &curve, .n_curve = 1},
	};
	struct signal_config signals[3] = {{0}};
	struct config config = {.loops = loops, .n_loops = 3, .signals = signals, .n_signals = 3};
	struct graph graph;

	(void)state;
	assert_true(graph_init(&graph, &config));
	assert_int_equal(graph_loops(&graph, 0).n, 2);
	assert_int_equal(graph_loops(&graph, 1).n, 1);
	assert_int_equal(graph_loops(&graph, 1).at[0], 1);
	assert_int_equal(graph_loops(&graph, 2).at[0], 2);
	assert_int_equal(graph_signals(&graph, 0).n, 1);
	assert_int_equal(graph_signals(&graph, 1).n, 2);
	assert_int_equal(graph_signals(&graph, 2).at[0], 2);
	graph_done(&graph);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deadlines_against_a_list),
		cmocka_unit_test(test_outbox_order),
		cmocka_unit_test(test_topics),
		cmocka_unit_test(test_graph),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
