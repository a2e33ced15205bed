/* A disk that fails: an SQLite VFS around the real one that lets the N-th operation of chosen kinds fail, once or from then
 * on, or cuts the power there. It knows of each file what was synced; after the cut, of what was not, a random subset of
 * 512-byte sectors has reached the disk, of the shared memory nothing but garbage. Sees what goes through SQLite only. */
#ifndef TESTS_FAULT_VFS_H
#define TESTS_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

enum fault_op {
	OP_READ,
	OP_WRITE,
	OP_SYNC,
	OP_TRUNCATE,
	OP_OPEN,
	OP_LOCK,
	OP_DELETE,
	OP_SIZE,
	OP_SHM_MAP,
	OP_SHM_LOCK,
	OP_ACCESS,
	OP_COUNT
};
extern const char *const fault_op_text[OP_COUNT];
#define OPS(op)     (1u << (op))
#define OPS_ALL     (OPS(OP_COUNT) - 1)
#define OPS_CHANGES (OPS(OP_WRITE) | OPS(OP_SYNC) | OPS(OP_TRUNCATE) | OPS(OP_DELETE))

/* Makes it the default VFS of the program, healthy. */
void fault_vfs_install(void);
/* The nth operation of these kinds from now on fails, and where it is to last all of them after it. */
void fault_vfs_fail(unsigned ops, int64_t nth, bool lasts);
/* From now on nothing is on the disk but what was synced; the power goes at the nth change. */
void fault_vfs_cut(int64_t nth);
/* The fault has come; that is known until another is ordered. */
bool fault_vfs_fired(void);
/* All works again; what the cut left is on the disk, as chance has it. Files must be closed after a cut. */
void fault_vfs_heal(unsigned *seed);
/* This thread's operations never fail and do not count. */
void fault_vfs_spare_me(bool spare);
/* Memory for SQLite: the nth allocation from now on fails, and where it is to last all after it. To be installed before
 * anything of SQLite is used. */
void fault_memory_install(void);
void fault_memory_fail(int64_t nth, bool lasts);
bool fault_memory_fired(void);
void fault_memory_heal(void);

#endif
