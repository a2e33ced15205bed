# Measured data to the table that the demonstration feeds: awk -v day=2023-06-25 -v next_day=2023-06-26 -f real-day.awk PRICES TEMPERATURES
# PRICES: hours in UTC, bidding zone DK1. TEMPERATURES: minutes of 2018-06-18/19 in German summer time, moved to the same
# time of day in UTC; sensor 3 (buffer) plays the sink's inlet, sensor 4 the source. Minutes without a value are left out.
BEGIN {
	FS = ","
}

FNR == 1 {
	file++
}

!/^2/ {
	next
}

file == 1 && substr($1, 1, 10) == day {
	hour = substr($1, 12, 2) + 0
	market[hour] = $3 "," $4
	hours++
}

file == 2 {
	minute = (substr($1, 9, 2) - 18) * 1440 + substr($1, 12, 2) * 60 + substr($1, 15, 2) - 120
	plant[minute] = $5 "," $4
}

END {
	if (hours != 24) {
		print "no prices for " day > "/dev/stderr"
		exit 1
	}
	print "# Price and carbon intensity of western Denmark (DK1) on " day ": Energinet, energidataservice.dk."
	print "# Temperatures of 2018-06-18, same time of day, a solar thermal plant: sensor 4 as source, sensor 3 as sink inlet"
	print "# ((c) 2018 Stephan Strittmatter, MIT licence). Each value holds until the next; the last row only ends the day."
	print "ts,market.electricity.price,market.electricity.carbon,loops.dryer1.source.t_in,loops.dryer1.sink.t_in"
	for (minute = 0; minute < 1440; minute++)
		if (minute % 60 == 0 || minute in plant)
			printf "%sT%02d:%02d:00Z,%s,%s\n", day, int(minute / 60), minute % 60, \
				minute % 60 ? "," : market[minute / 60], minute in plant ? plant[minute] : ","
	print next_day "T00:00:00Z,,,,"
}
