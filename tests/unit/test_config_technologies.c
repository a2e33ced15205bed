/* Technologies in a configuration: config/technologies.yaml against the figures in the library, and what is refused. */
#include "check.h"

#include "config_file.h"
#include "core/config_machines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* A document with this under technologies; loop: more lines of the loop. */
static char *document(const char *technologies, const char *heat_pump, const char *loop)
{
	char *text;

	assert_true(asprintf(&text,
	                     "site: t\n"
	                     "market: {electricity: {price: 90 EUR/MWh}, fuel: {price: 60 EUR/MWh}}\n"
	                     "loops:\n"
	                     "  a:\n"
	                     "    source: {t_in: 60 degC}\n"
	                     "    sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW}\n"
	                     "    heat_pump: {%s}\n"
	                     "%s"
	                     "    technologies:\n%s",
	                     heat_pump, loop, technologies) > 0);
	return text;
}

/* ---- the library of technologies -------------------------------------------------------- */

/* An entry of the file as it stands in a loop's list, with its "#key: value" as "key: value" where told. */
static char *entry_text(const char *entry, size_t len, bool uncomment)
{
	char *text = calloc(1, 2 * len + 64), *to = text;
	const char *at = entry, *end = entry + len;

	assert_non_null(text);
	while (at < end) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));
		bool blank = *at == '\n' || *at == '#', hidden = strncmp(at, "  #", 3) == 0;

		assert_non_null(line_end);
		if (!blank && hidden && uncomment)
			to += sprintf(to, "        %.*s\n", (int)(line_end - at - 3), at + 3);
		else if (!blank && !hidden)
			to += sprintf(to, "      %.*s\n", (int)(line_end - at), at);
		at = line_end + 1;
	}
	return text;
}

static bool has_figure(double value)
{
	return !isnan(value) && !isinf(value) && value != 0;
}

static void check_figure(const struct technology_config *t, enum slot slot, double expected, bool belongs)
{
	const struct input *input = &t->input[slot - SLOT_TECHNOLOGY];
	bool expects = belongs && has_figure(expected);

	if ((input->kind == INPUT_CONSTANT) != expects)
		fail_msg("%s: %s is %s", t->name, slot_info[slot].path, expects ? "missing" : "no figure that the library has");
	if (expects)
		check_double(input->value, expected, 1e-12, 0);
}

static void check_entry(const struct technology_config *t)
{
	enum lorenz_technology_kind kind = (enum lorenz_technology_kind)t->kind;
	struct lorenz_technology known = lorenz_technology_default(kind);
	bool constant = known.efficiency.model == LORENZ_MODEL_CONSTANT;

	check_figure(t, SLOT_TECHNOLOGY_T_MAX, known.t_max_k, true);
	check_figure(t, SLOT_TECHNOLOGY_T_TARGET_MIN, known.t_target_min_k, true);
	check_figure(t, SLOT_TECHNOLOGY_T_SOURCE_MIN, known.t_source_min_k, true);
	check_figure(t, SLOT_TECHNOLOGY_T_SOURCE_MAX, known.t_source_max_k, true);
	check_figure(t, SLOT_TECHNOLOGY_PINCH, known.dt_min_k, kind == LORENZ_DIRECT_EXCHANGE);
	check_figure(t, SLOT_TECHNOLOGY_T_AMBIENT, known.t_ambient_k, kind == LORENZ_HEAT_TO_POWER);
	check_figure(t, SLOT_TECHNOLOGY_SECOND_LAW, known.second_law, true);
	check_figure(t, SLOT_TECHNOLOGY_ETA, constant ? known.efficiency.of.eta : NAN, true);
	check_figure(t, SLOT_TECHNOLOGY_FRACTION, known.efficiency.of.carnot, kind == LORENZ_CALORIC);
	check_figure(t, SLOT_TECHNOLOGY_EFFICIENCY, 1 / known.efficiency.of.shares.elec,
	             kind == LORENZ_DIRECT_ELECTRIC && strcmp(t->name, "resistive") == 0);
	check_figure(t, SLOT_TECHNOLOGY_ROUND_TRIP, known.round_trip, true);
	check_figure(t, SLOT_TECHNOLOGY_STORED_PRICE, known.stored.cost, true);
}

/* With heat_pump's efficiency where the library has none; the figures that nobody knows are looked at without them first. */
static struct config *load_entry(const char *entry, size_t len, bool uncomment, const char *heat_pump, char **said)
{
	char *list = entry_text(entry, len, uncomment), *text = document(list, heat_pump, "");
	struct config *config = load_text(text, strlen(text), said);

	free(text);
	free(list);
	return config;
}

/* Shown as comments alone: what the library asks the user for. */
static bool lacks_figures(const char *entry, enum lorenz_technology_kind kind)
{
	return strncmp(entry, "- name: induction", 17) == 0 || kind == LORENZ_TRANSFORMER || kind == LORENZ_HEAT_STORAGE || kind == LORENZ_HEAT_TO_POWER;
}

static unsigned check_file_entry(const char *entry, size_t len)
{
	char *said;
	struct config *config = load_entry(entry, len, true, "lorenz_efficiency: 0.5", &said);
	enum lorenz_technology_kind kind;

	if (!config)
		fail_msg("%.*s: %s", (int)len, entry, said);
	free(said);
	kind = (enum lorenz_technology_kind)config->loops[0].machines->technologies[0].kind;
	config_free(config);
	config = load_entry(entry, len, false, "lorenz_efficiency: 0.5", &said);
	if (lacks_figures(entry, kind)) {
		assert_null(config);
		assert_non_null(strstr(said, "no figure is known"));
	} else {
		assert_non_null(config);
		check_entry(&config->loops[0].machines->technologies[0]);
		config_free(config);
	}
	free(said);
	return 1U << kind;
}

/* Of those that lack figures the others are compared with all of them given. */
static void check_shown_figures(const char *entry, size_t len)
{
	char *said;
	struct config *config = load_entry(entry, len, true, "lorenz_efficiency: 0.5", &said);
	struct technology_config t = config->loops[0].machines->technologies[0];
	static const enum slot asked[] = {SLOT_TECHNOLOGY_ELEC_SHARE,    SLOT_TECHNOLOGY_SOURCE_SHARE,
	                                  SLOT_TECHNOLOGY_ROUND_TRIP,    SLOT_TECHNOLOGY_STORED_PRICE,
	                                  SLOT_TECHNOLOGY_STORED_CARBON, SLOT_TECHNOLOGY_SECOND_LAW,
	                                  SLOT_TECHNOLOGY_EFFICIENCY};

	for (size_t i = 0; i < LENGTH(asked); i++)
		t.input[asked[i] - SLOT_TECHNOLOGY].kind = INPUT_ABSENT;
	if (lacks_figures(entry, (enum lorenz_technology_kind)t.kind))
		check_entry(&t);
	free(said);
	config_free(config);
}

static void test_the_file_has_the_figures_of_the_library(void **state)
{
	char *text = file_text(PROJECT_DIR "/config/technologies.yaml"), *entry = strstr(text, "- name:"), *next;
	unsigned kinds = 0;

	(void)state;
	for (; entry; entry = next) {
		next = strstr(entry + 1, "\n- name:");
		next = next ? next + 1 : NULL;
		kinds |= check_file_entry(entry, next ? (size_t)(next - entry) : strlen(entry));
		check_shown_figures(entry, next ? (size_t)(next - entry) : strlen(entry));
	}
	assert_int_equal(kinds, (1U << LORENZ_TECHNOLOGY_COUNT) - 1);
	free(text);
}

/* ---- what is accepted and refused ------------------------------------------------------- */

static void check_said(const char *technologies, const char *heat_pump, const char *loop, const char *expected)
{
	char *text = document(technologies, heat_pump, loop), *said;
	struct config *config = load_text(text, strlen(text), &said);

	assert_string_equal(said, expected);
	assert_int_equal(config != NULL, !*expected);
	config_free(config);
	free(said);
	free(text);
}

#define ETA "lorenz_efficiency: 0.5"

static void test_names(void **state)
{
	(void)state;
	check_said("      [vapour_compression, inverse_brayton, direct_electric]\n", ETA, "", "");
	check_said("      [vapour_compresion]\n", ETA, "",
	           "9:8: loops.a.technologies.0: \"vapour_compresion\" is none of vapour_compression, inverse_brayton, mvr, "
	           "thermochemical_transformer, caloric, direct_electric, resistive, induction, direct_exchange, heat_to_power, "
	           "thermochemical_storage, did you "
	           "mean \"vapour_compression\"?\n");
	check_said(
	    "      [{name: hp}]\n", ETA, "",
	    "9:15: loops.a.technologies.0.name: is no technology that is known by that name: say which one with technology\n");
	check_said("      [mvr, {name: mvr, technology: caloric}]\n", ETA, "",
	           "9:20: loops.a.technologies.1.name: is the name of another one as well\n");
	check_said("      [mvr, mvr]\n", ETA, "", "9:13: loops.a.technologies.1: is the name of another one as well\n");
	check_said("      [{name: abcdefghijklmnopqrstuvwxyz012345, technology: mvr}]\n", ETA, "",
	           "9:15: loops.a.technologies.0.name: has more than 31 characters\n");
	check_said("      []\n", ETA, "", "9:7: loops.a.technologies: has 0 technologies; 1 to 8 are possible\n");
	check_said("      mvr\n", ETA, "", "9:7: loops.a.technologies: must be a list of technologies, not a plain value\n");
	check_said("      [[mvr]]\n", ETA, "", "9:8: loops.a.technologies.0: must be a mapping of keys, not a list\n");
}

static void test_figures_that_are_needed(void **state)
{
	(void)state;
	check_said("      [vapour_compression, caloric]\n", "", "", "");
	check_said("      [{name: mvr, lorenz_efficiency: {model: jensen, fluid: isobutane}}]\n", "", "", "");
	check_said("      [inverse_brayton]\n", "", "",
	           "9:8: loops.a.technologies.0: inverse_brayton needs a lorenz_efficiency, of its own or of heat_pump: no "
	           "figure is known\n");
	check_said("      [thermochemical_transformer]\n", ETA, "",
	           "9:8: loops.a.technologies.0: thermochemical_transformer needs elec_share, source_share: no figure is known. "
	           "Write it as a "
	           "mapping, {name: thermochemical_transformer, …}\n");
	check_said("      [heat_to_power]\n", ETA, "",
	           "9:8: loops.a.technologies.0: heat_to_power needs second_law or efficiency: no figure is known. Write it as a "
	           "mapping, "
	           "{name: heat_to_power, …}\n");
	check_said("      [induction]\n", ETA, "",
	           "9:8: loops.a.technologies.0: induction needs efficiency: no figure is known. Write it as a mapping, {name: induction, …}\n");
	check_said("      [resistive, {name: coil, technology: induction, efficiency: 85 %}]\n", ETA, "", "");
	check_said("      [{name: heat_to_power, second_law: 40 %, efficiency: 10 %}]\n", ETA, "",
	           "9:60: loops.a.technologies.0.efficiency: is given beside second_law: one of them\n");
}

static void check_without_heat_pump(const char *technologies, const char *expected)
{
	char *text, *said;
	struct config *config;

	assert_true(asprintf(&text,
	                     "site: t\n"
	                     "market: {electricity: {price: 90 EUR/MWh}, fuel: {price: 60 EUR/MWh}}\n"
	                     "loops:\n"
	                     "  a: {source: {t_in: 60 degC}, sink: {t_in: 55 degC, t_target: 90 degC, duty: 1 MW}%s}\n",
	                     technologies) > 0);
	config = load_text(text, strlen(text), &said);
	assert_string_equal(said, expected);
	assert_int_equal(config != NULL, !*expected);
	config_free(config);
	free(said);
	free(text);
}

static void test_without_a_heat_pump(void **state)
{
	(void)state;
	check_without_heat_pump("", "4:6: loops.a.heat_pump: is missing\n");
	check_without_heat_pump(", technologies: [direct_electric, vapour_compression, {name: e, technology: direct_electric, capacity: 1 MW, min_load: 10 %}]", "");
	check_without_heat_pump(", technologies: [direct_electric, mvr]",
	                        "4:118: loops.a.technologies.1: mvr needs a lorenz_efficiency, of its own or of heat_pump: no figure is known\n");
}

static void test_better_than_carnot(void **state)
{
	(void)state;
	/* 1 - 288.15/333.15 */
	check_said("      [{name: heat_to_power, efficiency: 13.5 %}]\n", ETA, "", "");
	check_said("      [{name: heat_to_power, efficiency: 13.6 %}]\n", ETA, "",
	           "9:42: loops.a.technologies.0.efficiency: 0.136 is above 0.1351, Carnot's between source and t_ambient\n");
	check_said("      [{name: heat_to_power, efficiency: 1 %, t_ambient: 60 degC}]\n", ETA, "",
	           "9:42: loops.a.technologies.0.efficiency: 0.01 is above 0, Carnot's between source and t_ambient\n");
	check_said("      [{name: heat_to_power, efficiency: {topic: eta}}]\n", ETA, "", "");
}

static void test_keys_of_another_kind(void **state)
{
	(void)state;
	check_said("      [{name: direct_electric, fraction: 0.5}]\n", ETA, "",
	           "9:42: loops.a.technologies.0.fraction: is not a key of direct_electric, which has name, technology, "
	           "efficiency, t_max, "
	           "t_target_min, t_source_min, t_source_max, capacity, min_load, p_elec_max, available\n");
	check_said("      [{name: direct_electric, efficiency: 1.1}]\n", ETA, "",
	           "9:44: loops.a.technologies.0.efficiency: 1.1 is outside (0, 1]\n");
	check_said("      [{name: mvr, min_load: 30 %}]\n", ETA, "",
	           "9:30: loops.a.technologies.0.min_load: is a share of capacity, which is missing\n");
	check_said("      [{name: mvr, min_load: 30 %}]\n", ETA ", capacity: 1 MW", "", "");
	check_said("      [{name: mvr, min_load: 30 %}, {name: direct_electric, min_load: 5 %}]\n",
	           ETA ", units: [{name: a, capacity: 1 MW}]", "",
	           "9:30: loops.a.technologies.0.min_load: is a share of capacity, which is missing: heat_pump.units have their own\n");
	check_said("      [{name: mvr, lorenz_efficiency: {model: jensen, fluid: ammonia}}]\n", "approach_sink: 3 K", "",
	           "7:32: loops.a.heat_pump.approach_sink: is given beside the model jensen, which has its own (pinch)\n");
	check_said("      [direct_exchange]\n", ETA, "    direct_exchange: {pinch: 5 K}\n",
	           "10:8: loops.a.technologies.0: direct_exchange does not go together with the loop's direct_exchange, which is "
	           "always there\n");
}

static void test_names_of_signals(void **state)
{
	char *text =
	         document("      [{name: mvr, lorenz_efficiency: {model: jensen, fluid: ammonia, pinch: {topic: p, unit: K}}},\n"
	                  "       {name: x, technology: direct_exchange, capacity: {topic: c, unit: MW}}]\n",
	                  "", ""),
	     *said;
	struct config *config = load_text(text, strlen(text), &said);

	(void)state;
	assert_string_equal(said, "");
	assert_int_equal(config->n_signals, 2);
	assert_string_equal(config->signals[0].name, "loops.a.technologies.0.lorenz_efficiency.pinch");
	assert_string_equal(config->signals[1].name, "loops.a.technologies.1.capacity");
	config_free(config);
	free(said);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_file_has_the_figures_of_the_library),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_figures_that_are_needed),
	    cmocka_unit_test(test_without_a_heat_pump),
	    cmocka_unit_test(test_better_than_carnot),
	    cmocka_unit_test(test_keys_of_another_kind),
	    cmocka_unit_test(test_names_of_signals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
