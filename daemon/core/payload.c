/* What goes out on the wire, member by member as the contract names it. */
#include "payload.h"

static void write_point(struct json_out *out, const char *key, const struct point *point, const struct point_extra *extra)
{
	json_out_object(out, key);
	json_out_fields(out, point_fields, point);
	if (extra)
		extra->write(out, extra->ctx, point);
	json_out_object_end(out);
}

static void write_merit(struct json_out *out, const struct evaluation *evaluation, enum merit merit, const struct point_extra *extra)
{
	json_out_object(out, merit_text[merit]);
	json_out_number(out, "ratio", evaluation->merit[merit].ratio);
	write_point(out, "optimal", &evaluation->merit[merit].optimal, extra);
	write_point(out, "break_even", &evaluation->merit[merit].break_even, extra);
	json_out_object_end(out);
}

void payload_points(struct json_out *out, int64_t ts_us, int64_t cause_us, const struct evaluation *evaluation,
                    const struct point_extra *extra)
{
	json_out_time(out, "ts", ts_us);
	json_out_time(out, "cause_ts", cause_us);
	if (evaluation) {
		json_out_object(out, "inputs");
		json_out_fields(out, point_inputs_fields, &evaluation->inputs);
		json_out_object_end(out);
	} else {
		json_out_null(out, "inputs");
	}
	for (enum merit merit = MERIT_COST; merit < MERIT_COUNT; merit++) {
		if (evaluation && evaluation->merit[merit].present)
			write_merit(out, evaluation, merit, extra);
		else if (merit != MERIT_BLEND)
			json_out_null(out, merit_text[merit]);
	}
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
