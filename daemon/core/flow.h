/* What streams carry that are told by what flows: their heat-capacity rate or heat at the moment's values. Water and air by
 * the built-in properties (lorenz/properties.h). */
#ifndef CORE_FLOW_H
#define CORE_FLOW_H

#include "config.h"

enum property { PROPERTY_CP, PROPERTY_DENSITY, PROPERTY_EVAPORATION, PROPERTY_COUNT };

/* Why a stream's heat is not known; of the first such stream. */
struct flow_fault {
	bool is;
	const char *where;  /* "sink.curve", with the index; NULL: not said yet */
	size_t segment;     /* SIZE_MAX: none */
	enum medium medium; /* MEDIUM_NONE: a partner is missing */
	enum property property;
	double t_k; /* outside what the property is known for */
};

/* The values of a stream's inputs, by slot from SLOT_FLOW on; NaN: absent. */
struct flow_values {
	enum medium medium;
	double at[FLOW_INPUTS];
};

/* kW/K, with the mean heat capacity between the temperatures; volume counts at the first. NaN: see fault, which is only
 * written where it holds none yet. */
double flow_rate_kw_k(const struct flow_values *flow, double t_from_k, double t_to_k, struct flow_fault *fault);
/* kW, of what evaporates or condenses there. */
double flow_latent_kw(const struct flow_values *flow, double t_k, struct flow_fault *fault);
/* In words; false. */
bool flow_refused(const struct flow_fault *fault, struct err *e);

#endif
