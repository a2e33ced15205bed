/* Subscribes to all topics in chunks, one SUBSCRIBE on its way at a time: 10,000 topics in one packet would exceed
 * brokers' packet limits, one packet per topic would cost as many round trips. A topic that no packet can carry counts
 * as refused. */
#include "mqtt_subscribe.h"

#include <mqtt_protocol.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHUNK_TOPICS = 200,
	CHUNK_BYTES = 32768,
	HEADER_BYTES = 16, /* fixed header, packet id, properties: less than this */
	TOPIC_BYTES = 3,   /* length and options beside the topic itself */
	GRANTED_REFUSED = 0x80
};

static bool grow(const char ***array, size_t most)
{
	const char **more = realloc(*array, (most + 1) * sizeof(*more));

	if (more)
		*array = more;
	return more != NULL;
}

bool mqtt_subscriber_reserve(struct mqtt_subscriber *s, size_t most)
{
	return grow(&s->topics, most) && grow(&s->refused, most);
}

void mqtt_subscriber_done(struct mqtt_subscriber *s)
{
	free(s->topics);
	free(s->refused);
}

void mqtt_subscriber_begin(struct mqtt_subscriber *s, uint32_t packet_max)
{
	s->n_topics = s->n_refused = s->next = s->chunk = 0;
	s->packet_max = packet_max;
}

void mqtt_subscriber_add(struct mqtt_subscriber *s, const char *topic)
{
	s->topics[s->n_topics++] = topic;
}

static void refuse(struct mqtt_subscriber *s, size_t topic)
{
	s->refused[s->n_refused++] = s->topics[topic];
}

/* How many topics from next on go into one packet; 0: the next does not fit alone. */
static size_t measure_chunk(const struct mqtt_subscriber *s)
{
	size_t packet_max = s->packet_max > 0 ? s->packet_max : SIZE_MAX;
	size_t bytes = HEADER_BYTES, n = 0;

	while (n < CHUNK_TOPICS && s->next + n < s->n_topics) {
		bytes += strlen(s->topics[s->next + n]) + TOPIC_BYTES;
		if (bytes > packet_max || (bytes > CHUNK_BYTES && n > 0))
			break;
		n++;
	}
	return n;
}

int mqtt_subscriber_send(struct mqtt_subscriber *s, struct mosquitto *handle)
{
	if (s->chunk > 0)
		return MOSQ_ERR_SUCCESS;
	for (; s->next < s->n_topics; refuse(s, s->next++)) {
		s->chunk = measure_chunk(s);
		if (s->chunk > 0) /* the library lacks a const; MQTT 3.1.1 ignores the option */
			return mosquitto_subscribe_multiple(handle, &s->mid, (int)s->chunk,
			                                    (char *const *)(uintptr_t)(s->topics + s->next), 1,
			                                    MQTT_SUB_OPT_NO_LOCAL, NULL);
	}
	return MOSQ_ERR_SUCCESS;
}

bool mqtt_subscriber_granted(struct mqtt_subscriber *s, int mid, int n, const int *granted_qos)
{
	if (s->chunk == 0 || mid != s->mid)
		return false;
	for (size_t i = 0; i < s->chunk; i++)
		if (i >= (size_t)n || granted_qos[i] >= GRANTED_REFUSED)
			refuse(s, s->next + i);
	s->next += s->chunk;
	s->chunk = 0;
	return true;
}

bool mqtt_subscriber_complete(const struct mqtt_subscriber *s)
{
	return s->next == s->n_topics;
}
