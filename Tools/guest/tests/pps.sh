# SPDX-License-Identifier: Apache-2.0
# Pulses per second of a clock that is 25 ppm fast of ours, each late or early by up to 500 ns, beside an NTP server 10 ms ± 1 ms away that says which
# second they mark: the system clock's error from `from` s on. input=extts: the same pulses as external time stamps of /dev/ptp0.
. /lib.sh
note begins
words daemon input secs from ppb jitter drop cpoll
laboratory "$ppb"
echo "$jitter" >/sys/module/ptp_lab/parameters/jitter_ns
echo "${drop:-0}" >/sys/module/ptp_lab/parameters/drop
network 10ms 1ms
name=$daemon
case $name in
  tompiond)
    case $input in
      pps) set -- 'device = "/dev/pps0"' 'enable_on = "/dev/ptp0"' ;;
      *) set -- 'device = "/dev/ptp0"' 'channel = 0' ;;
    esac
    tompiond_start 'min_poll = 6' 'max_poll = 6' '[[source]]' 'provider = "pps"' "$@"
    ;;
  chronyd)
    echo 1 >/sys/class/ptp/ptp0/pps_enable
    mkdir -p -m 750 /run/chrony
    printf 'server 10.8.1.2 iburst minpoll 6 maxpoll 6\nrefclock PPS /dev/pps0 poll %s refid PPS\nmakestep 1 3\n' "${cpoll:-4}" >/etc/chrony.conf
    chronyd -d -f /etc/chrony.conf -u root 2>/tmp/chronyd.log &
    daemon=$!
    ;;
  *) broken "there is no daemon $name" ;;
esac
clock-watch /dev/ptp0 "$secs" 500 >/tmp/watch
running || broken "$name ended: $(tail -3 /tmp/$name.log)"
error_summary "$from" 1e3 within_1us_s
mawk 'NR % 120 == 1 { print "NOTE", $0 }' /tmp/watch
if [ "$name" = tompiond ]; then
  tompion sources | sed 's/^/LOG /'
  tompion sources --json | sed 's/{"/\n&/g' | sed 's/^/LOG /' | grep -i pps
  tompion status | sed 's/^/LOG /'
  tompion status --json | grep -q '"stratum": *1[,}]' && value stratum 1 || value stratum 0
else
  chronyc -n sources | sed 's/^/LOG /'
fi
last_log $name 20
echo "DIGEST $(md5sum </tmp/watch | cut -d" " -f1)"
