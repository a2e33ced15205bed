/* Open addressing over the configured topics; built once, read-only but for the payload hashes. */
#include "topics.h"

#include "hash.h"

#include <stdlib.h>
#include <string.h>

static uint32_t *slot_of(const struct topics *topics, const char *name)
{
	size_t i = hash_fnv1a(name, strlen(name)) & (topics->n_buckets - 1);

	while (topics->bucket[i] && strcmp(topics->topic[topics->bucket[i] - 1].name, name) != 0)
		i = (i + 1) & (topics->n_buckets - 1);
	return &topics->bucket[i];
}

/* One entry per distinct topic, n counting its signals. */
static void collect(struct topics *topics, const struct config *config)
{
	for (size_t i = 0; i < config->n_signals; i++) {
		uint32_t *slot = slot_of(topics, config->signals[i].topic);

		if (*slot == 0) {
			topics->topic[topics->n++].name = config->signals[i].topic;
			*slot = (uint32_t)topics->n;
		}
		topics->topic[*slot - 1].n++;
	}
}

static void fill(struct topics *topics, const struct config *config)
{
	uint32_t first = 0;

	for (size_t i = 0; i < topics->n; i++) {
		topics->topic[i].first = first;
		first += topics->topic[i].n;
		topics->topic[i].n = 0;
	}
	for (size_t i = 0; i < config->n_signals; i++) {
		struct topic *topic = topics_find(topics, config->signals[i].topic);

		topics->signals[topic->first + topic->n++] = (uint32_t)i;
	}
}

bool topics_init(struct topics *topics, const struct config *config)
{
	size_t n_buckets = 16;

	while (n_buckets < 2 * config->n_signals)
		n_buckets *= 2;
	*topics = (struct topics){
		.topic = calloc(config->n_signals + 1, sizeof(*topics->topic)),
		.signals = calloc(config->n_signals + 1, sizeof(*topics->signals)),
		.bucket = calloc(n_buckets, sizeof(*topics->bucket)),
		.n_buckets = n_buckets,
	};
	if (!topics->topic || !topics->signals || !topics->bucket)
		return false;
	collect(topics, config);
	fill(topics, config);
	return true;
}

void topics_done(struct topics *topics)
{
	free(topics->topic);
	free(topics->signals);
	free(topics->bucket);
	*topics = (struct topics){0};
}

struct topic *topics_find(const struct topics *topics, const char *name)
{
	uint32_t index = *slot_of(topics, name);

	return index ? &topics->topic[index - 1] : NULL;
}
