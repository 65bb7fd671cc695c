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

# step BY: as another program would. How long it takes until the daemon raises its event, in s, goes to /tmp/noticed: both times are by the
# moved clock.
step() {
  moved=$(clock-step "$1")
  sleep 2
  noticed=$(event clock-moved)
  [ -n "$noticed" ] || { last_log tompiond; broken "no event clock-moved within 2 s"; }
  echo "$moved $noticed" | mawk '{ printf "%.6f\n", ($2 - $1) / 1e9 }' >>/tmp/noticed
}

# The daemon looks from time to time: steps to and fro at eight phases of a second find the worst of it.
opposite=$(echo "$move" | mawk '{ print -$1 }')
for pause in 38.000 38.125 38.250 38.375 38.500 38.625 38.750 38.875; do
  step "$move"
  sleep $pause
  step "$opposite"
  sleep $pause
done
note "noticed after: $(tr '\n' ' ' </tmp/noticed)"
synchronized 60

clock-watch /dev/ptp0 180 100 >/tmp/watch &
watch=$!
sleep 2.37
at=$(mawk 'END { print $1 }' /tmp/watch)
step "$move"
value noticed_s "$(sort -n /tmp/noticed | tail -1)"
value noticed_first_s "$(sort -n /tmp/noticed | head -1)"
wait $watch
running || broken "tompiond ended: $(tail -3 /tmp/tompiond.log)"
mawk -v at="$at" '
  $1 > at + 0.2 { e = $2 < 0 ? -$2 : $2; if (e >= 1e7) ten = $1 - at; if (e >= 1e6) one = $1 - at; last = e }
  END { printf "VALUE within_10ms_s %.1f\nVALUE within_1ms_s %.1f\nVALUE last_ns %.0f\n", ten, one, last }' /tmp/watch
value synchronized "$(tompion status --json | grep -c '"synchronized": *true')"
last_log tompiond
