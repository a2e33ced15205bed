/* What people are told below the table of points: costs by energy source, technologies, who makes the heat, the setpoint. */
#include "points.h"

#include <math.h>

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
		    cell_text(ranking_objective(ranking, merit)),
		    cell_text(row->technology),
		    cell_number(row->t_sink_out_c),
		    cell_number(row->cop),
		    cell_number(row->q_sink_kw),
		    cell_number(row->p_elec_kw),
		    cell_number(row->cost_savings_eur_h),
		    cell_number(row->carbon_savings_kg_h),
		    cell_text(row->reason ? row->reason : row->limited_by),
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

void points_below(const struct points_output *output, const struct solved *s)
{
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
