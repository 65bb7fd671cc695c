# SPDX-License-Identifier: Apache-2.0
# The system clock follows a PTP hardware clock that is 25 ppm fast of it: its error from `from` s on. The hardware clock is the truth.
. /lib.sh
note begins
words smoothness daemon servo poll secs from ppb
modprobe ptp_lab readonly=1 freq_ppb="$ppb" || broken "a kernel module does not load"
clock-step -0.3 >/dev/null
name=$daemon
case $name in
  tompiond)
    mkdir -p /run/tompion && chown tompion:tompion /run/tompion /var/lib/tompion
    printf '[clock]\nfollows = "/dev/ptp0"\nservo = "%s"\nsmoothness = %s\n[[hardware_clock]]\ndevice = "/dev/ptp0"\ntimescale = "utc"\npoll = %s\n' \
      "${servo:-engine}" "${smoothness:-1.0}" "$poll" >/etc/tompion.toml
    tompiond --config /etc/tompion.toml 2>/tmp/tompiond.log &
    daemon=$!
    ;;
  chronyd)
    mkdir -p -m 750 /run/chrony
    printf 'refclock PHC /dev/ptp0 poll %s dpoll %s refid PHC0\nmakestep 0.1 3\n' "$((poll + 2))" "$poll" >/etc/chrony.conf
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
  tompion clocks | sed 's/^/LOG /'
  tompion sources | sed 's/^/LOG /'
  tompion clocks --json | sed 's/{"name"/\n&/g' | grep -q '"name":"system".*"state":"locked"' && value locked 1 || value locked 0
fi
last_log $name 12
echo "DIGEST $(md5sum </tmp/watch | cut -d" " -f1)"
