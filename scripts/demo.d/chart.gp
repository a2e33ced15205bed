# The chart of the day: gnuplot -e "svg='…'; hours='…'; minutes='…'; day='…'; note='…'" chart.gp
# hours: time_s,price,carbon; minutes: time_s,t_opt,t_be,t_co2,t_in.
set datafile separator ','
set terminal svg size 960,680 font 'DejaVu Sans,Helvetica,Arial,sans-serif,14' background '#ffffff'
set output svg

start = int(strptime('%Y-%m-%d', day))
set xdata time
set timefmt '%s'
set xrange [start:start + 86400]
set xtics start, 10800 format '%H:%M' nomirror
set border 3 lc rgb '#606060'
set tics textcolor rgb '#404040'
set grid lc rgb '#e4e4e4' lt 1 lw 1
set lmargin at screen 0.095
set rmargin at screen 0.905

set multiplot title "Spray dryer, 4800 kW to 230 °C, boiler heat at 60 EUR/MWh, on ".day font ',16' textcolor rgb '#202020'

set tmargin at screen 0.87
set bmargin at screen 0.63
set border 11
set format x ''
set ylabel 'price, EUR/MWh' textcolor rgb '#1f5fa8'
set y2label 'carbon, g/kWh' textcolor rgb '#7a6a58'
set ytics nomirror
set y2tics 100 nomirror
set y2range [0:*]
set key at graph 0, graph 1.22 left top Left reverse horizontal maxcols 2 samplen 2 width -4 textcolor rgb '#404040'
plot 0 lc rgb '#909090' lw 1 notitle, \
     hours using 1:3 axes x1y2 with steps lc rgb '#a08c74' lw 2 title 'carbon intensity of the grid', \
     hours using 1:2 with steps lc rgb '#1f5fa8' lw 2.5 title 'day-ahead price'

set tmargin at screen 0.535
set bmargin at screen 0.11
set border 3
unset y2tics
unset y2label
set format x '%H:%M'
set xlabel note font ',12' textcolor rgb '#606060'
set ylabel 'heat pump outlet, °C' textcolor rgb '#404040'
set yrange [40:240]
set ytics 40
set key at graph 0, graph 1.13 left top Left reverse horizontal maxcols 4 samplen 2 width -2 textcolor rgb '#404040'
plot minutes every 3 using 1:5:2 with filledcurves fc rgb '#f6dccb' notitle, \
     minutes every 3 using 1:3 with lines lc rgb '#7d4fa3' lw 2 title 'cost break-even', \
     minutes every 3 using 1:4 with lines lc rgb '#3f8f5f' lw 1.5 dt (8,6) title 'carbon optimum', \
     minutes every 3 using 1:5 with lines lc rgb '#909090' lw 1.5 title 'air inlet', \
     minutes every 3 using 1:2 with lines lc rgb '#c8511b' lw 2.5 title 'cost optimum'
unset multiplot
