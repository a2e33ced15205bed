-- The history's tables and the views that are its contract.
--
-- Stamps are microseconds since 1970 UTC. Samples and points are written into hot tables, clustered by time (cheap to
-- write), and moved when their hour is complete into cold ones, clustered by signal or loop (quick to query). Nothing
-- lies in both: a row older than progress.ts_us goes into the cold table at once. quality: 0 bad, 1 uncertain, 2 good.

CREATE TABLE signal (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	unit TEXT NOT NULL,
	stale_us INTEGER NOT NULL,  -- 0: never stale
	active INTEGER NOT NULL,    -- 1: in the configuration last opened with
	UNIQUE (name, unit)
);
CREATE TABLE loop (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE point_kind (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE sample_hot (
	ts_us INTEGER NOT NULL,
	signal INTEGER NOT NULL,
	value REAL,
	quality INTEGER NOT NULL,
	PRIMARY KEY (ts_us, signal)
) WITHOUT ROWID;
CREATE TABLE sample_cold (
	signal INTEGER NOT NULL,
	ts_us INTEGER NOT NULL,
	value REAL,
	quality INTEGER NOT NULL,
	PRIMARY KEY (signal, ts_us)
) WITHOUT ROWID;
-- The newest sample of each signal that has expired: what was in force where its samples begin.
CREATE TABLE sample_expired (
	signal INTEGER PRIMARY KEY,
	ts_us INTEGER NOT NULL,
	value REAL,
	quality INTEGER NOT NULL
);

CREATE TABLE sample_hour (
	signal INTEGER NOT NULL,
	hour_us INTEGER NOT NULL,
	n INTEGER NOT NULL,
	min REAL NOT NULL,
	mean REAL NOT NULL,
	max REAL NOT NULL,
	last REAL NOT NULL,
	PRIMARY KEY (signal, hour_us)
) WITHOUT ROWID;
-- Hours to be rolled up. carried: 0 has new samples, 1 only the value in force at its start may have changed.
-- rolled_us: until when it has been rolled up, where that was before its end.
CREATE TABLE hour_due (
	hour_us INTEGER NOT NULL,
	signal INTEGER NOT NULL,
	carried INTEGER NOT NULL,
	rolled_us INTEGER NOT NULL,
	PRIMARY KEY (hour_us, signal)
) WITHOUT ROWID;

CREATE TABLE point_hot (
	ts_us INTEGER NOT NULL,
	loop INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	ratio REAL,
	cause_us INTEGER,
	t_sink_out_c REAL,
	t_free_c REAL,
	electrification REAL,
	cop REAL,
	q_sink_kw REAL,
	p_elec_kw REAL,
	cost_savings_eur_h REAL,
	cost_savings_pct REAL,
	carbon_savings_kg_h REAL,
	carbon_savings_pct REAL,
	limited_by TEXT,
	PRIMARY KEY (ts_us, loop, kind)
) WITHOUT ROWID;
CREATE TABLE point_cold (
	loop INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	ts_us INTEGER NOT NULL,
	ratio REAL,
	cause_us INTEGER,
	t_sink_out_c REAL,
	t_free_c REAL,
	electrification REAL,
	cop REAL,
	q_sink_kw REAL,
	p_elec_kw REAL,
	cost_savings_eur_h REAL,
	cost_savings_pct REAL,
	carbon_savings_kg_h REAL,
	carbon_savings_pct REAL,
	limited_by TEXT,
	PRIMARY KEY (loop, kind, ts_us)
) WITHOUT ROWID;

CREATE TABLE setpoint (
	loop INTEGER NOT NULL,
	ts_us INTEGER NOT NULL,
	t_sink_out_c REAL,
	t_sink_out_expected_c REAL,
	hp_on INTEGER NOT NULL,
	q_sink_kw REAL,
	p_elec_kw REAL,
	cop REAL,
	objective TEXT NOT NULL,
	mode TEXT NOT NULL,
	quality INTEGER NOT NULL,
	reason TEXT NOT NULL,
	valid_until_us INTEGER,
	cause_us INTEGER,
	seq INTEGER NOT NULL,
	PRIMARY KEY (loop, ts_us)
) WITHOUT ROWID;

CREATE TABLE event (
	id INTEGER PRIMARY KEY,
	ts_us INTEGER NOT NULL,
	loop INTEGER,               -- NULL: the service
	severity TEXT NOT NULL,
	code TEXT NOT NULL,
	message TEXT NOT NULL
);
CREATE INDEX event_ts ON event (ts_us);

CREATE TABLE config_text (hash TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE run (
	id INTEGER PRIMARY KEY,
	started_us INTEGER NOT NULL,
	ended_us INTEGER,           -- NULL: running, or died and nothing was started since
	version TEXT NOT NULL,
	config_hash TEXT NOT NULL
);

-- Up to where the hot tables have been moved into the cold ones.
CREATE TABLE progress (name TEXT PRIMARY KEY, ts_us INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO progress VALUES ('sample', 0), ('point', 0);

-- CROSS JOIN fixes the order of the loops, so that filters on names and on ts_us reach the primary keys.
CREATE VIEW samples AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', r.ts_us / 1000000, 'unixepoch') || printf('.%06dZ', r.ts_us % 1000000) AS ts,
	r.ts_us AS ts_us, s.name AS signal, r.value AS value, s.unit AS unit,
	CASE r.quality WHEN 2 THEN 'good' WHEN 1 THEN 'uncertain' ELSE 'bad' END AS quality
FROM sample_hot r CROSS JOIN signal s ON s.id = r.signal
UNION ALL
SELECT strftime('%Y-%m-%dT%H:%M:%S', r.ts_us / 1000000, 'unixepoch') || printf('.%06dZ', r.ts_us % 1000000),
	r.ts_us, s.name, r.value, s.unit,
	CASE r.quality WHEN 2 THEN 'good' WHEN 1 THEN 'uncertain' ELSE 'bad' END
FROM signal s CROSS JOIN sample_cold r ON r.signal = s.id;

CREATE VIEW operating_points AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', r.ts_us / 1000000, 'unixepoch') || printf('.%06dZ', r.ts_us % 1000000) AS ts,
	r.ts_us AS ts_us, l.name AS loop, k.name AS kind,
	r.t_sink_out_c AS t_sink_out_c, r.t_free_c AS t_free_c, r.electrification AS electrification, r.cop AS cop,
	r.q_sink_kw AS q_sink_kw, r.p_elec_kw AS p_elec_kw,
	r.cost_savings_eur_h AS cost_savings_eur_h, r.cost_savings_pct AS cost_savings_pct,
	r.carbon_savings_kg_h AS carbon_savings_kg_h, r.carbon_savings_pct AS carbon_savings_pct,
	r.limited_by AS limited_by, r.ratio AS ratio,
	strftime('%Y-%m-%dT%H:%M:%S', r.cause_us / 1000000, 'unixepoch') || printf('.%06dZ', r.cause_us % 1000000) AS cause_ts,
	r.cause_us AS cause_us
FROM point_hot r CROSS JOIN loop l ON l.id = r.loop CROSS JOIN point_kind k ON k.id = r.kind
UNION ALL
SELECT strftime('%Y-%m-%dT%H:%M:%S', r.ts_us / 1000000, 'unixepoch') || printf('.%06dZ', r.ts_us % 1000000),
	r.ts_us, l.name, k.name,
	r.t_sink_out_c, r.t_free_c, r.electrification, r.cop, r.q_sink_kw, r.p_elec_kw, r.cost_savings_eur_h,
	r.cost_savings_pct, r.carbon_savings_kg_h, r.carbon_savings_pct, r.limited_by, r.ratio,
	strftime('%Y-%m-%dT%H:%M:%S', r.cause_us / 1000000, 'unixepoch') || printf('.%06dZ', r.cause_us % 1000000),
	r.cause_us
FROM loop l CROSS JOIN point_kind k CROSS JOIN point_cold r ON r.loop = l.id AND r.kind = k.id;

CREATE VIEW setpoints AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', r.ts_us / 1000000, 'unixepoch') || printf('.%06dZ', r.ts_us % 1000000) AS ts,
	r.ts_us AS ts_us, l.name AS loop,
	r.t_sink_out_c AS t_sink_out_c, r.t_sink_out_expected_c AS t_sink_out_expected_c, r.hp_on AS hp_on,
	r.q_sink_kw AS q_sink_kw, r.p_elec_kw AS p_elec_kw, r.cop AS cop, r.objective AS objective, r.mode AS mode,
	CASE r.quality WHEN 2 THEN 'good' WHEN 1 THEN 'uncertain' ELSE 'bad' END AS quality,
	CASE r.quality WHEN 2 THEN 192 WHEN 1 THEN 64 ELSE 0 END AS quality_code,
	r.reason AS reason,
	strftime('%Y-%m-%dT%H:%M:%S', r.valid_until_us / 1000000, 'unixepoch')
		|| printf('.%06dZ', r.valid_until_us % 1000000) AS valid_until,
	strftime('%Y-%m-%dT%H:%M:%S', r.cause_us / 1000000, 'unixepoch') || printf('.%06dZ', r.cause_us % 1000000) AS cause_ts,
	r.cause_us AS cause_us, r.seq AS seq
FROM loop l CROSS JOIN setpoint r ON r.loop = l.id;

CREATE VIEW samples_hourly AS
SELECT strftime('%Y-%m-%dT%H:%M:%SZ', r.hour_us / 1000000, 'unixepoch') AS hour, r.hour_us AS hour_us,
	s.name AS signal, s.unit AS unit, r.n AS n, r.min AS min, r.mean AS mean, r.max AS max, r.last AS last
FROM signal s CROSS JOIN sample_hour r ON r.signal = s.id;

CREATE VIEW events AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', r.ts_us / 1000000, 'unixepoch') || printf('.%06dZ', r.ts_us % 1000000) AS ts,
	r.ts_us AS ts_us, l.name AS loop, r.severity AS severity, r.code AS code, r.message AS message
FROM event r LEFT JOIN loop l ON l.id = r.loop;

CREATE VIEW runs AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', r.started_us / 1000000, 'unixepoch')
		|| printf('.%06dZ', r.started_us % 1000000) AS started,
	strftime('%Y-%m-%dT%H:%M:%S', r.ended_us / 1000000, 'unixepoch') || printf('.%06dZ', r.ended_us % 1000000) AS ended,
	r.version AS version, r.config_hash AS config_hash, c.text AS config,
	r.started_us AS started_us, r.ended_us AS ended_us
FROM run r LEFT JOIN config_text c ON c.hash = r.config_hash;
