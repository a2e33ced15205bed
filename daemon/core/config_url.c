/* The broker's address: mqtt://HOST[:PORT] or mqtts://HOST[:PORT], IPv6 in brackets. Refuses credentials, paths and
 * anything else that a URL might carry. */
#include "config_load.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *text;
	int port;
	bool tls;
} schemes[] = {{"mqtt://", 1883, false}, {"mqtts://", 8883, true}};

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* The host in *host and *len; what follows it is returned, NULL where there is none. */
static const char *scan_host(const char *text, const char **host, size_t *len)
{
	bool bracketed = *text == '[';
	const char *begin = text + bracketed;
	const char *end = begin + strspn(begin, bracketed ? ALNUM ".:%_-" : ALNUM "._-");

	if (end == begin || (bracketed && *end != ']'))
		return NULL;
	*host = begin;
	*len = (size_t)(end - begin);
	return end + bracketed;
}

/* An empty text leaves the port as it is. */
static bool scan_port(const char *text, int *port)
{
	size_t digits;
	long number;

	if (!*text)
		return true;
	if (*text != ':')
		return false;
	digits = strspn(text + 1, "0123456789");
	number = digits > 0 && digits <= 5 ? strtol(text + 1, NULL, 10) : 0;
	if (text[1 + digits] || number < 1 || number > 65535)
		return false;
	*port = (int)number;
	return true;
}

bool read_url(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct mqtt_settings *mqtt = out;
	const char *host, *rest;
	size_t scheme = 0, len;
	int port;

	(void)row;
	while (scheme < 2 && strncmp(node->text, schemes[scheme].text, strlen(schemes[scheme].text)) != 0)
		scheme++;
	if (scheme == 2) {
		report(l, node, "\"%.100s\" begins neither with mqtt:// nor with mqtts://", node->text);
		return false;
	}
	if (strchr(node->text, '@')) {
		report(l, node, "credentials do not belong in the url: use username and password_file");
		return false;
	}
	port = schemes[scheme].port;
	rest = scan_host(node->text + strlen(schemes[scheme].text), &host, &len);
	if (!rest) {
		report(l, node, "\"%.100s\" names no host; an IPv6 address is written in brackets", node->text);
		return false;
	}
	if (!scan_port(rest, &port)) {
		report(l, node, "\"%.100s\": after the host only a port from 1 to 65535 may follow", node->text);
		return false;
	}
	mqtt->host = arena_text(l->arena, host, len);
	mqtt->port = port;
	mqtt->tls = schemes[scheme].tls;
	return true;
}
