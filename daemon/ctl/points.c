/* The table has a column per point, which reads better than a dozen columns of figures; CSV has a row per point. */
#include "points.h"

#include "core/payload.h"
#include "io/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { JSON_SIZE = 64 * 1024 };

/* ---- solving ---------------------------------------------------------------------------- */

bool solve_loop(const struct loop_config *loop, read_signal *read, void *ctx, struct solved *out, struct err *e)
{
	struct loop_inputs inputs;
	struct frame frame;
	struct evaluation evaluation;
	struct evaluation_more more;
	struct decision decision;
	struct wanted wanted;
	enum quality quality = inputs_gather(loop, read, ctx, clock_now().utc_us, &inputs, NULL);

	if (!frame_build(loop, &inputs, &frame, e) || !evaluate(loop, &inputs, &frame, &evaluation, &more, e) ||
	    !decide(loop, &frame, (struct kept){.t_k = NAN}, &decision, &wanted, e))
		return false;
	*out = (struct solved){.loop = loop->name, .machines = machines_of_loop(loop), .evaluation = evaluation};
	if (evaluation.more) {
		out->more = more;
		out->evaluation.more = &out->more;
	}
	out->setpoint = decision_setpoint(loop, &decision, quality);
	out->at_setpoint = (struct point){
	    .t_sink_out_c = out->setpoint.t_sink_out_c,
	    .t_free_c = NAN,
	    .electrification = lorenz_electrification(decision.q_kw, frame.curve.q_total_kw),
	    .cop = decision.cop,
	    .q_sink_kw = decision.q_kw,
	    .p_elec_kw = decision.p_kw,
	};
	point_savings(&frame, decision.q_kw, decision.p_kw, &out->at_setpoint);
	return true;
}

/* ---- what a point is worth -------------------------------------------------------------- */

/* At the break-even savings are zero but for rounding: what takes longer than this is never paid back, years. */
static const double PAYBACK_NEVER_A = 1e6;

struct worth {
	double cost_savings_eur_a, carbon_savings_kg_a, capex_eur, npv_eur, payback_a;
};

static struct worth worth_of(const struct investment *investment, const struct point *point)
{
	struct worth w = {
	    .cost_savings_eur_a = point->cost_savings_eur_h * investment->hours_a,
	    .carbon_savings_kg_a = point->carbon_savings_kg_h * investment->hours_a,
	    .capex_eur = investment->capex_eur_kw * point->q_sink_kw,
	};

	w.npv_eur = lorenz_npv(w.capex_eur, w.cost_savings_eur_a, investment->years, investment->discount);
	w.payback_a = lorenz_payback_a(w.capex_eur, w.cost_savings_eur_a);
	if (w.payback_a > PAYBACK_NEVER_A)
		w.payback_a = NAN;
	return w;
}

static bool is_asked(const struct investment *i)
{
	return !isnan(i->hours_a) || !isnan(i->capex_eur_kw) || !isnan(i->years) || !isnan(i->discount);
}

/* ---- JSON ------------------------------------------------------------------------------- */

#define WORTH_FIELD(member)                                           \
	{                                                             \
#member, FIELD_NUMBER, offsetof(struct worth, member) \
	}
static const struct field worth_fields[] = {
    WORTH_FIELD(cost_savings_eur_a), WORTH_FIELD(carbon_savings_kg_a), WORTH_FIELD(capex_eur), WORTH_FIELD(npv_eur),
    WORTH_FIELD(payback_a),          {NULL, FIELD_NUMBER, 0},
};

#define SETPOINT_FIELD(member, type)                             \
	{                                                        \
#member, type, offsetof(struct setpoint, member) \
	}
/* Of a setpoint that is not published: no times, no count. */
static const struct field setpoint_now_fields[] = {
    SETPOINT_FIELD(t_sink_out_c, FIELD_NUMBER), SETPOINT_FIELD(t_sink_out_expected_c, FIELD_NUMBER),
    SETPOINT_FIELD(hp_on, FIELD_BOOL),          SETPOINT_FIELD(q_sink_kw, FIELD_NUMBER),
    SETPOINT_FIELD(p_elec_kw, FIELD_NUMBER),    SETPOINT_FIELD(cop, FIELD_NUMBER),
    SETPOINT_FIELD(controlled, FIELD_CONTROLLED),
    SETPOINT_FIELD(objective, FIELD_OBJECTIVE), SETPOINT_FIELD(mode, FIELD_MODE),
    SETPOINT_FIELD(quality, FIELD_QUALITY),     {"quality_code", FIELD_QUALITY_CODE, offsetof(struct setpoint, quality)},
    SETPOINT_FIELD(reason, FIELD_REASON),       {NULL, FIELD_NUMBER, 0},
};

static void write_worth(struct json_out *out, void *ctx, const struct point *point)
{
	struct worth worth = worth_of(ctx, point);

	json_out_fields(out, worth_fields, &worth);
}

static void json_write(const struct points_output *output, const struct solved *solved, char *text)
{
	struct investment investment = output->investment;
	struct point_extra extra = {.write = write_worth, .ctx = &investment};
	struct json_out out;

	json_out_init(&out, text, JSON_SIZE);
	out.exact = true;
	json_out_object(&out, NULL);
	if (solved->loop)
		json_out_text(&out, "loop", solved->loop);
	payload_points(&out, clock_now().utc_us, NO_TIME, &solved->evaluation, solved->machines,
	               is_asked(&investment) ? &extra : NULL);
	if (solved->loop) {
		json_out_object(&out, "setpoint");
		json_out_fields(&out, setpoint_now_fields, &solved->setpoint);
		json_out_object_end(&out);
	}
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
	COLUMN_COUNT
};

static const struct column point_columns[COLUMN_COUNT] = {
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
};

static const char *const kind_title[POINT_COUNT] = {
    [POINT_COST_OPTIMAL] = "cost optimum",     [POINT_COST_BREAK_EVEN] = "cost break-even",
    [POINT_CARBON_OPTIMAL] = "carbon optimum", [POINT_CARBON_BREAK_EVEN] = "carbon break-even",
    [POINT_BLEND_OPTIMAL] = "blend optimum",   [POINT_BLEND_BREAK_EVEN] = "blend break-even",
    [POINT_GOAL_OPTIMAL] = "goal optimum",
};

static void hide(struct column *column)
{
	column->name = column->title = NULL;
}

static void columns_init(const struct points_output *output, bool loops, struct column columns[COLUMN_COUNT])
{
	const struct investment *i = &output->investment;

	memcpy(columns, point_columns, sizeof(point_columns));
	if (!loops)
		hide(&columns[COLUMN_LOOP]);
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

static void point_row(struct table *table, const struct points_output *output, const char *loop, const char *kind,
                      const char *title, const struct point *p)
{
	struct worth worth = worth_of(&output->investment, p);
	const struct cell cells[COLUMN_COUNT] = {
	    [COLUMN_LOOP] = text(loop),
	    [COLUMN_KIND] = text(kind),
	    [COLUMN_TITLE] = text(title),
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

	table_row(table, cells);
}

static void loop_rows(struct table *table, const struct points_output *output, const struct solved *s)
{
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		bool is_goal = s->evaluation.merit[merit].is_goal;
		size_t kind = is_goal ? POINT_GOAL_OPTIMAL : 2 * (size_t)merit;

		if (!s->evaluation.merit[merit].present)
			continue;
		point_row(table, output, s->loop, point_kind_text[kind], kind_title[kind], &s->evaluation.merit[merit].optimal);
		if (is_goal)
			continue;
		point_row(table, output, s->loop, point_kind_text[kind + 1], kind_title[kind + 1],
		          &s->evaluation.merit[merit].break_even);
	}
	if (s->loop)
		point_row(table, output, s->loop, "setpoint", "setpoint", &s->at_setpoint);
}

static void csv_write(const struct points_output *output, const struct solved *solved, size_t n)
{
	struct table_options options = {.format = FORMAT_CSV, .exact = true};
	struct column columns[COLUMN_COUNT];
	struct table *table;

	columns_init(output, n > 0 && solved[0].loop, columns);
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
	fprintf(out, ", %s, objective %s, mode %s, quality %s\n", reason_text[s->reason], objective_text[s->objective],
	        mode_text[s->mode], quality_text[s->quality]);
}

static void people_write(const struct points_output *output, const struct solved *s)
{
	struct table_options options = {.format = FORMAT_PEOPLE, .flip = true};
	struct column columns[COLUMN_COUNT];
	struct table *table;

	columns_init(output, false, columns);
	table = table_new(output->out, &options, columns, COLUMN_COUNT);
	loop_rows(table, output, s);
	if (s->loop)
		fprintf(output->out, "loop %s\n", s->loop);
	table_done(table);
	if (s->loop)
		setpoint_line(output->out, &s->setpoint);
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
