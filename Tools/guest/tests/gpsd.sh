# SPDX-License-Identifier: Apache-2.0
# gpsd with a receiver on a serial line and its pulses at /dev/pps0 tells tompiond and chronyd of each pulse, by feed=shm (one segment, which both read) or
# feed=sock (a socket of each). One of them, `daemon`, steers; the other one only looks. How far the system clock is off from `from` s on, and how far what
# each says of it is from that. The pulses come from a clock that is 25 ppm fast of ours, each late or early by up to 500 ns.
# gpsd feeds nobody from a pseudoterminal, so the receiver talks through a UART's loopback; /dev/pps9 is /dev/pps0 by another name: gpsd
# looks for one socket for each of its devices, by their names.
. /lib.sh
note begins
words daemon feed secs from ppb jitter cpoll
[ -x /usr/sbin/gpsd ] || skipped "there is no gpsd (Debian's mirror did not give it)"
modprobe ptp_lab readonly=1 freq_ppb="$ppb" || broken "a kernel module does not load"
echo "$jitter" >/sys/module/ptp_lab/parameters/jitter_ns
clock-step -0.3 >/dev/null
echo 1 >/sys/class/ptp/ptp0/pps_enable
mknod /dev/receiver c 4 65
mknod /dev/pps9 c "$(sed 's/:.*//' /sys/class/pps/pps0/dev)" "$(sed 's/.*://' /sys/class/pps/pps0/dev)"
nmea-truth /dev/ptp0 /dev/receiver 120 2>/tmp/receiver.log &
receiver=$!
sleep 1
kill -0 $receiver 2>/dev/null || skipped "the serial line has no loopback: $(cat /tmp/receiver.log)"

mkdir -p /run/tompion && chown tompion:tompion /run/tompion /var/lib/tompion
mkdir -p -m 750 /run/chrony
steers=false looks= look=
# tompiond does not steer beside a chronyd, which it knows by its name; noselect, because chronyd -x goes by a clock that it thinks it corrects.
if [ "$daemon" = tompiond ]; then
  steers=true looks=-x look=noselect
  cp /usr/sbin/chronyd /usr/sbin/reader
fi
case $feed in
  # gpsd has units 0 and 1 for the receiver and its own pulses, 2 for /dev/pps0.
  shm) ours='shm = 2
any_owner = true' theirs='SHM 2:perm=0666' ;;
  sock) ours='sock = "/run/chrony.pps0.sock"' theirs='SOCK /run/chrony.pps9.sock filter 1' ;;
esac
# The guest's year is 2026, whenever it runs: before the pivot of a later release.
printf '[clock]\nsteer = %s\n[[source]]\nprovider = "gnss"\nrefid = "PPS"\nweek_pivot = "2025-01-01"\n%s\n' $steers "$ours" >/etc/tompion.toml
tompiond --config /etc/tompion.toml 2>/tmp/tompiond.log &
tompiond=$!
printf 'refclock %s poll %s refid PPS %s\nmakestep 0.1 3\n' "$theirs" "${cpoll:-0}" "$look" >/etc/chrony.conf
$([ -z "$looks" ] && echo chronyd || echo reader) -d $looks -f /etc/chrony.conf -u root 2>/tmp/chronyd.log &
chronyd=$!
sleep 2
gpsd -N -n -b -s 9600 -D 4 /dev/ttyS1 /dev/pps0 /dev/pps9 >/tmp/gpsd.log 2>&1 &
gpsd=$!
for name in tompiond chronyd gpsd; do
  eval "kill -0 \$$name" 2>/dev/null || broken "$name ended: $(tail -3 /tmp/$name.log)"
done

clock-watch /dev/ptp0 "$secs" >/tmp/watch
error_summary "$from" 1e3 within_1us_s
mawk 'NR % 60 == 1 { print "NOTE", $0 }' /tmp/watch

# What each of them says of the clock, against what it is: offsets are reference - clock for tompiond, clock - reference for chronyd.
: >/tmp/looks
for i in 1 2 3 4 5 6 7 8 9 10; do
  sleep 3.3
  clock-watch /dev/ptp0 0 >/tmp/now
  echo "$(mawk 'END { print $2 }' /tmp/now)" "$(tompion sources --json | sed -n 's/.*"offset_ns":\(-\{0,1\}[0-9]*\).*/\1/p')" \
    "$(chronyc -c sources | mawk -F, '{ printf "%.0f", $9 * 1e9 }')" >>/tmp/looks
done
sed 's/^/NOTE look /' /tmp/looks
mawk '{ o = $1 + $2; t = $3 - $1; if (o < 0) o = -o; if (t < 0) t = -t; if (o > a) a = o; if (t > b) b = t } NF == 3 { n++ }
  END { printf "VALUE looks %d\nVALUE tompiond_off_ns %.0f\nVALUE chronyd_off_ns %.0f\n", n, a, b }' /tmp/looks
tompion sources | sed 's/^/LOG /'
tompion sources --json | sed 's/^/LOG /'
value samples "$(tompion sources --json | sed -n 's/.*"samples":\([0-9]*\).*/\1/p')"
tompion status --json | grep -q '"stratum": *1[,}]' && value stratum 1 || value stratum 0
chronyc -n sources | sed 's/^/LOG /'
last_log tompiond
last_log chronyd 6
grep -i -E 'pps|shm|sock' /tmp/gpsd.log | head -40 | sed 's/^/LOG gpsd: /'
last_log gpsd 10
echo "DIGEST $(md5sum </tmp/watch | cut -d" " -f1)"
