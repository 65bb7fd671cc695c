# SPDX-License-Identifier: Apache-2.0
# A PTP hardware clock that is only read: what `tompion clocks` says of it against what one snapshot says.
. /lib.sh
note begins
modprobe ptp_lab readonly=1 freq_ppb=0 || broken "a kernel module does not load"
clock-step -0.25 >/dev/null
mkdir -p /run/tompion && chown tompion:tompion /run/tompion /var/lib/tompion
printf '[[hardware_clock]]\ndevice = "/dev/ptp0"\nname = "lab"\ntimescale = "utc"\n' >/etc/tompion.toml
tompiond --config /etc/tompion.toml 2>/tmp/tompiond.log &
daemon=$!
sleep 20
tompion clocks | sed 's/^/LOG /'
field() { tompion clocks --json | sed 's/{"name"/\n&/g' | grep '"name":"lab"' | sed -n "s/.*\"$1\":\"\{0,1\}\([^],\"}]*\).*/\1/p"; }
value offset_ns "$(field offset_ns)"
value reading_error_ns "$(field reading_error_ns)"
value watched $([ "$(field state)" = watched ] && echo 1 || echo 0)
value precise $([ "$(field read_by)" = PTP_SYS_OFFSET_PRECISE ] && echo 1 || echo 0)
clock-watch /dev/ptp0 1 >/tmp/watch
value true_ns "$(mawk 'END { print $2 }' /tmp/watch)"
kill -TERM $daemon
wait $daemon
value exit_status $?
last_log tompiond
