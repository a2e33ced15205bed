/* The payloads of what the plant answers: the measured point, and what has been done so far. */
#ifndef CORE_PAYLOAD_ANSWER_H
#define CORE_PAYLOAD_ANSWER_H

#include "feedback.h"
#include "json_out.h"

void payload_actual(struct json_out *out, int64_t ts_us, const struct feedback *feedback, const struct actual *actual,
                    bool following);
/* loop: what is not configured is null, not 0. */
void payload_totals(struct json_out *out, int64_t ts_us, const struct loop_config *loop, const struct tally *totals);

#endif
