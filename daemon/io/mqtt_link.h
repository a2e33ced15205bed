/* One connection to the broker: a libmosquitto handle, made for this attempt and destroyed with it, so that nothing of
 * an old connection can be sent on a new one. A thread of its own does the blocking connect. */
#ifndef IO_MQTT_LINK_H
#define IO_MQTT_LINK_H

#include "core/err.h"
#include "mqtt.h"
#include "mqtt_tls.h"

#include <mosquitto.h>

struct mqtt_link {
	struct mosquitto *handle;    /* the thread's until mqtt_link_result, then the loop's; its user data is the link */
	void *owner;                 /* for callbacks set on the handle */
	struct mqtt_tls_error error; /* of TLS: the broker's certificate, or the first that the library logged */
	struct connector *connector;
};

/* Makes the handle and starts to connect. NULL: e says why (files of TLS, memory, threads). */
struct mqtt_link *mqtt_link_start(const struct mqtt_options *options, struct err *e);
int mqtt_link_eventfd(const struct mqtt_link *link); /* readable when connecting has ended */
/* Once, after the eventfd became readable: takes the handle over. MOSQ_ERR_*, beside it errno or EAI_*. */
int mqtt_link_result(struct mqtt_link *link, int *system_error);
/* Destroys link and handle; while the thread still connects that is left to the thread. NULL is fine. */
void mqtt_link_free(struct mqtt_link *link);

#endif
