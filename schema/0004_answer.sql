-- What heat pumps have done, a row for each loop and local day, and the alarms.

-- The newest row of a loop is what counting goes on from. day_us: midnight at the site. day_*: of that day, up to ts_us.
CREATE TABLE total (
	loop INTEGER NOT NULL,
	day_us INTEGER NOT NULL,
	ts_us INTEGER NOT NULL,
	since_us INTEGER NOT NULL,  -- when counting began
	heat_kwh REAL NOT NULL,
	electricity_kwh REAL NOT NULL,
	cost_savings_eur REAL NOT NULL,
	carbon_savings_kg REAL NOT NULL,
	on_h REAL NOT NULL,
	measured_h REAL NOT NULL,
	day_heat_kwh REAL NOT NULL,
	day_electricity_kwh REAL NOT NULL,
	day_cost_savings_eur REAL NOT NULL,
	day_carbon_savings_kg REAL NOT NULL,
	day_on_h REAL NOT NULL,
	day_measured_h REAL NOT NULL,
	PRIMARY KEY (loop, day_us)
) WITHOUT ROWID;

-- A row for each time that an alarm was raised. loop 0: the site.
CREATE TABLE alarm (
	loop INTEGER NOT NULL,
	code TEXT NOT NULL,
	since_us INTEGER NOT NULL,
	priority TEXT NOT NULL,
	text TEXT NOT NULL,
	cleared_us INTEGER,         -- NULL: not yet
	acknowledged_us INTEGER,    -- NULL: not yet
	who TEXT NOT NULL,
	PRIMARY KEY (loop, code, since_us)
) WITHOUT ROWID;
CREATE INDEX alarm_since ON alarm (since_us);

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
	strftime('%Y-%m-%dT%H:%M:%S', r.since_us / 1000000, 'unixepoch') || printf('.%06dZ', r.since_us % 1000000) AS since
FROM loop l CROSS JOIN total r ON r.loop = l.id;

CREATE VIEW alarms AS
SELECT strftime('%Y-%m-%dT%H:%M:%S', r.since_us / 1000000, 'unixepoch') || printf('.%06dZ', r.since_us % 1000000) AS ts,
	r.since_us AS ts_us, l.name AS loop, r.code AS code, r.priority AS priority, r.text AS text,
	strftime('%Y-%m-%dT%H:%M:%S', r.cleared_us / 1000000, 'unixepoch') || printf('.%06dZ', r.cleared_us % 1000000) AS cleared,
	strftime('%Y-%m-%dT%H:%M:%S', r.acknowledged_us / 1000000, 'unixepoch')
		|| printf('.%06dZ', r.acknowledged_us % 1000000) AS acknowledged,
	nullif(r.who, '') AS acknowledged_by
FROM alarm r LEFT JOIN loop l ON l.id = r.loop;
