/* A bar on standard error for what takes longer than a second; nothing where that is no terminal. */
#ifndef CTL_PROGRESS_H
#define CTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	uint64_t total; /* 0: unknown, no bar */
	int64_t began_us, drawn_us;
	bool terminal, drawn;
};

void progress_init(struct progress *progress, uint64_t total);
void progress_update(struct progress *progress, uint64_t done);
void progress_done(struct progress *progress); /* wipes the bar */

#endif
