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

static enum status judge_in_time(struct filter *filter, const struct signal_config *config, int64_t at_us, double value,
                                 double *used, struct err *e)
{
	switch (filter_take(filter, config, at_us, value, used, e)) {
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

enum status plant_judge(struct plant *plant, uint32_t i, int64_t at_us, double value, bool late, double *used, struct err *e)
{
	const struct signal_config *config = &plant->config->signals[i];
	struct filter *filter = plant->signals[i].filter;

	if (filter && !late)
		filter->raw = value;
	if (filter_is_sentinel(config, value)) {
		err_set(e, "%g stands for a fault of the sensor", value);
		return STATUS_SENTINEL;
	}
	if (!in_range(config, value, e))
		return STATUS_OUT_OF_RANGE;
	if (filter && !late)
		return judge_in_time(filter, config, at_us, value, used, e);
	*used = value;
	return STATUS_GOOD;
}
