/* The table has a column per point, which reads better than a dozen columns of figures; CSV has a row per point. */
#include "points.h"

#include <math.h>
#include <string.h>

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
	COLUMN_TECHNOLOGY,
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
    [COLUMN_TECHNOLOGY] = {"technology", CELL_TEXT, NULL, NULL, 0, 0},
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

static void swept_cells(struct cell *cells, const struct swept *swept, const struct solved *s)
{
	cells[COLUMN_OVER] = cell_text(swept->over);
	cells[COLUMN_VALUE] = cell_number(s->value);
	cells[COLUMN_UNIT] = cell_text(swept->unit->name);
	cells[COLUMN_LABEL] = cell_text(s->label);
}

static void machines_cells(struct cell *cells, const struct machines_config *machines, const struct point_more *more,
                           char units[MACHINES_TEXT_MAX], char utilities[MACHINES_TEXT_MAX])
{
	cells[COLUMN_T_SOURCE_OUT] = cell_number(more->t_source_out_c);
	cells[COLUMN_T_SUPPLY] = cell_number(more->t_supply_c);
	cells[COLUMN_ETA] = cell_number(more->eta_lorenz);
	cells[COLUMN_SOURCE_HEAT] = cell_number(more->source_heat_kw);
	cells[COLUMN_UNITS_ON] = (struct cell){.present = more->units_on != NO_TIME, .integer = more->units_on};
	cells[COLUMN_UNITS] = cell_text(machines_units_text(machines, more, units));
	cells[COLUMN_UTILITIES] = cell_text(machines_utilities_text(machines, more, true, utilities));
	cells[COLUMN_SHORTFALL] = cell_number(more->shortfall_kw);
	cells[COLUMN_EXTRAPOLATED] = (struct cell){.present = true, .flag = more->extrapolated};
	cells[COLUMN_TECHNOLOGY] = (struct cell){.present = *more->technology, .text = more->technology};
}

static void point_row(struct table *table, const struct points_output *output, const struct solved *s,
                      const struct named_point *named)
{
	const struct point *p = named->point;
	char units[MACHINES_TEXT_MAX], utilities[MACHINES_TEXT_MAX];
	struct breakdown with = breakdown_of(&s->frame, p), without = breakdown_at(&s->frame, 0, 0);
	struct worth worth = worth_of(&output->investment, p);
	struct cell cells[COLUMN_COUNT] = {
	    [COLUMN_LOOP] = cell_text(s->loop),
	    [COLUMN_KIND] = cell_text(named->kind),
	    [COLUMN_TITLE] = cell_text(named->title),
	    [COLUMN_T_OUT] = cell_number(p->t_sink_out_c),
	    [COLUMN_T_FREE] = cell_number(p->t_free_c),
	    [COLUMN_ELECTRIFICATION] = cell_number(p->electrification),
	    [COLUMN_COP] = cell_number(p->cop),
	    [COLUMN_Q] = cell_number(p->q_sink_kw),
	    [COLUMN_P] = cell_number(p->p_elec_kw),
	    [COLUMN_COST] = cell_number(p->cost_savings_eur_h),
	    [COLUMN_COST_PCT] = cell_number(p->cost_savings_pct),
	    [COLUMN_CARBON] = cell_number(p->carbon_savings_kg_h),
	    [COLUMN_CARBON_PCT] = cell_number(p->carbon_savings_pct),
	    [COLUMN_LIMIT] = cell_text(p->limited_by),
	    [COLUMN_COST_A] = cell_number(worth.cost_savings_eur_a),
	    [COLUMN_CARBON_A] = cell_number(worth.carbon_savings_kg_a),
	    [COLUMN_CAPEX] = cell_number(worth.capex_eur),
	    [COLUMN_NPV] = cell_number(worth.npv_eur),
	    [COLUMN_PAYBACK] = cell_number(worth.payback_a),
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
	points_below(output, s);
}

void points_write(const struct points_output *output, const struct solved *solved, size_t n)
{
	switch (output->format) {
	case FORMAT_JSON:
		points_json(output, solved, n);
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
