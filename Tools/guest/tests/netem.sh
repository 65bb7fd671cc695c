# SPDX-License-Identifier: Apache-2.0
# One daemon over a path of 10 ms ± 1 ms each way, at a fixed poll, from a clock that is 25 ppm off: its error from `from` s on.
. /lib.sh
words daemon poll secs from delay jitter ppb profile
laboratory "$ppb"
network "$delay" "$jitter"
name=$daemon
case $name in
  tompiond)
    before_source="profile = \"${profile:-full}\"
[record]
file = \"/var/lib/tompion/record\""
    tompiond_start "min_poll = $poll" "max_poll = $poll" "iburst = true"
    ;;
  chronyd) chronyd_start "iburst minpoll $poll maxpoll $poll" ;;
  *) broken "there is no daemon $name" ;;
esac
clock-watch /dev/ptp0 "$secs" >/tmp/watch
running || broken "$name ended: $(tail -3 /tmp/$name.log)"
error_summary "$from" 1e6 within_1ms_s
mawk 'NR % 300 == 1 { print "NOTE", $0 }' /tmp/watch
last_log $name 6
echo "DIGEST $(md5sum </tmp/watch | cut -d" " -f1)"
# A bad day is for `./Tools/simulate --replay`.
if [ "$name" = tompiond ]; then
  kill $daemon && wait $daemon
  record_out /var/lib/tompion/record
fi
