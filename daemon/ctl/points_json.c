/* Operating points as the payload tells them, with 17 digits and what only a tool says: worth, breakdown, setpoint. */
#include "points.h"

#include "core/payload.h"
#include "io/clock.h"

#include <stdlib.h>
#include <string.h>

enum { JSON_SIZE = 64 * 1024 };

#define SETPOINT_FIELD(member, type)                             \
	{                                                        \
#member, type, offsetof(struct setpoint, member) \
	}
/* Of a setpoint that is not published: no times, no count. */
static const struct field setpoint_now_fields[] = {
    SETPOINT_FIELD(t_sink_out_c, FIELD_NUMBER),
    SETPOINT_FIELD(t_sink_out_expected_c, FIELD_NUMBER),
    SETPOINT_FIELD(hp_on, FIELD_BOOL),
    SETPOINT_FIELD(q_sink_kw, FIELD_NUMBER),
    SETPOINT_FIELD(p_elec_kw, FIELD_NUMBER),
    SETPOINT_FIELD(cop, FIELD_NUMBER),
    SETPOINT_FIELD(controlled, FIELD_CONTROLLED),
    SETPOINT_FIELD(technology, FIELD_NAME),
    SETPOINT_FIELD(objective, FIELD_OBJECTIVE),
    SETPOINT_FIELD(mode, FIELD_MODE),
    SETPOINT_FIELD(quality, FIELD_QUALITY),
    {"quality_code", FIELD_QUALITY_CODE, offsetof(struct setpoint, quality)},
    SETPOINT_FIELD(reason, FIELD_REASON),
    {NULL, FIELD_NUMBER, 0},
};

struct point_ctx {
	const struct investment *investment;
	const struct frame *frame;
};

static void write_extra(struct json_out *out, void *ctx, const struct point *point)
{
	const struct point_ctx *c = ctx;
	struct breakdown breakdown = breakdown_of(c->frame, point);
	struct worth worth = worth_of(c->investment, point);

	if (worth_is_asked(c->investment))
		json_out_fields(out, worth_fields, &worth);
	breakdown_json(out, &breakdown, c->investment->hours_a);
}

static void write_reference(struct json_out *out, const struct point_ctx *ctx)
{
	struct breakdown breakdown = breakdown_at(ctx->frame, 0, 0);

	json_out_object(out, "reference");
	breakdown_json(out, &breakdown, ctx->investment->hours_a);
	json_out_object_end(out);
}

static void write_swept(struct json_out *out, const struct swept *swept, const struct solved *solved)
{
	json_out_text(out, "over", swept->over);
	json_out_number(out, "value", solved->value);
	json_out_text(out, "unit", swept->unit->name);
	if (swept->labels)
		json_out_text(out, "label", solved->label);
}

/* The point at a given outlet, or what the service would publish. */
static void write_at(struct json_out *out, const struct points_output *output, const struct solved *solved,
                     const struct point_extra *extra)
{
	json_out_object(out, solved->at_kind);
	if (output->swept && output->swept->outlet) {
		json_out_fields(out, point_fields, &solved->at);
		if (solved->evaluation.more)
			json_out_fields(out, point_more_fields, &solved->at_more);
		extra->write(out, extra->ctx, &solved->at);
	} else {
		json_out_fields(out, setpoint_now_fields, &solved->setpoint);
	}
	json_out_object_end(out);
}

static void json_write(const struct points_output *output, const struct solved *solved, char *text)
{
	struct point_ctx ctx = {&output->investment, &solved->frame};
	struct point_extra extra = {.write = write_extra, .ctx = &ctx};
	struct evaluation evaluation = solved->evaluation;
	struct json_out out;

	json_out_init(&out, text, JSON_SIZE);
	out.exact = true;
	json_out_object(&out, NULL);
	if (output->swept)
		write_swept(&out, output->swept, solved);
	if (solved->loop)
		json_out_text(&out, "loop", solved->loop);
	if (evaluation.more)
		evaluation.more = (struct evaluation_more *)&solved->more;
	payload_points(&out, clock_now().utc_us, NO_TIME, &evaluation, solved->machines, &extra);
	if (solved->machines && solved->machines->n_technologies > 0) {
		json_out_object(&out, "technologies");
		payload_ranking(&out, &solved->frame.machines.ranking);
		json_out_object_end(&out);
	}
	write_reference(&out, &ctx);
	if (solved->at_kind)
		write_at(&out, output, solved, &extra);
	json_out_object_end(&out);
	if (out.full) {
		fputs("lorenzctl: the payload is too large\n", stderr);
		exit(1);
	}
	fputs(text, output->out);
}

void points_json(const struct points_output *output, const struct solved *solved, size_t n)
{
	char *text = xrealloc(NULL, JSON_SIZE);

	fputs(output->many ? "[\n" : "", output->out);
	for (size_t i = 0; i < n; i++) {
		json_write(output, &solved[i], text);
		fputs(i + 1 < n ? ",\n" : "\n", output->out);
	}
	fputs(output->many ? "]\n" : "", output->out);
	free(text);
}
