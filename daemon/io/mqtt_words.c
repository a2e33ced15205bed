/* What brokers, libmosquitto and the system say about a connection, in words for people. Codes without a row
 * get the library's or the system's own text. */
#include "mqtt_words.h"

#include <errno.h>
#include <mosquitto.h>
#include <netdb.h>
#include <stddef.h>
#include <string.h>

struct words {
	int code;
	const char *text; /* ends with a NULL */
};

/* MQTT 3.1.1, table 3.1 */
static const struct words return_codes[] = {
    {1, "the broker does not speak this version of MQTT"},
    {2, "the broker rejects the client id"},
    {3, "the broker is unavailable"},
    {4, "bad user name or password"},
    {5, "not authorised by the broker (wrong user name or password?)"},
    {0, NULL},
};

/* MQTT 5.0, section 2.4 */
static const struct words connect_reasons[] = {
    {0x84, "the broker does not speak this version of MQTT"},
    {0x85, "the broker rejects the client id"},
    {0x86, "bad user name or password"},
    {0x87, "not authorised by the broker (wrong user name or password?)"},
    {0x88, "the broker is unavailable"},
    {0x9a, "the broker does not support retained messages"},
    {0x9b, "the broker does not support QoS 1"},
    {0, NULL},
};

static const struct words reasons[] = {
    {0x87, "not authorised"},
    {0x8b, "the broker shuts down"},
    {0x8d, "the broker met a keepalive time-out"},
    {0x8e, "another client took over the client id"},
    {0x90, "the broker rejects the topic name"},
    {0x95, "packet too large"},
    {0x97, "quota exceeded"},
    {0x98, "disconnected by the broker's operator"},
    {0, NULL},
};

static const struct words library_errors[] = {
    {MOSQ_ERR_NOMEM, "out of memory"},
    {MOSQ_ERR_PROTOCOL, "the broker broke the MQTT protocol"},
    {MOSQ_ERR_INVAL, "libmosquitto refuses the parameters"},
    {MOSQ_ERR_NO_CONN, "the broker closed the connection"},
    {MOSQ_ERR_CONN_REFUSED, "the broker refused the connection"},
    {MOSQ_ERR_CONN_LOST, "the broker closed the connection"},
    {MOSQ_ERR_PAYLOAD_SIZE, "payload too large"},
    {MOSQ_ERR_TLS, "TLS failed"},
    {MOSQ_ERR_KEEPALIVE, "keepalive time-out"},
    {MOSQ_ERR_MALFORMED_PACKET, "the broker sent a malformed packet"},
    {MOSQ_ERR_QOS_NOT_SUPPORTED, "the broker does not support QoS 1"},
    {MOSQ_ERR_RETAIN_NOT_SUPPORTED, "the broker does not support retained messages"},
    {MOSQ_ERR_OVERSIZE_PACKET, "packet too large for the broker"},
    {0, NULL},
};

static const struct words system_errors[] = {
    {ECONNREFUSED, "connection refused"},
    {ECONNRESET, "connection reset by the broker"},
    {EPIPE, "the broker closed the connection"},
    {ETIMEDOUT, "connection timed out"},
    {EINTR, "connection timed out"}, /* by mqtt_link.c */
    {EHOSTUNREACH, "no route to host"},
    {ENETUNREACH, "network unreachable"},
    {EACCES, "connecting is forbidden on this machine"},
    {EPROTO, "the broker ends the TLS handshake (client certificate missing or not accepted?)"},
    {EPERM, "connecting is forbidden on this machine"},
    {0, NULL},
};

static const char *find(const struct words *row, int code)
{
	while (row->text && row->code != code)
		row++;
	return row->text;
}

const char *mqtt_words_reason(int reason)
{
	const char *text = find(reasons, reason);

	return text ? text : mosquitto_reason_string(reason);
}

const char *mqtt_words_connack(int version, int code)
{
	const char *text = find(version == 5 ? connect_reasons : return_codes, code);

	if (text)
		return text;
	return version == 5 ? mqtt_words_reason(code) : mosquitto_connack_string(code);
}

static const char *lookup_words(int code)
{
	return code == EAI_AGAIN ? "name cannot be resolved now" : "name cannot be resolved";
}

const char *mqtt_words_error(int rc, int system_error)
{
	const char *text;

	if (rc == MOSQ_ERR_EAI)
		return lookup_words(system_error);
	if (rc == MOSQ_ERR_ERRNO) {
		text = find(system_errors, system_error);
		return text ? text : strerror(system_error);
	}
	text = find(library_errors, rc);
	return text ? text : mosquitto_strerror(rc);
}
