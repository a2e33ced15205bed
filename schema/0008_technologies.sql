-- Technologies side by side: which one a point or a setpoint is made with, and their ranking, a row each, stored where the
-- order or what fits has changed.

ALTER TABLE point_hot ADD COLUMN technology TEXT;
ALTER TABLE point_cold ADD COLUMN technology TEXT;
ALTER TABLE setpoint ADD COLUMN technology TEXT;

CREATE TABLE technology (
	loop INTEGER NOT NULL,
	ts_us INTEGER NOT NULL,
	objective TEXT NOT NULL,
	rank INTEGER NOT NULL,      -- 1: the best
	technology TEXT NOT NULL,
	fits INTEGER NOT NULL,
	reason TEXT,                -- why it does not fit
	met INTEGER NOT NULL,       -- the objective's constraint
	t_sink_out_c REAL,
	electrification REAL,
	cop REAL,
	q_sink_kw REAL,
	p_elec_kw REAL,             -- negative: power made
	source_heat_kw REAL,
	cost_savings_eur_h REAL,
	cost_savings_pct REAL,
	carbon_savings_kg_h REAL,
	carbon_savings_pct REAL,
	limited_by TEXT,
	extrapolated INTEGER,
	PRIMARY KEY (loop, ts_us, objective, rank)
) WITHOUT ROWID;

CREATE VIEW technologies AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', r.ts_us / 1000000, 'unixepoch') || printf('.%06dZ', r.ts_us % 1000000) AS ts,
	r.ts_us AS ts_us, l.name AS loop, r.objective AS objective, r.rank AS rank, r.technology AS technology, r.fits AS fits,
	r.reason AS reason, r.met AS met, r.t_sink_out_c AS t_sink_out_c, r.electrification AS electrification, r.cop AS cop,
	r.q_sink_kw AS q_sink_kw, r.p_elec_kw AS p_elec_kw, r.source_heat_kw AS source_heat_kw,
	r.cost_savings_eur_h AS cost_savings_eur_h, r.cost_savings_pct AS cost_savings_pct,
	r.carbon_savings_kg_h AS carbon_savings_kg_h, r.carbon_savings_pct AS carbon_savings_pct,
	r.limited_by AS limited_by, r.extrapolated AS extrapolated
FROM loop l CROSS JOIN technology r ON r.loop = l.id;

DROP VIEW operating_points;
CREATE VIEW operating_points AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', r.ts_us / 1000000, 'unixepoch') || printf('.%06dZ', r.ts_us % 1000000) AS ts,
	r.ts_us AS ts_us, l.name AS loop, k.name AS kind,
	r.t_sink_out_c AS t_sink_out_c, r.t_free_c AS t_free_c, r.electrification AS electrification, r.cop AS cop,
	r.q_sink_kw AS q_sink_kw, r.p_elec_kw AS p_elec_kw,
	r.cost_savings_eur_h AS cost_savings_eur_h, r.cost_savings_pct AS cost_savings_pct,
	r.carbon_savings_kg_h AS carbon_savings_kg_h, r.carbon_savings_pct AS carbon_savings_pct,
	r.limited_by AS limited_by, r.ratio AS ratio,
	strftime('%Y-%m-%dT%H:%M:%S', r.cause_us / 1000000, 'unixepoch') || printf('.%06dZ', r.cause_us % 1000000) AS cause_ts,
	r.cause_us AS cause_us,
	r.t_source_out_c AS t_source_out_c, r.t_supply_c AS t_supply_c, r.eta_lorenz AS eta_lorenz,
	r.source_heat_kw AS source_heat_kw, r.units_on AS units_on, r.extrapolated AS extrapolated,
	r.units AS units, r.utilities AS utilities, r.shortfall_kw AS shortfall_kw, r.technology AS technology
FROM point_hot r CROSS JOIN loop l ON l.id = r.loop CROSS JOIN point_kind k ON k.id = r.kind
UNION ALL
SELECT strftime('%Y-%m-%dT%H:%M:%S', r.ts_us / 1000000, 'unixepoch') || printf('.%06dZ', r.ts_us % 1000000),
	r.ts_us, l.name, k.name,
	r.t_sink_out_c, r.t_free_c, r.electrification, r.cop, r.q_sink_kw, r.p_elec_kw, r.cost_savings_eur_h,
	r.cost_savings_pct, r.carbon_savings_kg_h, r.carbon_savings_pct, r.limited_by, r.ratio,
	strftime('%Y-%m-%dT%H:%M:%S', r.cause_us / 1000000, 'unixepoch') || printf('.%06dZ', r.cause_us % 1000000),
	r.cause_us, r.t_source_out_c, r.t_supply_c, r.eta_lorenz, r.source_heat_kw, r.units_on, r.extrapolated,
	r.units, r.utilities, r.shortfall_kw, r.technology
FROM loop l CROSS JOIN point_kind k CROSS JOIN point_cold r ON r.loop = l.id AND r.kind = k.id;

DROP VIEW setpoints;
CREATE VIEW setpoints AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', r.ts_us / 1000000, 'unixepoch') || printf('.%06dZ', r.ts_us % 1000000) AS ts,
	r.ts_us AS ts_us, l.name AS loop,
	r.t_sink_out_c AS t_sink_out_c, r.t_sink_out_expected_c AS t_sink_out_expected_c, r.hp_on AS hp_on,
	r.q_sink_kw AS q_sink_kw, r.p_elec_kw AS p_elec_kw, r.cop AS cop, r.controlled AS controlled,
	r.objective AS objective, r.mode AS mode,
	CASE r.quality WHEN 2 THEN 'good' WHEN 1 THEN 'uncertain' ELSE 'bad' END AS quality,
	CASE r.quality WHEN 2 THEN 192 WHEN 1 THEN 64 ELSE 0 END AS quality_code,
	r.reason AS reason,
	strftime('%Y-%m-%dT%H:%M:%S', r.valid_until_us / 1000000, 'unixepoch')
		|| printf('.%06dZ', r.valid_until_us % 1000000) AS valid_until,
	strftime('%Y-%m-%dT%H:%M:%S', r.cause_us / 1000000, 'unixepoch') || printf('.%06dZ', r.cause_us % 1000000) AS cause_ts,
	r.cause_us AS cause_us, r.seq AS seq, r.technology AS technology
FROM loop l CROSS JOIN setpoint r ON r.loop = l.id;
