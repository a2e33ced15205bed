/* A text as a stamp, a number and a quantity of every dimension: what is accepted says the same when it is written again. */
#include "fuzz.h"

#include "core/stamp.h"
#include "core/units.h"

#include <math.h>

static const int64_t YEAR_0_US = INT64_C(-62167219200000000);
static const int64_t YEAR_10000_US = INT64_C(253402300800000000);

static void check_stamp(const char *text)
{
	char again[STAMP_SIZE];
	int64_t ts_us, back_us;

	if (!stamp_parse(text, &ts_us))
		return;
	promise(ts_us > YEAR_0_US - INT64_C(86400000000) && ts_us < YEAR_10000_US + INT64_C(86400000000));
	promise(stamp_parse(stamp_format(ts_us, again), &back_us));
	promise(back_us == ts_us || ts_us < YEAR_0_US || ts_us >= YEAR_10000_US);
}

static void check_number(const char *text)
{
	struct err e = {""};
	double value = NAN;

	if (number_parse(text, &value, &e))
		promise(isfinite(value));
	else
		promise(isnan(value) && e.text[0] != '\0');
}

static void check_quantity(const char *text, enum dimension dimension)
{
	const struct unit *unit = NULL;
	struct err e = {""};
	double value = NAN;

	if (quantity_parse(text, dimension, &value, &unit, &e))
		promise(isfinite(value) && unit);
	else
		promise(isnan(value) && e.text[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = take_line(&data, &size);

	check_stamp(text);
	check_number(text);
	for (int dimension = 0; dimension < DIM_COUNT; dimension++)
		check_quantity(text, (enum dimension)dimension);
	free(text);
	return 0;
}
