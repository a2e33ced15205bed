/* A payload as a forward curve, read in every shape: the first byte chooses the shape, the second the format of times, the rest
 * is the payload. Then it is laid over what the input before brought. */
#include "fuzz.h"

#include "core/decode_series.h"
#include "core/record.h"
#include "core/zone.h"

#include <math.h>

/* A zone whose clock is set forward and back once a day: walls that skip and repeat hours in every payload. */
static const int64_t changes_us[] = {INT64_C(1767225600000000), INT64_C(1767268800000000), INT64_C(1767312000000000)};
static const int32_t offsets_s[] = {3600, 7200, 3600, 7200};
static const struct zone restless = {.name = "restless", .n = 3, .from_us = changes_us, .offset_s = offsets_s};

static const struct series_config shapes[] = {
    {.items = "", .start = "/s", .end = "/e", .value = "/v"},
    {.items = "/d", .start = "/s", .value = "/v", .or_value = "/f", .step_us = INT64_C(900000000)},
    {.items = "", .start = "/0", .value = "/1"},
    {.items = "", .value = "", .keyed = 1},
    {.items = "/d", .value = "/v", .keyed = 1, .step_us = INT64_C(3600000000)},
    {.starts = "/s", .values = "/v", .or_value = "/f"},
    {.items = "/d", .start = "/s", .value = "/v", .area_at = "/a", .area = "DK1"},
};
enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

static void check(const struct series *series)
{
	promise(series->n > 0 && series->n <= PAYLOAD_MAX);
	for (size_t i = 0; i < series->n; i++) {
		const struct interval *at = &series->at[i];

		promise(at->start_us < at->end_us && isfinite(at->value));
		promise(i == 0 || series->at[i - 1].end_us <= at->start_us);
		promise(series_find(series, at->start_us) == at && series_find(series, at->end_us - 1) == at);
		promise(series_next(series, at->start_us - 1) == at || i > 0);
	}
}

static void merge(struct series *known, const struct series *newer)
{
	int64_t left_out_us;

	promise(series_merge(known, newer, newer->at[0].start_us, &left_out_us));
	promise(known->n <= SERIES_MAX);
	check(known);
	for (size_t i = 0; i < newer->n && newer->at[i].start_us < left_out_us; i++)
		promise(series_find(known, newer->at[i].start_us)->value == newer->at[i].value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct series known;
	struct series_config config;
	struct signal_config signal = {
	    .name = "s", .topic = "t", .unit = unit_find(DIM_ENERGY_PRICE, "EUR/MWh"), .scale = 1, .series = &config};
	struct decoder decoder;
	struct series series = {0};
	struct err e = {""};

	if (size < 2)
		return 0;
	config = shapes[data[0] % SHAPES];
	config.format = TIME_RFC3339 + data[1] % TIME_LOCAL;
	config.zone = &restless;
	signal.text = data[1] & 0x40;
	decoder_init(&decoder, data + 2, size - 2);
	if (decode_series(&decoder, &signal, &series, &e)) {
		check(&series);
		merge(&known, &series);
	} else {
		promise(e.text[0] != '\0' && series.n == 0 && !series.at);
	}
	series_done(&series);
	decoder_done(&decoder);
	return 0;
}
