/* The keys of the site: broker, history, market, loops by name. What can be said about one key alone stands in rows; what needs
 * two is in config_check. Rows of a loop are in config_rows_loop, those of a signal in config_rows_signal. */
#include "config_rows_words.h"

#define KEEP   .dimension = DIM_TIME, .range = {0, 1000 * A, true}

#define AT(member)             .offset = offsetof(struct config_root, config.member)
#define ADDER(member)          .offset = offsetof(struct adder, member)
#define ADDER_INPUT            .type = ROW_INPUT, .slot = SLOT_ELEC_ADDERS, .offset = offsetof(struct adder, add)

_Static_assert(sizeof(enum objective) == sizeof(int) && sizeof(enum mode) == sizeof(int) &&
                   sizeof(enum time_format) == sizeof(int) && sizeof(enum doubt) == sizeof(int) &&
                   sizeof(enum bad_then) == sizeof(int) && sizeof(enum medium) == sizeof(int),
               "choices are written as int");

static const struct choice versions[] = {{"5", 5}, {"3.1.1", 311}, {0}};
const struct choice doubts[] = {{"bad", DOUBT_BAD}, {"uncertain", DOUBT_UNCERTAIN}, {0}};

static const struct row tls_rows[] = {
    {"ca", ROW_TEXT, AT(mqtt.ca), .derived = "the system's certificates",
     .help = "File of the authority that signed the broker's certificate."},
    {"cert", ROW_TEXT, AT(mqtt.cert), .help = "File of the client certificate, where the broker wants one."},
    {"key", ROW_TEXT, AT(mqtt.key), .help = "File of the client certificate's key."},
    {0},
};

static const struct row mqtt_rows[] = {
    {"url", ROW_URL, AT(mqtt), .fallback = "mqtt://127.0.0.1:1883",
     .help =
         "mqtt://HOST[:PORT] or, with TLS, mqtts://HOST[:PORT]; the broker's certificate must match HOST. Ports 1883 and 8883."},
    {"version", ROW_CHOICE, AT(mqtt.version), .choices = versions, .fallback = "5", .help = "Version of MQTT."},
    {"keepalive", ROW_SECONDS, AT(mqtt.keepalive_s), .dimension = DIM_TIME, .range = {5 * S, 65535 * S, false},
     .fallback = "30 s", .help = "A connection that was silent for that long is tested; whole seconds."},
    {"client_id", ROW_TEXT, AT(mqtt.client_id), .derived = "lorenzd-<site>",
     .help = "Two clients with one id throw each other out."},
    {"username", ROW_TEXT, AT(mqtt.username), .help = "Account at the broker."},
    {"password_file", ROW_TEXT, AT(mqtt.password_file),
     .help = "File whose first line is the password. Relative: in $CREDENTIALS_DIRECTORY, else in the configuration's folder. So "
             "are the files of tls."},
    {"tls", ROW_MAP, .children = tls_rows, .help = "Files for mqtts; without use with mqtt."},
    {"prefix", ROW_TOPIC, AT(mqtt.prefix), .derived = "lorenz/<site>",
     .help = "Everything that is published is below this topic."},
    {0},
};

static const struct row publish_rows[] = {
    {"interval", ROW_DURATION, AT(publish_interval_us), .dimension = DIM_TIME, .range = {0, A, false}, .fallback = "1 s",
     .help =
         "operating_points and state of a loop are published and stored at most once in that time; setpoints always at once."},
    {0},
};

static const struct row commands_rows[] = {
    {"enabled", ROW_CHOICE, AT(commands_enabled), .choices = no_yes, .fallback = "false",
     .help = "Whether operators may command loops over MQTT: <prefix>/<loop>/cmd and <prefix>/cmd. Who may publish there is the "
             "broker's to say."},
    {0},
};

static const struct row keep_rows[] = {
    {"samples", ROW_DURATION, AT(keep_samples_us), KEEP, .fallback = "90 d", .help = "Inputs as received."},
    {"points", ROW_DURATION, AT(keep_points_us), KEEP, .fallback = "1 a", .help = "Operating points."},
    {"hourly", ROW_DURATION, AT(keep_hourly_us), KEEP, .fallback = "10 a",
     .help = "Hourly means of the inputs, setpoints, totals, alarms, commands, events and runs."},
    {0},
};

static const struct row store_rows[] = {
    {"path", ROW_TEXT, AT(store_path), .fallback = "history.db",
     .help = "The SQLite file. Relative: in $STATE_DIRECTORY, else in the working directory."},
    {"keep", ROW_MAP, .children = keep_rows, .help = "How long the history is kept; a year is 365 days."},
    {0},
};

const struct row adder_rows[] = {
    {"add", ADDER_INPUT, .required = true, .help = "What is added."},
    {"from", ROW_CLOCK, ADDER(from_min), .fallback = "00:00", .help = "Since that time of the day, HH:MM."},
    {"to", ROW_CLOCK, ADDER(to_min), .fallback = "24:00", .help = "Until that time; before from: over midnight."},
    {"days", ROW_DAYS, ADDER(days), .fallback = "mon-sun", .help = "Days on which it begins: mon-fri or sat,sun."},
    {"zone", ROW_ZONE, ADDER(zone), .derived = "the site's zone", .help = "Zone of these times: Europe/Berlin."},
    {0},
};

static const struct row electricity_rows[] = {
    {"price", INPUT(SLOT_ELEC_PRICE), .help = "Price of electricity, usually the spot price; may be negative."},
    {"floor", INPUT(SLOT_ELEC_FLOOR), .derived = "none", .help = "The price with its factor counts as this where it is lower."},
    {"factor", INPUT(SLOT_ELEC_FACTOR), .fallback = "0", .help = "The supplier's share on top of the price: price * (1 + factor)."},
    {"adders", INPUT(SLOT_ELEC_ADDERS), .children = adder_rows, .fallback = "0 EUR/MWh",
     .help = "Grid fees, levies and taxes without VAT, on top of the price, also of a negative one. Or a list by time of use: "
             "all that are in force count."},
    {"carbon", INPUT(SLOT_ELEC_CARBON), .help = "Carbon intensity of the grid."},
    {0},
};

static const struct row fuel_rows[] = {
    {"price", INPUT(SLOT_FUEL_PRICE), .help = "Price of the fuel; price, carbon and boiler_efficiency on one heating value."},
    {"adders", INPUT(SLOT_FUEL_ADDERS), .fallback = "0 EUR/MWh",
     .help = "Grid fees, levies and taxes without VAT, on top of the price."},
    {"carbon", INPUT(SLOT_FUEL_CARBON), .help = "Carbon that burning the fuel sets free."},
    {"co2_price", INPUT(SLOT_FUEL_CO2_PRICE), .fallback = "0 EUR/t",
     .help = "Price of an allowance for the fuel's carbon, part of its cost."},
    {"boiler_efficiency", INPUT(SLOT_BOILER_EFFICIENCY), .fallback = "1",
     .help = "Useful heat per fuel of the boiler; above 1 for a condensing one on the lower heating value."},
    {0},
};

const struct row market_rows[] = {
    {"electricity", ROW_MAP, .children = electricity_rows, .help = "What the heat pump uses."},
    {"fuel", ROW_MAP, .children = fuel_rows, .help = "What the boiler uses that makes the rest of the heat."},
    {0},
};

static const struct row demand_rows[] = {
    {"site_power", INPUT(SLOT_DEMAND_SITE_POWER), .help = "What the site draws at the meter, heat pumps included."},
    {"peak_so_far", INPUT(SLOT_DEMAND_PEAK),
     .help = "The highest power of the billing period, which is paid already: heat pumps stay below it."},
    {"price", INPUT(SLOT_DEMAND_PRICE), .derived = "a hard limit",
     .help = "Price of a higher peak: it is passed where that pays within hours."},
    {"hours", INPUT(SLOT_DEMAND_HOURS), .fallback = "1 h", .help = "For how long a higher peak would be of use in the billing period."},
    {0},
};

const struct row config_rows[] = {
    {"site", ROW_NAME, AT(site), .required = true, .help = "Name of the plant, part of topics and of the client id."},
    {"zone", ROW_ZONE, AT(zone), .fallback = "UTC", .help = "Time zone of the site, for its days and tariffs: Europe/Berlin."},
    {"mqtt", ROW_MAP, .children = mqtt_rows, .help = "The broker."},
    {"publish", ROW_MAP, .children = publish_rows, .help = "How often results are told."},
    {"commands", ROW_MAP, .children = commands_rows, .help = "Manual, off and the like, by MQTT."},
    {"store", ROW_MAP, .children = store_rows, .help = "The history."},
    {"market", ROW_MAP, .offset = offsetof(struct config_root, common), .children = market_rows,
     .help = "Prices and carbon of every loop that has none of its own. The objective says which are needed."},
    {"demand", ROW_MAP, .offset = offsetof(struct config_root, common), .children = demand_rows,
     .help = "The charge on the site's highest power, of which heat pumps are a part."},
    {"loops", ROW_LOOPS, .children = loop_rows, .required = true,
     .help = "The heat pumps by name ([a-z0-9_-]+, but not status heartbeat health cmd summary alarms)."},
    {0},
};
