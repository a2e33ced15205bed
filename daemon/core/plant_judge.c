/* What a readable value is worth: ranges first, then what the filters of its signal make of it among its neighbours. */
#include "plant_internal.h"

#include "config_rows.h"

static bool in_range(const struct signal_config *config, double value, struct err *e)
{
	struct range sane = slot_range(config->slot);
	char text[RANGE_TEXT_MAX], words[VALUE_SIZE];

	if (value < config->valid_low || value > config->valid_high)
		err_set(e, "%s is outside [%g, %g]", value_text(words, config, value), config->valid_low, config->valid_high);
	else if (!range_has(sane, unit_to_internal(config->unit, value)))
		err_set(e, "%s is outside %s", value_text(words, config, value), range_text(text, sane, config->unit));
	else
		return true;
	return false;
}

static enum status judge_in_time(struct filter *filter, const struct signal_config *config, struct sample sample, struct err *e)
{
	switch (filter_take(filter, config, sample.born_us, sample.value, e)) {
	case VERDICT_PASS:
		break;
	case VERDICT_SPIKE:
		return STATUS_SPIKE;
	case VERDICT_TOO_FAST:
		return STATUS_TOO_FAST;
	case VERDICT_FROZEN:
		return config->filter->frozen == DOUBT_BAD ? STATUS_FROZEN : STATUS_FROZEN_UNCERTAIN;
	}
	return STATUS_GOOD;
}

enum status plant_judge_alone(const struct signal_config *config, double value, struct err *e)
{
	if (filter_is_sentinel(config, value)) {
		err_set(e, "%g stands for a fault of the sensor", value);
		return STATUS_SENTINEL;
	}
	return in_range(config, value, e) ? STATUS_GOOD : STATUS_OUT_OF_RANGE;
}

void plant_judge(struct plant *plant, uint32_t i, struct sample sample, struct judgement *out)
{
	const struct signal_config *config = &plant->config->signals[i];
	struct filter *filter = plant->signals[i].filter;

	out->status = plant_judge_alone(config, sample.value, &out->why);
	if (filter)
		filter->raw = sample.value;
	if (filter && out->status == STATUS_GOOD)
		out->status = judge_in_time(filter, config, sample, &out->why);
	out->used = filter ? filter->used : sample.value;
}
