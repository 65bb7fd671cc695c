# SPDX-License-Identifier: Apache-2.0
# A grandmaster: a card's clock follows the system clock (in TAI, 40 ppm fast by itself, begun years off), and its pin stamps the pulses that the system clock
# goes by, while a server 10 ms ± 1 ms away says which second they mark. The system clock's error from `from` s on, and at the end the card's.
. /lib.sh
note begins
words secs from ppb jitter
modprobe veth && modprobe sch_netem && modprobe ptp_lab readonly=1 freq_ppb="$ppb" card=1 card_ppb=40000 || broken "a kernel module does not load"
echo "$jitter" >/sys/module/ptp_lab/parameters/jitter_ns
phc-step /dev/ptp1 -100000000
network 10ms 1ms
tompiond_start 'min_poll = 6' 'max_poll = 6' '[[source]]' 'provider = "pps"' 'device = "/dev/ptp1"' 'channel = 0' \
  '[[hardware_clock]]' 'device = "/dev/ptp1"' 'name = "card"' 'follows = "system"' 'timescale = "tai"'
clock-watch /dev/ptp0 "$secs" 500 >/tmp/watch
running || broken "tompiond ended: $(tail -3 /tmp/tompiond.log)"
error_summary "$from" 1e3 within_1us_s
mawk 'NR % 120 == 1 { print "NOTE", $0 }' /tmp/watch
field() { tompion clocks --json | sed 's/{"name"/\n&/g' | grep '"name":"card"' | sed -n "s/.*\"$1\":\"\{0,1\}\([^],\"}]*\).*/\1/p"; }
value locked $([ "$(field state)" = locked ] && echo 1 || echo 0)
value steps "$(field steps)"
value card_ppb "$(field frequency_ppb)"
tompion status --json | grep -q '"stratum": *1[,}]' && value stratum 1 || value stratum 0
tompion sources --json | sed 's/{"id"/\n&/g' | sed -n 's/.*"provider":"pps".*"samples":\([0-9]*\).*/VALUE samples \1/p'
# The card's error is CLOCK_REALTIME - card, which keeps TAI, and what CLOCK_REALTIME itself is off: both against the truth, each second.
i=0
while [ $i -lt 30 ]; do
  i=$((i + 1))
  echo "$(clock-watch /dev/ptp0 0 | mawk '{ print $2 }') $(clock-watch /dev/ptp1 0 | mawk '{ print $2 + 37000000000 }')"
  sleep 1
done >/tmp/card
mawk '{ e = $1 - $2; q += e * e; if (e < 0) e = -e; if (e > m) m = e } END { printf "VALUE card_rms_ns %.1f\nVALUE card_max_ns %.0f\n", sqrt(q / NR), m }' /tmp/card
tompion clocks | sed 's/^/LOG /'
tompion sources | sed 's/^/LOG /'
tompion status | sed 's/^/LOG /'
kill -TERM $daemon
wait $daemon
value exit_status $?
last_log tompiond 24
echo "DIGEST $(md5sum </tmp/watch | cut -d" " -f1)"
