-- The day by the hour, for people; needs points.sql.
.mode column
.width 5 9 7 8 10 5 7 5 7 7
SELECT strftime('%H:%M', time_s, 'unixepoch') AS hour,
	printf('%9.2f', price) AS 'EUR/MWh', printf('%5.0f', carbon) AS 'g/kWh',
	printf('%6.1f', t_opt) AS 'opt degC', printf('%6.1f', t_be) AS 'b-e degC',
	printf('%3.0f%%', 100 * share_on) AS 'hp on', printf('%5.0f', q) AS 'heat kW', printf('%4.2f', cop) AS 'COP',
	printf('%6.1f', eur) AS 'EUR/h', printf('%6.0f', kg) AS 'kg CO2/h'
FROM hour ORDER BY time_s;
.headers off
.mode list
SELECT printf(char(10) || 'The day: %.1f MWh of heat from %.1f MWh of electricity, %.0f EUR and %.1f t CO2 less than with the boiler alone.',
	sum(q) / 1000, sum(coalesce(q / cop, 0)) / 1000, sum(eur), sum(kg) / 1000)
FROM hour;
