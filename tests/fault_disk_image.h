/* What of each file would be there after a power loss: its bytes when it was last synced, and the changes since. */
#ifndef TESTS_FAULT_DISK_IMAGE_H
#define TESTS_FAULT_DISK_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct disk_file;

/* From now on files are looked after; what is in them when they are opened first counts as synced. */
void disk_watch(void);
/* The file of that name; NULL: not looked after. */
struct disk_file *disk_find(const char *name);
/* No file (NULL) is fine. */
void disk_write(struct disk_file *file, const void *from, size_t n, int64_t at);
void disk_truncate(struct disk_file *file, int64_t size);
void disk_sync(struct disk_file *file);
/* synced: the folder as well, so that it stays deleted. */
void disk_delete(const char *name, bool synced);
/* Forgets all. After a cut the files are first made what chance leaves of them. */
void disk_settle(bool cut, unsigned *seed);

#endif
