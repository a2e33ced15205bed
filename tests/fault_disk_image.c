/* See fault_disk_image.h. */
#include "fault_disk_image.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECTOR = 512, FILES = 8 };

struct image {
	unsigned char *bytes;
	size_t size, room;
};

struct change {
	struct change *next;
	bool truncates;
	size_t at, n; /* at: the size after a truncation */
	unsigned char bytes[];
};

struct disk_file {
	char *name;
	struct image synced;
	struct change *first, **last;
	bool named;   /* its name is in the folder for certain */
	bool deleted; /* the folder may not know yet */
};

static struct disk_file files[FILES];
static size_t n_files;
static bool watching;

static void resize(struct image *image, size_t size)
{
	if (size > image->room || !image->bytes) {
		image->room = size + size / 2 + SECTOR;
		image->bytes = realloc(image->bytes, image->room);
		assert_non_null(image->bytes);
	}
	if (size > image->size)
		memset(image->bytes + image->size, 0, size - image->size);
	image->size = size;
}

static void put(struct image *image, const unsigned char *from, size_t n, size_t at)
{
	if (at + n > image->size)
		resize(image, at + n);
	memcpy(image->bytes + at, from, n);
}

static void load(struct disk_file *file)
{
	FILE *in = fopen(file->name, "rb");
	struct stat st;

	if (!in)
		return;
	assert_int_equal(fstat(fileno(in), &st), 0);
	resize(&file->synced, (size_t)st.st_size);
	assert_int_equal(fread(file->synced.bytes, 1, file->synced.size, in), file->synced.size);
	file->named = st.st_size > 0;
	fclose(in);
}

void disk_watch(void)
{
	watching = true;
}

static struct disk_file *known(const char *name)
{
	for (size_t i = 0; i < n_files; i++)
		if (strcmp(files[i].name, name) == 0)
			return &files[i];
	return NULL;
}

struct disk_file *disk_find(const char *name)
{
	struct disk_file *file = known(name);

	if (!watching || file) {
		if (file)
			file->deleted = false;
		return file;
	}
	assert_true(n_files < FILES);
	file = &files[n_files++];
	*file = (struct disk_file){.name = strdup(name), .last = &file->first};
	load(file);
	return file;
}

static void add(struct disk_file *file, bool truncates, const void *from, size_t n, size_t at)
{
	struct change *change = malloc(sizeof(*change) + n);

	assert_non_null(change);
	*change = (struct change){.truncates = truncates, .at = at, .n = n};
	if (n)
		memcpy(change->bytes, from, n);
	*file->last = change;
	file->last = &change->next;
}

void disk_write(struct disk_file *file, const void *from, size_t n, int64_t at)
{
	if (file)
		add(file, false, from, n, (size_t)at);
}

void disk_truncate(struct disk_file *file, int64_t size)
{
	if (file)
		add(file, true, NULL, 0, (size_t)size);
}

/* Sector by sector, as chance has it; 100 of 100: all. */
static void apply(struct image *image, const struct change *change, unsigned percent, unsigned *seed)
{
	if (change->truncates) {
		if ((unsigned)rand_r(seed) % 100 < percent)
			resize(image, change->at);
		return;
	}
	for (size_t done = 0, n; done < change->n; done += n) {
		n = SECTOR - (change->at + done) % SECTOR;
		n = n < change->n - done ? n : change->n - done;
		if ((unsigned)rand_r(seed) % 100 < percent)
			put(image, change->bytes + done, n, change->at + done);
	}
}

static void apply_all(struct disk_file *file, unsigned percent, unsigned *seed)
{
	for (struct change *change = file->first, *next; change; change = next) {
		next = change->next;
		apply(&file->synced, change, percent, seed);
		free(change);
	}
	file->first = NULL;
	file->last = &file->first;
}

void disk_sync(struct disk_file *file)
{
	unsigned seed = 0;

	if (!file)
		return;
	apply_all(file, 100, &seed);
	file->named = true;
}

void disk_delete(const char *name, bool synced)
{
	struct disk_file *file = known(name);
	unsigned seed = 0;

	if (!file)
		return;
	if (synced) {
		apply_all(file, 0, &seed);
		resize(&file->synced, 0);
		file->named = false;
	}
	file->deleted = true;
}

/* Few, half or most of the sectors; now and then none, or all. */
static void settle(struct disk_file *file, unsigned *seed)
{
	static const unsigned percents[] = {0, 10, 50, 50, 90, 100};

	apply_all(file, percents[(unsigned)rand_r(seed) % (sizeof(percents) / sizeof(percents[0]))], seed);
	if ((file->deleted || !file->named) && rand_r(seed) % 2) {
		unlink(file->name);
		return;
	}
	if (file->deleted && !file->named)
		return;
	FILE *out = fopen(file->name, "wb");

	assert_non_null(out);
	assert_int_equal(fwrite(file->synced.bytes, 1, file->synced.size, out), file->synced.size);
	assert_int_equal(fclose(out), 0);
}

/* Shared memory is no file to SQLite; whatever is in it then, it must not be believed. */
static void spoil_shared_memory(const char *name, unsigned *seed)
{
	char *path = NULL;
	struct stat st;

	assert_true(asprintf(&path, "%s-shm", name) > 0);
	FILE *out = stat(path, &st) == 0 ? fopen(path, "r+b") : NULL;

	for (long i = 0; out && i < st.st_size; i++)
		fputc(rand_r(seed), out);
	if (out)
		fclose(out);
	free(path);
}

void disk_settle(bool cut, unsigned *seed)
{
	unsigned none = 0;

	for (size_t i = 0; i < n_files; i++) {
		if (cut) {
			settle(&files[i], seed);
			spoil_shared_memory(files[i].name, seed);
		} else {
			apply_all(&files[i], 0, &none);
		}
		free(files[i].synced.bytes);
		free(files[i].name);
	}
	n_files = 0;
	watching = false;
}
