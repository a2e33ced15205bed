/* What a payload says of its quality: the first byte chooses how it is read, the rest is the payload. */
#include "fuzz.h"

#include "core/decode_quality.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *good[] = {"ok", "0", "true"}, *uncertain[] = {"old", "1.5"};
	struct signal_config signal = {.name = "s", .topic = "t", .unit = unit_find(DIM_POWER, "kW"), .scale = 1};
	struct decoder decoder;
	enum quality quality;
	struct err e = {""};

	if (size < 1)
		return 0;
	signal.quality = (struct quality_config){.pointer = data[0] & 8 ? "" : "/q",
	                                         .format = (enum quality_format)(data[0] % 3),
	                                         .good = {good, 3},
	                                         .uncertain = {uncertain, 2},
	                                         .absent = data[0] / 64 % QUALITY_COUNT};
	decoder_init(&decoder, data + 1, size - 1);
	quality = decode_quality(&decoder, &signal, &e);
	promise(quality == QUALITY_BAD || quality == QUALITY_UNCERTAIN || quality == QUALITY_GOOD);
	promise((quality == QUALITY_GOOD) == (e.text[0] == '\0'));
	promise(!decoder.parsed || decoder.root || quality == QUALITY_BAD);
	decoder_done(&decoder);
	return 0;
}
