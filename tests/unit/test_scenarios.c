/* Every scenario is a test of its own name. A name given as argument runs that one alone. */
#include "check.h"
#include "scenarios.h"

#include <string.h>

static const struct scenario *const lists[] = {scenarios_pace, scenarios_inputs, scenarios_answer, scenarios_seams};

static void run(void **state)
{
	scenario_run(*state);
}

int main(int argc, char **argv)
{
	static struct CMUnitTest tests[200];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (const struct scenario *s = lists[i]; s->name && n < 200; s++)
			if (argc < 2 || strcmp(argv[1], s->name) == 0)
				tests[n++] =
				    (struct CMUnitTest){.name = s->name, .test_func = run, .initial_state = (void *)(uintptr_t)s};
	return _cmocka_run_group_tests("scenarios", tests, n, NULL, NULL);
}
