/* The engine without a broker, a history or a clock: each loop of a configuration gets ten readings a second of virtual time and
 * decides on each; what is published is encoded, as in the service, and thrown away. One core's work alone.
 * usage: bench_engine CONFIG SECONDS */
#include "core/config_build.h"
#include "core/engine.h"
#include "io/config_yaml.h"
#include "io/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FILE_MAX = 1 << 24, PAYLOAD_MAX = 65536, PER_SECOND = 10, CLEAR_S = 5 };

struct bench {
	struct engine *engine;
	size_t records, payloads, bytes, decisions;
	char payload[PAYLOAD_MAX];
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void on_record(void *ctx, const struct record *record)
{
	struct bench *b = ctx;

	b->records++;
	b->decisions += record->kind == RECORD_SETPOINT;
}

struct news {
	enum topic_kind kind;
	uint32_t loop;
};
static struct news news[1 << 16];
static size_t n_news;

static void on_publish(void *ctx, enum topic_kind kind, uint32_t loop)
{
	(void)ctx;
	if (n_news < sizeof(news) / sizeof(news[0]))
		news[n_news++] = (struct news){kind, loop};
}

static void encode(struct bench *b)
{
	for (size_t i = 0; i < n_news; i++) {
		struct json_out out;

		json_out_init(&out, b->payload, sizeof(b->payload));
		b->payloads += engine_encode(b->engine, news[i].kind, news[i].loop, &out);
		b->bytes += out.len;
	}
	n_news = 0;
}

static void read_all(struct bench *b, uint32_t loops, struct instant now, unsigned round)
{
	char topic[32], payload[64];

	for (uint32_t i = 0; i < loops; i++) {
		snprintf(topic, sizeof(topic), "b/%u/t", i);
		engine_message(b->engine, now, topic, payload,
		               (size_t)snprintf(payload, sizeof(payload), "{\"t\":%.1f,\"ts\":%lld}",
		                                15 + (double)((round + i) % 17) / 10, (long long)now.utc_us),
		               false);
		while (engine_run(b->engine, now, 1) > 0)
			;
		encode(b);
	}
}

static struct config *load(const char *path)
{
	struct config_errors errors;
	struct arena *arena = arena_new();
	char *text = malloc(FILE_MAX);
	FILE *file = fopen(path, "rb");
	struct config *config = NULL;
	struct node *root;
	size_t len;

	if (!arena || !text || !file)
		exit(EXIT_FAILURE);
	len = fread(text, 1, FILE_MAX, file);
	fclose(file);
	config_errors_init(&errors);
	root = yaml_read(arena, text, len, &errors);
	if (root)
		config = config_build(root, text, len, zone_load, &errors);
	for (size_t i = 0; i < errors.n; i++)
		fprintf(stderr, "%s:%u: %s\n", path, errors.list[i].place.line, errors.list[i].text);
	config_errors_done(&errors);
	arena_free(arena);
	free(text);
	if (!config)
		exit(EXIT_FAILURE);
	return config;
}

int main(int argc, char **argv)
{
	static struct bench b;
	struct engine_options options = {.startup_us = CLEAR_S * 1000000, .staleness = true, .live = true};
	struct engine_hooks hooks = {.ctx = &b, .record = on_record, .publish = on_publish};
	struct instant now = {.mono_us = 1000000, .utc_us = INT64_C(1767225600000000)};
	struct config *config;
	unsigned rounds;
	double begin_s, used_s;

	if (argc != 3)
		return 64;
	config = load(argv[1]);
	b.engine = engine_new(config, &options, &hooks, now);
	if (!b.engine)
		return EXIT_FAILURE;
	rounds = (unsigned)atoi(argv[2]) * PER_SECOND;
	begin_s = now_s();
	for (unsigned round = 0; round < rounds; round++) {
		now.mono_us += 1000000 / PER_SECOND;
		now.utc_us += 1000000 / PER_SECOND;
		read_all(&b, (uint32_t)config->n_loops, now, round);
	}
	used_s = now_s() - begin_s;
	printf(
	    "engine alone, %zu loops   %8.1f us a decision = %.0f decisions/s; %.2f records, %.2f payloads and %.0f bytes each\n",
	    config->n_loops, used_s * 1e6 / (double)b.decisions, (double)b.decisions / used_s,
	    (double)b.records / (double)b.decisions, (double)b.payloads / (double)b.decisions,
	    (double)b.bytes / (double)b.decisions);
	engine_free(b.engine);
	config_free(config);
	return b.decisions > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
