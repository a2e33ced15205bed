/* The keys of a live signal, and of several that vote. */
#include "config_rows_words.h"

#define SIGNAL(member)         .offset = offsetof(struct signal_config, member)
#define FILTER(member)         .offset = offsetof(struct signal_reading, filter.member)

static const struct choice time_formats[] = {
    {"rfc3339", TIME_RFC3339}, {"unix_s", TIME_UNIX_S},   {"unix_ms", TIME_UNIX_MS},
    {"unix_us", TIME_UNIX_US}, {"unix_ns", TIME_UNIX_NS}, {0},
};

static const struct row time_rows[] = {
    {"pointer", ROW_POINTER, SIGNAL(time_pointer), .required = true, .help = "Where the time is in the payload."},
    {"format", ROW_CHOICE, SIGNAL(time_format), .required = true, .choices = time_formats, .help = "How the time is written."},
    {0},
};

static const struct row max_rate_rows[] = {
    {"change", ROW_DIFFERENCE, FILTER(max_change), .required = true, .range = {0, 1e9, true}, .help = "Largest change"},
    {"per", ROW_DURATION, FILTER(per_us), .required = true, .dimension = DIM_TIME, .range = {MS, 1000 * A, false},
     .help = "in this time; as much at once, and twice as much in twice the time."},
    {0},
};

static const struct row spike_rows[] = {
    {"window", ROW_NUMBER, FILTER(spike_window), .range = {3, 63, false}, .derived = "7",
     .help = "Values looked at, the newest among them; the first ones pass."},
    {"threshold", ROW_NUMBER, FILTER(spike_threshold), .range = {0, 1000, true}, .derived = "4",
     .help = "A spike is further from their median than this many scaled median absolute deviations (Hampel),"},
    {"smallest", ROW_DIFFERENCE, FILTER(spike_smallest), .range = {0, 1e9, true},
     .derived = "2 K of temperatures, else 1 % of the median", .help = "and further than this."},
    {0},
};

const struct row signal_rows[] = {
    {"topic", ROW_TOPIC, SIGNAL(topic), .required = true,
     .help = "MQTT topic without wildcards; several signals may read the same."},
    {"unit", ROW_UNIT, SIGNAL(unit), .derived = "1 where the quantity has no dimension, else required",
     .help = "Unit of the value."},
    {"pointer", ROW_POINTER, SIGNAL(pointer), .derived = "the payload is the number",
     .help = "Where the value is in a JSON payload (RFC 6901: /a/0)."},
    {"time", ROW_MAP, .children = time_rows, .help = "The value's time in a JSON payload; default: the time of arrival."},
    {"valid", ROW_VALID, .help = "[low, high] in the signal's unit; a value outside is bad."},
    {"text", ROW_CHOICE, SIGNAL(text), .choices = no_yes, .fallback = "false",
     .help = "true: a number in a JSON payload may come in quotes (\"21.5\")."},
    {"quality", ROW_MAP, .children = quality_rows, .help = "What the payload says of the value's quality; default: it is good."},
    {"series", ROW_SERIES, .children = series_rows,
     .help = "The payload is a forward curve: the value in force changes with the time, without a message. Instead of pointer, "
             "time, quality and stale_after."},
    {"stale_after", ROW_DURATION, SIGNAL(stale_after_us), .dimension = DIM_TIME, .range = {MS, 1000 * A, false},
     .derived = "never stale", .help = "A value older than this no longer counts."},
    {"scale", ROW_NUMBER, SIGNAL(scale), .range = {-1e12, 1e12, false}, .fallback = "1",
     .help = "value * scale + offset, before the unit."},
    {"offset", ROW_NUMBER, SIGNAL(offset), .range = {-1e12, 1e12, false}, .fallback = "0", .help = "See scale."},
    {"tag", ROW_TEXT, SIGNAL(tag), .help = "The plant's own name, for people."},
    {"on_bad", ROW_ON_BAD, .fallback = "stop",
     .help = "When the value is missing, bad or stale: stop (the loop has no decision), hold (the last good value) or a quantity "
             "to use instead."},
    {"sentinels", ROW_SENTINELS, .offset = offsetof(struct signal_reading, filter), .derived = "none",
     .help = "Payload values, before scale, that stand for a fault (at most 16); such a value is bad."},
    {"max_rate", ROW_MAP, .children = max_rate_rows,
     .help = "A value that changed faster is bad; the last good one counts on, uncertain, until it is stale."},
    {"spikes", ROW_MAP, .children = spike_rows,
     .help = "A value far from its neighbours in time is bad; the last good one counts on, uncertain, until it is stale."},
    {"frozen_after", ROW_DURATION, FILTER(frozen_after_us), .dimension = DIM_TIME, .range = {MS, 1000 * A, false},
     .derived = "never", .help = "Messages with one and the same value for that long: the sensor is frozen."},
    {"frozen", ROW_CHOICE, FILTER(frozen), .choices = doubts, .derived = "bad", .help = "What a frozen value is."},
    {"smoothing", ROW_DURATION, FILTER(smoothing_us), .dimension = DIM_TIME, .range = {MS, A, false}, .derived = "none",
     .help = "Time constant of a first-order filter for what the loops see; stored is what was received."},
    {0},
};

const struct row vote_rows[] = {
    {"any_of", ROW_MEMBERS, .required = true, .children = signal_rows, .like = "a signal",
     .help = "2 to 16 signals for one quantity; the median of the good ones counts, else of the uncertain ones."},
    {"disagreement", ROW_DIFFERENCE, .offset = offsetof(struct signal_reading, vote.disagreement), .range = {0, 1e9, true},
     .derived = "none", .help = "Where the values that count are further apart, the result is uncertain."},
    {"tag", ROW_TEXT, SIGNAL(tag), .help = "The plant's own name for them all."},
    {"on_bad", ROW_ON_BAD, .fallback = "stop", .help = "As of a signal, when none of them can be used."},
    {0},
};
