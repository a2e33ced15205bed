-- The day by the hour, for people; needs points.sql.
.mode column
.width 5 -9 -7 -8 -8 -5 -8 -8 -5 -7 -7
SELECT strftime('%H:%M', time_s, 'unixepoch') AS UTC,
	printf('%.2f', price) AS 'EUR/MWh', printf('%.0f', carbon) AS 'g/kWh',
	printf('%.1f', t_opt) AS 'opt °C', printf('%.1f', t_be) AS 'b-e °C',
	printf('%.0f%%', 100 * share_on) AS 'hp_on', printf('%.0f', q) AS 'heat kW', printf('%.0f', p) AS 'elec kW',
	iif(p > 0, printf('%.2f', q / p), '-') AS 'COP', printf('%.1f', eur) AS 'EUR/h', printf('%.0f', kg) AS 'kg/h'
FROM hour ORDER BY time_s;
.headers off
.mode list
SELECT printf(char(10) || 'The day: %.1f MWh of heat from %.1f MWh of electricity; %.0f EUR and %.1f t of CO2 less than with the boiler alone.',
	sum(q) / 1000, sum(p) / 1000, sum(eur), sum(kg) / 1000)
FROM hour;
