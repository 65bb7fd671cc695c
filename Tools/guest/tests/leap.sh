# SPDX-License-Identifier: Apache-2.0
# The last minutes of 2026, at whose end a second is inserted or deleted. The server announces it and makes it; the daemon knows of it by
# the server alone, or by leap-seconds.list. What the kernel makes of it, and whether the clock stays with UTC.
. /lib.sh
words leap known
midnight=1798761600
to_ntp=2208988800
date -u -s '2026-12-31 23:54:00' >/dev/null
laboratory 25000
truth="123 $leap $midnight"
network 1ms 0.1ms
list=/nowhere
after=38
[ "$leap" = insert ] || after=36
if [ "$known" = list ]; then
  list=/tmp/leap-seconds.list
  printf '#@ %d\n3692217600 37\n%d %d\n' $((midnight + 100000000 + to_ntp)) $((midnight + to_ntp)) $after >$list
else
  # The daemon has no TAI - UTC to tell then; what is there the kernel is to count on by itself.
  clock-tai 37
fi
before_source="[clock]
leap_seconds_file = \"$list\"
[provider.ntp-server]
listen = [\"127.0.0.1:123\"]"
tompiond_start "min_poll = 0" "max_poll = 0"
synchronized 60
tai() { tompion status --json | sed -n 's/.*"tai_offset_s": *\([0-9]*\).*/\1/p'; }
count() { tompion events --json -n 1000 | sed 's/{"sequence"/\n&/g' | grep -c "\"slug\":\"$1\""; }
until [ "$(date +%s)" -ge $((midnight - 30)) ]; do sleep 1; done
value served_before "$(ntp-ask 127.0.0.1)"
tai=$(tai)
value told_before "${tai:--1}"
steps=$(count clock-stepped)
clock-watch /dev/ptp0 90 50 >/tmp/watch
running || broken "tompiond ended: $(tail -3 /tmp/tompiond.log)"
value served_after "$(ntp-ask 127.0.0.1)"
tai=$(tai)
value told_after "${tai:--1}"
value steps $(($(count clock-stepped) - steps))
for name in clock-moved unsynchronized leap-armed leap-passed; do value "$(echo $name | tr - _)" "$(count $name)"; done
value synchronized "$(tompion status --json | grep -c '"synchronized": *true')"
mawk -v leap="$leap" -v midnight=$midnight '
  BEGIN { shift = leap == "insert" ? -1e9 : 1e9; moment = midnight - (leap != "insert") }
  function size(x) { return x < 0 ? -x : x }
  {
    side = size($2) < size($2 - shift) ? 0 : 1
    rest = size($2 - side * shift)
    if (rest > worst) worst = rest
    if (NR > 1 && side != last) { switches++; made = $7 - moment }
    if ($5 != state) { states = states $5; state = $5 }
    if (NR == 1) tai = $6
    last = side
  }
  END {
    printf "VALUE side_last %d\nVALUE switches %d\nVALUE made_s %.3f\nVALUE worst_ns %.0f\nVALUE states %s\n", last, switches, made, worst, states
    printf "VALUE tai_before %d\nVALUE tai_after %d\n", tai, $6
  }' /tmp/watch
mawk -v midnight=$midnight '$7 > midnight - 2.2 && $7 < midnight + 3.2 && NR % 4 == 0 { print "NOTE", $0 }' /tmp/watch
tompion events -n 20 | sed 's/^/LOG /'
last_log tompiond
