/* Subscribes to all topics, chunk after chunk, and gathers those that the broker refuses. */
#ifndef IO_MQTT_SUBSCRIBE_H
#define IO_MQTT_SUBSCRIBE_H

#include <mosquitto.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mqtt_subscriber {
	const char **topics; /* room for all topics, as are refused */
	size_t n_topics;
	const char **refused;
	size_t n_refused;
	size_t next, chunk; /* the first topic of the chunk on its way, and its length; 0: none */
	int mid;
	uint32_t packet_max; /* bytes the broker takes; 0: no limit */
};

/* Room for so many topics; what there was is kept. False: no memory. */
bool mqtt_subscriber_reserve(struct mqtt_subscriber *s, size_t most);
void mqtt_subscriber_done(struct mqtt_subscriber *s);
/* Nothing to subscribe yet; then the topics, by mqtt_subscriber_add. */
void mqtt_subscriber_begin(struct mqtt_subscriber *s, uint32_t packet_max);
void mqtt_subscriber_add(struct mqtt_subscriber *s, const char *topic);
/* Sends the next chunk if the one before is acknowledged. MOSQ_ERR_*. */
int mqtt_subscriber_send(struct mqtt_subscriber *s, struct mosquitto *handle);
/* A SUBACK came; false: not for the chunk on its way. */
bool mqtt_subscriber_granted(struct mqtt_subscriber *s, int mid, int n, const int *granted_qos);
bool mqtt_subscriber_complete(const struct mqtt_subscriber *s);

#endif
