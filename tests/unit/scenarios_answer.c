/* The plant's answer and the plant's bills: trips, permits, local control, tariffs by time of use, the paid peak. */
#include "scenarios.h"

#define ADDERS(rest) ", adders: [{add: 20 EUR/MWh}, {" rest "}]"

const struct scenario scenarios_answer[] = {
    {.name = "a trip is off at once and back at once",
     .feedback = "trip: {topic: trip}",
     .script = "0:00:00 trip 0\n"
               "0:00:00 elec 132\n"
               "0:10:00 trip 1\n"
               "0:20:00 trip 0\n"
               "0:30:00 end\n",
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "0:10:00 off 55.0 tripped good\n"
                   "0:20:00 on 111.0 optimum good\n"},
    {.name = "a trip beats min_on, and its return is by the ramp",
     .feedback = "trip: {topic: trip}",
     .setpoint = "ramp: 2 K/min, min_on: 1 h, min_off: 5 min",
     .limits_move = true,
     .script = "0:00:00 trip 0\n"
               "0:00:00 elec 132\n"
               "0:40:00 trip 1\n"
               "0:42:00 trip 0\n"
               "1:30:00 end\n",
     .trajectory = "0:00:00 on 55.0 ramp good\n"
                   "0:28:01 on 111.0 optimum good\n"
                   "0:40:00 off 55.0 tripped good\n"
                   "0:42:00 off 55.0 min_off good\n"
                   "0:45:00 on 55.0 ramp good\n"
                   "1:13:01 on 111.0 optimum good\n"},
    {.name = "a trip while the inputs are held",
     .feedback = "trip: {topic: trip}",
     .setpoint = "bad_inputs: {hold: 1 h}",
     .limits_move = true,
     .script = "0:00:00 trip 0\n"
               "0:00:00 elec 132\n"
               "0:10:00 elec junk\n"
               "0:20:00 trip 1\n"
               "0:30:00 end\n",
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "0:10:00 on 111.0 hold uncertain\n"
                   "0:20:00 off 55.0 bad_input bad\n"},
    {.name = "no permit is unavailable",
     .feedback = "permit: {topic: permit}",
     .script = "0:00:00 permit true\n"
               "0:00:00 elec 132\n"
               "0:10:00 permit false\n"
               "0:20:00 permit true\n"
               "0:30:00 end\n",
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "0:10:00 off 55.0 unavailable good\n"
                   "0:20:00 on 111.0 optimum good\n"},
    {.name = "local control makes advice of it",
     .feedback = "remote: {topic: remote}",
     .script = "0:00:00 remote 1\n"
               "0:00:00 elec 132\n"
               "0:10:00 remote 0\n"
               "0:15:00 elec 4000\n"
               "0:20:00 remote 1\n"
               "0:30:00 end\n",
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "0:10:00 on 111.0 local good\n"
                   "0:15:00 off 55.0 local good\n"
                   "0:20:00 off 55.0 not_beneficial good\n"},
    {.name = "an answer that never comes holds nothing up for long",
     .feedback = "trip: {topic: trip}, permit: {topic: permit}, t_sink_out: {topic: out, unit: degC}",
     .script = "0:00:00 elec 132\n"
               "0:10:00 end\n",
     .trajectory = "0:00:05 on 111.0 optimum good\n"},
    {.name = "a trip signal that fails to the safe side",
     .feedback = "trip: {topic: trip, stale_after: 60 s, on_bad: true}",
     .script = "0:00:00 trip 0\n"
               "0:00:00 elec 132\n"
               "0:10:00 end\n",
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "0:01:00 off 55.0 tripped good\n"},
    {.name = "an adder by time of use",
     .top = "zone: Europe/Berlin",
     .electricity = ADDERS("from: 07:00, to: 20:00, days: mon-fri, add: 60 EUR/MWh"),
     .all = true,
     .script = "0:00:00 elec 112\n"
               "48:00:00 end\n", /* Thursday and Friday */
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "6:00:00 on 74.8 optimum good\n"
                   "19:00:00 on 111.0 optimum good\n"
                   "30:00:00 on 74.8 optimum good\n"
                   "43:00:00 on 111.0 optimum good\n"},
    {.name = "an adder by time of use over a weekend",
     .top = "zone: Europe/Berlin",
     .utc_s = 1767355200, /* Friday 2026-01-02 12:00 UTC */
     .electricity = ADDERS("from: 07:00, to: 20:00, days: mon-fri, add: 60 EUR/MWh"),
     .all = true,
     .script = "0:00:00 elec 112\n"
               "72:00:00 end\n",
     .trajectory = "0:00:00 on 74.8 optimum good\n"
                   "7:00:00 on 111.0 optimum good\n"
                   "66:00:00 on 74.8 optimum good\n"},
    {.name = "an adder over midnight counts on the day it begins",
     .electricity = ADDERS("from: 22:00, to: 06:00, days: sat, add: 60 EUR/MWh"),
     .utc_s = 1767355200,
     .all = true,
     .script = "0:00:00 elec 112\n"
               "72:00:00 end\n",
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "34:00:00 on 74.8 optimum good\n"
                   "42:00:00 on 111.0 optimum good\n"},
    {.name = "the night that has no two o'clock",
     .utc_s = 1774731600, /* 2026-03-28 21:00 UTC, 22:00 in Berlin */
     .electricity = ADDERS("from: 01:00, to: 04:00, zone: Europe/Berlin, add: 60 EUR/MWh"),
     .all = true,
     .script = "0:00:00 elec 112\n"
               "8:00:00 end\n",
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "3:00:00 on 74.8 optimum good\n"
                   "5:00:00 on 111.0 optimum good\n"},
    {.name = "the night that has two o'clock twice",
     .utc_s = 1792874400, /* 2026-10-24 20:40 UTC */
     .electricity = ADDERS("from: 02:00, to: 03:00, zone: Europe/Berlin, add: 60 EUR/MWh"),
     .all = true,
     .script = "0:00:00 elec 112\n"
               "8:00:00 end\n",
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "3:20:00 on 74.8 optimum good\n"
                   "5:20:00 on 111.0 optimum good\n"},
    {.name = "the clock is set into an expensive hour",
     .electricity = ADDERS("from: 07:00, to: 20:00, add: 60 EUR/MWh"),
     .all = true,
     .script = "0:00:00 elec 112\n"
               "1:00:00 clock 25200\n"
               "2:00:00 clock -25200\n"
               "3:00:00 end\n",
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "1:00:00 on 74.8 optimum good\n"
                   "2:00:00 on 111.0 optimum good\n"},
    {.name = "a live adder that is bad counts in its hours alone",
     .electricity = ", adders: [{from: 01:00, to: 02:00, add: {topic: fee, unit: EUR/MWh, stale_after: 10 min}}]",
     .script = "0:00:00 fee 20\n"
               "0:00:00 elec 112\n"
               "0:55:00 fee 20\n"
               "3:00:00 end\n",
     .trajectory = "0:00:00 on 135.4 optimum good\n"
                   "1:05:00 off 55.0 bad_input bad\n"
                   "2:00:00 on 135.4 optimum good\n"},
    {.name = "a floor and a factor",
     .electricity = ", floor: 10 EUR/MWh, factor: 10 %, adders: 20 EUR/MWh",
     .all = true,
     .script = "0:00:00 elec 100\n"  /* 130 */
               "0:10:00 elec -500\n" /* 30 */
               "0:20:00 elec 9\n"
               "0:30:00 elec 101.818182\n"
               "0:40:00 end\n",
     .trajectory = "0:00:00 on 113.0 optimum good\n"
                   "0:10:00 on 230.0 optimum good\n"
                   "0:30:00 on 111.0 optimum good\n"},
    {.name = "the peak that is paid bounds the temperature",
     .top = "demand: {site_power: {topic: site, unit: kW}, peak_so_far: 1000 kW}",
     .limits_move = true,
     .script = "0:00:00 site 700\n"
               "0:00:00 elec 132\n"
               "0:30:00 site 1000\n"
               "0:40:00 site 1200\n"
               "0:50:00 site 1000\n"
               "1:00:00 end\n",
     .all = true,
     .trajectory = "0:00:00 on 91.1 demand good\n"
                   "0:20:30 on 111.0 optimum good\n"
                   "0:40:00 on 93.8 demand good\n"},
    {.name = "its own measured power is not in its way",
     .top = "demand: {site_power: {topic: site, unit: kW}, peak_so_far: 1000 kW}",
     .feedback = "p_elec: {topic: power, unit: kW}",
     .limits_move = true,
     .script = "0:00:00 power 0\n"
               "0:00:00 site 300\n"
               "0:00:00 elec 132\n"
               "0:05:00 power 300\n"
               "0:05:00 site 600\n"
               "0:10:00 power 529\n"
               "0:10:00 site 829\n"
               "0:20:00 site 1329\n" /* others draw 500 more */
               "0:30:00 end\n",
     .all = true,
     .trajectory = "0:00:00 on 111.0 optimum good\n"
                   "0:20:00 on 80.9 demand good\n"},
    {.name = "a higher peak that is of use for long is passed",
     .top = "demand: {site_power: {topic: site, unit: kW}, peak_so_far: 1000 kW, price: 12 EUR/kW, hours: 2000 h}",
     .limits_move = true,
     .script = "0:00:00 site 900\n"
               "0:00:00 elec 132\n"
               "0:20:00 elec 100\n"
               "0:30:00 end\n",
     .all = true,
     .trajectory = "0:00:00 on 105.6 optimum good\n"
                   "0:20:00 on 145.3 optimum good\n"},
    {.name = "a higher peak for one hour is not",
     .top = "demand: {site_power: {topic: site, unit: kW}, peak_so_far: 1000 kW, price: 12 EUR/kW}",
     .limits_move = true,
     .all = true,
     .script = "0:00:00 site 900\n"
               "0:00:00 elec 132\n"
               "0:30:00 end\n",
     .trajectory = "0:00:00 on 69.3 demand good\n"
                   "0:20:30 on 80.9 demand good\n"},
    {.name = "no power is paid for",
     .top = "demand: {site_power: {topic: site, unit: kW}, peak_so_far: 1000 kW}",
     .limits_move = true,
     .script = "0:00:00 site 1100\n"
               "0:00:00 elec 132\n"
               "0:30:00 end\n",
     .trajectory = "0:00:00 off 55.0 demand good\n"},
    {.name = "the site's meter fails",
     .top = "demand: {site_power: {topic: site, unit: kW, stale_after: 60 s}, peak_so_far: 1000 kW}",
     .limits_move = true,
     .script = "0:00:00 site 700\n"
               "0:00:00 elec 132\n"
               "0:30:00 end\n",
     .trajectory = "0:00:00 on 91.1 demand good\n"
                   "0:01:00 off 55.0 bad_input bad\n"},
    {.name = 0},
};
