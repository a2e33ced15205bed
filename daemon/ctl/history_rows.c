/* Rows of a view as they are, or the last of each step. The statement is put together from the kind's table, never from
 * what the user wrote: that is bound. */
#include "command.h"
#include "core/stamp.h"
#include "history.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

static const struct column setpoint_columns[] = {
    {"ts", CELL_TIME, "ts", NULL, 0, 0},
    {"ts_us", CELL_INTEGER, NULL, NULL, 0, 0},
    {"loop", CELL_TEXT, "loop", NULL, 0, 0},
    {"hp_on", CELL_BOOL, "on", NULL, 0, 0},
    {"t_sink_out_c", CELL_NUMBER, "setpoint", "degC", 2, 0},
    {"t_sink_out_expected_c", CELL_NUMBER, "expected", "degC", 2, 0},
    {"q_sink_kw", CELL_NUMBER, "heat", "kW", 1, 0},
    {"p_elec_kw", CELL_NUMBER, "power", "kW", 1, 0},
    {"cop", CELL_NUMBER, "COP", NULL, 2, 0},
    {"objective", CELL_TEXT, NULL, NULL, 0, 0},
    {"mode", CELL_TEXT, "mode", NULL, 0, 0},
    {"quality", CELL_TEXT, "quality", NULL, 0, 0},
    {"quality_code", CELL_INTEGER, NULL, NULL, 0, 0},
    {"reason", CELL_TEXT, "reason", NULL, 0, 0},
    {"valid_until", CELL_TIME, NULL, NULL, 0, 0},
    {"cause_ts", CELL_TIME, NULL, NULL, 0, 0},
    {"cause_us", CELL_INTEGER, NULL, NULL, 0, 0},
    {"seq", CELL_INTEGER, "seq", NULL, 0, 0},
    {"technology", CELL_TEXT, NULL, NULL, 0, 0},
};

static const struct column point_columns[] = {
    {"ts", CELL_TIME, "ts", NULL, 0, 0},
    {"ts_us", CELL_INTEGER, NULL, NULL, 0, 0},
    {"loop", CELL_TEXT, "loop", NULL, 0, 0},
    {"kind", CELL_TEXT, "kind", NULL, 0, 0},
    {"t_sink_out_c", CELL_NUMBER, "outlet", "degC", 2, 0},
    {"t_free_c", CELL_NUMBER, NULL, NULL, 0, 0},
    {"electrification", CELL_NUMBER, "electr.", "%", 1, 100},
    {"cop", CELL_NUMBER, "COP", NULL, 2, 0},
    {"q_sink_kw", CELL_NUMBER, "heat", "kW", 1, 0},
    {"p_elec_kw", CELL_NUMBER, "power", "kW", 1, 0},
    {"cost_savings_eur_h", CELL_NUMBER, "saved", "EUR/h", 2, 0},
    {"cost_savings_pct", CELL_NUMBER, NULL, NULL, 0, 0},
    {"carbon_savings_kg_h", CELL_NUMBER, "saved", "kg/h", 2, 0},
    {"carbon_savings_pct", CELL_NUMBER, NULL, NULL, 0, 0},
    {"limited_by", CELL_TEXT, "limited by", NULL, 0, 0},
    {"ratio", CELL_NUMBER, NULL, NULL, 0, 0},
    {"cause_ts", CELL_TIME, NULL, NULL, 0, 0},
    {"cause_us", CELL_INTEGER, NULL, NULL, 0, 0},
    {"t_source_out_c", CELL_NUMBER, NULL, NULL, 0, 0},
    {"t_supply_c", CELL_NUMBER, NULL, NULL, 0, 0},
    {"eta_lorenz", CELL_NUMBER, NULL, NULL, 0, 0},
    {"source_heat_kw", CELL_NUMBER, NULL, NULL, 0, 0},
    {"units_on", CELL_INTEGER, NULL, NULL, 0, 0},
    {"units", CELL_TEXT, NULL, NULL, 0, 0},
    {"utilities", CELL_TEXT, NULL, NULL, 0, 0},
    {"shortfall_kw", CELL_NUMBER, NULL, NULL, 0, 0},
    {"extrapolated", CELL_BOOL, NULL, NULL, 0, 0},
    {"technology", CELL_TEXT, NULL, NULL, 0, 0},
};

static const struct column technology_columns[] = {
    {"ts", CELL_TIME, "ts", NULL, 0, 0},
    {"ts_us", CELL_INTEGER, NULL, NULL, 0, 0},
    {"loop", CELL_TEXT, "loop", NULL, 0, 0},
    {"objective", CELL_TEXT, "objective", NULL, 0, 0},
    {"rank", CELL_INTEGER, "rank", NULL, 0, 0},
    {"technology", CELL_TEXT, "technology", NULL, 0, 0},
    {"fits", CELL_BOOL, "fits", NULL, 0, 0},
    {"t_sink_out_c", CELL_NUMBER, "outlet", "degC", 2, 0},
    {"electrification", CELL_NUMBER, NULL, NULL, 0, 0},
    {"cop", CELL_NUMBER, "COP", NULL, 2, 0},
    {"q_sink_kw", CELL_NUMBER, "heat", "kW", 1, 0},
    {"p_elec_kw", CELL_NUMBER, "power", "kW", 1, 0},
    {"source_heat_kw", CELL_NUMBER, NULL, NULL, 0, 0},
    {"cost_savings_eur_h", CELL_NUMBER, "saved", "EUR/h", 2, 0},
    {"cost_savings_pct", CELL_NUMBER, NULL, NULL, 0, 0},
    {"carbon_savings_kg_h", CELL_NUMBER, "saved", "kg/h", 2, 0},
    {"carbon_savings_pct", CELL_NUMBER, NULL, NULL, 0, 0},
    {"limited_by", CELL_TEXT, NULL, NULL, 0, 0},
    {"extrapolated", CELL_BOOL, NULL, NULL, 0, 0},
    {"met", CELL_BOOL, NULL, NULL, 0, 0},
    {"reason", CELL_TEXT, "why not", NULL, 0, 0},
};

static const struct column sample_columns[] = {
    {"ts", CELL_TIME, "ts", NULL, 0, 0},         {"ts_us", CELL_INTEGER, NULL, NULL, 0, 0},
    {"signal", CELL_TEXT, "signal", NULL, 0, 0}, {"value", CELL_NUMBER, "value", NULL, 3, 0},
    {"unit", CELL_TEXT, "unit", NULL, 0, 0},     {"quality", CELL_TEXT, "quality", NULL, 0, 0},
};

static const struct column event_columns[] = {
    {"ts", CELL_TIME, "ts", NULL, 0, 0},     {"ts_us", CELL_INTEGER, NULL, NULL, 0, 0},
    {"loop", CELL_TEXT, "loop", NULL, 0, 0}, {"severity", CELL_TEXT, "severity", NULL, 0, 0},
    {"code", CELL_TEXT, "code", NULL, 0, 0}, {"message", CELL_TEXT, "message", NULL, 0, 0},
};

static const struct column hourly_columns[] = {
    {"hour", CELL_TEXT, "hour", NULL, 0, 0},     {"hour_us", CELL_INTEGER, NULL, NULL, 0, 0},
    {"signal", CELL_TEXT, "signal", NULL, 0, 0}, {"unit", CELL_TEXT, "unit", NULL, 0, 0},
    {"n", CELL_INTEGER, "n", NULL, 0, 0},        {"min", CELL_NUMBER, "min", NULL, 3, 0},
    {"mean", CELL_NUMBER, "mean", NULL, 3, 0},   {"max", CELL_NUMBER, "max", NULL, 3, 0},
    {"last", CELL_NUMBER, "last", NULL, 3, 0},
};

static const struct column run_columns[] = {
    {"started", CELL_TIME, "started", NULL, 0, 0},
    {"ended", CELL_TIME, "ended", NULL, 0, 0},
    {"version", CELL_TEXT, "version", NULL, 0, 0},
    {"config_hash", CELL_TEXT, "configuration", NULL, 0, 0},
};

static const struct column total_columns[] = {
    {"day", CELL_TIME, "day begins", NULL, 0, 0},
    {"day_us", CELL_INTEGER, NULL, NULL, 0, 0},
    {"ts", CELL_TIME, NULL, NULL, 0, 0},
    {"ts_us", CELL_INTEGER, NULL, NULL, 0, 0},
    {"loop", CELL_TEXT, "loop", NULL, 0, 0},
    {"day_on_h", CELL_NUMBER, "on", "h", 2, 0},
    {"day_measured_h", CELL_NUMBER, "measured", "h", 2, 0},
    {"day_heat_kwh", CELL_NUMBER, "heat", "kWh", 1, 0},
    {"day_electricity_kwh", CELL_NUMBER, "electricity", "kWh", 1, 0},
    {"day_cost_savings_eur", CELL_NUMBER, "saved", "EUR", 2, 0},
    {"day_carbon_savings_kg", CELL_NUMBER, "saved", "kg", 1, 0},
    {"on_h", CELL_NUMBER, NULL, NULL, 0, 0},
    {"measured_h", CELL_NUMBER, NULL, NULL, 0, 0},
    {"heat_kwh", CELL_NUMBER, NULL, NULL, 0, 0},
    {"electricity_kwh", CELL_NUMBER, NULL, NULL, 0, 0},
    {"cost_savings_eur", CELL_NUMBER, NULL, NULL, 0, 0},
    {"carbon_savings_kg", CELL_NUMBER, NULL, NULL, 0, 0},
    {"since", CELL_TIME, NULL, NULL, 0, 0},
};

static const struct column alarm_columns[] = {
    {"ts", CELL_TIME, "raised", NULL, 0, 0},
    {"ts_us", CELL_INTEGER, NULL, NULL, 0, 0},
    {"loop", CELL_TEXT, "loop", NULL, 0, 0},
    {"code", CELL_TEXT, "code", NULL, 0, 0},
    {"priority", CELL_TEXT, "priority", NULL, 0, 0},
    {"cleared", CELL_TIME, "cleared", NULL, 0, 0},
    {"acknowledged", CELL_TIME, "acknowledged", NULL, 0, 0},
    {"acknowledged_by", CELL_TEXT, "by", NULL, 0, 0},
    {"text", CELL_TEXT, "text", NULL, 0, 0},
};

static const struct column command_columns[] = {
    {"ts", CELL_TIME, "ts", NULL, 0, 0},       {"ts_us", CELL_INTEGER, NULL, NULL, 0, 0},
    {"loop", CELL_TEXT, "loop", NULL, 0, 0},   {"command", CELL_TEXT, "command", NULL, 0, 0},
    {"value", CELL_TEXT, "value", NULL, 0, 0}, {"until", CELL_TIME, "until", NULL, 0, 0},
    {"who", CELL_TEXT, "who", NULL, 0, 0},     {"id", CELL_TEXT, "id", NULL, 0, 0},
};

const char *const filter_column[FILTER_COUNT] = {"loop", "signal", "kind"};

const struct history_kind history_kinds[] = {
    {"setpoints", "setpoints", "ts_us", {[FILTER_LOOP] = true}, false, "loop", setpoint_columns, N(setpoint_columns), NULL},
    {"points",
     "operating_points",
     "ts_us",
     {[FILTER_LOOP] = true, [FILTER_KIND] = true},
     false,
     "loop, kind",
     point_columns,
     N(point_columns), NULL},
    {"technologies", "technologies", "ts_us", {[FILTER_LOOP] = true}, false, "loop, objective, rank", technology_columns, N(technology_columns), "loop, objective, rank"},
    {"samples", "samples", "ts_us", {[FILTER_SIGNAL] = true}, true, "signal", sample_columns, N(sample_columns), NULL},
    {"events", "events", "ts_us", {[FILTER_LOOP] = true}, false, NULL, event_columns, N(event_columns), NULL},
    {"hourly", "samples_hourly", "hour_us", {[FILTER_SIGNAL] = true}, false, NULL, hourly_columns, N(hourly_columns), NULL},
    {"totals", "totals", "day_us", {[FILTER_LOOP] = true}, false, NULL, total_columns, N(total_columns), NULL},
    {"alarms", "alarms", "ts_us", {[FILTER_LOOP] = true}, false, NULL, alarm_columns, N(alarm_columns), NULL},
    {"commands", "commands", "ts_us", {[FILTER_LOOP] = true}, false, NULL, command_columns, N(command_columns), NULL},
    {"runs", "runs", "started_us", {false}, false, NULL, run_columns, N(run_columns), NULL},
    {0},
};

/* ---- the statement ---------------------------------------------------------------------- */

static void put_columns(FILE *sql, const struct history_kind *kind)
{
	for (size_t i = 0; i < kind->n_columns; i++)
		fprintf(sql, "%s\"%s\"", i ? ", " : "", kind->columns[i].name);
}

/* A file that an older program has made and none has opened since lacks the newest ones. */
static bool view_has(sqlite3 *db, const char *view, const char *column)
{
	sqlite3_stmt *statement = NULL;
	bool has = sqlite3_prepare_v2(db, "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2", -1, &statement, NULL) == SQLITE_OK &&
	           sqlite3_bind_text(statement, 1, view, -1, SQLITE_STATIC) == SQLITE_OK &&
	           sqlite3_bind_text(statement, 2, column, -1, SQLITE_STATIC) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;

	sqlite3_finalize(statement);
	return has;
}

static void put_columns_of_view(FILE *sql, sqlite3 *db, const struct history_kind *kind)
{
	for (size_t i = 0; i < kind->n_columns; i++)
		fprintf(sql, "%s%s\"%s\"", i ? ", " : "", view_has(db, kind->view, kind->columns[i].name) ? "" : "NULL AS ",
		        kind->columns[i].name);
}

static void put_where(FILE *sql, const struct history_query *query)
{
	fprintf(sql, " FROM %s WHERE %s >= :from AND %s < :to", query->kind->view, query->kind->time, query->kind->time);
	for (size_t i = 0; i < FILTER_COUNT; i++)
		if (query->filter[i])
			fprintf(sql, " AND \"%s\" = :%s", filter_column[i], filter_column[i]);
}

/* With one max(), SQLite takes the other columns from the row that has it. */
static void put_statement(FILE *sql, sqlite3 *db, const struct history_query *query)
{
	const struct history_kind *kind = query->kind;

	fputs("SELECT ", sql);
	put_columns(sql, kind);
	fputs(" FROM (SELECT ", sql);
	put_columns_of_view(sql, db, kind);
	if (query->every_us > 0)
		fprintf(sql, ", max(%s)", kind->time);
	else
		fprintf(sql, ", %s AS time_us", kind->time);
	put_where(sql, query);
	if (query->every_us > 0)
		fprintf(sql, " GROUP BY %s / :every, %s", kind->time, kind->group);
	if (query->limit > 0)
		fprintf(sql, " ORDER BY %s DESC LIMIT :limit", kind->time);
	fprintf(sql, ") ORDER BY %s", query->every_us > 0 ? kind->time : "time_us");
	if (query->every_us > 0)
		fprintf(sql, ", %s", kind->group);
	else if (kind->within)
		fprintf(sql, ", %s", kind->within);
}

/* ---- rows ------------------------------------------------------------------------------- */

static const char *column_text(sqlite3_stmt *statement, int i)
{
	return (const char *)sqlite3_column_text(statement, i);
}

static void fill_cell(sqlite3_stmt *statement, int i, enum cell_type type, struct cell *cell)
{
	cell->present = sqlite3_column_type(statement, i) != SQLITE_NULL;
	if (!cell->present)
		return;
	switch (type) {
	case CELL_TEXT:
		cell->text = column_text(statement, i);
		break;
	case CELL_NUMBER:
		cell->number = sqlite3_column_double(statement, i);
		break;
	case CELL_INTEGER:
		cell->integer = sqlite3_column_int64(statement, i);
		break;
	case CELL_BOOL:
		cell->flag = sqlite3_column_int(statement, i) != 0;
		break;
	case CELL_TIME:
		cell->present = stamp_parse(column_text(statement, i), &cell->ts_us);
		break;
	}
}

static int write_rows(sqlite3 *db, const struct history_query *query, sqlite3_stmt *statement)
{
	const struct history_kind *kind = query->kind;
	struct table_options options = {.format = query->format};
	struct table *table = table_new(stdout, &options, kind->columns, kind->n_columns);
	struct cell *cells = xrealloc(NULL, kind->n_columns * sizeof(*cells));
	int result;

	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		for (size_t i = 0; i < kind->n_columns; i++)
			fill_cell(statement, (int)i, kind->columns[i].type, &cells[i]);
		table_row(table, cells);
	}
	table_done(table);
	free(cells);
	return history_result(db, query, result);
}

int history_rows(sqlite3 *db, const struct history_query *query)
{
	sqlite3_stmt *statement;
	char *text = NULL;
	size_t len;
	FILE *sql = open_memstream(&text, &len);
	int code = EXIT_FAILED;

	if (!sql) {
		fputs("lorenzctl: out of memory\n", stderr);
		return EXIT_FAILED;
	}
	put_statement(sql, db, query);
	if (fclose(sql) == 0) {
		statement = history_prepare(db, query, text);
		if (statement)
			code = write_rows(db, query, statement);
		sqlite3_finalize(statement);
	}
	free(text);
	return code;
}
