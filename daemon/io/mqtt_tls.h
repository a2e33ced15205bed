/* The TLS side of a connection: its context from the configuration's files, and why a certificate is refused. */
#ifndef IO_MQTT_TLS_H
#define IO_MQTT_TLS_H

#include "core/config.h"
#include "core/err.h"

#include <openssl/ssl.h>
#include <stddef.h>

/* What was wrong with a connection's TLS: the first thing that is told stays. */
struct mqtt_tls_error {
	char text[160];      /* "": nothing */
	const char *address; /* that the certificate must be for, where the broker is addressed by one; NULL: by name */
};

void mqtt_tls_keep(struct mqtt_tls_error *error, const char *text);
/* Checks the peer for settings->host; a refusal is told to refused, which must outlive the context. NULL: e says which file. */
SSL_CTX *mqtt_tls_new(const struct mqtt_settings *settings, struct mqtt_tls_error *refused, struct err *e);

#endif
