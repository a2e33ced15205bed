/* What the tests of the history share: a small configuration, a fresh folder, and questions put to the file as any tool
 * would, through a connection of their own. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include "check.h"
#include "core/config.h"
#include "core/record.h"
#include "io/store.h"

#include <sqlite3.h>

#define SECOND INT64_C(1000000)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)
/* 2026-01-05T00:00:00Z */
#define T0 (INT64_C(1767571200) * SECOND)

enum { SIGNALS = 4, LOOPS = 2, PATH_SIZE = 256 };

struct fixture {
	char dir[PATH_SIZE - 32];
	char path[PATH_SIZE];
	struct signal_config signals[SIGNALS]; /* market.price never stale, a.t_in 90 s, a.t_out 3 h, b.duty 10 min */
	struct loop_config loops[LOOPS];       /* a, b */
	struct config config;                  /* keeps all for ever */
	struct store *store;
};

/* cmocka's setup and teardown: *state is the fixture; the store is not open yet. */
int fixture_setup(void **state);
/* From now on on a disk that takes no time. */
void fixture_in_memory(void);
int fixture_teardown(void **state);
void fixture_open(struct fixture *f);
void fixture_close(struct fixture *f);
/* Calls store_maintain until it has no more to do. */
void fixture_maintain(struct fixture *f, int64_t now_us, bool flush_all);

struct record sample_of(uint32_t signal, int64_t ts_us, double value, enum quality quality);
struct record setpoint_of(uint32_t loop, int64_t ts_us, int64_t seq);
struct record event_of(uint32_t loop, int64_t ts_us, const char *message);
/* In a transaction of its own. */
void fixture_append(struct fixture *f, const struct record *records, size_t n);
void fixture_sample(struct fixture *f, uint32_t signal, int64_t ts_us, double value, enum quality quality);

/* The rows as "a|b\nc|d\n" (NULL as "null", reals with 12 digits); the caller frees. Fails the test on an SQL error. */
char *ask(const char *path, const char *sql);
void expect(const char *path, const char *sql, const char *answer);
int64_t ask_int(const char *path, const char *sql);
/* All of a file; the caller frees. */
char *slurp(const char *path, size_t *len);

#endif
