/* Good inputs: what ramps, minimum times, starts and hysteresis make of prices, noise and bounds. */
#include "scenarios.h"

const struct scenario scenarios_pace[] = {
	{.name = "nothing configured: at once",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 elec 100\n"
	           "0:20:00 elec 4000\n"
	           "0:21:00 elec 100\n"
	           "0:30:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:20:00 off 55.0 not_beneficial good\n"
	               "0:21:00 on 156.9 optimum good\n"},
	{.name = "a start ramps from the inlet",
	 .setpoint = "ramp: 2 K/min",
	 .script = "0:00:00 elec 132\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:28:01 on 111.0 optimum good\n"},
	{.name = "each step of a ramp",
	 .setpoint = "ramp: 2 K/min, deadband: 2 K",
	 .all = true,
	 .sink = "t_in: {topic: in, unit: degC}, t_target: 61 degC, duty: 400 kW",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:01:00 on 57.0 ramp good\n"
	               "0:02:00 on 59.0 ramp good\n"
	               "0:03:00 on 61.0 optimum good\n"},
	{.name = "a ramp turns round on its way",
	 .setpoint = "ramp: 2 K/min",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 elec 200\n"
	           "0:30:00 elec 100\n"
	           "2:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:11:31 on 71.9 optimum good\n"
	               "0:30:00 on 71.9 ramp good\n"
	               "1:12:29 on 156.9 optimum good\n"},
	{.name = "a ramp begins at the off value",
	 .setpoint = "ramp: 2 K/min, off_value: 80 degC",
	 .script = "0:00:00 elec 900\n"
	           "0:05:00 elec 132\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 off 80.0 not_beneficial good\n"
	               "0:05:00 on 80.0 ramp good\n"
	               "0:20:31 on 111.0 optimum good\n"},
	{.name = "a ramp begins no higher than it leads",
	 .setpoint = "ramp: 2 K/min, off_value: 150 degC",
	 .script = "0:00:00 elec 900\n"
	           "0:05:00 elec 132\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 off 150.0 not_beneficial good\n"
	               "0:05:00 on 111.0 optimum good\n"},
	{.name = "a ramp begins at the minimum load",
	 .setpoint = "ramp: 2 K/min",
	 .machine = ", capacity: 2 MW, min_load: 40 %",
	 .script = "0:00:00 elec 132\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 84.2 ramp good\n"
	               "0:13:26 on 111.0 optimum good\n"},
	{.name = "a ramp stays above min",
	 .setpoint = "ramp: 2 K/min, min: 90 degC",
	 .script = "0:00:00 elec 132\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 90.0 ramp good\n"
	               "0:10:31 on 111.0 optimum good\n"},
	{.name = "noise within the deadband starts no ramp",
	 .setpoint = "ramp: 2 K/min, deadband: 2 K",
	 .all = true,
	 .sink = "t_in: {topic: in, unit: degC}, t_target: {topic: target, unit: degC}, duty: 400 kW",
	 .script = "0:00:00 target 60\n"
	           "0:00:00 elec 132\n"
	           "0:10:00 target 61\n"
	           "0:11:00 target 60.5\n"
	           "0:12:00 target 61.5\n"
	           "0:20:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:01:00 on 57.0 ramp good\n"
	               "0:02:00 on 59.0 ramp good\n"
	               "0:02:30 on 60.0 optimum good\n"},
	{.name = "a share of the savings as deadband",
	 .setpoint = "deadband: 1 %",
	 .all = true,
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 elec 128\n"
	           "0:20:00 elec 124\n"
	           "0:30:00 elec 121\n"
	           "0:40:00 elec 118\n"
	           "0:50:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:20:00 on 119.5 optimum good\n"},
	{.name = "minimum time on: at the lowest load",
	 .setpoint = "min_on: 30 min",
	 .machine = ", capacity: 2 MW, min_load: 30 %",
	 .script = "0:00:00 elec 132\n"
	           "0:05:00 elec 4000\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:05:00 on 76.9 min_on good\n"
	               "0:30:00 off 55.0 not_beneficial good\n"},
	{.name = "minimum time on: where it is",
	 .setpoint = "min_on: 30 min",
	 .script = "0:00:00 elec 132\n"
	           "0:05:00 elec 4000\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:05:00 on 111.0 min_on good\n"
	               "0:30:00 off 55.0 not_beneficial good\n"},
	{.name = "minimum time on: the price comes back",
	 .setpoint = "min_on: 30 min",
	 .script = "0:00:00 elec 132\n"
	           "0:05:00 elec 4000\n"
	           "0:20:00 elec 132\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:05:00 on 111.0 min_on good\n"
	               "0:20:00 on 111.0 optimum good\n"},
	{.name = "minimum time on has passed",
	 .setpoint = "min_on: 30 min",
	 .script = "0:00:00 elec 132\n"
	           "0:40:00 elec 4000\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:40:00 off 55.0 not_beneficial good\n"},
	{.name = "minimum time off",
	 .setpoint = "min_off: 15 min",
	 .script = "0:00:00 elec 132\n"
	           "0:05:00 elec 900\n"
	           "0:06:00 elec 132\n"
	           "0:30:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:05:00 off 55.0 not_beneficial good\n"
	               "0:06:00 off 55.0 min_off good\n"
	               "0:20:00 on 111.0 optimum good\n"},
	{.name = "minimum time off: the price goes again",
	 .setpoint = "min_off: 15 min",
	 .script = "0:00:00 elec 132\n"
	           "0:05:00 elec 900\n"
	           "0:06:00 elec 132\n"
	           "0:10:00 elec 900\n"
	           "0:30:00 elec 132\n"
	           "0:40:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:05:00 off 55.0 not_beneficial good\n"
	               "0:06:00 off 55.0 min_off good\n"
	               "0:10:00 off 55.0 not_beneficial good\n"
	               "0:30:00 on 111.0 optimum good\n"},
	{.name = "the fifth start waits for the day",
	 .setpoint = "max_starts: 4",
	 .script = "0:00:00 elec 132\n"
	           "1:00:00 elec 900\n"
	           "2:00:00 elec 132\n"
	           "3:00:00 elec 900\n"
	           "4:00:00 elec 132\n"
	           "5:00:00 elec 900\n"
	           "6:00:00 elec 132\n"
	           "7:00:00 elec 900\n"
	           "8:00:00 elec 132\n"
	           "25:00:00 elec 900\n"
	           "25:30:00 elec 132\n"
	           "30:00:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "1:00:00 off 55.0 not_beneficial good\n"
	               "2:00:00 on 111.0 optimum good\n"
	               "3:00:00 off 55.0 not_beneficial good\n"
	               "4:00:00 on 111.0 optimum good\n"
	               "5:00:00 off 55.0 not_beneficial good\n"
	               "6:00:00 on 111.0 optimum good\n"
	               "7:00:00 off 55.0 not_beneficial good\n"
	               "8:00:00 off 55.0 max_starts good\n"
	               "24:00:00 on 111.0 optimum good\n"
	               "25:00:00 off 55.0 not_beneficial good\n"
	               "25:30:00 off 55.0 max_starts good\n"
	               "26:00:00 on 111.0 optimum good\n"},
	{.name = "the night of 25 hours has its 24 hours",
	 .setpoint = "max_starts: 2",
	 .utc_s = 1792879200,
	 .script = "0:00:00 elec 132\n"
	           "1:00:00 elec 900\n"
	           "2:00:00 elec 132\n"
	           "3:00:00 elec 900\n"
	           "4:00:00 elec 132\n"
	           "25:00:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "1:00:00 off 55.0 not_beneficial good\n"
	               "2:00:00 on 111.0 optimum good\n"
	               "3:00:00 off 55.0 not_beneficial good\n"
	               "4:00:00 off 55.0 max_starts good\n"
	               "24:00:00 on 111.0 optimum good\n"},
	{.name = "hysteresis in money",
	 .setpoint = "start_above: 10 EUR/h, stop_below: 2 EUR/h",
	 .script = "0:00:00 elec 200\n"
	           "1:00:00 elec 150\n"
	           "2:00:00 elec 200\n"
	           "3:00:00 elec 220\n"
	           "4:00:00 elec 200\n"
	           "5:00:00 elec 150\n"
	           "6:00:00 elec 900\n"
	           "7:00:00 end\n",
	 .trajectory = "0:00:00 off 55.0 start_above good\n"
	               "1:00:00 on 96.3 optimum good\n"
	               "3:00:00 off 55.0 start_above good\n"
	               "5:00:00 on 96.3 optimum good\n"
	               "6:00:00 off 55.0 not_beneficial good\n"},
	{.name = "hysteresis in shares of the reference",
	 .setpoint = "start_above: 3 %, stop_below: 1 %",
	 .script = "0:00:00 elec 200\n"
	           "1:00:00 elec 150\n"
	           "2:00:00 elec 200\n"
	           "3:00:00 elec 220\n"
	           "4:00:00 end\n",
	 .trajectory = "0:00:00 off 55.0 start_above good\n"
	               "1:00:00 on 96.3 optimum good\n"
	               "3:00:00 off 55.0 start_above good\n"},
	{.name = "hysteresis in carbon",
	 .setpoint = "start_above: 50 kg/h, stop_below: 20 kg/h",
	 .objective = "carbon",
	 .carbon = "{topic: carbon, unit: kg/MWh}",
	 .script = "0:00:00 carbon 700\n"
	           "0:00:00 elec 132\n"
	           "1:00:00 carbon 500\n"
	           "2:00:00 carbon 700\n"
	           "3:00:00 carbon 900\n"
	           "4:00:00 end\n",
	 .trajectory = "0:00:00 off 55.0 start_above good\n"
	               "1:00:00 on 103.6 optimum good\n"
	               "2:00:00 off 55.0 start_above good\n"},
	{.name = "a break-even is judged by the optimum",
	 .setpoint = "start_above: 5 %, stop_below: 1 %",
	 .objective = "cost_break_even",
	 .script = "0:00:00 elec 200\n"
	           "1:00:00 elec 132\n"
	           "2:00:00 elec 240\n"
	           "3:00:00 end\n",
	 .trajectory = "0:00:00 off 55.0 start_above good\n"
	               "1:00:00 on 173.1 break_even good\n"
	               "2:00:00 off 55.0 start_above good\n"},
	{.name = "a short dip of the price starts nothing",
	 .setpoint = "start_delay: 5 min",
	 .script = "0:00:00 elec 900\n"
	           "0:10:00 elec 100\n"
	           "0:14:59 elec 900\n"
	           "0:20:00 elec 100\n"
	           "0:30:00 end\n",
	 .trajectory = "0:00:00 off 55.0 not_beneficial good\n"
	               "0:10:00 off 55.0 start_delay good\n"
	               "0:14:59 off 55.0 not_beneficial good\n"
	               "0:20:00 off 55.0 start_delay good\n"
	               "0:25:00 on 156.9 optimum good\n"},
	{.name = "a short peak of the price stops nothing",
	 .setpoint = "stop_delay: 5 min",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 elec 4000\n"
	           "0:14:59 elec 132\n"
	           "0:20:00 elec 4000\n"
	           "0:30:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:10:00 on 111.0 stop_delay good\n"
	               "0:14:59 on 111.0 optimum good\n"
	               "0:20:00 on 111.0 stop_delay good\n"
	               "0:25:00 off 55.0 not_beneficial good\n"},
	{.name = "the last wait to end is told",
	 .setpoint = "start_delay: 5 min, min_off: 20 min",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 elec 900\n"
	           "0:12:00 elec 132\n"
	           "0:31:00 elec 900\n"
	           "0:40:00 end\n",
	 .trajectory = "0:00:00 off 55.0 start_delay good\n"
	               "0:05:00 on 111.0 optimum good\n"
	               "0:10:00 off 55.0 not_beneficial good\n"
	               "0:12:00 off 55.0 min_off good\n"
	               "0:30:00 on 111.0 optimum good\n"
	               "0:31:00 off 55.0 not_beneficial good\n"},
	{.name = "a price at -500 ramps to the limit",
	 .setpoint = "ramp: 5 K/min",
	 .machine = ", t_max: 180 degC",
	 .script = "0:00:00 elec 132\n"
	           "1:00:00 elec -500\n"
	           "2:00:00 elec 132\n"
	           "3:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:11:12 on 111.0 optimum good\n"
	               "1:00:00 on 111.0 ramp good\n"
	               "1:13:47 on 180.0 limited good\n"
	               "2:00:00 on 180.0 ramp good\n"
	               "2:13:47 on 111.0 optimum good\n"},
	{.name = "a price at +4000 stops when it may",
	 .setpoint = "min_on: 30 min, stop_delay: 5 min, min_off: 15 min, ramp: 2 K/min",
	 .script = "0:00:00 elec 132\n"
	           "1:00:00 elec 4000\n"
	           "2:00:00 elec 132\n"
	           "3:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:28:01 on 111.0 optimum good\n"
	               "1:00:00 on 111.0 stop_delay good\n"
	               "1:05:00 off 55.0 not_beneficial good\n"
	               "2:00:00 on 55.0 ramp good\n"
	               "2:28:01 on 111.0 optimum good\n"},
	{.name = "a bound that falls moves it at once",
	 .setpoint = "ramp: 1 K/min",
	 .limits_move = true,
	 .machine = ", t_max: {topic: tmax, unit: degC}",
	 .script = "0:00:00 tmax 200\n"
	           "0:00:00 elec 100\n"
	           "2:00:00 tmax 80\n"
	           "3:00:00 tmax 100\n"
	           "4:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "1:41:55 on 156.9 optimum good\n"
	               "2:00:00 on 80.0 limited good\n"
	               "3:00:00 on 80.0 ramp good\n"
	               "3:20:00 on 100.0 limited good\n"},
	{.name = "bounds that contradict each other stop it",
	 .setpoint = "min_on: 1 h, min: 90 degC",
	 .limits_move = true,
	 .machine = ", t_max: {topic: tmax, unit: degC}",
	 .script = "0:00:00 tmax 200\n"
	           "0:00:00 elec 132\n"
	           "0:10:00 tmax 80\n"
	           "0:20:00 tmax 200\n"
	           "0:30:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:10:00 off 55.0 not_beneficial good\n"
	               "0:20:00 on 111.0 optimum good\n"},
	{.name = "not available beats the minimum time",
	 .setpoint = "min_on: 1 h, min_off: 10 min",
	 .machine = ", available: {topic: ok}",
	 .script = "0:00:00 ok 1\n"
	           "0:00:00 elec 132\n"
	           "0:10:00 ok 0\n"
	           "0:12:00 ok 1\n"
	           "0:30:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:10:00 off 55.0 unavailable good\n"
	               "0:12:00 off 55.0 min_off good\n"
	               "0:20:00 on 111.0 optimum good\n"},
	{.name = "a ramp keeps its pace while the capacity binds",
	 .setpoint = "ramp: 2 K/min",
	 .machine = ", capacity: 500 kW",
	 .script = "0:00:00 elec 132\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:28:01 on 111.0 limited good\n"},
	{.name = "a spike of the source moves nothing",
	 .setpoint = "ramp: 2 K/min",
	 .script = "0:00:00 elec 132\n"
	           "1:00:00 source 60\n"
	           "1:00:01 source 15\n"
	           "1:10:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:28:01 on 111.0 optimum good\n"
	               "1:00:00 on 111.0 ramp good\n"
	               "1:00:01 on 111.0 optimum good\n"},
	{.name = "on a latent segment the ramp is passed",
	 .setpoint = "ramp: 10 K/min",
	 .sink = "t_in: {topic: in, unit: degC}, curve: [{t_out: 110 degC, duty: 1000 kW}, {latent: 110 degC, duty: 1500 kW}]",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:05:30 on 110.0 optimum good\n"},
	{.name = "a flapping price starts once",
	 .setpoint = "deadband: 0.5 K, ramp: 2 K/min, min_on: 30 min, min_off: 15 min, max_starts: 4, start_above: 2 %, stop_below: 0.5 %, start_delay: 30 s, stop_delay: 5 min",
	 .script = "0:00:00 elec 132\n"
	           "0:01:00 elec 900\n"
	           "0:02:00 elec 132\n"
	           "0:03:00 elec 900\n"
	           "0:04:00 elec 132\n"
	           "0:05:00 elec 900\n"
	           "0:06:00 elec 132\n"
	           "0:07:00 elec 900\n"
	           "0:08:00 elec 132\n"
	           "0:09:00 elec 900\n"
	           "1:10:00 end\n",
	 .trajectory = "0:00:00 off 55.0 start_delay good\n"
	               "0:00:30 on 55.0 ramp good\n"
	               "0:01:00 on 56.0 min_on good\n"
	               "0:02:00 on 56.0 ramp good\n"
	               "0:03:00 on 58.0 min_on good\n"
	               "0:04:00 on 58.0 ramp good\n"
	               "0:05:00 on 60.0 min_on good\n"
	               "0:06:00 on 60.0 ramp good\n"
	               "0:07:00 on 62.0 min_on good\n"
	               "0:08:00 on 62.0 ramp good\n"
	               "0:09:00 on 64.0 min_on good\n"
	               "0:30:30 off 55.0 not_beneficial good\n"},
	{0},
};
