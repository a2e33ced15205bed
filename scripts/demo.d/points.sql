-- The day as it was decided, on the plant's own time: cause_us is the time of the newest sample behind a decision. Of
-- several decisions in one minute the newest counts; they were made within milliseconds, so ts_us cannot tell the day.
CREATE TEMP VIEW minute AS
SELECT o.cause_us / 60000000 * 60 AS time_s, o.t_sink_out_c AS t_opt, o.q_sink_kw AS q, o.p_elec_kw AS p,
	o.cost_savings_eur_h AS eur, o.carbon_savings_kg_h AS kg, max(o.ts_us) AS ts_us,
	(SELECT b.t_sink_out_c FROM operating_points b
		WHERE b.loop = o.loop AND b.kind = 'cost_break_even' AND b.ts_us = o.ts_us) AS t_be,
	(SELECT c.t_sink_out_c FROM operating_points c
		WHERE c.loop = o.loop AND c.kind = 'carbon_optimal' AND c.ts_us = o.ts_us) AS t_co2
FROM operating_points o
WHERE o.loop = 'dryer1' AND o.kind = 'cost_optimal'
GROUP BY time_s;

CREATE TEMP VIEW market AS
SELECT p.ts_us / 3600000000 * 3600 AS time_s, p.value AS price, c.value AS carbon
FROM samples p JOIN samples c ON c.ts_us = p.ts_us AND c.signal = 'market.electricity.carbon'
WHERE p.signal = 'market.electricity.price';

CREATE TEMP VIEW hour AS
SELECT m.time_s, k.price, k.carbon, avg(m.t_opt) AS t_opt, avg(m.t_be) AS t_be, avg(m.q > 0) AS share_on,
	avg(m.q) AS q, sum(m.q) / sum(m.p) AS cop, avg(m.eur) AS eur, avg(m.kg) AS kg
FROM minute m JOIN market k ON k.time_s = m.time_s / 3600 * 3600
GROUP BY k.time_s;
