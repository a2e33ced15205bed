-- What a loop with a carbon budget has emitted, heat pump and boilers together. NULL: it has none.

ALTER TABLE total ADD COLUMN carbon_emitted_kg REAL;
ALTER TABLE total ADD COLUMN day_carbon_emitted_kg REAL;

DROP VIEW totals;
CREATE VIEW totals AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', r.day_us / 1000000, 'unixepoch') || printf('.%06dZ', r.day_us % 1000000) AS day,
	r.day_us AS day_us,
	strftime('%Y-%m-%dT%H:%M:%S', r.ts_us / 1000000, 'unixepoch') || printf('.%06dZ', r.ts_us % 1000000) AS ts,
	r.ts_us AS ts_us, l.name AS loop,
	r.day_heat_kwh AS day_heat_kwh, r.day_electricity_kwh AS day_electricity_kwh,
	r.day_cost_savings_eur AS day_cost_savings_eur, r.day_carbon_savings_kg AS day_carbon_savings_kg,
	r.day_on_h AS day_on_h, r.day_measured_h AS day_measured_h,
	r.heat_kwh AS heat_kwh, r.electricity_kwh AS electricity_kwh, r.cost_savings_eur AS cost_savings_eur,
	r.carbon_savings_kg AS carbon_savings_kg, r.on_h AS on_h, r.measured_h AS measured_h,
	strftime('%Y-%m-%dT%H:%M:%S', r.since_us / 1000000, 'unixepoch') || printf('.%06dZ', r.since_us % 1000000) AS since,
	r.day_carbon_emitted_kg AS day_carbon_emitted_kg, r.carbon_emitted_kg AS carbon_emitted_kg
FROM loop l CROSS JOIN total r ON r.loop = l.id;
