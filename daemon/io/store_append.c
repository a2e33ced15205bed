/* Appends records as rows. A record's indexes into the configuration become the file's own ids here. Numbers of points and
 * setpoints are stored as they are published, rounded; samples are stored as they came. NaN, infinities and NO_TIME become NULL. */
#include "store_private.h"

#include "core/machines.h"

#include <assert.h>
#include <math.h>

_Static_assert(QUALITY_BAD == 0 && QUALITY_UNCERTAIN == 1 && QUALITY_GOOD == 2, "the schema's numbers");

static void bind_number(sqlite3_stmt *statement, int column, double value)
{
	if (isfinite(value))
		sqlite3_bind_double(statement, column, value);
	else
		sqlite3_bind_null(statement, column);
}

static void bind_time(sqlite3_stmt *statement, int column, int64_t ts_us)
{
	if (ts_us != NO_TIME)
		sqlite3_bind_int64(statement, column, ts_us);
	else
		sqlite3_bind_null(statement, column);
}

void store_bind_text(sqlite3_stmt *statement, int column, const char *text)
{
	sqlite3_bind_text(statement, column, text, -1, SQLITE_STATIC);
}

/* A sample of an hour that has been moved goes where its hour is, and the hour is rolled up again. */
static bool append_sample(struct store *store, const struct record *record)
{
	assert(record->sample.signal < store->config->n_signals);
	int64_t signal = store->signal_id[record->sample.signal], ts_us = record->ts_us;
	bool late = ts_us < store->moved_us[HOT_SAMPLE];
	sqlite3_stmt *statement = STORE_BIND(store, late ? SQL_SAMPLE_COLD : SQL_SAMPLE_HOT, ts_us, signal);

	bind_number(statement, 3, record->sample.value);
	sqlite3_bind_int(statement, 4, (int)record->sample.quality);
	if (!store_finish(statement))
		return false;
	return !late || STORE_RUN(store, SQL_DUE_SAMPLES, ts_us - ts_us % HOUR_US, signal);
}

static void bind_name(sqlite3_stmt *statement, int column, const char *name)
{
	store_bind_text(statement, column, *name ? name : NULL);
}

static void bind_field(sqlite3_stmt *statement, int column, const struct field *field, const void *base)
{
	const char *at = (const char *)base + field->offset;

	if (field->type == FIELD_BOOL)
		sqlite3_bind_int(statement, column, *(const bool *)(const void *)at);
	else if (field->type == FIELD_INTEGER)
		bind_time(statement, column, *(const int64_t *)(const void *)at);
	else if (field->type == FIELD_NAME)
		bind_name(statement, column, at);
	else if (field->type == FIELD_TEXT)
		store_bind_text(statement, column, *(const char *const *)(const void *)at);
	else
		bind_number(statement, column, number_round(*(const double *)(const void *)at));
}

/* base NULL: there is none. */
static int bind_fields(sqlite3_stmt *statement, int column, const struct field *fields, const void *base)
{
	for (; fields->name; fields++, column++) {
		if (base)
			bind_field(statement, column, fields, base);
		else
			sqlite3_bind_null(statement, column);
	}
	return column;
}

/* With the names of units and utilities, and what nobody makes: the last columns. */
static bool finish_point(struct store *store, const struct record *record, sqlite3_stmt *statement)
{
	const struct machines_config *machines = store->config->loops[record->loop].machines;
	const struct point_more *more = record->point.has_more ? &record->point.more : NULL;
	int last = sqlite3_bind_parameter_count(statement);
	char units[MACHINES_TEXT_MAX], utilities[MACHINES_TEXT_MAX];

	store_bind_text(statement, last - 2, more ? machines_units_text(machines, more, units) : NULL);
	store_bind_text(statement, last - 1, more ? machines_utilities_text(machines, more, false, utilities) : NULL);
	bind_number(statement, last, number_round(more ? more->shortfall_kw : NAN));
	return store_finish(statement);
}

static bool append_point(struct store *store, const struct record *record)
{
	assert(record->loop < store->config->n_loops);
	bool late = record->ts_us < store->moved_us[HOT_POINT];
	sqlite3_stmt *statement = STORE_BIND(store, late ? SQL_POINT_COLD : SQL_POINT_HOT, record->ts_us,
					     store->loop_id[record->loop], store->kind_id[record->point.kind]);
	int column = 4;

	bind_number(statement, column++, number_round(record->point.ratio));
	bind_time(statement, column++, record->point.cause_us);
	column = bind_fields(statement, column, point_fields, &record->point.point);
	bind_fields(statement, column, point_more_fields, record->point.has_more ? &record->point.more : NULL);
	return finish_point(store, record, statement);
}

static bool append_technology(struct store *store, const struct record *record)
{
	assert(record->loop < store->config->n_loops);
	sqlite3_stmt *statement = STORE_BIND(store, SQL_TECHNOLOGY, store->loop_id[record->loop], record->ts_us);

	store_bind_text(statement, 3, record->technology.objective);
	bind_fields(statement, 4, technology_fields, &record->technology.row);
	return store_finish(statement);
}

static bool append_setpoint(struct store *store, const struct record *record)
{
	assert(record->loop < store->config->n_loops);
	const struct setpoint *s = &record->setpoint;
	sqlite3_stmt *statement = STORE_BIND(store, SQL_SETPOINT, store->loop_id[record->loop], s->ts_us);

	bind_number(statement, 3, number_round(s->t_sink_out_c));
	bind_number(statement, 4, number_round(s->t_sink_out_expected_c));
	sqlite3_bind_int(statement, 5, s->hp_on);
	bind_number(statement, 6, number_round(s->q_sink_kw));
	bind_number(statement, 7, number_round(s->p_elec_kw));
	bind_number(statement, 8, number_round(s->cop));
	store_bind_text(statement, 9, objective_text[s->objective]);
	store_bind_text(statement, 10, mode_text[s->mode]);
	sqlite3_bind_int(statement, 11, (int)s->quality);
	store_bind_text(statement, 12, reason_text[s->reason]);
	bind_time(statement, 13, s->valid_until_us);
	bind_time(statement, 14, s->cause_us);
	sqlite3_bind_int64(statement, 15, s->seq);
	store_bind_text(statement, 16, controlled_text[s->controlled]);
	bind_name(statement, 17, s->technology);
	return store_finish(statement);
}

static bool append_event(struct store *store, const struct record *record)
{
	assert(record->loop == NO_LOOP || record->loop < store->config->n_loops);
	sqlite3_stmt *statement = STORE_BIND(store, SQL_EVENT, record->ts_us);

	bind_time(statement, 2, record->loop == NO_LOOP ? NO_TIME : store->loop_id[record->loop]);
	store_bind_text(statement, 3, severity_text[record->event.severity]);
	store_bind_text(statement, 4, record->event.code ? record->event.code : "");
	store_bind_text(statement, 5, record->event.message);
	return store_finish(statement);
}

static bool append_command(struct store *store, const struct record *record)
{
	assert(record->loop == NO_LOOP || record->loop < store->config->n_loops);
	const struct command_record *c = &record->command;
	sqlite3_stmt *statement = STORE_BIND(store, SQL_COMMAND, record->ts_us);

	bind_time(statement, 2, record->loop == NO_LOOP ? NO_TIME : store->loop_id[record->loop]);
	store_bind_text(statement, 3, command_text[c->kind]);
	store_bind_text(statement, 4, *c->value ? c->value : NULL);
	bind_time(statement, 5, c->until_us);
	store_bind_text(statement, 6, *c->who ? c->who : NULL);
	store_bind_text(statement, 7, c->id);
	return store_finish(statement);
}

enum store_status store_append(struct store *store, const struct record *record, struct err *e)
{
	static bool (*const append[])(struct store *, const struct record *) = {
		[RECORD_SAMPLE] = append_sample,
		[RECORD_POINT] = append_point,
		[RECORD_TECHNOLOGY] = append_technology,
		[RECORD_SETPOINT] = append_setpoint,
		[RECORD_COMMAND] = append_command,
		[RECORD_EVENT] = append_event,
		[RECORD_TOTALS] = store_append_totals,
		[RECORD_ALARM] = store_append_alarm,
	};

	if (append[record->kind](store, record))
		return STORE_OK;
	store_fail(store, "cannot write", e);
	store_rollback(store);
	return STORE_FAILED;
}
