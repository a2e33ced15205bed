/* A command's payload: what is taken has an id and a known kind, its value means the same after a restart, and what is taken
 * back leaves nothing. */
#include "fuzz.h"

#include "core/command.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct command command;
	struct override first, again;
	struct command_record back = {.until_us = NO_TIME};
	struct err e = {""};

	if (!command_decode(data, size, &command, &e)) {
		promise(e.text[0] != '\0');
		return 0;
	}
	promise(command.id[0] && strcmp(command.id, command.wish.id) == 0);
	promise(command.wish.kind < COMMAND_KIND_COUNT);
	override_init(&first);
	override_init(&again);
	if (!override_set(&first, &command.wish, &e)) {
		promise(e.text[0] != '\0');
		return 0;
	}
	promise(override_set(&again, &command.wish, &e));
	promise(first.mode == again.mode && first.objective == again.objective && first.has_mode == again.has_mode);
	promise(first.manual_k == again.manual_k || (first.manual_k != first.manual_k && again.manual_k != again.manual_k));
	back.kind = command.wish.kind;
	promise(override_set(&first, &back, &e));
	promise(override_is_empty(&first) && override_next_us(&first) == INT64_MAX);
	return 0;
}
