/* Loads the configuration and resolves its files; tells what of two differs for the connection and the history. */
#include "settings.h"

#include "config_yaml.h"
#include "core/names.h"
#include "secret.h"

#include <stdlib.h>
#include <string.h>

/* A relative history lies in $STATE_DIRECTORY (the first of them), else in the working directory. */
static void resolve_store(struct settings *s)
{
	const char *name = s->config->store_path, *state = getenv("STATE_DIRECTORY");

	if (name[0] != '/' && state && *state)
		snprintf(s->store_path, sizeof(s->store_path), "%.*s/%s", (int)strcspn(state, ":"), state, name);
	else
		snprintf(s->store_path, sizeof(s->store_path), "%s", name);
}

static bool resolve_file(const char *config_path, const char **name, char path[PATH_MAX], struct err *e)
{
	if (*name && !secret_path(config_path, *name, path, e))
		return false;
	if (*name)
		*name = path;
	return true;
}

static bool resolve(struct settings *s, const char *config_path, struct err *e)
{
	s->mqtt = s->config->mqtt;
	resolve_store(s);
	if (s->mqtt.password_file) {
		if (!secret_read(config_path, s->mqtt.password_file, s->password_text, sizeof(s->password_text), e))
			return false;
		s->password = s->password_text;
	}
	return resolve_file(config_path, &s->mqtt.ca, s->ca, e) && resolve_file(config_path, &s->mqtt.cert, s->cert, e) &&
	       resolve_file(config_path, &s->mqtt.key, s->key, e);
}

struct settings *settings_load(const char *config_path, FILE *errors)
{
	struct settings *s = calloc(1, sizeof(*s));
	struct err e;

	if (!s) {
		fputs("out of memory\n", errors);
		return NULL;
	}
	s->config = config_load(config_path, errors);
	if (s->config && resolve(s, config_path, &e))
		return s;
	if (s->config)
		fprintf(errors, "%s\n", e.text);
	settings_free(s);
	return NULL;
}

void settings_free(struct settings *s)
{
	if (!s)
		return;
	config_free(s->config);
	free(s);
}

const char *settings_fixed_difference(const struct settings *a, const struct settings *b)
{
	if (strcmp(a->config->site, b->config->site) != 0)
		return "site";
	if (strcmp(a->mqtt.prefix, b->mqtt.prefix) != 0)
		return "mqtt.prefix";
	return strcmp(a->store_path, b->store_path) != 0 ? "store.path" : NULL;
}

bool settings_same_connection(const struct settings *a, const struct settings *b)
{
	const struct mqtt_settings *x = &a->mqtt, *y = &b->mqtt;

	return strcmp(x->host, y->host) == 0 && x->port == y->port && x->tls == y->tls && x->version == y->version &&
	       x->keepalive_s == y->keepalive_s && strcmp(x->client_id, y->client_id) == 0 && same_text(x->username, y->username) &&
	       same_text(a->password, b->password) && same_text(x->ca, y->ca) && same_text(x->cert, y->cert) && same_text(x->key, y->key);
}
