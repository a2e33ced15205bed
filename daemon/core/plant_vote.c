/* Signals that are voted from several sensors: once members have moved the vote is taken anew before a loop reads, and its
 * outcome is a state of the voted signal like any other. */
#include "plant_internal.h"

#include "vote.h"

#include <math.h>
#include <stdio.h>

static struct vote take(const struct plant *plant, const struct vote_config *config)
{
	struct ballot ballots[BALLOTS_MAX];

	for (uint32_t k = 0; k < config->n; k++)
		ballots[k].quality = plant_effective(plant, config->first + k, &ballots[k].value);
	return vote_take(ballots, config->n);
}

/* The newest sample of a member; NO_TIME: none yet. */
static int64_t newest_us(const struct plant *plant, const struct vote_config *config)
{
	int64_t ts_us = NO_TIME;

	for (uint32_t k = 0; k < config->n; k++)
		if (plant->signals[config->first + k].ts_us > ts_us)
			ts_us = plant->signals[config->first + k].ts_us;
	return ts_us;
}

/* The first member that is not good, and why. */
static void why_not(const struct plant *plant, const struct vote_config *config, const char *what, char *text, size_t size)
{
	double ignored;
	char why[256] = "";
	uint32_t k = 0;

	while (k + 1 < config->n && plant_effective(plant, config->first + k, &ignored) == QUALITY_GOOD)
		k++;
	plant_why(plant, config->first + k, why, sizeof(why));
	snprintf(text, size, "%s; any_of.%u: %s", what, k, why);
}

static enum status judge(const struct plant *plant, uint32_t group, const struct vote *vote, char *text, size_t size)
{
	const struct signal_config *config = &plant->config->signals[group];
	double allowed = config->vote->disagreement / config->unit->factor, spread = vote->spread / config->unit->factor;

	if (vote->quality == QUALITY_BAD) {
		why_not(plant, config->vote, "no sensor can be used", text, size);
		return STATUS_NO_MEMBER;
	}
	if (spread > allowed) {
		snprintf(text, size, "%zu sensors are %.4g apart, more than %g %s", vote->n, spread, allowed,
		         config->unit->dimension == DIM_TEMPERATURE ? "degrees" : config->unit->name);
		return STATUS_DISAGREEMENT;
	}
	if (vote->quality == QUALITY_UNCERTAIN) {
		why_not(plant, config->vote, "no sensor is good", text, size);
		return STATUS_NO_GOOD_MEMBER;
	}
	text[0] = '\0';
	return STATUS_GOOD;
}

bool plant_vote_heard(const struct plant *plant, const struct vote_config *config)
{
	for (uint32_t k = 0; k < config->n; k++)
		if (plant_received(plant, config->first + k))
			return true;
	return false;
}

static uint64_t rejected(const struct plant *plant, const struct vote_config *config)
{
	uint64_t sum = 0;

	for (uint32_t k = 0; k < config->n; k++)
		sum += plant->signals[config->first + k].rejected;
	return sum;
}

/* A sample of the vote is stored for each new one of a member, unless nothing can be used. */
static void vote(struct plant *plant, struct instant now, uint32_t group)
{
	const struct signal_config *config = &plant->config->signals[group];
	struct signal *s = &plant->signals[group];
	struct vote outcome = take(plant, config->vote);
	int64_t ts_us = newest_us(plant, config->vote);
	char words[REJECTION_SIZE];
	enum status status = judge(plant, group, &outcome, words, sizeof(words));

	if (!plant_vote_heard(plant, config->vote) && outcome.quality == QUALITY_BAD)
		return;
	s->rejected = rejected(plant, config->vote);
	if (outcome.quality != QUALITY_BAD)
		s->good = unit_from_internal(config->unit, outcome.value);
	if (ts_us > s->ts_us && outcome.quality != QUALITY_BAD)
		plant->hooks.sample(plant->hooks.ctx, group, ts_us, s->good, status_info[status].quality);
	if (ts_us > s->ts_us)
		s->ts_us = ts_us;
	plant_voted(plant, now, group, status, words);
}

size_t plant_votes(const struct config *config)
{
	size_t n = 0;

	for (size_t i = 0; i < config->n_signals; i++)
		n += config->signals[i].vote != NULL;
	return n;
}

void plant_unsettle(struct plant *plant, uint32_t i)
{
	if (plant->signals[i].unsettled)
		return;
	plant->signals[i].unsettled = true;
	plant->unsettled[plant->n_unsettled++] = i;
}

void plant_settle(struct plant *plant, struct instant now)
{
	while (plant->n_unsettled > 0) {
		uint32_t i = plant->unsettled[--plant->n_unsettled];

		plant->signals[i].unsettled = false;
		vote(plant, now, i);
	}
}
