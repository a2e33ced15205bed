/* The table has a column per point, which reads better than a dozen columns of figures; CSV has a row per point. */
#include "points.h"

#include "core/payload.h"
#include "io/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { JSON_SIZE = 64 * 1024 };

/* ---- JSON ------------------------------------------------------------------------------- */

#define SETPOINT_FIELD(member, type)                             \
	{                                                        \
#member, type, offsetof(struct setpoint, member) \
	}
/* Of a setpoint that is not published: no times, no count. */
static const struct field setpoint_now_fields[] = {
    SETPOINT_FIELD(t_sink_out_c, FIELD_NUMBER),
    SETPOINT_FIELD(t_sink_out_expected_c, FIELD_NUMBER),
    SETPOINT_FIELD(hp_on, FIELD_BOOL),
    SETPOINT_FIELD(q_sink_kw, FIELD_NUMBER),
    SETPOINT_FIELD(p_elec_kw, FIELD_NUMBER),
    SETPOINT_FIELD(cop, FIELD_NUMBER),
    SETPOINT_FIELD(controlled, FIELD_CONTROLLED),
    SETPOINT_FIELD(technology, FIELD_NAME),
    SETPOINT_FIELD(objective, FIELD_OBJECTIVE),
    SETPOINT_FIELD(mode, FIELD_MODE),
    SETPOINT_FIELD(quality, FIELD_QUALITY),
    {"quality_code", FIELD_QUALITY_CODE, offsetof(struct setpoint, quality)},
    SETPOINT_FIELD(reason, FIELD_REASON),
    {NULL, FIELD_NUMBER, 0},
};

struct point_ctx {
	const struct investment *investment;
	const struct frame *frame;
};

static void write_extra(struct json_out *out, void *ctx, const struct point *point)
{
	const struct point_ctx *c = ctx;
	struct breakdown breakdown = breakdown_of(c->frame, point);
	struct worth worth = worth_of(c->investment, point);

	if (worth_is_asked(c->investment))
		json_out_fields(out, worth_fields, &worth);
	breakdown_json(out, &breakdown, c->investment->hours_a);
}

static void write_reference(struct json_out *out, const struct point_ctx *ctx)
{
	struct breakdown breakdown = breakdown_at(ctx->frame, 0, 0);

	json_out_object(out, "reference");
	breakdown_json(out, &breakdown, ctx->investment->hours_a);
	json_out_object_end(out);
}

static void write_swept(struct json_out *out, const struct swept *swept, const struct solved *solved)
{
	json_out_text(out, "over", swept->over);
	json_out_number(out, "value", solved->value);
	json_out_text(out, "unit", swept->unit->name);
	if (swept->labels)
		json_out_text(out, "label", solved->label);
}

/* The point at a given outlet, or what the service would publish. */
static void write_at(struct json_out *out, const struct points_output *output, const struct solved *solved,
                     const struct point_extra *extra)
{
	json_out_object(out, solved->at_kind);
	if (output->swept && output->swept->outlet) {
		json_out_fields(out, point_fields, &solved->at);
		if (solved->evaluation.more)
			json_out_fields(out, point_more_fields, &solved->at_more);
		extra->write(out, extra->ctx, &solved->at);
	} else {
		json_out_fields(out, setpoint_now_fields, &solved->setpoint);
	}
	json_out_object_end(out);
}

static void json_write(const struct points_output *output, const struct solved *solved, char *text)
{
	struct point_ctx ctx = {&output->investment, &solved->frame};
	struct point_extra extra = {.write = write_extra, .ctx = &ctx};
	struct evaluation evaluation = solved->evaluation;
	struct json_out out;

	json_out_init(&out, text, JSON_SIZE);
	out.exact = true;
	json_out_object(&out, NULL);
	if (output->swept)
		write_swept(&out, output->swept, solved);
	if (solved->loop)
		json_out_text(&out, "loop", solved->loop);
	if (evaluation.more)
		evaluation.more = (struct evaluation_more *)&solved->more;
	payload_points(&out, clock_now().utc_us, NO_TIME, &evaluation, solved->machines, &extra);
	if (solved->machines && solved->machines->n_technologies > 0) {
		json_out_object(&out, "technologies");
		payload_ranking(&out, &solved->frame.machines.ranking);
		json_out_object_end(&out);
	}
	write_reference(&out, &ctx);
	if (solved->at_kind)
		write_at(&out, output, solved, &extra);
	json_out_object_end(&out);
	if (out.full) {
		fputs("lorenzctl: the payload is too large\n", stderr);
		exit(1);
	}
	fputs(text, output->out);
}

static void json_write_all(const struct points_output *output, const struct solved *solved, size_t n)
{
	char *text = xrealloc(NULL, JSON_SIZE);

	fputs(output->many ? "[\n" : "", output->out);
	for (size_t i = 0; i < n; i++) {
		json_write(output, &solved[i], text);
		fputs(i + 1 < n ? ",\n" : "\n", output->out);
	}
	fputs(output->many ? "]\n" : "", output->out);
	free(text);
}

/* ---- tables ----------------------------------------------------------------------------- */

enum point_column {
	COLUMN_OVER,
	COLUMN_VALUE,
	COLUMN_UNIT,
	COLUMN_LABEL,
	COLUMN_LOOP,
	COLUMN_KIND,
	COLUMN_TITLE,
	COLUMN_T_OUT,
	COLUMN_T_FREE,
	COLUMN_ELECTRIFICATION,
	COLUMN_COP,
	COLUMN_Q,
	COLUMN_P,
	COLUMN_COST,
	COLUMN_COST_PCT,
	COLUMN_CARBON,
	COLUMN_CARBON_PCT,
	COLUMN_LIMIT,
	COLUMN_COST_A,
	COLUMN_CARBON_A,
	COLUMN_CAPEX,
	COLUMN_NPV,
	COLUMN_PAYBACK,
	COLUMN_BREAKDOWN,
	COLUMN_MACHINES = COLUMN_BREAKDOWN + BREAKDOWN_COLUMNS, /* of the general case, from here on */
	COLUMN_T_SOURCE_OUT = COLUMN_MACHINES,
	COLUMN_T_SUPPLY,
	COLUMN_ETA,
	COLUMN_SOURCE_HEAT,
	COLUMN_UNITS_ON,
	COLUMN_UNITS,
	COLUMN_UTILITIES,
	COLUMN_SHORTFALL,
	COLUMN_EXTRAPOLATED,
	COLUMN_COUNT
};

static const struct column point_columns[COLUMN_COUNT] = {
    [COLUMN_OVER] = {"over", CELL_TEXT, NULL, NULL, 0, 0},
    [COLUMN_VALUE] = {"value", CELL_NUMBER, NULL, NULL, 0, 0},
    [COLUMN_UNIT] = {"unit", CELL_TEXT, NULL, NULL, 0, 0},
    [COLUMN_LABEL] = {"label", CELL_TEXT, NULL, NULL, 0, 0},
    [COLUMN_LOOP] = {"loop", CELL_TEXT, NULL, NULL, 0, 0},
    [COLUMN_KIND] = {"kind", CELL_TEXT, NULL, NULL, 0, 0},
    [COLUMN_TITLE] = {NULL, CELL_TEXT, "", NULL, 0, 0},
    [COLUMN_T_OUT] = {"t_sink_out_c", CELL_NUMBER, "outlet", "degC", 2, 0},
    [COLUMN_T_FREE] = {"t_free_c", CELL_NUMBER, "free outlet", "degC", 2, 0},
    [COLUMN_ELECTRIFICATION] = {"electrification", CELL_NUMBER, "electrification", "%", 1, 100},
    [COLUMN_COP] = {"cop", CELL_NUMBER, "COP", NULL, 3, 0},
    [COLUMN_Q] = {"q_sink_kw", CELL_NUMBER, "heat", "kW", 1, 0},
    [COLUMN_P] = {"p_elec_kw", CELL_NUMBER, "electric power", "kW", 1, 0},
    [COLUMN_COST] = {"cost_savings_eur_h", CELL_NUMBER, "cost savings", "EUR/h", 2, 0},
    [COLUMN_COST_PCT] = {"cost_savings_pct", CELL_NUMBER, "", "%", 2, 0},
    [COLUMN_CARBON] = {"carbon_savings_kg_h", CELL_NUMBER, "carbon savings", "kg/h", 2, 0},
    [COLUMN_CARBON_PCT] = {"carbon_savings_pct", CELL_NUMBER, "", "%", 2, 0},
    [COLUMN_LIMIT] = {"limited_by", CELL_TEXT, "limited by", NULL, 0, 0},
    [COLUMN_COST_A] = {"cost_savings_eur_a", CELL_NUMBER, "cost savings", "EUR/a", 0, 0},
    [COLUMN_CARBON_A] = {"carbon_savings_kg_a", CELL_NUMBER, "carbon savings", "t/a", 1, 1e-3},
    [COLUMN_CAPEX] = {"capex_eur", CELL_NUMBER, "CAPEX", "EUR", 0, 0},
    [COLUMN_NPV] = {"npv_eur", CELL_NUMBER, "NPV", "EUR", 0, 0},
    [COLUMN_PAYBACK] = {"payback_a", CELL_NUMBER, "payback", "a", 1, 0},
    [COLUMN_T_SOURCE_OUT] = {"t_source_out_c", CELL_NUMBER, NULL, NULL, 0, 0},
    [COLUMN_T_SUPPLY] = {"t_supply_c", CELL_NUMBER, NULL, NULL, 0, 0},
    [COLUMN_ETA] = {"eta_lorenz", CELL_NUMBER, "Lorenz efficiency", NULL, 3, 0},
    [COLUMN_SOURCE_HEAT] = {"source_heat_kw", CELL_NUMBER, NULL, NULL, 0, 0},
    [COLUMN_UNITS_ON] = {"units_on", CELL_INTEGER, NULL, NULL, 0, 0},
    [COLUMN_UNITS] = {"units", CELL_TEXT, NULL, NULL, 0, 0},
    [COLUMN_UTILITIES] = {"utilities", CELL_TEXT, NULL, NULL, 0, 0},
    [COLUMN_SHORTFALL] = {"shortfall_kw", CELL_NUMBER, NULL, NULL, 0, 0},
    [COLUMN_EXTRAPOLATED] = {"extrapolated", CELL_BOOL, NULL, NULL, 0, 0},
};

static void hide(struct column *column)
{
	column->name = column->title = NULL;
}

/* Columns of the general case are there where one of the loops has them. */
static void columns_init(const struct points_output *output, const struct solved *solved, size_t n, struct column columns[COLUMN_COUNT])
{
	bool loops = n > 0 && solved[0].loop, general = false;
	const struct investment *i = &output->investment;

	memcpy(columns, point_columns, sizeof(point_columns));
	breakdown_columns(&columns[COLUMN_BREAKDOWN], i->hours_a);
	if (!output->swept || !output->swept->labels)
		hide(&columns[COLUMN_LABEL]);
	for (size_t column = COLUMN_OVER; column <= COLUMN_UNIT && !output->swept; column++)
		hide(&columns[column]);
	if (!loops)
		hide(&columns[COLUMN_LOOP]);
	for (size_t loop = 0; loop < n; loop++)
		general |= solved[loop].evaluation.more != NULL;
	for (size_t column = COLUMN_MACHINES; column < COLUMN_COUNT && !general; column++)
		hide(&columns[column]);
	if (isnan(i->hours_a)) {
		hide(&columns[COLUMN_COST_A]);
		hide(&columns[COLUMN_CARBON_A]);
	}
	if (isnan(i->capex_eur_kw))
		hide(&columns[COLUMN_CAPEX]);
	if (isnan(i->capex_eur_kw) || isnan(i->hours_a))
		hide(&columns[COLUMN_PAYBACK]);
	if (isnan(i->capex_eur_kw) || isnan(i->hours_a) || isnan(i->years) || isnan(i->discount))
		hide(&columns[COLUMN_NPV]);
}

static struct cell number(double value)
{
	return (struct cell){.present = true, .number = value};
}

static struct cell text(const char *value)
{
	return (struct cell){.present = true, .text = value};
}

static void swept_cells(struct cell *cells, const struct swept *swept, const struct solved *s)
{
	cells[COLUMN_OVER] = text(swept->over);
	cells[COLUMN_VALUE] = number(s->value);
	cells[COLUMN_UNIT] = text(swept->unit->name);
	cells[COLUMN_LABEL] = text(s->label);
}

static void machines_cells(struct cell *cells, const struct machines_config *machines, const struct point_more *more,
                           char units[MACHINES_TEXT_MAX], char utilities[MACHINES_TEXT_MAX])
{
	cells[COLUMN_T_SOURCE_OUT] = number(more->t_source_out_c);
	cells[COLUMN_T_SUPPLY] = number(more->t_supply_c);
	cells[COLUMN_ETA] = number(more->eta_lorenz);
	cells[COLUMN_SOURCE_HEAT] = number(more->source_heat_kw);
	cells[COLUMN_UNITS_ON] = (struct cell){.present = more->units_on != NO_TIME, .integer = more->units_on};
	cells[COLUMN_UNITS] = text(machines_units_text(machines, more, units));
	cells[COLUMN_UTILITIES] = text(machines_utilities_text(machines, more, true, utilities));
	cells[COLUMN_SHORTFALL] = number(more->shortfall_kw);
	cells[COLUMN_EXTRAPOLATED] = (struct cell){.present = true, .flag = more->extrapolated};
}

static void point_row(struct table *table, const struct points_output *output, const struct solved *s,
                      const struct named_point *named)
{
	const struct point *p = named->point;
	char units[MACHINES_TEXT_MAX], utilities[MACHINES_TEXT_MAX];
	struct breakdown with = breakdown_of(&s->frame, p), without = breakdown_at(&s->frame, 0, 0);
	struct worth worth = worth_of(&output->investment, p);
	struct cell cells[COLUMN_COUNT] = {
	    [COLUMN_LOOP] = text(s->loop),
	    [COLUMN_KIND] = text(named->kind),
	    [COLUMN_TITLE] = text(named->title),
	    [COLUMN_T_OUT] = number(p->t_sink_out_c),
	    [COLUMN_T_FREE] = number(p->t_free_c),
	    [COLUMN_ELECTRIFICATION] = number(p->electrification),
	    [COLUMN_COP] = number(p->cop),
	    [COLUMN_Q] = number(p->q_sink_kw),
	    [COLUMN_P] = number(p->p_elec_kw),
	    [COLUMN_COST] = number(p->cost_savings_eur_h),
	    [COLUMN_COST_PCT] = number(p->cost_savings_pct),
	    [COLUMN_CARBON] = number(p->carbon_savings_kg_h),
	    [COLUMN_CARBON_PCT] = number(p->carbon_savings_pct),
	    [COLUMN_LIMIT] = text(p->limited_by),
	    [COLUMN_COST_A] = number(worth.cost_savings_eur_a),
	    [COLUMN_CARBON_A] = number(worth.carbon_savings_kg_a),
	    [COLUMN_CAPEX] = number(worth.capex_eur),
	    [COLUMN_NPV] = number(worth.npv_eur),
	    [COLUMN_PAYBACK] = number(worth.payback_a),
	};

	if (output->swept)
		swept_cells(cells, output->swept, s);
	if (named->more)
		machines_cells(cells, s->machines, named->more, units, utilities);
	breakdown_cells(&cells[COLUMN_BREAKDOWN], &with, &without, output->investment.hours_a);
	table_row(table, cells);
}

static void loop_rows(struct table *table, const struct points_output *output, const struct solved *s)
{
	struct named_point points[NAMED_POINTS_MAX];
	size_t n = solved_points(s, points);

	for (size_t i = output->swept && output->swept->outlet ? n - 1 : 0; i < n; i++)
		point_row(table, output, s, &points[i]);
}

static void csv_write(const struct points_output *output, const struct solved *solved, size_t n)
{
	struct table_options options = {.format = FORMAT_CSV, .exact = true};
	struct column columns[COLUMN_COUNT];
	struct table *table;

	columns_init(output, solved, n, columns);
	table = table_new(output->out, &options, columns, COLUMN_COUNT);
	for (size_t i = 0; i < n; i++)
		loop_rows(table, output, &solved[i]);
	table_done(table);
}

static void setpoint_line(FILE *out, const struct setpoint *s)
{
	fprintf(out, "setpoint: heat pump %s", s->hp_on ? "on" : "off");
	if (!isnan(s->t_sink_out_c))
		fprintf(out, ", %.2f degC", s->t_sink_out_c);
	if (s->hp_on && s->t_sink_out_expected_c != s->t_sink_out_c)
		fprintf(out, " (expected %.2f degC)", s->t_sink_out_expected_c);
	if (*s->technology)
		fprintf(out, ", %s", s->technology);
	fprintf(out, ", %s, objective %s, mode %s, quality %s\n", reason_text[s->reason], objective_text[s->objective],
	        mode_text[s->mode], quality_text[s->quality]);
}

static void breakdown_lines(const struct points_output *output, const struct solved *s)
{
	struct breakdown_column columns[NAMED_POINTS_MAX + 1] = {{"boiler", breakdown_at(&s->frame, 0, 0)}};
	struct named_point points[NAMED_POINTS_MAX];
	size_t n = solved_points(s, points);

	for (size_t i = 0; i < n; i++)
		columns[i + 1] = (struct breakdown_column){
		    points[i].title,
		    breakdown_of(&s->frame, points[i].point),
		};
	fputc('\n', output->out);
	breakdown_people(output->out, columns, n + 1, output->investment.hours_a);
}

/* Who makes the heat at the points of the optima. */
static void machines_lines(FILE *out, const struct solved *s)
{
	const struct evaluation *e = &s->evaluation;

	if (!e->more || !s->machines)
		return;
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		const struct point_more *more = &s->more.optimal[merit];

		if (!e->merit[merit].present)
			continue;
		fprintf(out, "%s optimum:", e->merit[merit].is_goal ? "goal" : merit_text[merit]);
		if (*more->technology)
			fprintf(out, " %s,", more->technology);
		for (size_t i = 0; i < s->machines->n_units; i++)
			if (more->running >> i & 1)
				fprintf(out, " %s,", s->machines->units[i].name);
		for (size_t i = 0; i < more->n_utilities; i++)
			fprintf(out, " %s %.1f kW,", machines_utility_name(s->machines, more->has_electric_boiler, i), more->utility_kw[i]);
		if (more->shortfall_kw > 0)
			fprintf(out, " nobody %.1f kW,", more->shortfall_kw);
		fprintf(out, " source out %.2f degC%s\n", more->t_source_out_c, more->extrapolated ? ", efficiency extrapolated" : "");
	}
	if (s->more.has_direct)
		fprintf(out, "direct exchange%s: %.1f kW\n", s->more.direct.advised ? ", advised" : "", s->more.direct.q_kw);
}

static void ranking_rows(struct table *table, const struct ranking *ranking, enum merit merit)
{
	for (size_t i = 0; i < ranking->n; i++) {
		const struct technology_row *row = &ranking->row[merit][i];
		const struct cell cells[] = {
		    text(ranking_objective(ranking, merit)),
		    text(row->technology),
		    number(row->t_sink_out_c),
		    number(row->cop),
		    number(row->q_sink_kw),
		    number(row->p_elec_kw),
		    number(row->cost_savings_eur_h),
		    number(row->carbon_savings_kg_h),
		    text(row->reason ? row->reason : row->limited_by),
		};

		table_row(table, cells);
	}
}

/* Best first for each objective; of what does not fit, why. */
static void ranking_people(FILE *out, const struct solved *s)
{
	static const struct column columns[] = {
	    {NULL, CELL_TEXT, "for", NULL, 0, 0},           {NULL, CELL_TEXT, "technology", NULL, 0, 0},
	    {NULL, CELL_NUMBER, "outlet", "degC", 2, 0},    {NULL, CELL_NUMBER, "COP", NULL, 3, 0},
	    {NULL, CELL_NUMBER, "heat", "kW", 1, 0},        {NULL, CELL_NUMBER, "power", "kW", 1, 0},
	    {NULL, CELL_NUMBER, "saved", "EUR/h", 2, 0},    {NULL, CELL_NUMBER, "saved", "kg/h", 2, 0},
	    {NULL, CELL_TEXT, "limited by, or why not", NULL, 0, 0},
	};
	const struct table_options options = {.format = FORMAT_PEOPLE};
	const struct ranking *ranking = &s->frame.machines.ranking;
	struct table *table;

	if (!s->machines || s->machines->n_technologies == 0)
		return;
	fputc('\n', out);
	table = table_new(out, &options, columns, sizeof(columns) / sizeof(columns[0]));
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++)
		if (ranking->present[merit])
			ranking_rows(table, ranking, merit);
	table_done(table);
	fputc('\n', out);
}

static void people_write(const struct points_output *output, const struct solved *s)
{
	struct table_options options = {.format = FORMAT_PEOPLE, .flip = true};
	struct column columns[COLUMN_COUNT];
	struct table *table;

	columns_init(output, s, 1, columns);
	hide(&columns[COLUMN_LOOP]);
	table = table_new(output->out, &options, columns, COLUMN_COUNT);
	loop_rows(table, output, s);
	if (s->loop)
		fprintf(output->out, "loop %s\n", s->loop);
	table_done(table);
	breakdown_lines(output, s);
	ranking_people(output->out, s);
	machines_lines(output->out, s);
	if (s->loop)
		setpoint_line(output->out, &s->setpoint);
	if (*s->outside)
		fprintf(output->out, "note: outside the operating envelope: %s\n", s->outside);
	if (s->evaluation.inputs.overlap)
		fputs("note: the sink inlet is below the source; the Lorenz formula flatters these points\n", output->out);
}

void points_write(const struct points_output *output, const struct solved *solved, size_t n)
{
	switch (output->format) {
	case FORMAT_JSON:
		json_write_all(output, solved, n);
		break;
	case FORMAT_CSV:
		csv_write(output, solved, n);
		break;
	case FORMAT_PEOPLE:
		for (size_t i = 0; i < n; i++) {
			fputs(i > 0 ? "\n" : "", output->out);
			people_write(output, &solved[i]);
		}
		break;
	}
}
