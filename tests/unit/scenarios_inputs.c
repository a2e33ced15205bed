/* Inputs that are bad, late or gone; clocks that are set, restarts and reloads in the middle of something. */
#include "scenarios.h"

const struct scenario scenarios_inputs[] = {
	{.name = "stale: off at once where nothing is held",
	 .setpoint = "ramp: 2 K/min, min_on: 1 h",
	 .script = "0:00:00 elec 132\n"
	           "0:40:00 mute\n"
	           "0:50:00 unmute\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:28:01 on 111.0 optimum good\n"
	               "0:41:00 off 55.0 bad_input bad\n"
	               "0:50:30 on 55.0 ramp good\n"},
	{.name = "stale: held, then off",
	 .setpoint = "bad_inputs: {hold: 10 min}, min_on: 1 h",
	 .script = "0:00:00 elec 132\n"
	           "0:20:00 mute\n"
	           "0:40:00 unmute\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:21:00 on 111.0 hold uncertain\n"
	               "0:31:00 off 55.0 bad_input bad\n"
	               "0:40:30 on 111.0 optimum good\n"},
	{.name = "stale: held, then the fallback, back without a jump",
	 .setpoint = "bad_inputs: {hold: 10 min, then: fallback}, fallback: 90 degC, ramp: 2 K/min",
	 .script = "0:00:00 elec 132\n"
	           "1:00:00 mute\n"
	           "1:30:00 unmute\n"
	           "2:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:28:01 on 111.0 optimum good\n"
	               "1:01:00 on 111.0 hold uncertain\n"
	               "1:11:00 on 111.0 fallback uncertain\n"
	               "1:30:30 on 90.0 ramp good\n"
	               "1:41:01 on 111.0 optimum good\n"},
	{.name = "stale for less than it is held",
	 .setpoint = "bad_inputs: {hold: 10 min}",
	 .all = true,
	 .script = "0:00:00 elec 132\n"
	           "0:20:00 mute\n"
	           "0:28:00 unmute\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:21:00 on 111.0 hold uncertain\n"
	               "0:28:30 on 111.0 optimum good\n"},
	{.name = "held in the middle of a ramp",
	 .setpoint = "bad_inputs: {hold: 10 min}, ramp: 2 K/min",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 mute\n"
	           "0:16:00 unmute\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:11:00 on 76.5 hold uncertain\n"
	               "0:16:30 on 76.5 ramp good\n"
	               "0:33:46 on 111.0 optimum good\n"},
	{.name = "held while off",
	 .setpoint = "bad_inputs: {hold: 10 min}",
	 .script = "0:00:00 elec 900\n"
	           "0:10:00 mute\n"
	           "0:30:00 unmute\n"
	           "0:40:00 end\n",
	 .trajectory = "0:00:00 off 55.0 not_beneficial good\n"
	               "0:11:00 off 55.0 hold uncertain\n"
	               "0:21:00 off 55.0 bad_input bad\n"
	               "0:30:30 off 55.0 not_beneficial good\n"},
	{.name = "the fallback waits for the minimum time off",
	 .setpoint = "bad_inputs: {then: fallback}, fallback: 90 degC, min_off: 15 min",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 elec 900\n"
	           "0:12:00 mute\n"
	           "0:40:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:10:00 off 55.0 not_beneficial good\n"
	               "0:13:00 off 55.0 min_off uncertain\n"
	               "0:25:00 on 90.0 fallback uncertain\n"},
	{.name = "nothing comes at the start: the fallback after the hold",
	 .setpoint = "bad_inputs: {hold: 10 min, then: fallback}, fallback: 90 degC",
	 .script = "0:30:00 elec 132\n"
	           "0:40:00 end\n",
	 .trajectory = "0:00:05 off 55.0 startup bad\n"
	               "0:10:05 on 90.0 fallback uncertain\n"
	               "0:30:00 on 111.0 optimum good\n"},
	{.name = "nothing comes at the start: off",
	 .setpoint = "bad_inputs: {hold: 10 min}",
	 .script = "0:30:00 elec 132\n"
	           "0:40:00 end\n",
	 .trajectory = "0:00:05 off 55.0 startup bad\n"
	               "0:30:00 on 111.0 optimum good\n"},
	{.name = "the hold ends where it is not available",
	 .setpoint = "bad_inputs: {hold: 10 min, then: fallback}, fallback: 90 degC, min_on: 1 h",
	 .machine = ", available: {topic: ok}",
	 .script = "0:00:00 ok 1\n"
	           "0:00:00 elec 132\n"
	           "0:10:00 mute\n"
	           "0:15:00 ok 0\n"
	           "0:20:00 ok 1\n"
	           "0:30:00 unmute\n"
	           "0:40:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:11:00 on 111.0 hold uncertain\n"
	               "0:15:00 off 55.0 bad_input bad\n"
	               "0:20:00 off 55.0 hold uncertain\n"
	               "0:21:00 on 90.0 fallback uncertain\n"
	               "0:30:30 on 111.0 optimum good\n"},
	{.name = "an interlock that cannot be read is not held",
	 .setpoint = "bad_inputs: {hold: 10 min, then: fallback}, fallback: 90 degC",
	 .machine = ", available: {topic: ok}",
	 .script = "0:00:00 ok 1\n"
	           "0:00:00 elec 132\n"
	           "0:10:00 ok junk\n"
	           "0:15:00 ok 1\n"
	           "0:20:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:10:00 off 55.0 bad_input bad\n"
	               "0:15:00 on 111.0 optimum good\n"},
	{.name = "a bound that falls while it is held",
	 .setpoint = "bad_inputs: {hold: 10 min}, ramp: 2 K/min",
	 .limits_move = true,
	 .machine = ", t_max: {topic: tmax, unit: degC}",
	 .script = "0:00:00 tmax 200\n"
	           "0:00:00 elec 132\n"
	           "1:00:00 mute\n"
	           "1:05:00 tmax 80\n"
	           "1:08:00 unmute\n"
	           "1:30:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:28:01 on 111.0 optimum good\n"
	               "1:01:00 on 111.0 hold uncertain\n"
	               "1:08:30 on 80.0 limited good\n"},
	{.name = "the fallback within a live bound",
	 .setpoint = "bad_inputs: {then: fallback}, fallback: 90 degC",
	 .machine = ", t_max: {topic: tmax, unit: degC}",
	 .script = "0:00:00 tmax 85\n"
	           "0:00:00 elec 132\n"
	           "0:10:00 mute\n"
	           "0:20:00 end\n",
	 .trajectory = "0:00:00 on 85.0 limited good\n"
	               "0:11:00 on 85.0 fallback uncertain\n"},
	{.name = "bounds that contradict each other while it is held",
	 .setpoint = "bad_inputs: {hold: 10 min}, min: 70 degC",
	 .machine = ", t_max: {topic: tmax, unit: degC}",
	 .script = "0:00:00 tmax 200\n"
	           "0:00:00 elec 132\n"
	           "0:10:00 source junk\n"
	           "0:12:00 tmax 60\n"
	           "0:20:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:10:00 on 111.0 hold uncertain\n"
	               "0:12:00 off 55.0 bad_input bad\n"},
	{.name = "it is held anew each time",
	 .setpoint = "bad_inputs: {hold: 5 min}",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 source junk\n"
	           "0:14:00 source 15\n"
	           "0:20:00 source junk\n"
	           "0:24:00 source 15\n"
	           "0:30:00 source junk\n"
	           "0:40:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:10:00 on 111.0 hold uncertain\n"
	               "0:14:00 on 111.0 optimum good\n"
	               "0:20:00 on 111.0 hold uncertain\n"
	               "0:24:00 on 111.0 optimum good\n"
	               "0:30:00 on 111.0 hold uncertain\n"
	               "0:35:00 off 55.0 bad_input bad\n"},
	{.name = "no fallback while a bound cannot be read",
	 .setpoint = "bad_inputs: {hold: 5 min, then: fallback}, fallback: 90 degC",
	 .machine = ", t_max: {topic: tmax, unit: degC}",
	 .script = "0:00:00 tmax 200\n"
	           "0:00:00 elec 132\n"
	           "0:10:00 tmax junk\n"
	           "0:20:00 tmax 200\n"
	           "0:30:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:10:00 on 111.0 hold uncertain\n"
	               "0:15:00 off 55.0 bad_input bad\n"
	               "0:20:00 on 111.0 optimum good\n"},
	{.name = "flapping inputs move nothing",
	 .setpoint = "bad_inputs: {hold: 10 min}",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 source junk\n"
	           "0:10:10 source 15\n"
	           "0:10:20 source junk\n"
	           "0:10:25 source 15\n"
	           "0:20:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:10:00 on 111.0 hold uncertain\n"
	               "0:10:10 on 111.0 optimum good\n"
	               "0:10:20 on 111.0 hold uncertain\n"
	               "0:10:25 on 111.0 optimum good\n"},
	{.name = "junk for longer than the hold, between good ones",
	 .setpoint = "bad_inputs: {hold: 1 min}, min_off: 5 min",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 source junk\n"
	           "0:12:00 source 15\n"
	           "0:20:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:10:00 on 111.0 hold uncertain\n"
	               "0:11:00 off 55.0 bad_input bad\n"
	               "0:12:00 off 55.0 min_off good\n"
	               "0:16:00 on 111.0 optimum good\n"},
	{.name = "the broker is lost at the boundary of a price",
	 .setpoint = "bad_inputs: {hold: 10 min}, ramp: 2 K/min",
	 .price = ", stale_after: 65 min",
	 .script = "0:00:00 elec 132\n"
	           "1:00:00 mute\n"
	           "2:00:00 unmute\n"
	           "2:00:00 retained elec 100\n"
	           "2:00:10 elec 100\n"
	           "3:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:28:01 on 111.0 optimum good\n"
	               "1:01:00 on 111.0 hold uncertain\n"
	               "1:11:00 off 55.0 bad_input bad\n"
	               "2:00:30 on 55.0 ramp good\n"
	               "2:51:27 on 156.9 optimum good\n"},
	{.name = "the end of the prices known, held by the signal",
	 .setpoint = "bad_inputs: {hold: 10 min}",
	 .price = ", stale_after: 65 min, on_bad: hold",
	 .script = "0:00:00 elec 132\n"
	           "3:00:00 elec 100\n"
	           "3:30:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "1:05:00 on 111.0 optimum uncertain\n"
	               "3:00:00 on 156.9 optimum good\n"},
	{.name = "a curve of prices turns it by itself, and ends",
	 .setpoint = "bad_inputs: {hold: 10 min}, ramp: 2 K/min, min_off: 15 min",
	 .price = ", series: {starts: /t, values: /p, format: unix_s, step: 1 h}",
	 .script = "0:00:00 elec {\"t\": [1767225600, 1767229200, 1767232800], \"p\": [132, 900, 100]}\n"
	           "4:00:00 elec {\"t\": [1767240000], \"p\": [132]}\n"
	           "4:30:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:28:01 on 111.0 optimum good\n"
	               "1:00:00 off 55.0 not_beneficial good\n"
	               "2:00:00 on 55.0 ramp good\n"
	               "2:50:57 on 156.9 optimum good\n"
	               "3:00:00 on 156.9 hold uncertain\n"
	               "3:10:00 off 55.0 bad_input bad\n"
	               "4:00:00 on 55.0 ramp good\n"
	               "4:28:01 on 111.0 optimum good\n"},
	{.name = "a curve in local time through the night of 25 hours",
	 .setpoint = "start_delay: 5 min, stop_delay: 5 min, min_on: 30 min, min_off: 15 min",
	 .price = ", series: {items: /d, start: s, value: p, format: local, zone: Europe/Berlin, step: 1 h}",
	 .utc_s = 1792886400,
	 .script = "0:00:00 elec {\"d\": [{\"s\": \"2026-10-25T02:00:00\", \"p\": 132}, {\"s\": \"2026-10-25T02:00:00\", \"p\": 900}, "
	           "{\"s\": \"2026-10-25T03:00:00\", \"p\": 132}]}\n"
	           "2:30:00 end\n",
	 .trajectory = "0:00:00 off 55.0 start_delay good\n"
	               "0:05:00 on 111.0 optimum good\n"
	               "1:00:00 on 111.0 stop_delay good\n"
	               "1:05:00 off 55.0 not_beneficial good\n"
	               "2:00:00 off 55.0 start_delay good\n"
	               "2:05:00 on 111.0 optimum good\n"},
	{.name = "the clock is set forward while it waits",
	 .setpoint = "min_off: 15 min",
	 .script = "0:00:00 elec 132\n"
	           "0:05:00 elec 900\n"
	           "0:06:00 elec 132\n"
	           "0:07:00 clock 3600\n"
	           "0:30:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:05:00 off 55.0 not_beneficial good\n"
	               "0:06:00 off 55.0 min_off good\n"
	               "0:20:00 on 111.0 optimum good\n"},
	{.name = "the clock is set back in a ramp",
	 .setpoint = "ramp: 2 K/min",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 clock -3600\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:28:01 on 111.0 optimum good\n"},
	{.name = "the clock was never set",
	 .setpoint = "ramp: 2 K/min, min_off: 10 min",
	 .utc_s = 86400,
	 .script = "0:00:00 elec 132\n"
	           "0:40:00 clock 1767225600\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp uncertain\n"
	               "0:28:01 on 111.0 optimum uncertain\n"
	               "0:40:00 on 111.0 optimum good\n"},
	{.name = "a restart in the middle of a ramp",
	 .setpoint = "ramp: 2 K/min",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 restart 20\n"
	           "0:10:21 source 15\n"
	           "0:10:21 in 55\n"
	           "0:10:21 elec 132\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:28:22 on 111.0 optimum good\n"},
	{.name = "a restart is no start",
	 .setpoint = "max_starts: 1, min_on: 1 h",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 restart 20\n"
	           "0:10:21 source 15\n"
	           "0:10:21 in 55\n"
	           "0:10:21 elec 132\n"
	           "0:20:00 elec 900\n"
	           "2:00:00 elec 132\n"
	           "3:00:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:20:00 on 111.0 min_on good\n"
	               "1:00:00 off 55.0 not_beneficial good\n"
	               "2:00:00 off 55.0 max_starts good\n"},
	{.name = "a restart while it waits",
	 .setpoint = "min_off: 15 min, max_starts: 2",
	 .script = "0:00:00 elec 132\n"
	           "0:05:00 elec 900\n"
	           "0:06:00 restart 20\n"
	           "0:06:21 source 15\n"
	           "0:06:21 in 55\n"
	           "0:06:21 elec 132\n"
	           "0:30:00 elec 900\n"
	           "1:00:00 elec 132\n"
	           "2:00:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:05:00 off 55.0 not_beneficial good\n"
	               "0:06:21 off 55.0 min_off good\n"
	               "0:20:00 on 111.0 optimum good\n"
	               "0:30:00 off 55.0 not_beneficial good\n"
	               "1:00:00 off 55.0 max_starts good\n"},
	{.name = "a restart without inputs",
	 .setpoint = "ramp: 2 K/min, min_off: 2 min, bad_inputs: {hold: 10 min}",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 restart 20\n"
	           "0:10:40 source 15\n"
	           "0:10:40 in 55\n"
	           "0:10:40 elec 132\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:10:25 off - startup bad\n"
	               "0:10:40 off 55.0 min_off good\n"
	               "0:12:25 on 55.0 ramp good\n"
	               "0:40:26 on 111.0 optimum good\n"},
	{.name = "a restart with the clock set back",
	 .setpoint = "max_starts: 1, min_off: 15 min",
	 .script = "0:00:00 elec 132\n"
	           "0:05:00 elec 900\n"
	           "0:06:00 clock -86400\n"
	           "0:06:00 restart 20\n"
	           "0:06:21 source 15\n"
	           "0:06:21 in 55\n"
	           "0:06:21 elec 132\n"
	           "30:00:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:05:00 off 55.0 not_beneficial good\n"
	               "0:06:21 off 55.0 max_starts good\n"
	               "24:06:20 on 111.0 optimum good\n"},
	{.name = "a restart after what was said has expired is a start",
	 .setpoint = "ramp: 2 K/min, min_off: 5 min, max_starts: 2",
	 .script = "0:00:00 elec 132\n"
	           "0:30:00 restart 300\n"
	           "0:35:01 source 15\n"
	           "0:35:01 in 55\n"
	           "0:35:01 elec 132\n"
	           "1:20:00 elec 900\n"
	           "1:40:00 elec 132\n"
	           "2:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:28:01 on 111.0 optimum good\n"
	               "0:35:01 off 55.0 min_off good\n"
	               "0:37:00 on 55.0 ramp good\n"
	               "1:05:01 on 111.0 optimum good\n"
	               "1:20:00 off 55.0 not_beneficial good\n"
	               "1:40:00 off 55.0 max_starts good\n"},
	{.name = "a restart days later",
	 .setpoint = "max_starts: 1, min_off: 15 min",
	 .script = "0:00:00 elec 132\n"
	           "0:05:00 elec 900\n"
	           "0:06:00 restart 180000\n"
	           "50:06:01 source 15\n"
	           "50:06:01 in 55\n"
	           "50:06:01 elec 132\n"
	           "51:00:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:05:00 off 55.0 not_beneficial good\n"
	               "50:06:01 on 111.0 optimum good\n"},
	{.name = "a reload gives another ramp",
	 .setpoint = "ramp: 1 K/min",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 reload ramp: 4 K/min\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:21:30 on 111.0 optimum good\n"},
	{.name = "a reload takes the ramp away",
	 .setpoint = "ramp: 1 K/min",
	 .limits_move = true,
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 reload deadband: 0.5 K\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 55.0 ramp good\n"
	               "0:10:00 on 111.0 optimum good\n"},
	{.name = "a reload gives a ramp",
	 .script = "0:00:00 elec 132\n"
	           "0:10:00 reload ramp: 2 K/min\n"
	           "0:20:00 elec 100\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:20:00 on 111.0 ramp good\n"
	               "0:42:56 on 156.9 optimum good\n"},
	{.name = "a reload ends a wait",
	 .setpoint = "min_off: 1 h",
	 .script = "0:00:00 elec 132\n"
	           "0:05:00 elec 900\n"
	           "0:06:00 elec 132\n"
	           "0:20:00 reload min_off: 10 min\n"
	           "0:30:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:05:00 off 55.0 not_beneficial good\n"
	               "0:06:00 off 55.0 min_off good\n"
	               "0:20:00 on 111.0 optimum good\n"},
	{.name = "a reload while it is held",
	 .setpoint = "bad_inputs: {hold: 10 min}",
	 .script = "0:00:00 elec 132\n"
	           "0:20:00 mute\n"
	           "0:25:00 reload bad_inputs: {hold: 20 min}\n"
	           "1:00:00 end\n",
	 .trajectory = "0:00:00 on 111.0 optimum good\n"
	               "0:21:00 on 111.0 hold uncertain\n"
	               "0:41:00 off 55.0 bad_input bad\n"},
	{0},
};
