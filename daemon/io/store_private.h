/* Inside of the store, shared by its files only: the open database and its prepared statements.
 *   store.c          open and close, runs, rows          store_file.c   lock, checks, pragmas, migration
 *   store_sql.c      statements and how they fail        store_hourly.c roll-up of hours
 *   store_maintain.c moving, expiring, what is next      store_aside.c  damaged files
 *   store_answer.c   totals and alarms */
#ifndef IO_STORE_PRIVATE_H
#define IO_STORE_PRIVATE_H

#include "store.h"

#include <sqlite3.h>
#include <stddef.h>
#include <sys/stat.h>

#define HOUR_US  INT64_C(3600000000)
#define GRACE_US INT64_C(30000000) /* that late samples of an hour are waited for */

enum store_statement {
	SQL_BEGIN,
	SQL_COMMIT,
	/* rows */
	SQL_SAMPLE_HOT,
	SQL_SAMPLE_COLD,
	SQL_POINT_HOT,
	SQL_POINT_COLD,
	SQL_SETPOINT,
	SQL_TECHNOLOGY,
	SQL_EVENT,
	SQL_COMMAND,
	SQL_LAST_SETPOINT,
	SQL_TOTAL,
	SQL_LAST_TOTAL,
	SQL_ALARM,
	/* runs */
	SQL_CONFIG_TEXT,
	SQL_RUN_BEGIN,
	SQL_RUN_END,
	SQL_RUN_DIED,
	/* hot to cold */
	SQL_PROGRESS,
	SQL_PROGRESS_SET,
	SQL_SAMPLE_SLICE,
	SQL_SAMPLE_DUE,
	SQL_SAMPLE_MOVE,
	SQL_SAMPLE_CLEAR,
	SQL_POINT_SLICE,
	SQL_POINT_MOVE,
	SQL_POINT_CLEAR,
	/* hours */
	SQL_DUE_NEXT,
	SQL_DUE_SAMPLES,
	SQL_DUE_CARRY,
	SQL_DUE_ROLLED,
	SQL_DUE_DONE,
	SQL_HOUR_CARRY,
	SQL_HOUR_SAMPLES,
	SQL_HOUR_EXISTS,
	SQL_HOUR_PUT,
	SQL_HOUR_DELETE,
	/* expiry: keys (a, b); save and delete take a, b, cut, limit */
	SQL_KEYS_SIGNAL,
	SQL_KEYS_POINT,
	SQL_KEYS_LOOP,
	SQL_KEYS_NONE,
	SQL_EXPIRE_SAMPLE_SAVE,
	SQL_EXPIRE_SAMPLE,
	SQL_EXPIRE_POINT,
	SQL_EXPIRE_HOUR,
	SQL_EXPIRE_SETPOINT,
	SQL_EXPIRE_EVENT,
	SQL_EXPIRE_COMMAND,
	SQL_EXPIRE_TECHNOLOGY,
	SQL_EXPIRE_TOTAL,
	SQL_EXPIRE_ALARM,
	SQL_COUNT
};

enum hot_table { HOT_SAMPLE, HOT_POINT, HOT_COUNT };

struct store {
	sqlite3 *db;
	sqlite3_stmt *statement[SQL_COUNT];
	const struct config *config;
	char *path;
	int lock_fd;
	bool was_here;                 /* a history was open at this path before */
	bool ours;                     /* it is a history, by what it says of itself */
	bool damaged;                  /* SQLite says so */
	struct err aside;              /* what was set aside; empty: nothing */
	struct stat identity;          /* of the file that is open */
	int64_t *signal_id, *loop_id;  /* by index in the configuration */
	int64_t kind_id[POINT_COUNT];
	int64_t moved_us[HOT_COUNT];   /* rows before this are in the cold table */
	int64_t run_id;                /* 0: none begun */
	int64_t expired_us;            /* the minute of the last complete pass of expiry */
};

/* store_sql.c */
bool store_prepare(struct store *store, struct err *e);
void store_finalize(struct store *store);
/* STORE_FAILED, and in e the path, what was tried and why it failed. Names the error SQLite reported last. */
enum store_status store_fail(struct store *store, const char *doing, struct err *e);
/* The statement, ready for its values: bind, then step and sqlite3_reset, or store_finish. */
sqlite3_stmt *store_bind(struct store *store, enum store_statement which, const int64_t *values, int n);
/* Runs a bound statement that returns no rows, and resets it. */
bool store_finish(sqlite3_stmt *statement);
/* Both in one for statements that take integers only. */
bool store_run(struct store *store, enum store_statement which, const int64_t *values, int n);
#define STORE_RUN(store, which, ...) \
	store_run((store), (which), (const int64_t[]){__VA_ARGS__}, (int)(sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t)))
#define STORE_BIND(store, which, ...) \
	store_bind((store), (which), (const int64_t[]){__VA_ARGS__}, (int)(sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t)))

/* store_file.c */
enum { APPLICATION_ID = 0x4c5a4844 /* "LZHD" in the file's header */ };
enum store_status store_file_lock(struct store *store, struct err *e);
/* Create, open, check and migrate; fills db and identity. What it leaves behind on failure is store_close's. */
enum store_status store_file_open(struct store *store, struct err *e);

/* store_aside.c */
/* After a failure: STORE_FAILED again, STORE_NEWER, or STORE_OK where the file is a damaged history, to be set aside. */
enum store_status store_judge(struct store *store, struct err *e);
/* Closes the database and renames it with its log; *name is the caller's to free. */
enum store_status store_set_aside(struct store *store, int64_t now_us, char **name, struct err *e);
/* The newest setpoints of the file of that name, and the event. why: what was found damaged. */
enum store_status store_take_over(struct store *store, const char *name, const char *why, int64_t now_us, struct err *e);

/* store.c */
/* The file's id of a loop, which is made where there is none. */
bool store_loop_id(struct store *store, const char *name, int64_t *id);
/* store_append.c */
/* Borrows the text until the statement is reset. NULL is NULL. */
void store_bind_text(sqlite3_stmt *statement, int column, const char *text);
/* store_answer.c */
/* As store_read_total reads them. */
#define TOTAL_COLUMNS \
	"loop, day_us, ts_us, since_us, heat_kwh, electricity_kwh, cost_savings_eur, carbon_savings_kg, on_h, measured_h, " \
	"carbon_emitted_kg, day_heat_kwh, day_electricity_kwh, day_cost_savings_eur, day_carbon_savings_kg, day_on_h, day_measured_h, " \
	"day_carbon_emitted_kg"
bool store_append_totals(struct store *store, const struct record *record);
bool store_append_alarm(struct store *store, const struct record *record);
void store_read_total(sqlite3_stmt *row, struct tally *out); /* of TOTAL_COLUMNS */

/* store_hourly.c */
/* Rolls up some of the hours that are due; *worked says that there were any. Called within a transaction. */
enum store_status store_roll(struct store *store, int64_t now_us, bool flush_all, bool *worked, struct err *e);

#endif
