/* Charts: round ticks, the stack of areas, where lines and texts come out, and what must not get into XML. With a file's name
 * as argument a chart of all kinds of marks is written there, for whoever wants to look. */
#include "check.h"
#include "ctl/chart_draw.h"

#include <stdio.h>
#include <string.h>

#define SERIES(name_, mark_, colour_, y_)                                \
	{                                                                \
		.name = name_, .mark = mark_, .colour = colour_, .y = y_ \
	}

static char *draw(const struct chart *chart)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	chart_svg(out, chart);
	fclose(out);
	return text;
}

/* ---- axes ------------------------------------------------------------------------------- */

static void check_axis(double low, double high, double step, double first, double last)
{
	struct axis axis = axis_fit(low, high, true);
	double value, before = NAN;

	check_double(axis.step, step, 1e-12, 0);
	assert_true(axis_tick(&axis, 0, &value));
	check_double(value, first, 1e-12, 1e-12);
	for (int i = 0; axis_tick(&axis, i, &value); i++) {
		assert_true(i < 20);
		before = value;
	}
	check_double(before, last, 1e-12, 1e-12);
}

static void test_ticks(void **state)
{
	(void)state;
	check_axis(0, 287.9, 50, 0, 300);
	check_axis(-43.2, 22.4, 20, -60, 40);
	check_axis(0.3, 0.7, 0.1, 0.3, 0.7);
	check_axis(1e-7, 5e-7, 1e-7, 1e-7, 5e-7);
	check_axis(5, 5, 0.2, 4.4, 5.6);
	check_axis(0, 0, 0.5, -1, 1);
	check_axis(INFINITY, -INFINITY, 0.2, 0, 1);
	check_axis(3e12, 9e12, 1e12, 3e12, 9e12);
}

static void check_range(double low, double high)
{
	struct axis axis = axis_fit(low, high, false);
	double value;
	int n = 0;

	axis.low_px = 100;
	axis.high_px = 800;
	for (; axis_tick(&axis, n, &value); n++) {
		assert_true(n < 20);
		assert_true(axis_px(&axis, value) > 99.99 && axis_px(&axis, value) < 800.01);
	}
	assert_true(n >= 2);
}

/* Whatever the range, its ticks are within it, some, and not many. */
static void test_any_range(void **state)
{
	(void)state;
	for (double low = 1e-9; low < 1e9; low *= 1.7) {
		for (double width = 1e-3; width < 1e3; width *= 2.9) {
			check_range(low, low + low * width);
			check_range(-low, low * width);
			check_range(-low - low * width, -low);
		}
		check_range(low, low);
	}
}

/* ---- what is drawn ---------------------------------------------------------------------- */

static const double x[] = {0, 50, 100}, a[] = {10, -20, 30}, b[] = {5, 15, NAN}, c[] = {1, -2, 3};

static void test_stack(void **state)
{
	const struct chart_series series[] = {SERIES("a", CHART_AREA, CHART_SKY, a), SERIES("b", CHART_AREA, CHART_ORANGE, b),
	                                      SERIES("c", CHART_AREA, CHART_GREY, c)};
	const struct chart chart = {.n = 3, .x = x, .series = series, .n_series = 3};
	double low, high;

	(void)state;
	check_near(plot_stack(&chart, 0, 0), 0);
	check_near(plot_stack(&chart, 2, 0), 15);
	check_near(plot_stack(&chart, 1, 1), 0);
	check_near(plot_stack(&chart, 2, 1), -20);
	check_near(plot_stack(&chart, 2, 2), 30);
	plot_range(&chart, &low, &high);
	check_near(low, -22);
	check_near(high, 33);
}

/* x from 0 to 100 lies on 76 to 796; y from 0 to 20 on the frame's 340 px. */
static void test_numbers_in_place(void **state)
{
	static const double y[] = {0, 10, 20}, gap[] = {20, NAN, 0};
	const struct chart_series series[] = {SERIES("up", CHART_LINE, CHART_BLUE, y),
	                                      SERIES("gap", CHART_DASHED, CHART_GREEN, gap)};
	const struct chart chart = {
	    .title = "t", .x_title = "x", .y_title = "y", .n = 3, .x = x, .series = series, .n_series = 2};
	char *svg = draw(&chart);

	(void)state;
	assert_non_null(strstr(svg, "d=\"M76.00 412.00L436.00 242.00L796.00 72.00\"><title>up</title>"));
	assert_non_null(strstr(svg, "d=\"M76.00 72.00M796.00 412.00\"><title>gap</title>"));
	assert_non_null(strstr(svg, "<text x=\"364.00\" y=\"432.00\" text-anchor=\"middle\">40</text>"));
	free(svg);
}

/* Series with an x of their own, dots with texts that do not cover each other, and no dot where there is no number. */
static void test_points(void **state)
{
	static const double own_x[] = {5, 0, 10}, own_y[] = {0, 5, 10};
	const struct chart_series series[] = {
	    {.name = "own", .mark = CHART_DOTTED, .y = own_y, .x = own_x, .n_own = 3, .legend = ""}};
	const struct chart_point points[] = {
	    {20, 0, CHART_BLUE, "one", false}, {20, 0.1, CHART_GREEN, "two", true}, {NAN, 3, CHART_BLUE, "nowhere", false}};
	const struct chart chart = {
	    .x_title = "x", .y_title = "y", .series = series, .n_series = 1, .points = points, .n_points = 3};
	char *svg = draw(&chart);

	(void)state;
	assert_non_null(strstr(svg, "d=\"M256.00 386.00L76.00 216.00L436.00 46.00\"><title>own</title>"));
	assert_non_null(strstr(svg, "<circle cx=\"796.00\" cy=\"386.00\" r=\"5\" fill=\"#0072b2\""));
	assert_non_null(strstr(svg, "fill=\"#ffffff\" stroke=\"#009e73\""));
	assert_non_null(strstr(svg, "text-anchor=\"end\" class=\"halo\">one</text>"));
	assert_null(strstr(svg, "nowhere"));
	assert_null(strstr(svg, ">own</text>"));
	free(svg);
}

static void test_labels(void **state)
{
	static const char *const labels[] = {"one", "two", "three"};
	static const double y[] = {0, 10, 20};
	const struct chart_series series[] = {SERIES("bar", CHART_AREA, CHART_BLUE, y)};
	const struct chart chart = {.n = 3, .labels = labels, .series = series, .n_series = 1, .x_title = "x", .y_title = "y"};
	char *svg = draw(&chart);

	(void)state;
	assert_non_null(strstr(svg, ">three</text>"));
	assert_non_null(strstr(svg, "width=\"0.00\" height=\"14\""));
	free(svg);
}

/* ---- what must not get in --------------------------------------------------------------- */

static void test_escapes(void **state)
{
	const struct chart_series series[] = {SERIES("<b> & \"c\"", CHART_LINE, CHART_BLUE, a)};
	const struct chart chart = {.title = "\x01 \xff \xc3\xa4 \xef\xbf\xbf",
	                            .x_title = "\xf0\x9f\x94 x",
	                            .y_title = "",
	                            .n = 3,
	                            .x = x,
	                            .series = series,
	                            .n_series = 1};
	char *svg = draw(&chart);

	(void)state;
	assert_non_null(strstr(svg, "&lt;b&gt; &amp; \"c\"</text>"));
	assert_non_null(strstr(svg, ">? ? \xc3\xa4 ?</text>"));
	assert_non_null(strstr(svg, "?? x</text>"));
	assert_null(strstr(svg, "<b>"));
	free(svg);
}

/* Nothing to draw is a frame with numbers, not one with "nan" or "inf" in it. */
static void test_nothing(void **state)
{
	static const double none[] = {NAN, INFINITY, -INFINITY};
	static const char *const labels[] = {"", "", ""};
	const struct chart_series series[] = {SERIES("none", CHART_LINE, CHART_BLUE, none),
	                                      SERIES("area", CHART_AREA, CHART_BLUE, none)};
	struct chart chart = {.n = 3, .x = x, .series = series, .n_series = 2, .x_title = "x", .y_title = "y"};

	(void)state;
	for (int round = 0; round < 3; round++) {
		char *svg = draw(&chart);

		assert_null(strstr(svg, "nan"));
		assert_null(strstr(svg, "inf"));
		assert_non_null(strstr(svg, "</svg>"));
		free(svg);
		if (round == 0)
			chart.labels = labels;
		else
			chart.n = chart.n_series = 0;
	}
}

static int draw_into(const char *path)
{
	const struct chart_series series[] = {
	    SERIES("area", CHART_AREA, CHART_SKY, a),
	    SERIES("gap", CHART_AREA, CHART_ORANGE, b),
	    SERIES("third", CHART_AREA, CHART_GREY, c),
	    SERIES("line", CHART_LINE, CHART_BLUE, a),
	    SERIES("dashed, with a rather long name for a legend", CHART_DASHED, CHART_GREEN, c),
	    SERIES("one more, so that the legend takes two lines", CHART_DASHED, CHART_BLACK, b)};
	const struct chart_note notes[] = {{25, "a note"}, {97, "a note on the left"}};
	const struct chart chart = {.title = "All <marks> & \xc3\xa4",
	                            .subtitle = "for whoever wants to look, in a sentence so long that it does not fit into one "
	                                        "line of the picture and goes on in a second one",
	                            .x_title = "x",
	                            .y_title = "y",
	                            .n = 3,
	                            .x = x,
	                            .series = series,
	                            .n_series = 6,
	                            .notes = notes,
	                            .n_notes = 2};
	FILE *out = fopen(path, "w");

	if (!out)
		return 1;
	chart_svg(out, &chart);
	return fclose(out) != 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ticks),   cmocka_unit_test(test_any_range),
	    cmocka_unit_test(test_stack),   cmocka_unit_test(test_numbers_in_place),
	    cmocka_unit_test(test_labels),  cmocka_unit_test(test_escapes),
	    cmocka_unit_test(test_nothing), cmocka_unit_test(test_points),
	};

	return argc > 1 ? draw_into(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
