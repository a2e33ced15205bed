/* One message for people, filled where the cause is known and logged once. */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include <stdarg.h>

struct err {
	char text[512];
};

/* One line of valid UTF-8 in any case; what is too long is cut off. e may be NULL. */
__attribute__((format(printf, 2, 3))) void err_set(struct err *e, const char *format, ...);
__attribute__((format(printf, 2, 0))) void err_vset(struct err *e, const char *format, va_list args); /* e is not NULL */

#endif
