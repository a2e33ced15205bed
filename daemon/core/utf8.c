/* One character at a time, after the table of well-formed byte sequences (Unicode 15, table 3-7). */
#include "utf8.h"

#include <stdbool.h>

static const struct {
	unsigned char first_low, first_high, second_low, second_high, len;
} forms[] = {
    {0x00, 0x7F, 0x00, 0x00, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

static bool within(unsigned char byte, unsigned char low, unsigned char high)
{
	return byte >= low && byte <= high;
}

size_t utf8_char(const char *s, size_t len)
{
	const unsigned char *byte = (const unsigned char *)s;
	size_t form = 0, need;

	while (form < sizeof(forms) / sizeof(forms[0]) && !within(byte[0], forms[form].first_low, forms[form].first_high))
		form++;
	if (form == sizeof(forms) / sizeof(forms[0]))
		return 0;
	need = forms[form].len;
	if (need > len || (need > 1 && !within(byte[1], forms[form].second_low, forms[form].second_high)))
		return 0;
	for (size_t i = 2; i < need; i++) {
		if (!within(byte[i], 0x80, 0xBF))
			return 0;
	}
	return need;
}

uint32_t utf8_point(const char *s, size_t n)
{
	static const unsigned char mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
	uint32_t point = (unsigned char)s[0] & mask[n];

	for (size_t i = 1; i < n; i++)
		point = point << 6 | ((unsigned char)s[i] & 0x3F);
	return point;
}
