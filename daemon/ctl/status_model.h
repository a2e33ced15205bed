/* What a running service has published, as far as an engineer wants to see it at a glance. Payloads are taken as they
 * come: a member that is missing or of another type is null. */
#ifndef CTL_STATUS_MODEL_H
#define CTL_STATUS_MODEL_H

#include "core/config.h"
#include "table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WORD_SIZE = 32 };

struct loop_status {
	bool seen; /* a setpoint was there */
	int on;    /* 1, 0; -1: null */
	double t_sink_out_c, t_expected_c, q_sink_kw, cop;
	char mode[WORD_SIZE], quality[WORD_SIZE], reason[WORD_SIZE], technology[WORD_SIZE];
	int64_t ts_us, valid_until_us;                  /* NO_TIME: null */
	double cost_savings_eur_h, carbon_savings_kg_h; /* at the objective's point */
};

struct status_model {
	const struct config *config;
	size_t prefix_len;
	char status[WORD_SIZE];    /* "": nothing was there */
	char *health, *heartbeat;  /* JSON as published; NULL: not seen */
	struct loop_status *loops; /* by loop */
	uint32_t *by_name;         /* loops sorted by name */
};

void status_init(struct status_model *model, const struct config *config);
void status_done(struct status_model *model);
void status_message(struct status_model *model, const char *topic, const char *payload, size_t len);
void status_write(const struct status_model *model, enum format format, int64_t now_us, FILE *out);

#endif
