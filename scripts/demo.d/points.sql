-- The day as it was decided, on the plant's own time: cause_us is the time of the newest sample behind a decision. Of
-- several decisions on one minute the newest counts; all were made within seconds, so their ts_us cannot tell the day.
CREATE TEMP TABLE decided AS
SELECT o.cause_us / 60000000 * 60 AS from_s, o.t_sink_out_c AS t_opt, o.q_sink_kw AS q, o.p_elec_kw AS p,
	o.cost_savings_eur_h AS eur, o.carbon_savings_kg_h AS kg, max(o.ts_us) AS ts_us,
	(SELECT b.t_sink_out_c FROM operating_points b
		WHERE b.loop = o.loop AND b.kind = 'cost_break_even' AND b.ts_us = o.ts_us) AS t_be,
	(SELECT c.t_sink_out_c FROM operating_points c
		WHERE c.loop = o.loop AND c.kind = 'carbon_optimal' AND c.ts_us = o.ts_us) AS t_co2
FROM operating_points o
WHERE o.loop = 'dryer1' AND o.kind = 'cost_optimal'
GROUP BY from_s;

CREATE TEMP TABLE market AS
SELECT p.ts_us / 1000000 AS from_s, p.value AS price, c.value AS carbon
FROM samples p JOIN samples c ON c.ts_us = p.ts_us AND c.signal = 'market.electricity.carbon'
WHERE p.signal = 'market.electricity.price';

CREATE TEMP TABLE inlet AS
SELECT ts_us / 1000000 AS time_s, value AS t_in FROM samples WHERE signal = 'loops.dryer1.sink.t_in';

-- Points are stored on change: each holds until the next.
CREATE TEMP TABLE minute AS
WITH RECURSIVE grid(time_s) AS (
	SELECT min(from_s) FROM market
	UNION ALL SELECT time_s + 60 FROM grid WHERE time_s + 60 < (SELECT max(from_s) FROM market) + 3600
), held AS (
	SELECT *, lead(from_s, 1, 1 << 60) OVER (ORDER BY from_s) AS to_s FROM decided
)
SELECT g.time_s, h.* FROM grid g JOIN held h ON g.time_s >= h.from_s AND g.time_s < h.to_s;

CREATE TEMP VIEW hour AS
SELECT k.from_s AS time_s, k.price, k.carbon, avg(m.t_opt) AS t_opt, avg(m.t_be) AS t_be, avg(m.q > 0) AS share_on,
	avg(m.q) AS q, avg(m.p) AS p, avg(m.eur) AS eur, avg(m.kg) AS kg
FROM market k JOIN minute m ON m.time_s >= k.from_s AND m.time_s < k.from_s + 3600
GROUP BY k.from_s;
