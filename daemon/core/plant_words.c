/* A signal in words: for events, the state's payload and whoever asks why a loop has no decision. */
#include "plant_internal.h"

#include <math.h>
#include <stdio.h>

const struct status_info status_info[] = {
	[STATUS_NEVER] = {"signal_missing", "never received", QUALITY_BAD},
	[STATUS_GOOD] = {"signal_good", NULL, QUALITY_GOOD},
	[STATUS_RETAINED] = {"signal_retained", "retained by the broker, no live message yet", QUALITY_UNCERTAIN},
	[STATUS_STALE] = {"signal_stale", "stale", QUALITY_BAD},
	[STATUS_UNREADABLE] = {"signal_unreadable", NULL, QUALITY_BAD},
	[STATUS_OUT_OF_RANGE] = {"signal_out_of_range", NULL, QUALITY_BAD},
	[STATUS_BAD_TIME] = {"signal_bad_time", NULL, QUALITY_BAD},
	[STATUS_SENTINEL] = {"signal_sentinel", NULL, QUALITY_BAD},
	[STATUS_SPIKE] = {"signal_spike", NULL, QUALITY_UNCERTAIN},
	[STATUS_TOO_FAST] = {"signal_too_fast", NULL, QUALITY_UNCERTAIN},
	[STATUS_FROZEN] = {"signal_frozen", NULL, QUALITY_BAD},
	[STATUS_FROZEN_UNCERTAIN] = {"signal_frozen", NULL, QUALITY_UNCERTAIN},
	[STATUS_NO_MEMBER] = {"signal_no_sensor", NULL, QUALITY_BAD},
	[STATUS_NO_GOOD_MEMBER] = {"signal_no_good_sensor", NULL, QUALITY_UNCERTAIN},
	[STATUS_DISAGREEMENT] = {"signal_disagreement", NULL, QUALITY_UNCERTAIN},
	[STATUS_UNCERTAIN] = {"signal_uncertain", "its source says that it is uncertain", QUALITY_UNCERTAIN},
	[STATUS_BAD_QUALITY] = {"signal_bad_quality", NULL, QUALITY_BAD},
};

static const char *status_words(const struct signal *s)
{
	if (s->rejection && s->rejection[0] && status_info[s->status].words == NULL)
		return s->rejection;
	return status_info[s->status].words;
}

char *value_text(char text[VALUE_SIZE], const struct signal_config *config, double value)
{
	bool bare = config->unit == unit_internal(DIM_ONE);

	snprintf(text, VALUE_SIZE, "%g%s%s", value, bare ? "" : " ", bare ? "" : config->unit->name);
	return text;
}

void plant_why(const struct plant *plant, uint32_t i, char *text, size_t size)
{
	const struct signal_config *config = &plant->config->signals[i];
	const struct signal *s = &plant->signals[i];
	const char *words = status_words(s);
	char since[120] = "", done[80] = "", value[VALUE_SIZE];

	if (s->status == STATUS_STALE && s->curve)
		plant_series_why(s, since, sizeof(since));
	else if (s->status == STATUS_STALE)
		snprintf(since, sizeof(since), ": no value for %g s", (double)config->stale_after_us / 1e6);
	if (s->status == STATUS_SPIKE || s->status == STATUS_TOO_FAST) {
		snprintf(done, sizeof(done), "; %s counts on", value_text(value, config, s->good));
	} else if (status_info[s->status].quality == QUALITY_BAD) {
		if (config->on_bad == ON_BAD_HOLD && !isnan(s->good))
			snprintf(done, sizeof(done), "; holding the last good value %s", value_text(value, config, s->good));
		else if (config->on_bad == ON_BAD_SUBSTITUTE)
			snprintf(done, sizeof(done), "; using the substitute %s",
			         value_text(value, config, unit_from_internal(config->unit, config->substitute)));
	}
	snprintf(text, size, "%s%s%s", words ? words : "", since, done);
}

static void write_members(const struct plant *plant, const struct vote_config *vote, struct json_out *out)
{
	json_out_array(out, "any_of");
	for (uint32_t k = 0; k < vote->n; k++)
		json_out_text(out, NULL, plant->config->signals[vote->first + k].name);
	json_out_array_end(out);
}

static void write_one(const struct plant *plant, uint32_t i, struct json_out *out)
{
	const struct signal_config *config = &plant->config->signals[i];
	const struct signal *s = &plant->signals[i];
	double internal = NAN;
	enum quality quality = plant_effective(plant, i, &internal);
	char why[256];

	plant_why(plant, i, why, sizeof(why));
	if (s->status == STATUS_GOOD && s->rejection)
		snprintf(why, sizeof(why), "%s", s->rejection);
	json_out_object(out, config->name);
	json_out_number(out, "value", unit_from_internal(config->unit, internal));
	if (s->filter)
		json_out_number(out, "raw", s->filter->raw);
	json_out_text(out, "unit", config->unit->name);
	json_out_text(out, "quality", quality_text[quality]);
	json_out_time(out, "since", s->since_us);
	json_out_time(out, "last_ts", s->ts_us);
	json_out_integer(out, "rejected", (int64_t)s->rejected);
	json_out_text(out, "reason", why[0] ? why : NULL);
	if (config->series)
		plant_series_write(s, out);
	if (config->tag)
		json_out_text(out, "tag", config->tag);
	if (config->vote)
		write_members(plant, config->vote, out);
	json_out_object_end(out);
}

void plant_write(const struct plant *plant, uint32_t i, struct json_out *out)
{
	const struct vote_config *vote = plant->config->signals[i].vote;

	write_one(plant, i, out);
	for (uint32_t k = 0; vote && k < vote->n; k++)
		write_one(plant, vote->first + k, out);
}
