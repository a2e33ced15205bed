/* Formats one message for people: always one line of whole UTF-8 characters, whatever text from outside is in it. */
#include "err.h"

#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Control characters become blanks, broken characters (also those cut by a precision or the size) question marks. */
static void make_printable(char *text)
{
	size_t left = strlen(text), len;

	for (; left > 0; text += len, left -= len) {
		len = utf8_char(text, left);
		if (len == 0) {
			*text = '?';
			len = 1;
		} else if ((unsigned char)*text < 0x20 || *text == 0x7F) {
			*text = ' ';
		}
	}
}

void err_set(struct err *e, const char *format, ...)
{
	va_list args;

	if (!e)
		return;
	va_start(args, format);
	err_vset(e, format, args);
	va_end(args);
}

void err_vset(struct err *e, const char *format, va_list args)
{
	if (vsnprintf(e->text, sizeof(e->text), format, args) < 0)
		e->text[0] = '\0';
	make_printable(e->text);
}
