/* Commands over MQTT: which topics they come on, for which loop they are, and the answers, which wait here for a place in the
 * broker's window. What a command does is the engine's. */
#include "service_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWERS_MAX = 256, ANSWER_SIZE = 1024 };

struct command_answer {
	struct command_answer *next;
	size_t len;
	char topic[SERVICE_TOPIC_SIZE];
	char payload[ANSWER_SIZE];
};

/* ---- topics ----------------------------------------------------------------------------- */

/* The part between the prefix and /cmd; false: not the topic of a command. len 0: of all loops. */
static bool split(const struct config *config, const char *topic, const char **loop, size_t *len)
{
	size_t prefix_len = strlen(config->mqtt.prefix), all = strlen(topic);

	if (!config->commands_enabled || strncmp(topic, config->mqtt.prefix, prefix_len) != 0 || all < prefix_len + 4 ||
	    strcmp(topic + all - 4, "/cmd") != 0 || topic[prefix_len] != '/')
		return false;
	*loop = topic + prefix_len + 1;
	*len = all - prefix_len - 4;
	if (*len > 0)
		*len -= 1;
	return true;
}

static bool find_loop(const struct config *config, const char *name, size_t len, uint32_t *loop)
{
	for (uint32_t i = 0; i < config->n_loops; i++) {
		if (strlen(config->loops[i].name) == len && memcmp(config->loops[i].name, name, len) == 0) {
			*loop = i;
			return true;
		}
	}
	return false;
}

/* ---- answers ---------------------------------------------------------------------------- */

static void answer(struct service *s, const char *topic, const struct json_out *out)
{
	struct command_answer *a = s->n_answers < ANSWERS_MAX ? malloc(sizeof(*a)) : NULL;
	struct command_answer **end = &s->answers;

	if (!a || out->full) {
		log_warning("%s: the answer to a command is not sent: %s", topic, out->full ? "it is too long" : "too many wait");
		free(a);
		return;
	}
	a->next = NULL;
	a->len = out->len;
	memcpy(a->payload, out->text, out->len);
	snprintf(a->topic, sizeof(a->topic), "%.*s/ack", (int)sizeof(a->topic) - 5, topic);
	while (*end)
		end = &(*end)->next;
	*end = a;
	s->n_answers++;
}

bool service_answer_one(struct service *s)
{
	struct command_answer *a = s->answers;

	if (!a || mqtt_window(s->mqtt) <= 0 || !mqtt_publish(s->mqtt, a->topic, a->payload, a->len, 1, false, 0))
		return false;
	s->answers = a->next;
	s->n_answers--;
	free(a);
	return true;
}

void service_answers_free(struct service *s)
{
	while (s->answers) {
		struct command_answer *next = s->answers->next;

		free(s->answers);
		s->answers = next;
	}
	s->n_answers = 0;
}

/* ---- commands --------------------------------------------------------------------------- */

static void refuse_unknown(const char *name, size_t len, struct json_out *out)
{
	char why[160];

	snprintf(why, sizeof(why), "there is no loop %.*s", (int)(len < 100 ? len : 100), name);
	json_out_object(out, NULL);
	json_out_time(out, "ts", clock_now().utc_us);
	json_out_null(out, "id");
	json_out_null(out, "loop");
	json_out_text(out, "result", "refused");
	json_out_text(out, "why", why);
	json_out_object_end(out);
}

bool service_command(struct service *s, const char *topic, const void *payload, size_t len, bool retained)
{
	char text[ANSWER_SIZE];
	struct json_out out;
	const char *name;
	size_t name_len;
	uint32_t loop = NO_LOOP;

	if (!split(s->config, topic, &name, &name_len))
		return false;
	if (len == 0)
		return true; /* a retained one is being cleared */
	json_out_init(&out, text, sizeof(text));
	if (name_len > 0 && !find_loop(s->config, name, name_len, &loop))
		refuse_unknown(name, name_len, &out);
	else
		engine_command(s->engine, clock_now(), loop, payload, len, retained, &out);
	answer(s, topic, &out);
	return true;
}

static void on_known_command(void *ctx, const char *name, const struct command_record *command)
{
	struct service *s = ctx;
	uint32_t loop = NO_LOOP;

	if (!name || find_loop(s->config, name, strlen(name), &loop))
		engine_resume_command(s->engine, loop, command);
}

void service_resume_commands(struct service *s)
{
	if (s->config->commands_enabled && !engine_was_commanded(s->engine))
		store_each_command(s->settings->store_path, on_known_command, s);
}
