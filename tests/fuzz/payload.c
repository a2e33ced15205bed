/* A payload with the pointers and the time format that it is read by: one line each for the value's pointer, the time's
 * pointer and a letter for the format, the rest is the payload. */
#include "fuzz.h"

#include "core/decode.h"
#include "core/record.h"

#include <math.h>

static bool is_pointer(const char *text)
{
	for (const char *tilde = strchr(text, '~'); tilde; tilde = strchr(tilde + 1, '~'))
		if (tilde[1] != '0' && tilde[1] != '1')
			return false;
	return *text == '\0' || *text == '/';
}

static void read_one(const struct signal_config *signal, const uint8_t *data, size_t size)
{
	struct decoder decoder;
	double value = NAN;
	int64_t ts_us = -1;
	struct err e = {""};

	decoder_init(&decoder, data, size);
	if (decode_signal(&decoder, signal, &value, &ts_us, &e)) {
		promise(isfinite(value));
		promise(!signal->is_switch || value == 0 || value == 1);
		promise((ts_us == NO_TIME) == (signal->time_format == TIME_NONE));
	} else {
		promise(isnan(value) && ts_us == -1);
		promise(e.text[0] != '\0');
	}
	decoder_done(&decoder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *pointer = take_line(&data, &size), *time_pointer = take_line(&data, &size), *format = take_line(&data, &size);
	struct signal_config signal = {.name = "s", .topic = "t", .unit = unit_find(DIM_POWER, "kW"), .scale = 1};

	if (is_pointer(pointer) && is_pointer(time_pointer)) {
		signal.pointer = *pointer ? pointer : NULL;
		signal.time_pointer = time_pointer;
		signal.time_format = (enum time_format)((unsigned char)*format % (TIME_UNIX_NS + 1));
		read_one(&signal, data, size);
		signal.is_switch = true;
		read_one(&signal, data, size);
	}
	free(pointer);
	free(time_pointer);
	free(format);
	return 0;
}
