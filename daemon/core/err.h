/* One message for people, filled where the cause is known and logged once. */
#ifndef CORE_ERR_H
#define CORE_ERR_H

struct err {
	char text[512];
};

__attribute__((format(printf, 2, 3))) void err_set(struct err *e, const char *format, ...);

#endif
