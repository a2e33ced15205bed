/* What goes out on the wire, member by member as the contract names it. */
#include "payload.h"

/* Whose points are written, and what is to be added to each. */
struct writing {
	struct json_out *out;
	const struct evaluation *evaluation;
	const struct machines_config *machines;
	const struct point_extra *extra;
};

/* After a reload the units may be others than those that the point was computed for, until the loop is decided anew. */
static void write_units(const struct writing *w, const struct point_more *more)
{
	json_out_array(w->out, "units");
	for (size_t i = 0; i < w->machines->n_units; i++)
		if (more->running >> i & 1)
			json_out_text(w->out, NULL, w->machines->units[i].name);
	json_out_array_end(w->out);
}

static void write_point(const struct writing *w, const char *key, const struct point *point, const struct point_more *more)
{
	json_out_object(w->out, key);
	json_out_fields(w->out, point_fields, point);
	if (more && w->machines) {
		json_out_fields(w->out, point_more_fields, more);
		if (w->machines->n_units > 0)
			write_units(w, more);
		machines_write_utilities(w->out, "utilities", w->machines, more);
		json_out_number(w->out, "shortfall_kw", more->shortfall_kw);
	}
	if (w->extra)
		w->extra->write(w->out, w->extra->ctx, point);
	json_out_object_end(w->out);
}

static void write_merit(const struct writing *w, enum merit merit)
{
	const struct evaluation *evaluation = w->evaluation;
	const struct evaluation_more *more = evaluation->more;

	bool is_goal = evaluation->merit[merit].is_goal;

	json_out_object(w->out, is_goal ? "goal" : merit_text[merit]);
	if (is_goal)
		json_out_bool(w->out, "met", evaluation->merit[merit].met);
	json_out_number(w->out, "ratio", evaluation->merit[merit].ratio);
	write_point(w, "optimal", &evaluation->merit[merit].optimal, more ? &more->optimal[merit] : NULL);
	if (!is_goal)
		write_point(w, "break_even", &evaluation->merit[merit].break_even, more ? &more->break_even[merit] : NULL);
	json_out_object_end(w->out);
}

static void write_inputs(struct json_out *out, const struct evaluation *evaluation)
{
	if (!evaluation) {
		json_out_null(out, "inputs");
		return;
	}
	json_out_object(out, "inputs");
	json_out_fields(out, point_inputs_fields, &evaluation->inputs);
	if (evaluation->more)
		json_out_fields(out, more_inputs_fields, &evaluation->more->inputs);
	json_out_object_end(out);
}

void payload_points(struct json_out *out, int64_t ts_us, int64_t cause_us, const struct evaluation *evaluation,
                    const struct machines_config *machines, const struct point_extra *extra)
{
	const struct writing w = {out, evaluation, machines, extra};

	json_out_time(out, "ts", ts_us);
	json_out_time(out, "cause_ts", cause_us);
	write_inputs(out, evaluation);
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		if (evaluation && evaluation->merit[merit].present)
			write_merit(&w, merit);
		else if (merit != MERIT_BLEND)
			json_out_null(out, merit_text[merit]);
	}
	if (evaluation && evaluation->more && evaluation->more->has_direct) {
		json_out_object(out, "direct_exchange");
		json_out_fields(out, direct_fields, &evaluation->more->direct);
		json_out_object_end(out);
	}
}

void payload_ranking(struct json_out *out, const struct ranking *ranking)
{
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		if (!ranking || !ranking->present[merit]) {
			if (merit != MERIT_BLEND)
				json_out_null(out, merit_text[merit]);
			continue;
		}
		json_out_array(out, ranking_objective(ranking, merit));
		for (size_t i = 0; i < ranking->n; i++) {
			json_out_object(out, NULL);
			json_out_fields(out, technology_fields, &ranking->row[merit][i]);
			json_out_object_end(out);
		}
		json_out_array_end(out);
	}
}

void payload_technologies(struct json_out *out, int64_t ts_us, int64_t cause_us, const struct ranking *ranking)
{
	json_out_object(out, NULL);
	json_out_time(out, "ts", ts_us);
	json_out_time(out, "cause_ts", cause_us);
	payload_ranking(out, ranking);
	json_out_object_end(out);
}

void payload_setpoint(struct json_out *out, const struct setpoint *setpoint)
{
	json_out_object(out, NULL);
	json_out_fields(out, setpoint_fields, setpoint);
	json_out_object_end(out);
}

void payload_heartbeat(struct json_out *out, int64_t ts_us, double uptime_s, int64_t seq)
{
	json_out_object(out, NULL);
	json_out_time(out, "ts", ts_us);
	json_out_number(out, "uptime_s", uptime_s);
	json_out_integer(out, "seq", seq);
	json_out_object_end(out);
}

void payload_health(struct json_out *out, int64_t ts_us, const struct health *health)
{
	json_out_object(out, NULL);
	json_out_time(out, "ts", ts_us);
	json_out_text(out, "store", health->degraded ? "degraded" : "ok");
	json_out_text(out, "reason", health->reason);
	json_out_integer(out, "lost_rows", (int64_t)health->lost_rows);
	json_out_text(out, "clock", health->clock);
	json_out_array(out, "rejected_topics");
	for (size_t i = 0; i < health->n_rejected_topics; i++)
		json_out_text(out, NULL, health->rejected_topics[i]);
	json_out_array_end(out);
	json_out_text(out, "version", health->version);
	json_out_text(out, "config_hash", health->config_hash);
	json_out_object_end(out);
}
