/* The published payloads, from the decisions; and the same points for `lorenzctl solve`. */
#ifndef CORE_PAYLOAD_H
#define CORE_PAYLOAD_H

#include "evaluate.h"
#include "json_out.h"

/* Adds members to every point; NULL: none. */
struct point_extra {
	void (*write)(struct json_out *out, void *ctx, const struct point *point);
	void *ctx;
};

/* The members of the operating_points payload, into an object that the caller opens and closes. evaluation NULL: no valid
 * decision, all null. machines (may be NULL): the loop's, for the names in them. */
void payload_points(struct json_out *out, int64_t ts_us, int64_t cause_us, const struct evaluation *evaluation,
                    const struct machines_config *machines, const struct point_extra *extra);
/* The whole payload; ranking NULL: no valid decision. */
void payload_technologies(struct json_out *out, int64_t ts_us, int64_t cause_us, const struct ranking *ranking);
/* The members of it that are objectives, into an object that the caller opens and closes. */
void payload_ranking(struct json_out *out, const struct ranking *ranking);
void payload_setpoint(struct json_out *out, const struct setpoint *setpoint);
void payload_heartbeat(struct json_out *out, int64_t ts_us, double uptime_s, int64_t seq);
struct health {
	bool degraded;
	const char *reason;        /* NULL: none */
	uint64_t lost_rows;
	const char *clock;
	const char *const *rejected_topics;
	size_t n_rejected_topics;
	const char *version, *config_hash;
};
void payload_health(struct json_out *out, int64_t ts_us, const struct health *health);

#endif
