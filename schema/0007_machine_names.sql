-- Which units run at a point, "hp1,hp2", and what each utility makes of the rest: a JSON object of kW by name, for SQLite's
-- json functions; shortfall_kw is what nobody makes. NULL where it does not apply.

ALTER TABLE point_hot ADD COLUMN units TEXT;
ALTER TABLE point_hot ADD COLUMN utilities TEXT;
ALTER TABLE point_hot ADD COLUMN shortfall_kw REAL;
ALTER TABLE point_cold ADD COLUMN units TEXT;
ALTER TABLE point_cold ADD COLUMN utilities TEXT;
ALTER TABLE point_cold ADD COLUMN shortfall_kw REAL;

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
	r.units AS units, r.utilities AS utilities, r.shortfall_kw AS shortfall_kw
FROM point_hot r CROSS JOIN loop l ON l.id = r.loop CROSS JOIN point_kind k ON k.id = r.kind
UNION ALL
SELECT strftime('%Y-%m-%dT%H:%M:%S', r.ts_us / 1000000, 'unixepoch') || printf('.%06dZ', r.ts_us % 1000000),
	r.ts_us, l.name, k.name,
	r.t_sink_out_c, r.t_free_c, r.electrification, r.cop, r.q_sink_kw, r.p_elec_kw, r.cost_savings_eur_h,
	r.cost_savings_pct, r.carbon_savings_kg_h, r.carbon_savings_pct, r.limited_by, r.ratio,
	strftime('%Y-%m-%dT%H:%M:%S', r.cause_us / 1000000, 'unixepoch') || printf('.%06dZ', r.cause_us % 1000000),
	r.cause_us, r.t_source_out_c, r.t_supply_c, r.eta_lorenz, r.source_heat_kw, r.units_on, r.extrapolated,
	r.units, r.utilities, r.shortfall_kw
FROM loop l CROSS JOIN point_kind k CROSS JOIN point_cold r ON r.loop = l.id AND r.kind = k.id;
