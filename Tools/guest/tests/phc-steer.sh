# SPDX-License-Identifier: Apache-2.0
# A PTP hardware clock that runs 40 ppm fast by itself and begins 100 s off follows the system clock, in TAI or in UTC; then somebody else
# moves it, and a second daemon wants it, too.
. /lib.sh
note begins
words servo timescale secs from ppb
modprobe ptp_lab freq_ppb="$ppb" epoch_ns=1700000000000000000 || broken "a kernel module does not load"
mkdir -p /run/tompion /run/second && chown tompion:tompion /run/tompion /run/second /var/lib/tompion
configuration() { # SOCKET
  printf '[control]\nsocket = "%s"\n' "$1"
  printf '[[hardware_clock]]\ndevice = "/dev/ptp0"\nname = "lab"\nfollows = "system"\nservo = "%s"\ntimescale = "%s"\nonly_synchronized = false\n' "$servo" "$timescale"
}
configuration /run/tompion/control.sock >/etc/tompion.toml
configuration /run/second/control.sock >/etc/second.toml
echo '[clock]
steer = false' >>/etc/second.toml
tompiond --config /etc/tompion.toml 2>/tmp/tompiond.log &
daemon=$!
name=tompiond
ahead=0
[ "$timescale" = utc ] || ahead=37000000000
clock-watch /dev/ptp0 "$secs" >/tmp/watch
running || broken "tompiond ended: $(tail -3 /tmp/tompiond.log)"
mawk -v from="$from" -v ahead="$ahead" '
  !start { start = $1 }
  $1 - start >= from {
    n++; e = $2 + ahead; s += e; q += e * e
    if (e < 0) e = -e
    if (e > max) max = e
  }
  { e = $2 + ahead; if (e >= 1e3 || e <= -1e3) microsecond = $1 - start }
  END {
    printf "VALUE count %d\nVALUE mean_ns %.2f\nVALUE rms_ns %.3f\nVALUE max_ns %.0f\nVALUE within_1us_s %.0f\n", n, s / n, sqrt(q / n), max, microsecond
  }' /tmp/watch
mawk 'NR < 12 || NR % 60 == 1 { print "NOTE", $0 }' /tmp/watch
tompion clocks | sed 's/^/LOG /'
field() { tompion clocks --json | sed 's/{"name"/\n&/g' | grep '"name":"lab"' | sed -n "s/.*\"$1\":\"\{0,1\}\([^],\"}]*\).*/\1/p"; }
value locked $([ "$(field state)" = locked ] && echo 1 || echo 0)
value frequency_ppb "$(field frequency_ppb)"
value max_frequency_ppb "$(field max_frequency_ppb)"
value steps "$(field steps)"
# One owner.
tompiond --config /etc/second.toml 2>/tmp/second.log &
second=$!
sleep 5
value second_refused $(grep -c 'hardware-clock-owned' /tmp/second.log)
kill -TERM $second
wait $second
grep hardware-clock /tmp/second.log | sed 's/^/LOG second: /'
# Somebody else moves it.
phc-step /dev/ptp0 0.05
sleep 60
value moves "$(field moves)"
clock-watch /dev/ptp0 5 >/tmp/after
value after_ns $(mawk -v ahead="$ahead" 'END { printf "%.0f", $2 + ahead }' /tmp/after)
kill -TERM $daemon
wait $daemon
value exit_status $?
last_log tompiond 20
