/* The load of the benchmarks: publishes readings b/N/t = {"t":15.3,"ts":US} round robin over LOOPS topics, and takes the
 * answers' cause_us for the reading that they answer.
 *   rate:   so many a second by schedule, whatever comes back; latency counts from the scheduled time
 *   window: so many unanswered at any time
 * usage: bench_load PORT LOOPS rate|window VALUE QOS SECONDS ANSWERS (a topic filter with one + where N is)
 * Prints {"sent":…, "answered":…, "seconds":…, "p50_us":…, "p99_us":…, "max_us":…}. */
#include <mosquitto.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WINDOW_MAX = 1024, SAMPLES_MAX = 4000000, DRAIN_US = 2000000 };

static struct {
	struct mosquitto *handle;
	int loops, qos;
	bool by_rate;
	double value;
	const char *filter;
	size_t loop_at;                 /* where N begins in an answer's topic */
	bool ready;
	int64_t sent, answered, first_us, last_us;
	int64_t next_us, newest_us;     /* of the schedule; of the stamps: they rise strictly */
	struct { int64_t ts_us; int loop; } flight[WINDOW_MAX];
	int n_flight;
	int32_t *latency_us;
	size_t n_latency;
} load;

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void on_connect(struct mosquitto *m, void *ctx, int code)
{
	(void)ctx;
	if (code != 0 || mosquitto_subscribe(m, NULL, load.filter, 1) != MOSQ_ERR_SUCCESS)
		exit(EXIT_FAILURE);
}

static void on_subscribe(struct mosquitto *m, void *ctx, int mid, int n, const int *granted)
{
	(void)m, (void)ctx, (void)mid, (void)n, (void)granted;
	load.ready = true;
}

/* An answer stands for the reading it names and for older ones of that loop. */
static void land(int loop, int64_t cause_us)
{
	int kept = 0;

	for (int i = 0; i < load.n_flight; i++)
		if (load.flight[i].loop != loop || load.flight[i].ts_us > cause_us)
			load.flight[kept++] = load.flight[i];
	load.n_flight = kept;
}

static void on_message(struct mosquitto *m, void *ctx, const struct mosquitto_message *message)
{
	const char *cause = message->payload ? strstr(message->payload, "\"cause_us\":") : NULL;
	int64_t cause_us = cause ? atoll(cause + 11) : 0, at_us = now_us();

	(void)m, (void)ctx;
	if (message->retain || load.sent == 0 || cause_us < load.first_us)
		return;
	land(atoi(message->topic + load.loop_at), cause_us);
	load.answered++;
	load.last_us = at_us;
	if (load.n_latency < SAMPLES_MAX)
		load.latency_us[load.n_latency++] = (int32_t)(at_us - cause_us);
}

static void send_one(int64_t at_us)
{
	int loop = (int)(load.sent % load.loops);
	char topic[32], payload[64];
	int n;

	load.newest_us = at_us > load.newest_us ? at_us : load.newest_us + 1;
	if (load.sent++ == 0)
		load.first_us = load.newest_us;
	snprintf(topic, sizeof(topic), "b/%d/t", loop);
	n = snprintf(payload, sizeof(payload), "{\"t\":%.1f,\"ts\":%lld}", 15 + (double)(load.sent % 17) / 10, (long long)load.newest_us);
	if (!load.by_rate) {
		load.flight[load.n_flight].ts_us = load.newest_us;
		load.flight[load.n_flight++].loop = loop;
	}
	if (mosquitto_publish(load.handle, NULL, topic, n, payload, load.qos, false) != MOSQ_ERR_SUCCESS)
		exit(EXIT_FAILURE);
}

/* What is due; returns how long to wait, us. */
static int64_t send_due(void)
{
	int64_t now = now_us();

	if (!load.by_rate) {
		while (load.n_flight < (int)load.value)
			send_one(now_us());
		return 100000;
	}
	for (; load.next_us <= now; load.next_us += (int64_t)(1e6 / load.value))
		send_one(load.next_us);
	return load.next_us - now;
}

static void serve(int64_t timeout_us)
{
	struct timespec timeout = {.tv_nsec = timeout_us * 1000};
	struct pollfd fd = {.fd = mosquitto_socket(load.handle), .events = POLLIN};

	if (mosquitto_want_write(load.handle))
		fd.events |= POLLOUT;
	ppoll(&fd, 1, &timeout, NULL);
	if ((fd.revents & POLLIN) && mosquitto_loop_read(load.handle, 1) != MOSQ_ERR_SUCCESS)
		exit(EXIT_FAILURE);
	if (fd.revents & POLLOUT)
		mosquitto_loop_write(load.handle, 1);
	mosquitto_loop_misc(load.handle);
}

static int by_value(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

static int32_t quantile(double q)
{
	return load.n_latency ? load.latency_us[(size_t)(q * (double)(load.n_latency - 1))] : -1;
}

int main(int argc, char **argv)
{
	int64_t end_us;

	if (argc != 8)
		return 64;
	load.loops = atoi(argv[2]);
	load.by_rate = strcmp(argv[3], "rate") == 0;
	load.value = atof(argv[4]);
	load.qos = atoi(argv[5]);
	load.filter = argv[7];
	load.loop_at = (size_t)(strchr(argv[7], '+') - argv[7]);
	load.latency_us = malloc(SAMPLES_MAX * sizeof(*load.latency_us));
	mosquitto_lib_init();
	load.handle = mosquitto_new("bench-load", true, NULL);
	mosquitto_int_option(load.handle, MOSQ_OPT_TCP_NODELAY, 1);
	mosquitto_max_inflight_messages_set(load.handle, 0);
	mosquitto_connect_callback_set(load.handle, on_connect);
	mosquitto_subscribe_callback_set(load.handle, on_subscribe);
	mosquitto_message_callback_set(load.handle, on_message);
	if (!load.latency_us || mosquitto_connect(load.handle, "127.0.0.1", atoi(argv[1]), 60) != MOSQ_ERR_SUCCESS)
		return EXIT_FAILURE;
	while (!load.ready)
		serve(100000);
	for (end_us = now_us() + 300000; now_us() < end_us;) /* the broker's retained answers */
		serve(10000);
	load.next_us = now_us();
	for (end_us = load.next_us + (int64_t)(atof(argv[6]) * 1e6); now_us() < end_us;)
		serve(send_due());
	load.last_us = load.last_us ? load.last_us : now_us();
	for (end_us = now_us() + DRAIN_US; now_us() < end_us && load.answered < load.sent;)
		serve(10000);
	qsort(load.latency_us, load.n_latency, sizeof(*load.latency_us), by_value);
	printf("{\"sent\":%lld,\"answered\":%lld,\"seconds\":%.3f,\"p50_us\":%d,\"p99_us\":%d,\"max_us\":%d}\n", (long long)load.sent,
	       (long long)load.answered, (double)(load.last_us - load.first_us) / 1e6, quantile(0.5), quantile(0.99), quantile(1));
	return EXIT_SUCCESS;
}
