/* A front as a table for people, JSON and CSV: one list of columns. */
#include "core/frame.h"
#include "pareto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum front_column {
	COLUMN_KIND,
	COLUMN_TITLE,
	COLUMN_T_OUT,
	COLUMN_ELECTRIFICATION,
	COLUMN_COP,
	COLUMN_Q,
	COLUMN_P,
	COLUMN_COST_SAVINGS,
	COLUMN_COST_PCT,
	COLUMN_CARBON_SAVINGS,
	COLUMN_CARBON_PCT,
	COLUMN_COST,
	COLUMN_CARBON,
	COLUMN_ABATEMENT,
	COLUMN_LIMIT,
	COLUMN_UNITS,
	COLUMN_EXTRAPOLATED,
	COLUMN_COST_SAVINGS_A,
	COLUMN_CARBON_SAVINGS_A,
	COLUMN_COST_A,
	COLUMN_CARBON_A,
	COLUMN_CAPEX,
	COLUMN_NPV,
	COLUMN_PAYBACK,
	COLUMN_COUNT
};

/* In a year a table for people has the savings per year in the place of those per hour. */
static const struct column front_columns[COLUMN_COUNT] = {
    [COLUMN_KIND] = {"kind", CELL_TEXT, NULL, NULL, 0, 0},
    [COLUMN_TITLE] = {NULL, CELL_TEXT, "", NULL, 0, 0},
    [COLUMN_T_OUT] = {"t_sink_out_c", CELL_NUMBER, "outlet", "degC", 2, 0},
    [COLUMN_ELECTRIFICATION] = {"electrification", CELL_NUMBER, "elec.", "%", 1, 100},
    [COLUMN_COP] = {"cop", CELL_NUMBER, "COP", NULL, 3, 0},
    [COLUMN_Q] = {"q_sink_kw", CELL_NUMBER, "heat", "kW", 1, 0},
    [COLUMN_P] = {"p_elec_kw", CELL_NUMBER, NULL, NULL, 0, 0},
    [COLUMN_COST_SAVINGS] = {"cost_savings_eur_h", CELL_NUMBER, "saved", "EUR/h", 2, 0},
    [COLUMN_COST_PCT] = {"cost_savings_pct", CELL_NUMBER, "", "%", 2, 0},
    [COLUMN_CARBON_SAVINGS] = {"carbon_savings_kg_h", CELL_NUMBER, "saved", "kg/h", 2, 0},
    [COLUMN_CARBON_PCT] = {"carbon_savings_pct", CELL_NUMBER, "", "%", 2, 0},
    [COLUMN_COST] = {"cost_eur_h", CELL_NUMBER, "cost", "EUR/h", 2, 0},
    [COLUMN_CARBON] = {"carbon_kg_h", CELL_NUMBER, "CO2", "kg/h", 2, 0},
    [COLUMN_ABATEMENT] = {"abatement_eur_t", CELL_NUMBER, "abatement", "EUR/t", 2, 0},
    [COLUMN_LIMIT] = {"limited_by", CELL_TEXT, NULL, NULL, 0, 0},
    [COLUMN_UNITS] = {"units_on", CELL_INTEGER, "units", "on", 0, 0},
    [COLUMN_EXTRAPOLATED] = {"extrapolated", CELL_BOOL, NULL, NULL, 0, 0},
    [COLUMN_COST_SAVINGS_A] = {"cost_savings_eur_a", CELL_NUMBER, "saved", "EUR/a", 0, 0},
    [COLUMN_CARBON_SAVINGS_A] = {"carbon_savings_kg_a", CELL_NUMBER, "saved", "t/a", 1, 1e-3},
    [COLUMN_COST_A] = {"cost_eur_a", CELL_NUMBER, "cost", "EUR/a", 0, 0},
    [COLUMN_CARBON_A] = {"carbon_kg_a", CELL_NUMBER, "CO2", "t/a", 1, 1e-3},
    [COLUMN_CAPEX] = {"capex_eur", CELL_NUMBER, "CAPEX", "EUR", 0, 0},
    [COLUMN_NPV] = {"npv_eur", CELL_NUMBER, "NPV", "EUR", 0, 0},
    [COLUMN_PAYBACK] = {"payback_a", CELL_NUMBER, "payback", "a", 1, 0},
};

static void hide(struct column *columns, enum front_column first, enum front_column last, bool hidden)
{
	for (size_t i = first; hidden && i <= last; i++)
		columns[i].name = columns[i].title = NULL;
}

static void columns_init(const struct front *front, const struct investment *i, struct column columns[COLUMN_COUNT])
{
	bool year = !isnan(i->hours_a);
	static const enum front_column hourly[] = {COLUMN_COST_SAVINGS, COLUMN_CARBON_SAVINGS, COLUMN_COST, COLUMN_CARBON};

	memcpy(columns, front_columns, sizeof(front_columns));
	for (size_t k = 0; year && k < sizeof(hourly) / sizeof(hourly[0]); k++)
		columns[hourly[k]].title = NULL;
	columns[COLUMN_COST_PCT].title = columns[COLUMN_CARBON_PCT].title = year ? NULL : "";
	hide(columns, COLUMN_UNITS, COLUMN_UNITS, front->frame.machines.plant.units.n == 0);
	hide(columns, COLUMN_COST_SAVINGS_A, COLUMN_CARBON_A, !year);
	hide(columns, COLUMN_CAPEX, COLUMN_CAPEX, isnan(i->capex_eur_kw));
	hide(columns, COLUMN_PAYBACK, COLUMN_PAYBACK, isnan(i->capex_eur_kw) || !year);
	hide(columns, COLUMN_NPV, COLUMN_NPV, isnan(i->capex_eur_kw) || !year || isnan(i->years) || isnan(i->discount));
}

static void put_row(struct table *table, const struct front_row *row, const struct investment *i)
{
	char kind[FRONT_WORDS_MAX], title[FRONT_WORDS_MAX];
	struct worth worth = worth_of(i, &row->point);
	bool off = row->point.q_sink_kw == 0;
	struct cell cells[COLUMN_COUNT] = {
	    [COLUMN_KIND] = cell_text(front_words(row->marks, false, kind)),
	    [COLUMN_TITLE] = {.present = true, .text = front_words(row->marks, true, title)},
	    [COLUMN_T_OUT] = cell_number(off ? NAN : row->point.t_sink_out_c),
	    [COLUMN_ELECTRIFICATION] = cell_number(row->point.electrification),
	    [COLUMN_COP] = cell_number(row->point.cop),
	    [COLUMN_Q] = cell_number(row->point.q_sink_kw),
	    [COLUMN_P] = cell_number(row->point.p_elec_kw),
	    [COLUMN_COST_SAVINGS] = cell_number(row->point.cost_savings_eur_h),
	    [COLUMN_COST_PCT] = cell_number(row->point.cost_savings_pct),
	    [COLUMN_CARBON_SAVINGS] = cell_number(row->point.carbon_savings_kg_h),
	    [COLUMN_CARBON_PCT] = cell_number(row->point.carbon_savings_pct),
	    [COLUMN_COST] = cell_number(row->breakdown.part[COST_TOTAL]),
	    [COLUMN_CARBON] = cell_number(row->breakdown.part[CARBON_TOTAL]),
	    [COLUMN_ABATEMENT] = cell_number(row->abatement_eur_t),
	    [COLUMN_LIMIT] = cell_text(off ? NULL : row->point.limited_by),
	    [COLUMN_UNITS] = {.present = true, .integer = row->units_on},
	    [COLUMN_EXTRAPOLATED] = {.present = true, .flag = row->extrapolated},
	    [COLUMN_COST_SAVINGS_A] = cell_number(worth.cost_savings_eur_a),
	    [COLUMN_CARBON_SAVINGS_A] = cell_number(worth.carbon_savings_kg_a),
	    [COLUMN_COST_A] = cell_number(row->breakdown.part[COST_TOTAL] * i->hours_a),
	    [COLUMN_CARBON_A] = cell_number(row->breakdown.part[CARBON_TOTAL] * i->hours_a),
	    [COLUMN_CAPEX] = cell_number(worth.capex_eur),
	    [COLUMN_NPV] = cell_number(worth.npv_eur),
	    [COLUMN_PAYBACK] = cell_number(worth.payback_a),
	};

	table_row(table, cells);
}

static void notes(const struct front *front, FILE *out)
{
	const struct front_row *last = &front->row[front->n - 1];
	bool extrapolated = false;

	for (size_t i = 0; i < front->n; i++)
		extrapolated |= front->row[i].extrapolated;
	if (*front->left_out)
		fprintf(out, "note: without %s, which is best but makes power of the source's heat, and no heat\n", front->left_out);
	else if (front->n == 2)
		fputs("note: one point is best by cost and by CO2\n", out);
	if (front->cap_missed)
		fprintf(out, "note: the cap of %.10g kg/h cannot be kept; the least is %.2f kg/h\n", front->cap_kg_h,
		        last->breakdown.part[CARBON_TOTAL]);
	if (extrapolated)
		fputs("note: the efficiency is extrapolated beyond what its model was made for\n", out);
	if (frame_need_kw(&front->frame) > 0)
		fputs("note: the boilers cannot carry the demand alone; there is nothing to save against\n", out);
	if (*front->outside)
		fprintf(out, "note: outside the operating envelope: %s\n", front->outside);
	else if (!front->frame.available)
		fputs("note: the heat pump is not available\n", out);
}

void front_table(const struct front *front, enum format format, const struct investment *investment, FILE *out)
{
	struct table_options options = {.format = format, .exact = format != FORMAT_PEOPLE};
	struct column columns[COLUMN_COUNT];
	struct table *table;

	columns_init(front, investment, columns);
	table = table_new(out, &options, columns, COLUMN_COUNT);
	for (size_t i = 0; i < front->n; i++)
		put_row(table, &front->row[i], investment);
	table_done(table);
	if (format == FORMAT_PEOPLE)
		notes(front, out);
}
