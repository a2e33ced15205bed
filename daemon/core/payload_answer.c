/* Member by member: what was never said is null. */
#include "payload_answer.h"

#include <math.h>

static void write_said(struct json_out *out, const char *key, enum said said)
{
	if (said == SAID_NOTHING)
		json_out_null(out, key);
	else
		json_out_bool(out, key, said == SAID_YES);
}

void payload_actual(struct json_out *out, int64_t ts_us, const struct feedback *f, const struct actual *actual, bool following)
{
	json_out_object(out, NULL);
	json_out_time(out, "ts", ts_us);
	json_out_fields(out, actual_fields, actual);
	write_said(out, "running", f->running);
	write_said(out, "remote", f->remote);
	write_said(out, "tripped", f->trip);
	write_said(out, "permit", f->permit);
	json_out_bool(out, "following", following);
	json_out_text(out, "quality", quality_text[actual->quality]);
	json_out_text(out, "reason", actual->reason[0] ? actual->reason : NULL);
	json_out_object_end(out);
}

static void write_sums(struct json_out *out, const char *key, int64_t since_us, const struct loop_config *loop, struct sums sums)
{
	if (loop->slot[SLOT_ELEC_PRICE].kind == INPUT_ABSENT || loop->slot[SLOT_FUEL_PRICE].kind == INPUT_ABSENT)
		sums.cost_savings_eur = NAN;
	if (loop->slot[SLOT_ELEC_CARBON].kind == INPUT_ABSENT || loop->slot[SLOT_FUEL_CARBON].kind == INPUT_ABSENT)
		sums.carbon_savings_kg = NAN;
	if (isnan(loop->carbon_budget_kg))
		sums.carbon_emitted_kg = NAN;
	json_out_object(out, key);
	json_out_time(out, "since", since_us);
	json_out_fields(out, sums_fields, &sums);
	json_out_object_end(out);
}

void payload_totals(struct json_out *out, int64_t ts_us, const struct loop_config *loop, const struct tally *totals)
{
	json_out_object(out, NULL);
	json_out_time(out, "ts", ts_us);
	write_sums(out, "total", totals->since_us, loop, totals->total);
	write_sums(out, "today", totals->day_us, loop, totals->today);
	json_out_object_end(out);
}
