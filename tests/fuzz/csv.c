/* A table: rows until its end or until it is refused with words, each within the bytes there are. */
#include "fuzz.h"

#include "ctl/csv.h"

#include <sys/mman.h>
#include <unistd.h>

static void read_table(int fd, size_t size)
{
	struct csv csv;
	struct csv_row row = {0};
	struct err e = {""};
	enum csv_status status;
	size_t rows = 0, length = 0;
	uint64_t line = 0;

	csv_init(&csv, fd);
	while ((status = csv_next(&csv, &row, &e)) == CSV_ROW) {
		promise(row.n > 0 && row.line > line);
		for (size_t i = 0; i < row.n; i++)
			length += strlen(row.field[i]);
		line = row.line;
		rows++;
	}
	promise(rows <= size && length <= size);
	promise(status == CSV_END || e.text[0] != '\0');
	csv_row_done(&row);
	csv_done(&csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("table", MFD_CLOEXEC);
	promise(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
	read_table(fd, size);
	return 0;
}
