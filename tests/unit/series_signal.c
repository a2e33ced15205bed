/* A whole configuration around one signal. */
#include "series_signal.h"

#include "check.h"
#include "config_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct series_signal series_signal(const char *keys)
{
	struct series_signal of;
	char text[2048], *said;

	snprintf(text, sizeof(text),
	         "site: x\nmarket: {electricity: {price: {topic: t, unit: EUR/MWh, %s}}, fuel: {price: 60 EUR/MWh}}\n"
	         "loops: {a: {source: {t_in: 15 degC}, sink: {t_in: 55 degC, t_target: 230 degC, duty: 4800 kW},"
	         " heat_pump: {lorenz_efficiency: 0.55}}}\n",
	         keys);
	of.config = load_text(text, strlen(text), &said);
	if (!of.config)
		fail_msg("%s", said);
	free(said);
	of.signal = &of.config->signals[0];
	return of;
}

void series_signal_free(struct series_signal *of)
{
	config_free(of->config);
}
