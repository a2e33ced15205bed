/* What a loop learns of its plant: so far the heat-capacity rate of its source, from the measured outlet at steady load. Until it
 * is known the outlet counts as given, as it does without. */
#include "engine_internal.h"

#include <math.h>
#include <stdlib.h>

/* Steady: the temperatures within a tenth of the cooling, but for what a sensor's noise may be, the heat within a tenth. Below a
 * kelvin of cooling the sensors' errors are the larger part. */
static const double STEADY_SHARE = 0.1, STEADY_LEAST_K = 0.2, COOLING_LEAST_K = 1;

enum { CHANNEL_T_IN, CHANNEL_T_OUT, CHANNEL_HEAT, CHANNELS };

bool learn_counts(const struct engine *e, uint32_t i)
{
	return e->config->loops[i].rate_smoothing_us > 0;
}

static double good(const struct engine *e, const struct input *input)
{
	double value = input->value;

	return input->kind != INPUT_SIGNAL || plant_read(e->plant, input->signal, &value) == QUALITY_GOOD ? value : NAN;
}

/* Heat from the source: measured, or what is left of the heat to the sink. */
static double source_heat_kw(const struct feedback *f)
{
	return isnan(f->q_source_kw) ? f->q_sink_kw - f->p_elec_kw : f->q_source_kw;
}

/* False: something is not known, or there is too little to see. */
static bool measure(const struct engine *e, uint32_t i, double *value, double *spread)
{
	const struct loop_config *config = &e->config->loops[i];
	const struct feedback *f = &e->loops[i].answer.feedback;
	double cooling_k;

	value[CHANNEL_T_IN] = good(e, &config->slot[SLOT_SOURCE_T_IN]);
	value[CHANNEL_T_OUT] = good(e, &config->slot[SLOT_SOURCE_T_OUT]);
	value[CHANNEL_HEAT] = source_heat_kw(f);
	cooling_k = value[CHANNEL_T_IN] - value[CHANNEL_T_OUT];
	spread[CHANNEL_T_IN] = spread[CHANNEL_T_OUT] = fmax(STEADY_SHARE * cooling_k, STEADY_LEAST_K);
	spread[CHANNEL_HEAT] = STEADY_SHARE * value[CHANNEL_HEAT];
	return f->quality == QUALITY_GOOD && f->running != SAID_NO && f->trip != SAID_YES && cooling_k >= COOLING_LEAST_K &&
	       value[CHANNEL_HEAT] > 0;
}

static struct learning *learning_of(struct engine *e, uint32_t i)
{
	struct feedback_state *a = &e->loops[i].answer;

	if (!a->learning)
		a->learning = calloc(1, sizeof(*a->learning)); /* without memory nothing is learned */
	return a->learning;
}

bool learn_follow(struct engine *e, uint32_t i)
{
	double value[CHANNELS], spread[CHANNELS], mean[CHANNELS], rate_kw_k;
	const struct loop_config *config = &e->config->loops[i];
	struct learning *l = learn_counts(e, i) ? learning_of(e, i) : NULL;

	if (!l)
		return false;
	if (!measure(e, i, value, spread)) {
		steady_break(&l->steady);
		return false;
	}
	if (!steady_feed(&l->steady, CHANNELS, value, spread, e->now.mono_us, config->rate_steady_us, mean))
		return false;
	rate_kw_k = lorenz_source_c_kw_k(mean[CHANNEL_HEAT], 0, mean[CHANNEL_T_IN], mean[CHANNEL_T_OUT]);
	if (isnan(rate_kw_k))
		return false;
	learned_take(&l->source_rate, rate_kw_k, config->rate_steady_us, config->rate_smoothing_us);
	return true;
}

void learn_inputs(const struct engine *e, uint32_t i, struct loop_inputs *inputs)
{
	const struct learning *l = e->loops[i].answer.learning;
	static const struct learned nothing;
	const struct learned *rate = l ? &l->source_rate : &nothing;

	if (!learn_counts(e, i))
		return;
	inputs->machines[SLOT_SOURCE_HEAT_CAPACITY_RATE - SLOT_MACHINES] = learned_value(rate);
	inputs->source_rate_windows = (int64_t)rate->n;
	inputs->source_rate_spread = learned_spread(rate);
}
