# SPDX-License-Identifier: Apache-2.0
# The clock was set back before the daemon starts, which has its default configuration: how soon is it right again?
. /lib.sh
words back
laboratory 25000
network 10ms 1ms
clock-step "-$back" >/dev/null
note "before: $(clock-watch /dev/ptp0 0)"
tompiond_start
clock-watch /dev/ptp0 240 100 >/tmp/watch
running || broken "tompiond ended: $(tail -3 /tmp/tompiond.log)"
mawk '
  !start { start = $1 }
  { e = $2 < 0 ? -$2 : $2; if (e >= 1e7) ten = $1 - start; if (e >= 1e6) one = $1 - start; last = e }
  END { printf "VALUE within_10ms_s %.1f\nVALUE within_1ms_s %.1f\nVALUE last_ns %.0f\n", ten, one, last }' /tmp/watch
value synchronized "$(tompion status --json | grep -c '"synchronized": *true')"
last_log tompiond
