/* The store is looked after between transactions once virtual time has passed an hour, as the service does; every hour
 * alone would cost a transaction each. */
#include "archive.h"

#include "io/store.h"
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const int64_t HOUR_US = INT64_C(3600000000);
enum { BATCH_ROWS = 10000 };

struct archive {
	struct store *store;
	const char *path;
	int64_t maintained_us;
	size_t rows; /* in the open transaction */
	bool failed;
	struct err e;
};

/* A replay adds nothing to a history that exists: its times would mix with what really happened. */
static bool is_new(const char *path)
{
	struct stat status;

	if (stat(path, &status) != 0 || (S_ISREG(status.st_mode) && status.st_size == 0))
		return true;
	fprintf(stderr, "%s: exists already; a replay writes a new file\n", path);
	return false;
}

static void remove_files(const char *path)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-journal", ".lock"};
	char name[4200];

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		unlink(name);
	}
}

static void check(struct archive *a, enum store_status status)
{
	a->failed = a->failed || status != STORE_OK;
}

struct archive *archive_new(const char *path, const struct config *config, int64_t now_us)
{
	struct archive *a = NULL;
	struct store *store;
	struct err e;

	if (!is_new(path))
		return NULL;
	if (store_open(&store, path, config, now_us, &e) != STORE_OK) {
		fprintf(stderr, "%s\n", e.text);
		return NULL;
	}
	a = xrealloc(NULL, sizeof(*a));
	*a = (struct archive){.store = store, .path = path, .maintained_us = now_us};
	check(a, store_run_begin(store, now_us, LORENZ_VERSION, &a->e));
	return a;
}

static void maintain(struct archive *a, int64_t now_us, bool flush_all)
{
	bool more = true;

	while (more && !a->failed)
		check(a, store_maintain(a->store, now_us, flush_all, &more, &a->e));
	a->maintained_us = now_us;
}

static void commit(struct archive *a, int64_t now_us)
{
	if (a->rows > 0 && !a->failed)
		check(a, store_commit(a->store, &a->e));
	a->rows = 0;
	if (now_us - a->maintained_us >= HOUR_US)
		maintain(a, now_us, false);
}

void archive_put(struct archive *a, const struct record *record, int64_t now_us)
{
	if (a->failed)
		return;
	if (a->rows == 0)
		check(a, store_begin(a->store, &a->e));
	if (!a->failed)
		check(a, store_append(a->store, record, &a->e));
	if (++a->rows >= BATCH_ROWS)
		commit(a, now_us);
}

bool archive_failed(const struct archive *a)
{
	return a->failed;
}

bool archive_finish(struct archive *a, int64_t now_us, bool keep)
{
	bool good;

	if (keep) {
		commit(a, now_us);
		maintain(a, now_us, true);
		if (!a->failed)
			check(a, store_run_end(a->store, now_us, &a->e));
	}
	good = !a->failed;
	if (!good)
		fprintf(stderr, "%s\n", a->e.text);
	store_close(a->store);
	if (!keep || !good)
		remove_files(a->path);
	free(a);
	return good;
}
