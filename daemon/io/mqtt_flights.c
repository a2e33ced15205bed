/* The QoS 1 publishes that wait for their PUBACK. At most twenty, so they are searched in a row. */
#include "mqtt_flights.h"

#include <stdlib.h>
#include <string.h>

struct mqtt_flight *mqtt_flights_add(struct mqtt_flights *f, const char *topic, int64_t now_us)
{
	struct mqtt_flight *flight = &f->flight[f->n];
	char *copy = strdup(topic);

	if (!copy)
		return NULL;
	*flight = (struct mqtt_flight){.topic = copy, .sent_us = now_us};
	f->n++;
	return flight;
}

int64_t mqtt_flights_oldest_us(const struct mqtt_flights *f, int64_t now_us)
{
	int64_t oldest_us = now_us;

	for (int i = 0; i < f->n; i++)
		if (f->flight[i].sent_us < oldest_us)
			oldest_us = f->flight[i].sent_us;
	return oldest_us;
}

struct mqtt_flight *mqtt_flights_find(struct mqtt_flights *f, int mid)
{
	for (int i = 0; i < f->n; i++)
		if (f->flight[i].mid == mid)
			return &f->flight[i];
	return NULL;
}

static char *take(struct mqtt_flights *f, struct mqtt_flight *flight)
{
	char *topic = flight->topic;

	*flight = f->flight[--f->n];
	return topic;
}

void mqtt_flights_remove(struct mqtt_flights *f, struct mqtt_flight *flight)
{
	free(take(f, flight));
}

char *mqtt_flights_take_refused(struct mqtt_flights *f, const char **why)
{
	for (int i = 0; i < f->n; i++) {
		if (f->flight[i].refused) {
			*why = f->flight[i].refused;
			return take(f, &f->flight[i]);
		}
	}
	return NULL;
}

void mqtt_flights_clear(struct mqtt_flights *f)
{
	while (f->n > 0)
		mqtt_flights_remove(f, &f->flight[f->n - 1]);
}
