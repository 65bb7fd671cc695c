# SPDX-License-Identifier: Apache-2.0
# A PTP hardware clock that is 25 ppm fast of ours, as the only source of a daemon: the system clock's error from `from` s on. The hardware
# clock is the truth.
. /lib.sh
note begins
words daemon secs from ppb scale servo
modprobe ptp_lab readonly=1 freq_ppb="$ppb" || broken "a kernel module does not load"
clock-step -0.3 >/dev/null
name=$daemon
case $name in
  tompiond)
    mkdir -p /run/tompion && chown tompion:tompion /run/tompion /var/lib/tompion
    printf '[clock]\nservo = "%s"\n[[source]]\nprovider = "phc"\ndevice = "/dev/ptp0"\ntimescale = "utc"\npoll = -2\nreadings = 1\n' \
      "${servo:-engine}" >/etc/tompion.toml
    tompiond --config /etc/tompion.toml 2>/tmp/tompiond.log &
    daemon=$!
    ;;
  chronyd)
    mkdir -p -m 750 /run/chrony
    printf 'refclock PHC /dev/ptp0 poll 0 dpoll -2 refid PHC0\nmakestep 0.1 3\n' >/etc/chrony.conf
    chronyd -d -f /etc/chrony.conf -u root 2>/tmp/chronyd.log &
    daemon=$!
    ;;
  *) broken "there is no daemon $name" ;;
esac
clock-watch /dev/ptp0 "$secs" 500 >/tmp/watch
running || broken "$name ended: $(tail -3 /tmp/$name.log)"
error_summary "$from" 1e3 within_1us_s
mawk 'NR % 60 == 1 { print "NOTE", $0 }' /tmp/watch
if [ "$name" = tompiond ]; then
  tompion sources | sed 's/^/LOG /'
  tompion status | sed 's/^/LOG /'
  tompion status --json | grep -q '"stratum": *1[,}]' && value stratum 1 || value stratum 0
fi
last_log $name 12
echo "DIGEST $(md5sum </tmp/watch | cut -d" " -f1)"
