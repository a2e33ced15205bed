/* For the tests of forward curves: a signal as the configuration makes it from its series keys. */
#ifndef TESTS_SERIES_SIGNAL_H
#define TESTS_SERIES_SIGNAL_H

#include "core/config.h"
#include "core/decode_series.h"

struct series_signal {
	struct config *config;
	const struct signal_config *signal;
};

/* keys: of the electricity price beside topic and unit (EUR/MWh), "series: {…}". */
struct series_signal series_signal(const char *keys);
void series_signal_free(struct series_signal *of);

#endif
