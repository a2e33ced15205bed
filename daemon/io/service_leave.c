/* Loops that are no more: their retained topics are emptied, else SCADA would find a setpoint that nobody keeps up. Without
 * a record of what reached the broker, this is done again after each reconnect. */
#include "service_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct leaving {
	struct leaving *next;
	int64_t seq, ts_us;            /* its last setpoint's */
	enum topic_kind kind;          /* the next to empty; TOPIC_LOOP_KINDS: done */
	char loop[];
};

static struct leaving **find(struct service *s, const char *loop)
{
	struct leaving **at = &s->leaving;

	while (*at && strcmp((*at)->loop, loop) != 0)
		at = &(*at)->next;
	return at;
}

void service_leave(struct service *s, const char *loop, int64_t seq, int64_t ts_us)
{
	struct leaving **at = find(s, loop);
	size_t size = strlen(loop) + 1;

	if (!*at)
		*at = calloc(1, sizeof(**at) + size);
	if (!*at)
		return;
	memcpy((*at)->loop, loop, size);
	(*at)->seq = seq;
	(*at)->ts_us = ts_us;
	(*at)->kind = (enum topic_kind)0;
}

bool service_stay(struct service *s, const char *loop, int64_t *seq, int64_t *ts_us)
{
	struct leaving **at = find(s, loop), *gone = *at;

	if (!gone)
		return false;
	*seq = gone->seq;
	*ts_us = gone->ts_us;
	*at = gone->next;
	free(gone);
	return true;
}

void service_leave_again(struct service *s)
{
	for (struct leaving *l = s->leaving; l; l = l->next)
		l->kind = (enum topic_kind)0;
}

bool service_leave_one(struct service *s)
{
	char topic[SERVICE_TOPIC_SIZE];
	struct leaving *l = s->leaving;

	while (l && l->kind == TOPIC_LOOP_KINDS)
		l = l->next;
	if (!l || mqtt_window(s->mqtt) <= 0)
		return false;
	snprintf(topic, sizeof(topic), "%s/%s/%s", s->config->mqtt.prefix, l->loop, topic_kind_text[l->kind]);
	if (!mqtt_publish(s->mqtt, topic, "", 0, 1, true, 0))
		return false;
	l->kind++;
	return true;
}

void service_leave_free(struct service *s)
{
	while (s->leaving) {
		struct leaving *next = s->leaving->next;

		free(s->leaving);
		s->leaving = next;
	}
}
