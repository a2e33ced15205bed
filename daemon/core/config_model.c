/* Efficiency models in the configuration: a mapping with model in the place of the Lorenz efficiency. Parameters that may be
 * live are inputs of the loop, coefficients and tables are constants. */
#include "config_load.h"
#include "config_machines.h"

#include <math.h>
#include <string.h>

/* A polynomial's coefficients and a table before they are what the library takes. */
struct axis {
	size_t n;
	double at[LORENZ_TABLE_MAX];
};
struct model_reading {
	int model;                   /* enum lorenz_model */
	int fluid;                   /* enum lorenz_fluid */
	struct lorenz_jensen jensen; /* the coefficients of a fluid's own */
	struct input single[MACHINES_SINGLE];
	struct lorenz_polynomial polynomial;
	struct axis t, lift;
	size_t n_eta, n_eta_row; /* lines of eta, and numbers in each */
	double eta[LORENZ_TABLE_MAX][LORENZ_TABLE_MAX];
};

/* ---- rows ------------------------------------------------------------------------------- */

#define READING(member)  .offset = offsetof(struct model_reading, member)
#define PARAMETER(which) ROW_INPUT, .slot = (which), READING(single[(which)-SLOT_MACHINES])
#define POLYNOMIAL(name) READING(polynomial.name)
#define TEMPERATURE      .dimension = DIM_TEMPERATURE, .range = {T_SANE_LOW_K, T_SANE_HIGH_K, false}
#define COEFFICIENT      .range = {-10, 10, false}
#define PER_KELVIN       .dimension = DIM_PER_TEMPERATURE, .range = {-1, 1, false}
#define LIFT             .dimension = DIM_TEMPERATURE_DIFF, .range = {0, 2000, false}
#define MODEL                                                                                                  \
	{                                                                                                      \
		"model", ROW_CHOICE, READING(model), .choices = models, .required = true, .help = "Which one." \
	}

const struct choice models[] = {
    {"jensen", LORENZ_MODEL_JENSEN},
    {"polynomial", LORENZ_MODEL_POLYNOMIAL},
    {"table", LORENZ_MODEL_TABLE},
    {"carnot", LORENZ_MODEL_CARNOT},
    {0},
};

static const struct choice fluids[] = {{"ammonia", LORENZ_FLUID_AMMONIA}, {"isobutane", LORENZ_FLUID_ISOBUTANE}, {0}};

static const struct row jensen_rows[] = {
    MODEL,
    {"fluid", ROW_CHOICE, READING(fluid), .choices = fluids, .derived = "own coefficients, a to f",
     .help = "Generic COP of Jensen et al. 2018; made for lifts from 10 K on and sinks up to 130 degC."},
    {"a", ROW_NUMBER, READING(jensen.a), COEFFICIENT,
     .help = "Instead of fluid, all of a to f. The mean difference in the condenser is a x + b glide + c: the glide of the sink, "
             "x from "
             "source outlet to sink outlet and the two pinches."},
    {"b", ROW_NUMBER, READING(jensen.b), COEFFICIENT, .help = "See a."},
    {"c", ROW_QUANTITY, READING(jensen.c_k), .dimension = DIM_TEMPERATURE_DIFF, .range = {-100, 100, false}, .help = "See a."},
    {"d", ROW_QUANTITY, READING(jensen.d_per_k), PER_KELVIN,
     .help = "The share of the compressor's work that an expansion would give back is d x + e glide + f."},
    {"e", ROW_QUANTITY, READING(jensen.e_per_k), PER_KELVIN, .help = "See d."},
    {"f", ROW_NUMBER, READING(jensen.f), COEFFICIENT, .help = "See d."},
    {"pinch", PARAMETER(SLOT_MODEL_PINCH), .derived = "5 K", .help = "Least difference in evaporator and condenser."},
    {"isentropic", PARAMETER(SLOT_MODEL_ISENTROPIC), .derived = "0.8", .help = "Isentropic efficiency of the compressor."},
    {"heat_loss", PARAMETER(SLOT_MODEL_HEAT_LOSS), .derived = "0", .help = "Of the compressor, as a share of its work."},
    {0},
};

static const struct row polynomial_rows[] = {
    MODEL,
    {"coefficients", ROW_COEFFICIENTS, READING(polynomial), .required = true,
     .help = "[[c00, c01], [c10, c11]], at most 4 by 4: the efficiency is the sum of cij (t - t_ref)^i lift^j, t the mean sink "
             "temperature, "
             "lift the mean lift, both in K."},
    {"t_ref", ROW_QUANTITY, POLYNOMIAL(t_ref_k), TEMPERATURE, .derived = "0 degC", .help = "What t counts from."},
    {"t_min", ROW_QUANTITY, POLYNOMIAL(t_min_k), TEMPERATURE, .derived = "none",
     .help = "Below it the edge counts, extrapolated."},
    {"t_max", ROW_QUANTITY, POLYNOMIAL(t_max_k), TEMPERATURE, .derived = "none", .help = "The same above."},
    {"lift_min", ROW_QUANTITY, POLYNOMIAL(lift_min_k), LIFT, .derived = "none", .help = "The same of the lift."},
    {"lift_max", ROW_QUANTITY, POLYNOMIAL(lift_max_k), LIFT, .derived = "none", .help = "The same of the lift."},
    {0},
};

static const struct row table_rows[] = {
    MODEL,
    {"t_sink", ROW_AXIS, READING(t), TEMPERATURE, .required = true, .help = "Mean sink temperatures, rising, at most 16."},
    {"lift", ROW_AXIS, READING(lift), LIFT, .required = true, .help = "Mean lifts, rising, at most 16."},
    {"eta", ROW_ETA, .required = true,
     .help =
         "A list for each temperature with a number for each lift; straight between them, the edges count beyond, extrapolated."},
    {0},
};

static const struct row carnot_rows[] = {
    MODEL,
    {"fraction", PARAMETER(SLOT_MODEL_FRACTION), .required = true,
     .help = "Of the Carnot COP between source inlet and sink outlet: a single condenser, which does not follow the glide."},
    {0},
};

const struct row *const model_rows[LORENZ_MODEL_COUNT] = {
    [LORENZ_MODEL_JENSEN] = jensen_rows,
    [LORENZ_MODEL_POLYNOMIAL] = polynomial_rows,
    [LORENZ_MODEL_TABLE] = table_rows,
    [LORENZ_MODEL_CARNOT] = carnot_rows,
};

/* ---- tables ----------------------------------------------------------------------------- */

bool read_axis(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct axis *axis = out;

	if (!read_numbers(l, node, row->dimension, row->range, LORENZ_TABLE_MAX, axis->at, &axis->n))
		return false;
	for (size_t i = 1; i < axis->n; i++) {
		if (axis->at[i] > axis->at[i - 1])
			continue;
		report(l, node, "must rise from one to the next");
		return false;
	}
	return true;
}

static bool read_lists(struct loader *l, struct node *node, struct range range, size_t most, double *at, size_t stride, size_t *n,
                       size_t *n_row)
{
	size_t i = 0;

	if (!is_list_of(l, node, "lists", most))
		return false;
	for (struct node *child = node->first; child; child = child->next, i++) {
		size_t up = path_push_index(l, i), found = 0;

		if (!read_numbers(l, child, DIM_ONE, range, most, at + i * stride, &found))
			node->bad = true;
		else if (n_row && i > 0 && found != *n_row)
			report(l, child, "has %zu values, the one before has %zu", found, *n_row);
		if (n_row)
			*n_row = found;
		node->bad |= child->bad;
		path_pop(l, up);
	}
	*n = i;
	return !node->bad;
}

bool read_coefficients(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct lorenz_polynomial *p = out;
	size_t n;

	(void)row;
	return read_lists(l, node, (struct range){-1e12, 1e12, false}, LORENZ_POLYNOMIAL_TERMS, p->coefficient[0],
	                  LORENZ_POLYNOMIAL_TERMS, &n, NULL);
}

bool read_eta(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct model_reading *reading = out;

	(void)row;
	return read_lists(l, node, (struct range){0, 1, true}, LORENZ_TABLE_MAX, reading->eta[0], LORENZ_TABLE_MAX,
	                  &reading->n_eta, &reading->n_eta_row);
}

/* ---- efficiency models ------------------------------------------------------------------ */

static void table_finish(struct loader *l, struct node *node, const struct model_reading *reading,
                         struct lorenz_efficiency *efficiency)
{
	struct lorenz_eta_table *table = &efficiency->of.table;

	struct node *eta = node_get(node, "eta");

	if (eta && !eta->bad && reading->t.n && reading->lift.n &&
	    (reading->n_eta != reading->t.n || reading->n_eta_row != reading->lift.n))
		report(l, node, "eta has %zu lists of %zu values; t_sink and lift ask for %zu of %zu", reading->n_eta,
		       reading->n_eta_row, reading->t.n, reading->lift.n);
	table->n_t = reading->t.n;
	table->n_lift = reading->lift.n;
	memcpy(table->t_k, reading->t.at, sizeof(table->t_k));
	memcpy(table->lift_k, reading->lift.at, sizeof(table->lift_k));
	memcpy(table->eta, reading->eta, sizeof(table->eta));
}

/* A fluid, or all of a fluid's own coefficients. */
static struct lorenz_efficiency jensen_finish(struct loader *l, struct node *node, const struct model_reading *reading)
{
	static const char *const own[] = {"a", "b", "c", "d", "e", "f"};
	struct lorenz_efficiency efficiency = lorenz_efficiency_jensen((enum lorenz_fluid)reading->fluid);
	struct lorenz_jensen *jensen = &efficiency.of.jensen, published = *jensen;
	const size_t all = sizeof(own) / sizeof(own[0]);
	struct node *fluid = node_get(node, "fluid");
	size_t n = 0;

	for (size_t i = 0; i < all; i++)
		n += node_get(node, own[i]) != NULL;
	if (!fluid && n == 0)
		report_absent(l, node, "fluid", ", or a to f, the coefficients of one's own");
	for (size_t i = 0; i < all && n > 0; i++) {
		struct node *given = node_get(node, own[i]);

		if (fluid && given)
			report_child(l, given, "is given beside fluid, which has its own coefficients");
		else if (!fluid && !given)
			report_absent(l, node, own[i], ": coefficients of one's own are all of a to f");
	}
	if (fluid)
		return efficiency;
	*jensen = reading->jensen;
	jensen->pinch_k = published.pinch_k;
	jensen->isentropic = published.isentropic;
	jensen->heat_loss = published.heat_loss;
	return efficiency;
}

/* Where a model and those of its parameters that are inputs go, from SLOT_MODEL_PINCH on. */
struct model_target {
	const struct lorenz_efficiency **model;
	struct input *parameter;
};

static void model_finish(struct loader *l, struct node *node, const struct model_reading *reading, struct model_target to)
{
	struct lorenz_efficiency *model = arena_alloc(l->arena, sizeof(*model));

	model->model = (enum lorenz_model)reading->model;
	if (model->model == LORENZ_MODEL_JENSEN)
		*model = jensen_finish(l, node, reading);
	else if (model->model == LORENZ_MODEL_POLYNOMIAL)
		model->of.polynomial = reading->polynomial;
	else if (model->model == LORENZ_MODEL_TABLE)
		table_finish(l, node, reading, model);
	else
		*model = lorenz_efficiency_carnot(1); /* its fraction is an input */
	if (!node->bad && l->errors->n == 0 && lorenz_efficiency_check(model) != LORENZ_OK)
		report(l, node, "%s", lorenz_status_text(lorenz_efficiency_check(model)));
	for (enum slot slot = SLOT_MODEL_PINCH; slot <= SLOT_MODEL_FRACTION; slot++)
		to.parameter[slot - SLOT_MODEL_PINCH] = reading->single[slot - SLOT_MACHINES];
	*to.model = model;
}

/* The heat pump's, or a technology's. */
static struct model_target target_of(struct loader *l, const struct row *row, void *out)
{
	void *base = (char *)out - row->offset;
	struct technology_config *technology = base;
	struct machines_config *m;

	if (row->slot == SLOT_TECHNOLOGY_ETA)
		return (struct model_target){&technology->model,
		                             &technology->input[SLOT_TECHNOLOGY_MODEL - SLOT_TECHNOLOGY]};
	m = machines_to_fill(l, base);
	return (struct model_target){&m->model, &m->single[SLOT_MODEL_PINCH - SLOT_MACHINES]};
}

bool read_efficiency(struct loader *l, const struct row *row, struct node *node, void *out)
{
	struct node *name = node_get(node, "model");
	struct model_reading *reading;
	const struct row which = {.key = "model", .type = ROW_CHOICE, .choices = models};
	int model;
	size_t up;

	if (!name)
		return read_input(l, row, node, out);
	up = path_push(l, "model");
	if (name->kind != NODE_SCALAR)
		report(l, name, "must be a plain value, not %s", node_kind_text(name->kind));
	else
		read_choice(l, &which, name, &model);
	path_pop(l, up);
	if (name->bad)
		return false;
	reading = arena_alloc(l->arena, sizeof(*reading));
	reading->polynomial = (struct lorenz_polynomial){
	    .t_ref_k = 273.15, .t_min_k = -INFINITY, .t_max_k = INFINITY, .lift_min_k = -INFINITY, .lift_max_k = INFINITY};
	read_map(l, model_rows[model], node, reading);
	model_finish(l, node, reading, target_of(l, row, out));
	return true;
}
