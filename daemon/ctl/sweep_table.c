/* For people: the value, then by cost and by carbon where optimum and break-even are and what is saved; over the outlet, cost
 * and CO2 by energy source at it. What no value has is left out. */
#include "sweep.h"

#include <math.h>
#include <string.h>

enum { COLUMNS_MAX = 28 };

/* One row while it is built; the columns are known after the first. */
struct line {
	struct column column[COLUMNS_MAX];
	struct cell cell[COLUMNS_MAX];
	size_t n;
};

static void put(struct line *line, const char *title, const char *unit, int decimals, double factor, double value)
{
	line->column[line->n] = (struct column){NULL, CELL_NUMBER, title, unit, decimals, factor};
	line->cell[line->n++] = (struct cell){.present = true, .number = value};
}

static void put_text(struct line *line, const char *title, const char *text)
{
	line->column[line->n] = (struct column){NULL, CELL_TEXT, title, NULL, 0, 0};
	line->cell[line->n++] = (struct cell){.present = true, .text = text};
}

/* As many decimals as tell the steps apart. */
static int value_decimals(const struct sweep *sweep)
{
	const struct value_list *values = &sweep->values;
	double step = values->label ? 0.001 : fabs(values->shown[1] - values->shown[0]);

	for (int decimals = 0; decimals < 6; decimals++) {
		double scaled = step * pow(10, decimals);

		if (fabs(scaled - round(scaled)) < 1e-6 * scaled)
			return decimals;
	}
	return step > 1 ? 2 : 2 - (int)floor(log10(step));
}

static void put_merit(struct line *line, const struct solved *s, enum merit merit)
{
	static const char *const optimum[MERIT_COUNT] = {"cost optimum", "CO2 optimum", "blend optimum"};
	const struct point *optimal = &s->evaluation.merit[merit].optimal;

	if (!s->evaluation.merit[merit].present)
		return;
	put(line, optimum[merit], "degC", 2, 0, optimal->t_sink_out_c);
	if (s->evaluation.more && s->machines->n_technologies > 0)
		put_text(line, "technology", s->more.optimal[merit].technology);
	put(line, "break-even", "degC", 2, 0, s->evaluation.merit[merit].break_even.t_sink_out_c);
	put(line, "heat", "%", 1, 100, optimal->electrification);
	put(line, "COP", NULL, 3, 0, optimal->cop);
	if (s->evaluation.more)
		put(line, "eta", NULL, 3, 0, s->more.optimal[merit].eta_lorenz);
	if (merit != MERIT_CARBON) {
		put(line, "savings", "EUR/h", 2, 0, optimal->cost_savings_eur_h);
		put(line, "", "%", 2, 0, optimal->cost_savings_pct);
	} else {
		put(line, "savings", "kg/h", 2, 0, optimal->carbon_savings_kg_h);
		put(line, "", "%", 2, 0, optimal->carbon_savings_pct);
	}
}

static void put_outlet(struct line *line, const struct solved *s)
{
	const struct point *at = &s->at;
	struct breakdown b = breakdown_at(&s->frame, at->q_sink_kw, at->p_elec_kw);

	put(line, "heat", "%", 1, 100, at->electrification);
	put(line, "COP", NULL, 3, 0, at->cop);
	if (s->evaluation.more)
		put(line, "eta", NULL, 3, 0, s->at_more.eta_lorenz);
	put(line, "power", "kW", 1, 0, at->p_elec_kw);
	if (s->evaluation.merit[MERIT_COST].present) {
		put(line, "electricity", "EUR/h", 2, 0, b.part[COST_ELEC]);
		put(line, "fuel", "EUR/h", 2, 0, b.part[COST_FUEL]);
		put(line, "allowances", "EUR/h", 2, 0, b.part[COST_ALLOWANCES]);
		put(line, "cost", "EUR/h", 2, 0, b.part[COST_TOTAL]);
		put(line, "saved", "%", 2, 0, at->cost_savings_pct);
	}
	if (s->evaluation.merit[MERIT_CARBON].present) {
		put(line, "CO2", "kg/h", 1, 0, b.part[CARBON_TOTAL]);
		put(line, "saved", "%", 2, 0, at->carbon_savings_pct);
	}
	put_text(line, "in its way", at->limited_by);
}

/* Of an input of the loop itself the path below it. */
static const char *over_name(const struct sweep *sweep)
{
	const char *name = sweep->over.name, *loop = sweep->loop->name;
	size_t len = strlen("loops.");

	if (!loop || strncmp(name, "loops.", len) != 0 || strncmp(name + len, loop, strlen(loop)) != 0)
		return name;
	return name + len + strlen(loop) + 1;
}

static void build(const struct sweep *sweep, const struct solved *s, struct line *line)
{
	const struct unit *unit = sweep->values.unit;

	line->n = 0;
	if (s->label)
		put_text(line, "label", s->label);
	put(line, over_name(sweep), strcmp(unit->name, "1") == 0 ? NULL : unit->name, value_decimals(sweep), 0, s->value);
	if (sweep->over.kind == OVER_OUTLET)
		put_outlet(line, s);
	else
		for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++)
			put_merit(line, s, merit);
}

void sweep_table(const struct sweep *sweep, FILE *out)
{
	struct table_options options = {.format = FORMAT_PEOPLE};
	struct column columns[COLUMNS_MAX];
	struct table *table = NULL;
	struct line line = {.n = 0};

	for (size_t i = 0; i < sweep->values.n; i++) {
		build(sweep, &sweep->solved[i], &line);
		if (!table) {
			memcpy(columns, line.column, sizeof(columns));
			table = table_new(out, &options, columns, line.n);
		}
		table_row(table, line.cell);
	}
	table_done(table);
	for (size_t i = 0; i < sweep->values.n; i++)
		if (sweep->solved[i].evaluation.inputs.overlap) {
			fputs("note: where the sink inlet is below the source the Lorenz formula flatters these points\n", out);
			break;
		}
}
