/* Several things at once: curves within tariffs, votes that fail while something is held, trips in a fallback, local control,
 * restarts in the middle of it. */
#include "scenarios.h"

#define CURVE ", series: {items: /d, start: t, value: p, format: unix_s, step: 1 h}"
#define TWO(rest)                                                                                                           \
	"t_in: {any_of: [{topic: in, unit: degC, stale_after: 10 min}, {topic: in2, unit: degC, stale_after: 10 min}]" rest \
	"}, t_target: 230 degC, duty: 4800 kW"

const struct scenario scenarios_seams[] = {
    {.name = "a curve within a tariff, and beyond its end",
     .price = ", on_bad: hold" CURVE,
     .electricity = ", adders: [{add: 20 EUR/MWh}, {from: 01:30, to: 02:30, add: 60 EUR/MWh}]",
     .all = true,
     .script = "0:00:00 elec {\"d\":[{\"t\":1767225600,\"p\":112},{\"t\":1767229200,\"p\":172}]}\n"
               "3:00:00 end\n",
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "1:00:00 on 74.8 optimum good\n"
                   "1:30:00 on 58.4 optimum good\n"
                   "2:00:00 on 58.4 optimum uncertain\n"
                   "2:30:00 on 74.8 optimum uncertain\n"},
    {.name = "the clock is set within both",
     .price = CURVE,
     .electricity = ", adders: [{add: 20 EUR/MWh}, {from: 01:30, to: 02:30, add: 60 EUR/MWh}]",
     .all = true,
     .script = "0:00:00 elec {\"d\":[{\"t\":1767225600,\"p\":112},{\"t\":1767229200,\"p\":172}]}\n"
               "0:10:00 clock 5400\n"
               "0:20:00 clock -3600\n"
               "0:30:00 clock 7200\n"
               "0:40:00 clock -7200\n"
               "1:00:00 end\n",
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "0:10:00 on 58.4 optimum good\n"
                   "0:20:00 on 111.0 optimum good\n"
                   "0:30:00 on 74.8 optimum good\n"
                   "0:30:00 off 55.0 bad_input bad\n"
                   "0:40:00 on 74.8 optimum good\n"
                   "1:00:00 on 58.4 optimum good\n"},
    {.name = "both sensors turn stale, what is held, a restart meanwhile",
     .sink = TWO(""),
     .setpoint = "bad_inputs: {hold: 1 h, then: fallback}, fallback: 80 degC",
     .script = "0:00:00 in2 55\n"
               "0:00:00 elec 132\n"
               "0:20:00 restart 30\n"
               "0:20:30 source 15\n"
               "0:20:30 retained elec 132\n"
               "1:30:00 in 55\n"
               "1:31:00 end\n",
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "0:10:00 on 111.0 hold uncertain\n"
                   "0:20:35 off - startup bad\n"
                   "1:20:35 on 80.0 fallback uncertain\n"
                   "1:30:00 on 111.0 optimum uncertain\n"},
    {.name = "a trip in a fallback, and its end",
     .feedback = "trip: {topic: trip}",
     .setpoint = "bad_inputs: {hold: 5 min, then: fallback}, fallback: 80 degC, ramp: 4 K/min, min_off: 10 min",
     .limits_move = true,
     .script = "0:00:00 trip 0\n"
               "0:00:00 elec 132\n"
               "0:30:00 elec junk\n"
               "0:50:00 trip 1\n"
               "0:52:00 trip 0\n"
               "1:10:00 elec 132\n"
               "1:30:00 end\n",
     .trajectory = "0:00:00 on 55.0 ramp good\n"
                   "0:14:00 on 111.0 optimum good\n"
                   "0:30:00 on 111.0 hold uncertain\n"
                   "0:35:00 on 111.0 fallback uncertain\n"
                   "0:50:00 off 55.0 bad_input bad\n"
                   "0:52:00 off 55.0 min_off uncertain\n"
                   "1:00:00 on 55.0 fallback uncertain\n"
                   "1:10:00 on 80.0 ramp good\n"
                   "1:17:45 on 111.0 optimum good\n"},
    {.name = "local control while inputs are held, then bad",
     .feedback = "remote: {topic: remote}",
     .setpoint = "bad_inputs: {hold: 10 min}",
     .script = "0:00:00 remote 1\n"
               "0:00:00 elec 132\n"
               "0:10:00 remote 0\n"
               "0:20:00 elec junk\n"
               "0:40:00 remote 1\n"
               "0:45:00 elec 132\n"
               "0:50:00 end\n",
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "0:10:00 on 111.0 local good\n"
                   "0:20:00 on 111.0 local uncertain\n"
                   "0:30:00 off 55.0 bad_input bad\n"
                   "0:45:00 on 111.0 optimum good\n"},
    {.name = "a peak, a trip and a ramp",
     .top = "demand: {site_power: {topic: site, unit: kW}, peak_so_far: 1000 kW}",
     .feedback = "trip: {topic: trip}, p_elec: {topic: power, unit: kW}",
     .setpoint = "ramp: 4 K/min, min_on: 30 min",
     .limits_move = true,
     .script = "0:00:00 trip 0\n"
               "0:00:00 power 0\n"
               "0:00:00 site 300\n"
               "0:00:00 elec 132\n"
               "0:20:00 power 529\n"
               "0:20:00 site 1129\n"
               "0:25:00 trip 1\n"
               "0:26:00 power 0\n"
               "0:26:00 site 1100\n"
               "0:28:00 trip 0\n"
               "0:30:00 site 600\n"
               "1:00:00 end\n",
     .trajectory = "0:00:00 on 55.0 ramp good\n"
                   "0:14:00 on 111.0 optimum good\n"
                   "0:20:00 on 100.2 demand good\n"
                   "0:25:00 off 55.0 tripped good\n"
                   "0:28:00 off 55.0 demand good\n"
                   "0:30:00 on 55.0 ramp good\n"
                   "0:41:18 on 100.2 demand good\n"},
    {.name = "a restart within a trip, within a local hour, and on the ramp",
     .feedback = "trip: {topic: trip}, remote: {topic: remote}",
     .setpoint = "ramp: 4 K/min, min_off: 20 min, deadband: 0.5 K",
     .limits_move = true,
     .script = "0:00:00 trip 0\n"
               "0:00:00 remote 1\n"
               "0:00:00 elec 132\n"
               "0:05:00 restart 20\n"
               "0:05:20 source 15\n"
               "0:05:20 in 55\n"
               "0:05:20 retained elec 132\n"
               "0:05:20 retained trip 0\n"
               "0:05:20 retained remote 1\n"
               "0:20:00 trip 1\n"
               "0:25:00 restart 20\n"
               "0:25:20 source 15\n"
               "0:25:20 in 55\n"
               "0:25:20 elec 132\n"
               "0:25:20 retained trip 1\n"
               "0:25:20 retained remote 0\n"
               "0:30:00 trip 0\n"
               "0:50:00 remote 1\n"
               "1:00:00 end\n",
     .trajectory = "0:00:00 on 55.0 ramp good\n"
                   "0:05:20 on 75.0 ramp uncertain\n"
                   "0:14:20 on 111.0 optimum uncertain\n"
                   "0:20:00 off 55.0 tripped uncertain\n"
                   "0:25:20 off 55.0 tripped good\n"
                   "0:30:00 off 55.0 local good\n"
                   "0:40:00 on 55.0 local good\n"
                   "0:50:00 on 94.5 ramp good\n"
                   "0:54:00 on 111.0 optimum good\n"},
    {.name = 0},
};
