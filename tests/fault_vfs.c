/* See fault_vfs.h. */
#include "fault_vfs.h"

#include "fault_disk_image.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

const char *const fault_op_text[OP_COUNT] = {"read",   "write",     "sync",    "truncate", "open",  "lock",
                                             "delete", "file size", "shm map", "shm lock", "access"};

static const int op_error[OP_COUNT] = {
    [OP_READ] = SQLITE_IOERR_READ,         [OP_WRITE] = SQLITE_IOERR_WRITE,   [OP_SYNC] = SQLITE_IOERR_FSYNC,
    [OP_TRUNCATE] = SQLITE_IOERR_TRUNCATE, [OP_OPEN] = SQLITE_CANTOPEN,       [OP_LOCK] = SQLITE_IOERR_LOCK,
    [OP_DELETE] = SQLITE_IOERR_DELETE,     [OP_SIZE] = SQLITE_IOERR_FSTAT,    [OP_SHM_MAP] = SQLITE_IOERR_SHMMAP,
    [OP_SHM_LOCK] = SQLITE_IOERR_SHMLOCK,  [OP_ACCESS] = SQLITE_IOERR_ACCESS,
};

struct fault_file {
	sqlite3_file base;
	struct disk_file *disk; /* NULL: not looked after */
	sqlite3_file *real;     /* behind this */
};

static sqlite3_vfs *real_vfs;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct {
	unsigned ops;
	int64_t left;
	bool lasts, cut, fired;
} fault;
static _Thread_local bool spared;

/* True: this one fails. */
static bool fails(enum fault_op op)
{
	if (spared)
		return false;
	pthread_mutex_lock(&mutex);
	bool now = false;

	if (fault.fired)
		now = fault.cut || (fault.lasts && (fault.ops & OPS(op)));
	else if (fault.left > 0 && (fault.ops & OPS(op)) && --fault.left == 0)
		now = fault.fired = true;
	pthread_mutex_unlock(&mutex);
	return now;
}

/* A cut comes before the end of the change that it hits, which may be on the disk all the same. */
static bool is_cut(void)
{
	return fault.cut && fault.fired;
}

#define REAL(file) (((struct fault_file *)(file))->real)
#define DISK(file) (((struct fault_file *)(file))->disk)

static int f_close(sqlite3_file *file)
{
	return REAL(file)->pMethods->xClose(REAL(file));
}

static int f_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
	return fails(OP_READ) ? SQLITE_IOERR_READ : REAL(file)->pMethods->xRead(REAL(file), to, n, at);
}

/* One that fails has written the half. */
static int f_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
	bool was_cut = is_cut(), failed = fails(OP_WRITE);

	if (was_cut)
		return SQLITE_IOERR_WRITE;
	if (failed && !is_cut())
		n = n / 2;
	disk_write(DISK(file), from, (size_t)n, at);
	int rc = REAL(file)->pMethods->xWrite(REAL(file), from, n, at);

	return failed ? SQLITE_IOERR_WRITE : rc;
}

static int f_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	bool was_cut = is_cut(), failed = fails(OP_TRUNCATE);

	if (failed && is_cut() && !was_cut)
		disk_truncate(DISK(file), size);
	if (failed)
		return SQLITE_IOERR_TRUNCATE;
	disk_truncate(DISK(file), size);
	return REAL(file)->pMethods->xTruncate(REAL(file), size);
}

/* Nothing is gained by the real one: the machine stays up. */
static int f_sync(sqlite3_file *file, int flags)
{
	(void)flags;
	if (fails(OP_SYNC))
		return SQLITE_IOERR_FSYNC;
	disk_sync(DISK(file));
	return SQLITE_OK;
}

static int f_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return fails(OP_SIZE) ? SQLITE_IOERR_FSTAT : REAL(file)->pMethods->xFileSize(REAL(file), size);
}

static int f_lock(sqlite3_file *file, int level)
{
	return fails(OP_LOCK) ? SQLITE_IOERR_LOCK : REAL(file)->pMethods->xLock(REAL(file), level);
}

static int f_unlock(sqlite3_file *file, int level)
{
	return REAL(file)->pMethods->xUnlock(REAL(file), level);
}

static int f_check_lock(sqlite3_file *file, int *out)
{
	return REAL(file)->pMethods->xCheckReservedLock(REAL(file), out);
}

static int f_control(sqlite3_file *file, int op, void *argument)
{
	return REAL(file)->pMethods->xFileControl(REAL(file), op, argument);
}

static int f_sector(sqlite3_file *file)
{
	return REAL(file)->pMethods->xSectorSize(REAL(file));
}

static int f_device(sqlite3_file *file)
{
	return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}

static int f_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
	return fails(OP_SHM_MAP) ? SQLITE_IOERR_SHMMAP : REAL(file)->pMethods->xShmMap(REAL(file), page, size, extend, out);
}

static int f_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	if ((flags & SQLITE_SHM_LOCK) && fails(OP_SHM_LOCK))
		return SQLITE_IOERR_SHMLOCK;
	return REAL(file)->pMethods->xShmLock(REAL(file), offset, n, flags);
}

static void f_shm_barrier(sqlite3_file *file)
{
	REAL(file)->pMethods->xShmBarrier(REAL(file));
}

static int f_shm_unmap(sqlite3_file *file, int delete)
{
	return REAL(file)->pMethods->xShmUnmap(REAL(file), delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = f_close,
    .xRead = f_read,
    .xWrite = f_write,
    .xTruncate = f_truncate,
    .xSync = f_sync,
    .xFileSize = f_size,
    .xLock = f_lock,
    .xUnlock = f_unlock,
    .xCheckReservedLock = f_check_lock,
    .xFileControl = f_control,
    .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_device,
    .xShmMap = f_shm_map,
    .xShmLock = f_shm_lock,
    .xShmBarrier = f_shm_barrier,
    .xShmUnmap = f_shm_unmap,
};

static int v_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	struct fault_file *f = (struct fault_file *)file;

	(void)vfs;
	*f = (struct fault_file){.real = (sqlite3_file *)(f + 1)};
	if (fails(OP_OPEN))
		return SQLITE_CANTOPEN;
	int rc = real_vfs->xOpen(real_vfs, name, f->real, flags, out_flags);

	if (rc == SQLITE_OK) {
		f->base.pMethods = &methods;
		f->disk = name ? disk_find(name) : NULL;
	}
	return rc;
}

static int v_delete(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
	(void)vfs;
	if (fails(OP_DELETE))
		return op_error[OP_DELETE];
	disk_delete(name, sync_folder != 0);
	return real_vfs->xDelete(real_vfs, name, 0);
}

static int v_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	(void)vfs;
	return fails(OP_ACCESS) ? op_error[OP_ACCESS] : real_vfs->xAccess(real_vfs, name, flags, out);
}

/* Waiting for a fault to end is a waste of time. */
static int v_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return fault_vfs_fired() ? us : real_vfs->xSleep(real_vfs, us);
}

void fault_vfs_install(void)
{
	static sqlite3_vfs vfs;

	real_vfs = sqlite3_vfs_find(NULL);
	vfs = *real_vfs;
	vfs.zName = "fault";
	vfs.szOsFile = (int)sizeof(struct fault_file) + real_vfs->szOsFile;
	vfs.xOpen = v_open;
	vfs.xDelete = v_delete;
	vfs.xAccess = v_access;
	vfs.xSleep = v_sleep;
	sqlite3_vfs_register(&vfs, 1);
}

static void arm(unsigned ops, int64_t nth, bool lasts, bool cut)
{
	pthread_mutex_lock(&mutex);
	fault.ops = ops;
	fault.left = nth;
	fault.lasts = lasts;
	fault.cut = cut;
	fault.fired = false;
	pthread_mutex_unlock(&mutex);
}

void fault_vfs_fail(unsigned ops, int64_t nth, bool lasts)
{
	arm(ops, nth, lasts, false);
}

void fault_vfs_cut(int64_t nth)
{
	disk_watch();
	arm(OPS_CHANGES, nth, true, true);
}

bool fault_vfs_fired(void)
{
	pthread_mutex_lock(&mutex);
	bool fired = fault.fired;

	pthread_mutex_unlock(&mutex);
	return fired;
}

void fault_vfs_heal(unsigned *seed)
{
	pthread_mutex_lock(&mutex);
	bool cut = is_cut();

	fault.ops = 0;
	fault.left = 0;
	fault.lasts = fault.cut = false;
	pthread_mutex_unlock(&mutex);
	disk_settle(cut, seed);
}

void fault_vfs_spare_me(bool spare)
{
	spared = spare;
}

/* ---- memory ------------------------------------------------------------------------------ */

static sqlite3_mem_methods real_memory;
static struct {
	int64_t left;
	bool lasts, fired;
} memory_fault;

static bool memory_fails(void)
{
	if (spared)
		return false;
	pthread_mutex_lock(&mutex);
	bool now = memory_fault.fired && memory_fault.lasts;

	if (!memory_fault.fired && memory_fault.left > 0 && --memory_fault.left == 0)
		now = memory_fault.fired = true;
	pthread_mutex_unlock(&mutex);
	return now;
}

static void *m_malloc(int n)
{
	return memory_fails() ? NULL : real_memory.xMalloc(n);
}

static void *m_realloc(void *old, int n)
{
	return memory_fails() ? NULL : real_memory.xRealloc(old, n);
}

void fault_memory_install(void)
{
	sqlite3_mem_methods ours;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory);
	ours = real_memory;
	ours.xMalloc = m_malloc;
	ours.xRealloc = m_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &ours);
}

void fault_memory_fail(int64_t nth, bool lasts)
{
	pthread_mutex_lock(&mutex);
	memory_fault.left = nth;
	memory_fault.lasts = lasts;
	memory_fault.fired = false;
	pthread_mutex_unlock(&mutex);
}

bool fault_memory_fired(void)
{
	pthread_mutex_lock(&mutex);
	bool fired = memory_fault.fired;

	pthread_mutex_unlock(&mutex);
	return fired;
}

void fault_memory_heal(void)
{
	pthread_mutex_lock(&mutex);
	memory_fault.left = 0;
	memory_fault.lasts = false;
	pthread_mutex_unlock(&mutex);
}
