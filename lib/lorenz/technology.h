/* Technologies side by side on one case: each at its own best point, or why it does not fit.
 *
 * The case says what all share (demand, source, prices, utilities, limits and units of the machine); its efficiency is replaced
 * by the technology's, and what else a technology has of its own.
 * Default figures: the paper of Walden and Padulles 2024, IPCC AR6 WG3 ch. 11, Yoo et al. 2023. Where these name none,
 * the default is NaN, which is refused: the user's figure has to be filled in. */
#ifndef LORENZ_TECHNOLOGY_H
#define LORENZ_TECHNOLOGY_H

#include "lorenz/case.h"

#ifdef __cplusplus
extern "C" {
#endif

enum lorenz_technology_kind {
	LORENZ_VAPOUR_COMPRESSION, /* Lorenz efficiency 0.55, up to 250 degC */
	LORENZ_INVERSE_BRAYTON,    /* Lorenz efficiency NaN, up to 1000 degC */
	LORENZ_MVR,                /* mechanical vapour recompression: Lorenz efficiency NaN, latent source and sink */
	LORENZ_TRANSFORMER,        /* thermochemical, heat driven: shares NaN; source from 300 degC, sink 500 to 800 degC */
	LORENZ_CALORIC,            /* Carnot fraction 0.234, up to 1300 degC */
	LORENZ_DIRECT_ELECTRIC,    /* efficiency 1, any temperature */
	LORENZ_DIRECT_EXCHANGE,    /* no electricity; pinch 5 K */
	LORENZ_HEAT_TO_POWER,      /* share of Carnot NaN, ambient 15 degC; no heat */
	LORENZ_HEAT_STORAGE,       /* heat stored by the transformer's reaction: all figures NaN; sink up to 800 degC */
	LORENZ_TECHNOLOGY_COUNT
};

/* From a source with no larger heat-capacity rate nothing is taken: what needs it does not fit. */
#define LORENZ_NO_SOURCE_KW_K 1e-6

struct lorenz_technology {
	enum lorenz_technology_kind kind;
	struct lorenz_efficiency efficiency;   /* of all but direct exchange and heat to power, which keep the default's */
	double t_max_k;                        /* highest sink outlet; INFINITY: none */
	double t_target_min_k;                 /* a target below is not what it is for; 0: none */
	double t_source_min_k, t_source_max_k; /* of the source inlet; 0, INFINITY: none */
	double dt_min_k;                       /* direct exchange: pinch */
	double second_law;                     /* heat to power: efficiency over Carnot's, (0, 1] */
	double efficiency_claimed;             /* heat to power: if above 0 counts instead; above Carnot's it is refused */
	double t_ambient_k;                    /* heat to power: where Carnot's engine rejects its heat */
	struct lorenz_merit stored;            /* heat storage: what a MWh cost and emitted that was put in */
	double round_trip;                     /* heat storage: heat got out per heat put in, (0, 1] */
	const struct lorenz_limits *limits;    /* of its own machine; NULL: those of the case (direct exchange, heat to power: none) */
	const struct lorenz_units *units;      /* the same */
	bool unavailable;
};
/* The figures above. An unknown kind gives that of vapour compression. */
struct lorenz_technology lorenz_technology_default(enum lorenz_technology_kind kind);
const char *lorenz_technology_text(enum lorenz_technology_kind kind); /* vapour_compression, ... */

enum lorenz_fit {
	LORENZ_FIT_OK,
	LORENZ_FIT_SINK_TOO_HOT,  /* the sink begins above what the technology reaches */
	LORENZ_FIT_SINK_TOO_COLD, /* the target is below what it is for */
	LORENZ_FIT_SOURCE_TOO_COLD,
	LORENZ_FIT_SOURCE_TOO_HOT,
	LORENZ_FIT_NOT_LATENT,     /* source or sink changes its temperature */
	LORENZ_FIT_NO_LIFT,        /* the source is not below the target */
	LORENZ_FIT_FLOW_NOT_KNOWN, /* the heat of the source is not known: nothing to exchange or to convert */
	LORENZ_FIT_NO_SOURCE,      /* it has next to no heat: LORENZ_NO_SOURCE_KW_K */
	LORENZ_FIT_BELOW_MIN_LOAD, /* the whole demand is */
	LORENZ_FIT_SAVES_NOTHING,  /* at any heat that is allowed */
	LORENZ_FIT_UNAVAILABLE,
	LORENZ_FIT_REFUSED,        /* a figure of its own is wrong: see the result's status */
	LORENZ_FIT_COUNT
};
const char *lorenz_fit_text(enum lorenz_fit fit); /* a clause for people */

struct lorenz_technology_result {
	enum lorenz_technology_kind kind;
	size_t index; /* of the technology in the list */
	enum lorenz_fit fit;
	enum lorenz_status status; /* LORENZ_OK unless fit is LORENZ_FIT_REFUSED */
	bool met;                  /* the goal's constraint holds */
	double value;              /* what it is ranked by: savings in the goal's merit; carbon saved where the constraint does not hold */
	struct lorenz_case_point point; /* off unless fit is LORENZ_FIT_OK; p_kw negative: power made */
	struct lorenz_case_point break_even, break_even_free; /* as in struct lorenz_solution */
};

enum { LORENZ_TECHNOLOGY_GOALS_MAX = 8 };
/* Each technology once for all goals: out[technology * n_goals + goal], 1 <= n_goals <= LORENZ_TECHNOLOGY_GOALS_MAX. A technology
 * that is refused does not fit, and the others go on; an error is one of the case that all share, or of a goal. Besides those of
 * lorenz_case_solve a technology is refused with LORENZ_TECHNOLOGY (kind, ambient temperature, share of Carnot, round trip;
 * direct exchange and heat storage where the case has a direct exchanger) and LORENZ_ABOVE_CARNOT. */
enum lorenz_status lorenz_technologies_solve(const struct lorenz_case *c, const struct lorenz_technology *technologies, size_t n,
                                             const struct lorenz_goal *goals, size_t n_goals,
                                             struct lorenz_technology_result *out);
/* One for one goal; refusals are errors. */
enum lorenz_status lorenz_technology_evaluate(const struct lorenz_case *c, const struct lorenz_technology *technology,
                                              const struct lorenz_goal *goal, struct lorenz_technology_result *out);
/* The case with the technology for its heat pump, as it is solved; whose pointers are those of *c but for the efficiency, which is
 * the technology's. Direct exchange is a machine that takes no power and makes what can be exchanged, heat to power one whose
 * highest outlet is 0 K. */
struct lorenz_case lorenz_technology_case(const struct lorenz_case *c, const struct lorenz_technology *technology);
/* Of one goal: those first that fit, among them those that leave the least shortfall, those that meet its constraint, then by value;
 * stable. */
void lorenz_technology_rank(struct lorenz_technology_result *results, size_t n);

#ifdef __cplusplus
}
#endif
#endif
