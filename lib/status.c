/* Texts of the library's codes, for people and for payloads. */
#include "lorenz/lorenz.h"

static const char *const status_texts[LORENZ_STATUS_COUNT] = {
    [LORENZ_OK] = "ok",
    [LORENZ_NOT_FINITE] = "a number is not finite",
    [LORENZ_SOURCE_TEMPERATURE] = "the source is not above 0 K, or leaves warmer than it enters",
    [LORENZ_SINK_TEMPERATURE] = "a sink temperature is not above 0 K",
    [LORENZ_TARGET_BELOW_INLET] = "the target is below the inlet: the sink curve falls",
    [LORENZ_SEGMENT_DUTY] = "a duty is negative",
    [LORENZ_SEGMENT_COUNT] = "the sink curve has no segments, or too many",
    [LORENZ_EFFICIENCY] = "the Lorenz efficiency is outside (0, 1]",
    [LORENZ_BOUNDS] = "a bound on heat, power, temperature, COP or lift is negative",
    [LORENZ_SOURCE_ABOVE_TARGET] = "the source is not below the highest sink temperature: there is nothing to lift",
    [LORENZ_MODEL] = "a parameter of the efficiency model is out of its domain",
    [LORENZ_PART_LOAD] = "the part-load curve does not rise in its load shares, or a factor is outside (0, 2]",
    [LORENZ_SOURCE_FLOW] = "a heat-capacity rate of the source is not above 0",
    [LORENZ_SOURCE_LIMIT] = "a limit of the source is negative",
    [LORENZ_APPROACH] = "an approach or a pinch is negative, or internal beside a model that has its own",
    [LORENZ_UNIT_COUNT] = "there are too many units",
    [LORENZ_UNIT] = "a unit's capacity, least share, factor or running hours are out of their domain",
    [LORENZ_UTILITY_COUNT] = "there are no utilities, or too many",
    [LORENZ_UTILITY] = "a utility's capacity is negative",
    [LORENZ_GOAL] = "a goal is unknown, its carbon value or cap is out of its domain, or there are too few points",
    [LORENZ_TECHNOLOGY] = "a technology is unknown, or a figure of it is out of its domain",
    [LORENZ_ABOVE_CARNOT] = "an efficiency is above that of Carnot",
};

static const char *const limit_texts[LORENZ_LIMIT_COUNT] = {
    [LORENZ_LIMIT_NONE] = "none",
    [LORENZ_LIMIT_INLET] = "inlet",
    [LORENZ_LIMIT_TARGET] = "target",
    [LORENZ_LIMIT_CAPACITY] = "capacity",
    [LORENZ_LIMIT_P_ELEC_MAX] = "p_elec_max",
    [LORENZ_LIMIT_T_MAX] = "t_max",
    [LORENZ_LIMIT_COP_1] = "cop_1",
    [LORENZ_LIMIT_MIN_LOAD] = "min_load",
    [LORENZ_LIMIT_SOURCE_OUTLET] = "source_t_out_min",
    [LORENZ_LIMIT_SOURCE_COOLING] = "source_cooling_max",
    [LORENZ_LIMIT_SOURCE_BODY] = "source_body",
    [LORENZ_LIMIT_MODEL] = "model",
    [LORENZ_LIMIT_CONSTRAINT] = "constraint",
    [LORENZ_LIMIT_UTILITIES] = "utilities",
    [LORENZ_LIMIT_PINCH] = "pinch",
};

const char *lorenz_status_text(enum lorenz_status status)
{
	return (unsigned)status < LORENZ_STATUS_COUNT ? status_texts[status] : "unknown status";
}

const char *lorenz_limit_text(enum lorenz_limit limit)
{
	return (unsigned)limit < LORENZ_LIMIT_COUNT ? limit_texts[limit] : "unknown";
}
