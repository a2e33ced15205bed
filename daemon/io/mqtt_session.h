/* The connection's state machine behind mqtt.h, and what it keeps. */
#ifndef IO_MQTT_SESSION_H
#define IO_MQTT_SESSION_H

#include "mqtt.h"
#include "mqtt_flights.h"
#include "mqtt_link.h"
#include "mqtt_subscribe.h"

#include <stdint.h>

enum {
	MQTT_NO_CONNACK = -1,
	MQTT_REASON_FAILED = 0x80 /* MQTT 5 reason codes from here on are failures */
};

enum mqtt_state { MQTT_WAITING, MQTT_CONNECTING, MQTT_GREETING, MQTT_SUBSCRIBING, MQTT_READY };

struct mqtt {
	struct event_base *base;
	struct mqtt_options options;
	enum mqtt_state state;
	int64_t state_us;           /* since when */
	struct mqtt_link *link;     /* from connecting on */
	struct event *timer;        /* back-off, time limit of the connector, or tick, as the state has it */
	struct event *handover;     /* while connecting */
	struct event *read, *write; /* from greeting on */
	unsigned failures;          /* for the back-off */
	bool told;                  /* why was said in this outage */
	char why[200];

	int connack;             /* its code, or MQTT_NO_CONNACK */
	int window, keepalive_s; /* as the broker has it */
	uint32_t packet_max;
	bool lost; /* on_disconnect was called, with: */
	int lost_code;
	bool came;                  /* messages or places: a pass is due */
	int64_t read_us, suback_us; /* the last time something came */
	struct mqtt_subscriber subscriber;
	bool resubscribing;         /* while ready */
	struct mqtt_flights flights;
};

/* Zeroed but for base and options. False: no memory. */
bool mqtt_session_init(struct mqtt *m);
/* Says goodbye if connected. */
void mqtt_session_done(struct mqtt *m);
/* The topics in m->options are others now: subscribes those that are wanted. Before the connection there is nothing to do. */
void mqtt_session_resubscribe(struct mqtt *m, const bool *wanted);
void mqtt_session_unsubscribe(struct mqtt *m, const char *topic);
/* After the application gave the library something to write. */
void mqtt_session_arm_write(struct mqtt *m);
/* To have a refusal noted in the flights reported from the loop. */
void mqtt_session_wake(struct mqtt *m);
/* The link is connected: notes go into m from now on. */
void mqtt_callbacks_set(struct mqtt *m);
int64_t mqtt_now_us(void); /* monotonic */

#endif
