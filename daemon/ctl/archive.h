/* The history of a replay: records go straight into a new database, in transactions of ten thousand rows. */
#ifndef CTL_ARCHIVE_H
#define CTL_ARCHIVE_H

#include "core/config.h"
#include "core/record.h"

#include <stdbool.h>
#include <stdint.h>

struct archive;

/* NULL with a line on standard error: the file exists, is in use, or cannot be written. */
struct archive *archive_new(const char *path, const struct config *config, int64_t now_us);
/* After a failure everything else is ignored; archive_finish tells. */
void archive_put(struct archive *archive, const struct record *record, int64_t now_us);
bool archive_failed(const struct archive *archive);
/* keep: commits, rolls up and ends the run at now_us. Else, or where that fails, the file is removed: half a replay is none.
 * Frees. False with a line on standard error. */
bool archive_finish(struct archive *archive, int64_t now_us, bool keep);

#endif
