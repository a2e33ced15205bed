-- What a setpoint's temperature stands for: temperature, or heat where the outlet lies on a latent segment.

ALTER TABLE setpoint ADD COLUMN controlled TEXT;

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
	r.cause_us AS cause_us, r.seq AS seq
FROM loop l CROSS JOIN setpoint r ON r.loop = l.id;
