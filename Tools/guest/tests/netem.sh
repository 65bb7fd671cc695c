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
mawk -v from="$from" '
  !start { start = $1 }
  $1 - start >= from {
    n++; e = $2; s += e; q += e * e; f = $3; fs += f; fq += f * f
    if (e < 0) e = -e
    if (e > max) max = e
  }
  { if ($2 >= 1e6 || $2 <= -1e6) millisecond = $1 - start }
  END {
    printf "VALUE count %d\nVALUE mean_ns %.0f\nVALUE rms_ns %.0f\nVALUE max_ns %.0f\n", n, s / n, sqrt(q / n), max
    printf "VALUE frequency_rms_ppm %.6f\n", sqrt(fq / n - fs * fs / n / n)
    printf "VALUE within_1ms_s %.0f\n", millisecond
  }' /tmp/watch
mawk 'NR % 300 == 1 { print "NOTE", $0 }' /tmp/watch
last_log $name 6
echo "DIGEST $(md5sum </tmp/watch | cut -d" " -f1)"
# A bad day is for `./Tools/simulate --replay`.
if [ "$name" = tompiond ]; then
  kill $daemon && wait $daemon
  record_out /var/lib/tompion/record
fi
