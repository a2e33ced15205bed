/* Drawn at most ten times a second, on one line that is written over. */
#include "progress.h"

#include "io/clock.h"

#include <stdio.h>
#include <unistd.h>

enum { WIDTH = 40, WAIT_US = 1000000, STEP_US = 100000 };

void progress_init(struct progress *progress, uint64_t total)
{
	*progress = (struct progress){.total = total, .terminal = isatty(STDERR_FILENO) != 0};
	if (progress->terminal)
		progress->began_us = progress->drawn_us = clock_now().mono_us;
}

static void draw(uint64_t done, uint64_t total, int64_t spent_us)
{
	double share = done < total ? (double)done / (double)total : 1;
	double left_s = share > 0 ? (double)spent_us * 1e-6 * (1 - share) / share : 0;
	char bar[WIDTH + 1];

	for (int i = 0; i < WIDTH; i++)
		bar[i] = i < (int)(share * WIDTH) ? '=' : ' ';
	bar[WIDTH] = '\0';
	fprintf(stderr, "\r[%s] %3.0f %%  %.0f s left \033[K", bar, 100 * share, left_s);
	fflush(stderr);
}

void progress_update(struct progress *progress, uint64_t done)
{
	int64_t now_us;

	if (!progress->terminal || progress->total == 0)
		return;
	now_us = clock_now().mono_us;
	if (now_us - progress->began_us < WAIT_US || now_us - progress->drawn_us < STEP_US)
		return;
	progress->drawn_us = now_us;
	progress->drawn = true;
	draw(done, progress->total, now_us - progress->began_us);
}

void progress_done(struct progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	progress->drawn = false;
}
