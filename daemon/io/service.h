/* The running service: the libevent loop between broker, engine and history. All decisions are the engine's. */
#ifndef IO_SERVICE_H
#define IO_SERVICE_H

#include "core/err.h"
#include "settings.h"
#include "store.h"

struct service;

struct service_options {
	const char *config_path;       /* read again at SIGHUP */
	struct settings *settings;     /* taken over */
	const char *version;
};

/* Opens the history; where that fails for now, the service runs without and goes on trying. NULL only where it must not
 * run: *status then says whether the file is another process's or a newer program's. */
struct service *service_new(const struct service_options *options, enum store_status *status, struct err *e);
/* Until SIGTERM or SIGINT; false: the loop itself failed. */
bool service_run(struct service *service);
/* Says offline, commits the history. NULL is fine. */
void service_free(struct service *service);

#endif
