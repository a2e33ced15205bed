/* Built once, read-only but for the payload hashes. */
#include "topics.h"

#include <stdlib.h>

/* One entry per distinct topic, n counting its signals. */
static void collect(struct topics *topics, const struct config *config)
{
	for (size_t i = 0; i < config->n_signals; i++)
		if (config->signals[i].topic)
			topics->topic[names_add(&topics->names, config->signals[i].topic)].n++;
}

static void fill(struct topics *topics, const struct config *config)
{
	uint32_t first = 0;

	for (uint32_t i = 0; i < topics->names.n; i++) {
		topics->topic[i].first = first;
		first += topics->topic[i].n;
		topics->topic[i].n = 0;
	}
	for (size_t i = 0; i < config->n_signals; i++) {
		struct topic *topic = config->signals[i].topic ? topics_find(topics, config->signals[i].topic) : NULL;

		if (topic)
			topics->signals[topic->first + topic->n++] = (uint32_t)i;
	}
}

bool topics_init(struct topics *topics, const struct config *config)
{
	*topics = (struct topics){
		.topic = calloc(config->n_signals + 1, sizeof(*topics->topic)),
		.signals = calloc(config->n_signals + 1, sizeof(*topics->signals)),
	};
	if (!names_init(&topics->names, config->n_signals) || !topics->topic || !topics->signals)
		return false;
	collect(topics, config);
	fill(topics, config);
	return true;
}

void topics_done(struct topics *topics)
{
	names_done(&topics->names);
	free(topics->topic);
	free(topics->signals);
	*topics = (struct topics){0};
}

struct topic *topics_find(const struct topics *topics, const char *name)
{
	uint32_t index = names_find(&topics->names, name);

	return index == NAMES_NONE ? NULL : &topics->topic[index];
}
