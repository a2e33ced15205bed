/* Opens the history read-only. A log (-wal) that cannot be shared, because nobody left its -shm and this user may not
 * make one, is no obstacle where the log is empty: then the file alone is the whole history. */
#include "command.h"
#include "history.h"
#include "io/store_schema.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BUSY_MS = 5000 };

static int fail(const char *path, const char *what)
{
	fprintf(stderr, "%s: %s\n", path, what);
	return EXIT_FAILED;
}

static bool has_log(const char *path)
{
	struct stat status;
	char *wal = sqlite3_mprintf("%s-wal", path);
	bool has = wal && stat(wal, &status) == 0 && status.st_size > 0;

	sqlite3_free(wal);
	return has;
}

/* file:…?immutable=1, with what means something in a URI escaped. */
static char *immutable_uri(const char *path)
{
	char *uri = malloc(3 * strlen(path) + 32), *at = uri;

	if (!uri)
		return NULL;
	at += sprintf(at, "file:");
	for (; *path; path++)
		at += sprintf(at, strchr("%?#", *path) ? "%%%02X" : "%c", (unsigned char)*path);
	sprintf(at, "?immutable=1");
	return uri;
}

static int read_version(sqlite3 *db, int *version)
{
	sqlite3_stmt *statement = NULL;
	int result = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, NULL);

	if (result == SQLITE_OK)
		result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		*version = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return result == SQLITE_ROW ? SQLITE_OK : result;
}

static int try_open(const char *name, int flags, sqlite3 **db, int *version)
{
	int result = sqlite3_open_v2(name, db, SQLITE_OPEN_READONLY | flags, NULL);

	if (result != SQLITE_OK)
		return result;
	sqlite3_busy_timeout(*db, BUSY_MS);
	return read_version(*db, version);
}

static int open_any(const char *path, sqlite3 **db, int *version)
{
	int result = try_open(path, 0, db, version);
	char *uri;

	if ((result != SQLITE_CANTOPEN && result != SQLITE_READONLY) || has_log(path))
		return result;
	uri = immutable_uri(path);
	if (!uri)
		return SQLITE_NOMEM;
	sqlite3_close(*db);
	result = try_open(uri, SQLITE_OPEN_URI, db, version);
	free(uri);
	return result;
}

int history_open(const char *path, sqlite3 **db)
{
	struct stat status;
	int version = 0, result;
	char what[128];

	if (stat(path, &status) != 0)
		return fail(path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return fail(path, "is not a file");
	result = open_any(path, db, &version);
	if (result == SQLITE_NOTADB)
		return fail(path, "is not a database");
	if (result != SQLITE_OK)
		return fail(path, sqlite3_errmsg(*db));
	if (version > store_schema_version) {
		snprintf(what, sizeof(what), "made by a newer version of this program (schema %d, this one knows %d)", version,
		         store_schema_version);
		fail(path, what);
		return EXIT_BAD_CONFIG;
	}
	if (sqlite3_table_column_metadata(*db, NULL, "setpoint", "seq", NULL, NULL, NULL, NULL, NULL) != SQLITE_OK)
		return fail(path, "is a database of another program, not a history");
	return EXIT_DONE;
}

static void bind_integer(sqlite3_stmt *statement, const char *name, int64_t value)
{
	int i = sqlite3_bind_parameter_index(statement, name);

	if (i > 0)
		sqlite3_bind_int64(statement, i, value);
}

static void bind_filters(sqlite3_stmt *statement, const struct history_query *query)
{
	char name[32];

	for (size_t k = 0; k < FILTER_COUNT; k++) {
		int i;

		snprintf(name, sizeof(name), ":%s", filter_column[k]);
		i = sqlite3_bind_parameter_index(statement, name);
		if (i > 0 && query->filter[k])
			sqlite3_bind_text(statement, i, query->filter[k], -1, SQLITE_STATIC);
	}
}

sqlite3_stmt *history_prepare(sqlite3 *db, const struct history_query *query, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
		fail(query->path, sqlite3_errmsg(db));
		return NULL;
	}
	bind_integer(statement, ":from", query->from_us);
	bind_integer(statement, ":to", query->to_us);
	bind_integer(statement, ":every", query->every_us);
	bind_integer(statement, ":limit", query->limit);
	bind_filters(statement, query);
	return statement;
}

int history_result(sqlite3 *db, const struct history_query *query, int result)
{
	return result == SQLITE_DONE ? EXIT_DONE : fail(query->path, sqlite3_errmsg(db));
}
