/* The QoS 1 publishes that wait for their PUBACK, by message id: the window, and whose refusal it was. */
#ifndef IO_MQTT_FLIGHTS_H
#define IO_MQTT_FLIGHTS_H

#include "mqtt.h"

struct mqtt_flight {
	int mid;
	int64_t sent_us; /* monotonic */
	char *topic;
	const char *refused; /* why; static text. NULL: on its way */
};

struct mqtt_flights {
	struct mqtt_flight flight[MQTT_WINDOW_MAX];
	int n;
};

/* A place for one more, its topic copied and its mid 0; the caller has looked at n. NULL: no memory. */
struct mqtt_flight *mqtt_flights_add(struct mqtt_flights *f, const char *topic, int64_t now_us);
/* When the oldest was sent; now_us where there is none. */
int64_t mqtt_flights_oldest_us(const struct mqtt_flights *f, int64_t now_us);
/* NULL: not one of ours. */
struct mqtt_flight *mqtt_flights_find(struct mqtt_flights *f, int mid);
void mqtt_flights_remove(struct mqtt_flights *f, struct mqtt_flight *flight);
/* Takes one refused flight out; the topic is then the caller's to free. NULL: none. */
char *mqtt_flights_take_refused(struct mqtt_flights *f, const char **why);
void mqtt_flights_clear(struct mqtt_flights *f);

#endif
