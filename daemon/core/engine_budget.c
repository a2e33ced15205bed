/* A day's carbon budget of a loop: what it has emitted since midnight at the site is taken off, the rest is spread over the rest
 * of the day, and that is the cap in force. Counted like the other totals: by what was measured or decided, over restarts; while
 * inputs are bad, at the carbon that was last known. */
#include "engine_internal.h"

#include "tariff.h"

#include <math.h>
#include <stdio.h>

static const double US_PER_H = 3600e6, HOURS_LEAST = 1.0 / 60;

bool budget_counts(const struct engine *e, uint32_t i)
{
	const struct loop_config *config = loop_config(e, i);

	return config->objective == OBJECTIVE_COST_UNDER_CARBON_CAP && !isnan(config->carbon_budget_kg);
}

static double hours_left(const struct engine *e)
{
	return (double)(day_end_us(e->config->zone, e->now.utc_us) - e->now.utc_us) / US_PER_H;
}

/* Up to now: what goes on since it was last counted as well. */
static double emitted_today_kg(const struct engine *e, uint32_t i)
{
	const struct feedback_state *a = &e->loops[i].answer;
	double hours = (double)(e->now.mono_us - a->flow_us) / US_PER_H;
	double going_on_kg = isfinite(a->flow.emitted_kg_h) ? a->flow.emitted_kg_h * hours : 0;

	return a->totals.today.carbon_emitted_kg + going_on_kg;
}

void budget_inputs(const struct engine *e, uint32_t i, struct loop_inputs *inputs)
{
	const struct loop_config *config = loop_config(e, i);

	if (!isnan(config->carbon_budget_kg))
		budget_spread(config, config->carbon_budget_kg - emitted_today_kg(e, i), fmax(hours_left(e), HOURS_LEAST), inputs);
}

void budget_look(struct engine *e, uint32_t i, const struct loop_inputs *inputs)
{
	const struct loop_config *config = loop_config(e, i);
	bool spent = budget_counts(e, i) && inputs->carbon_left_kg <= 0;
	char text[ALARM_TEXT_SIZE] = "";

	if (spent)
		snprintf(text, sizeof(text), "%.6g kg of today's %.6g kg are emitted, %.3g h before midnight: most carbon is saved",
		         config->carbon_budget_kg - inputs->carbon_left_kg, config->carbon_budget_kg, hours_left(e));
	alarm_set(e, i, ALARM_CARBON_SPENT, spent, text);
}
