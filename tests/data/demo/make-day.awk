# Makes dryer-day.csv: awk -f make-day.awk > dryer-day.csv. No measurement is in it: smooth curves of the kind seen on a
# sunny day with a scarce evening, plus noise from a generator of its own, so that every awk makes the same file.

function noise() {
	seed = (seed * 4096 + 150889) % 714025
	return seed / 714025 - 0.5
}

function bump(hour, centre, width) {
	return exp(-((hour - centre) / width) ^ 2)
}

BEGIN {
	pi = atan2(0, -1)
	seed = 1
	print "# A made-up day of a spray dryer, for demonstrations and tests; made by make-day.awk, not measured."
	print "# Hourly: day-ahead price, EUR/MWh, and carbon intensity of the grid, g/kWh; sun at noon, a scarce evening."
	print "# By the minute: heat source and drying air before the heat pump, degC. Each value holds until the next."
	print "# The columns are signals of config/examples/demo-dryer.yaml; the last row only ends the day."
	print "ts,market.electricity.price,market.electricity.carbon,loops.dryer1.source.t_in,loops.dryer1.sink.t_in"
	for (minute = 0; minute < 1440; minute++) {
		hour = minute / 60
		if (minute % 60 == 0) {
			price = sprintf("%.2f", 78 + 42 * bump(hour, 8, 2.2) - 96 * bump(hour, 13.5, 3.2) + 160 * bump(hour, 19.8, 1.9) + 6 * noise())
			carbon = sprintf("%.0f", 310 + 60 * bump(hour, 7.5, 2.5) - 215 * bump(hour, 13.5, 3.6) + 110 * bump(hour, 20.5, 2.2) + 12 * noise())
		} else {
			price = carbon = ""
		}
		drift = 0.9 * drift + 0.25 * noise()
		source = 15 + 1.8 * sin(2 * pi * (hour - 9) / 24) + 0.4 * drift
		inlet = 55 + 2.2 * sin(2 * pi * (hour - 10) / 24) + 0.8 * sin(2 * pi * hour / 1.5) + drift
		printf "2024-06-19T%02d:%02d:00Z,%s,%s,%.1f,%.1f\n", int(hour), minute % 60, price, carbon, source, inlet
	}
	print "2024-06-20T00:00:00Z,,,,"
}
