/* A JSON document: every number in it is found by its own pointer, and by no pointer that has more to it. */
#include "fuzz.h"

#include "core/decode.h"

#include <jansson.h>
#include <math.h>

enum { POINTER_SIZE = 4096, TOKEN_MAX = 255, DEPTH_MAX = 64 };

struct walk {
	const uint8_t *data;
	size_t size;
	char pointer[POINTER_SIZE];
	int left;                  /* numbers still to look at */
};

static bool decode(const struct walk *w, double *value)
{
	struct signal_config signal = {.name = "s", .topic = "t", .pointer = w->pointer, .unit = unit_find(DIM_POWER, "kW"), .scale = 1};
	struct decoder decoder;
	int64_t ts_us;
	struct err e;
	bool ok;

	decoder_init(&decoder, w->data, w->size);
	ok = decode_signal(&decoder, &signal, value, &ts_us, &e);
	decoder_done(&decoder);
	return ok;
}

static void look(struct walk *w, const json_t *node, size_t len)
{
	double value = NAN;

	if (w->left-- <= 0)
		return;
	promise(decode(w, &value));
	promise(value == json_number_value(node));
	memcpy(w->pointer + len, "/0", 3);
	promise(!decode(w, &value));
	w->pointer[len] = '\0';
}

/* Appends "/key" with its escapes; the new length, 0 where it is too long. */
static size_t append(struct walk *w, size_t len, const char *key)
{
	size_t n = len;

	w->pointer[n++] = '/';
	for (; *key; key++) {
		if (n + 3 >= POINTER_SIZE - 4)
			return 0;
		w->pointer[n++] = *key == '~' || *key == '/' ? '~' : *key;
		if (*key == '~' || *key == '/')
			w->pointer[n++] = *key == '~' ? '0' : '1';
	}
	w->pointer[n] = '\0';
	return n;
}

static void walk(struct walk *w, json_t *node, size_t len, int depth)
{
	const char *key;
	json_t *child;
	size_t index, n;
	char text[24];

	if (depth > DEPTH_MAX || len + 32 > POINTER_SIZE)
		return;
	if (json_is_number(node) && len > 0)
		look(w, node, len);
	json_array_foreach(node, index, child) {
		snprintf(text, sizeof(text), "%zu", index);
		n = append(w, len, text);
		walk(w, child, n, depth + 1);
		w->pointer[len] = '\0';
	}
	json_object_foreach(node, key, child) {
		n = strlen(key) < TOKEN_MAX ? append(w, len, key) : 0;
		if (n > 0)
			walk(w, child, n, depth + 1);
		w->pointer[len] = '\0';
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct walk w = {.data = data, .size = size, .left = 20};
	json_t *root = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);

	if (root)
		walk(&w, root, 0, 0);
	json_decref(root);
	return 0;
}
