/* What payloads tell of the general case: its inputs, its points, direct exchange, the names of utilities. */
#include "evaluate.h"
#include "frame.h"
#include "machines.h"

#include <math.h>
#include <stdio.h>

static double single(const struct loop_inputs *inputs, enum slot slot)
{
	return inputs->machines[slot - SLOT_MACHINES];
}

static double or_null(double value)
{
	return isfinite(value) ? value : NAN;
}

static void direct_of(const struct frame *frame, struct direct_point *out)
{
	const struct lorenz_direct_savings *d = &frame->machines.direct;
	bool compared = machines_short_kw(&frame->machines, frame->curve.q_total_kw) <= 0;

	*out = (struct direct_point){
	    .q_kw = d->direct.q_kw,
	    .t_sink_out_c = k_to_c(d->direct.t_sink_out_k),
	    .t_source_out_c = k_to_c(d->direct.t_source_out_k),
	    .cost_savings_eur_h = compared && isfinite(frame->rates[MERIT_COST].heat) ? d->cost : NAN,
	    .carbon_savings_kg_h = compared && isfinite(frame->rates[MERIT_CARBON].heat) ? d->carbon : NAN,
	    .advised = d->direct.advised,
	};
}

const struct lorenz_case *machines_base(const struct frame *frame)
{
	return frame->machines.ranking.n > 0 ? &frame->machines.base : &frame->machines.plant;
}

void machines_more(const struct loop_inputs *inputs, const struct frame *frame, struct evaluation_more *out)
{
	const struct lorenz_case *c = machines_base(frame);
	const struct lorenz_source *source = &c->source;
	bool capped = frame->machines.own.kind == LORENZ_GOAL_CARBON_CAP;

	*out = (struct evaluation_more){
	    .inputs =
	        {
	            .source_heat_capacity_rate_kw_k = single(inputs, SLOT_SOURCE_HEAT_CAPACITY_RATE),
	            .source_t_out_min_c = k_to_c(single(inputs, SLOT_SOURCE_T_OUT_MIN)),
	            .source_cooling_max_kw = or_null(source->cooling_max_kw),
	            .source_price_eur_mwh = c->source_heat.cost,
	            .source_carbon_kg_mwh = c->source_heat.carbon,
	            .body_heat_capacity_rate_kw_k = or_null(source->body_c_kw_k),
	            .body_cooling_max_k = or_null(source->body_cooling_max_k),
	            .approach_sink_k = c->approach.sink_k,
	            .approach_source_k = c->approach.source_k,
	            .direct_pinch_k = single(inputs, SLOT_DIRECT_PINCH),
	            .boiler_kw = single(inputs, SLOT_BOILER_CAPACITY),
	            .electric_boiler_kw = frame->machines.has_electric_boiler ? c->utilities.unit[1].capacity_kw : NAN,
	            .carbon_cap_kg_h = capped ? inputs->carbon_cap_kg_h : NAN,
	            .carbon_left_kg = capped ? inputs->carbon_left_kg : NAN,
	            .source_rate_spread = inputs->source_rate_spread,
	            .source_rate_windows = inputs->source_rate_windows,
	            .units_available = (int64_t)c->units.n,
	        },
	    .has_direct = c->direct_dt_min_k > 0,
	};
	direct_of(frame, &out->direct);
}

void machines_point(const struct frame *frame, const struct lorenz_case_point *from, struct point_more *to)
{
	*to = (struct point_more){
	    .t_source_out_c = k_to_c(from->t_source_out_k),
	    .t_supply_c = k_to_c(from->t_supply_k),
	    .eta_lorenz = frame->machines.efficiency.model == LORENZ_MODEL_SHARES ? NAN : or_null(from->eta_lorenz),
	    .source_heat_kw = from->source_heat_kw,
	    .units_on = frame->machines.plant.units.n > 0 ? from->units.n_running : NO_TIME,
	    .extrapolated = from->extrapolated,
	    .has_electric_boiler = frame->machines.has_electric_boiler,
	    .n_utilities = (uint8_t)frame->machines.plant.utilities.n,
	};
	to->shortfall_kw = frame_shortfall_kw(frame, from->q_kw) > 0 ? from->shortfall_kw : NAN;
	for (size_t i = 0; i < frame->machines.plant.units.n; i++)
		to->running |= (from->units.running >> i & 1) << frame->machines.unit_of[i];
	for (size_t i = 0; i < frame->machines.plant.utilities.n; i++)
		to->utility_kw[i] = from->utility_kw[i];
}

void machines_at(const struct frame *frame, double q_kw, struct point_more *to)
{
	struct lorenz_case_point point;

	if (machines_point_at(frame, q_kw, &point) != LORENZ_OK)
		point = (struct lorenz_case_point){.t_source_out_k = NAN, .t_supply_k = NAN, .eta_lorenz = NAN, .source_heat_kw = NAN};
	machines_point(frame, &point, to);
}

const char *machines_utility_name(const struct machines_config *config, bool has_electric_boiler, size_t i)
{
	size_t own = has_electric_boiler ? 2 : 1;

	if (i >= own)
		return config && i - own < config->n_utilities ? config->utilities[i - own].name : "";
	return i == 0 ? "boiler" : "electric_boiler";
}

void machines_write_utilities(struct json_out *out, const char *key, const struct machines_config *config,
                              const struct point_more *point)
{
	json_out_object(out, key);
	for (size_t i = 0; i < point->n_utilities; i++)
		json_out_number(out, machines_utility_name(config, point->has_electric_boiler, i), point->utility_kw[i]);
	json_out_object_end(out);
}

const char *machines_utilities_text(const struct machines_config *config, const struct point_more *point, bool exact,
                                    char text[MACHINES_TEXT_MAX])
{
	struct json_out out;

	json_out_init(&out, text, MACHINES_TEXT_MAX);
	out.exact = exact;
	machines_write_utilities(&out, NULL, config, point);
	return out.full ? NULL : text;
}

const char *machines_units_text(const struct machines_config *config, const struct point_more *point,
                                char text[MACHINES_TEXT_MAX])
{
	size_t n = config ? config->n_units : 0, len = 0;

	*text = '\0';
	for (size_t i = 0; i < n; i++)
		if (point->running >> i & 1)
			len +=
			    (size_t)snprintf(text + len, MACHINES_TEXT_MAX - len, "%s%s", len ? "," : "", config->units[i].name);
	return n > 0 ? text : NULL;
}
