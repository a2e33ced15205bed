/* Subscribes to all topics, chunk after chunk, and gathers those that the broker refuses. */
#ifndef IO_MQTT_SUBSCRIBE_H
#define IO_MQTT_SUBSCRIBE_H

#include <mosquitto.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mqtt_subscriber {
	const char *const *topics;
	size_t n_topics;
	const char **refused; /* room for all topics */
	size_t n_refused;
	size_t next, chunk; /* the first topic of the chunk on its way, and its length; 0: none */
	int mid;
	uint32_t packet_max; /* bytes the broker takes; 0: no limit */
};

bool mqtt_subscriber_init(struct mqtt_subscriber *s, const char *const *topics, size_t n_topics);
void mqtt_subscriber_done(struct mqtt_subscriber *s);
/* A new connection: from the first topic on. */
void mqtt_subscriber_begin(struct mqtt_subscriber *s, uint32_t packet_max);
/* Sends the next chunk if the one before is acknowledged. MOSQ_ERR_*. */
int mqtt_subscriber_send(struct mqtt_subscriber *s, struct mosquitto *handle);
/* A SUBACK came; false: not for the chunk on its way. */
bool mqtt_subscriber_granted(struct mqtt_subscriber *s, int mid, int n, const int *granted_qos);
bool mqtt_subscriber_complete(const struct mqtt_subscriber *s);

#endif
