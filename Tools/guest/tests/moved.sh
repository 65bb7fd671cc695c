# SPDX-License-Identifier: Apache-2.0
# Another program moves the clock of a synchronized host: when does the daemon notice, and when is the clock right again?
. /lib.sh
words move
laboratory 25000
network 1ms 0.1ms
tompiond_start "min_poll = 4" "max_poll = 4"
synchronized 60
sleep "${settle:-300}"
note "before: $(clock-watch /dev/ptp0 0)"
[ -z "$(event clock-moved)" ] || broken "the daemon saw a move before there was one"
clock-watch /dev/ptp0 180 100 >/tmp/watch &
watch=$!
sleep 2.37
moved=$(clock-step "$move")
at=$(mawk 'END { print $1 }' /tmp/watch)
sleep 2
noticed=$(event clock-moved)
[ -n "$noticed" ] || { last_log tompiond; broken "no event clock-moved within 2 s"; }
# Both by the moved clock; what the daemon corrects until it has noticed is nothing.
value noticed_s "$(echo "$moved $noticed" | mawk '{ printf "%.6f", ($2 - $1) / 1e9 }')"
wait $watch
running || broken "tompiond ended: $(tail -3 /tmp/tompiond.log)"
mawk -v at="$at" '
  $1 > at + 0.2 { e = $2 < 0 ? -$2 : $2; if (e >= 1e7) ten = $1 - at; if (e >= 1e6) one = $1 - at; last = e }
  END { printf "VALUE within_10ms_s %.1f\nVALUE within_1ms_s %.1f\nVALUE last_ns %.0f\n", ten, one, last }' /tmp/watch
value synchronized "$(tompion status --json | grep -c '"synchronized": *true')"
last_log tompiond
