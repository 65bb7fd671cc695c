# SPDX-License-Identifier: Apache-2.0
# The battery-backed clock (QEMU's, driver rtc_cmos) and [clock.rtc]: moved by another hand under one daemon after the other, what does it show
# before and after each one's end? A kernel that copies the time into it has done so right after the first synchronization, and does it
# again eleven minutes later: all is over by then.
. /lib.sh
note begins
words shift
# The truth begins where the system clock is, whose seconds began with the battery-backed clock's, or not much later.
clock-step "$shift" >/dev/null
modprobe ptp_lab readonly=1 freq_ppb=25000 || broken "a kernel module does not load"
clock-step -0.3 >/dev/null
mkdir -p /run/tompion && chown tompion:tompion /run/tompion /var/lib/tompion
note "driver $(cat /sys/class/rtc/rtc0/name), processor $(sed -n 's/^vendor_id.*: //p' /proc/cpuinfo)"

# begin CLOCK-LINES SOURCE
begin() {
  printf '[clock]\nservo = "pi"\n%b\n[provider.rtc]\ndevice = "/sys/class/rtc/rtc0/since_epoch"\ninterval = 60\n%b' "$1" "$2" >/etc/tompion.toml
  tompiond --config /etc/tompion.toml 2>/tmp/tompiond.log &
  daemon=$!
}
truth='[[source]]\nprovider = "phc"\ndevice = "/dev/ptp0"\ntimescale = "utc"\npoll = -2\nreadings = 1\n'

# look NAME: how far it is ahead of the truth.
look() {
  rtc-look /dev/ptp0 >/tmp/look || broken "the battery-backed clock cannot be read"
  read -r ahead window </tmp/look
  value "$1_ns" "$ahead"
  note "$1 $ahead ns, second found within $window ns"
}

# finish NAME: what it shows before and after the daemon's end, and what the daemon says it did.
finish() {
  look "$1_before"
  kill -TERM $daemon
  wait $daemon
  value "$1_exit_status" $?
  look "$1_after"
  value "$1_set" "$(grep -c ' rtc-set: ' /tmp/tompiond.log)"
  value "$1_left" "$(grep -c " rtc-left: .*$2" /tmp/tompiond.log)"
  grep ' rtc-' /tmp/tompiond.log | sed "s/^/LOG $1: /"
}

# Wrong by 100 s: the provider says so, and the daemon sets it.
begin '[clock.rtc]\ntrim = true' "$truth"
synchronized 60
sleep 10
look copied
rtc-move -100 || broken "the battery-backed clock cannot be moved"
sleep 70
tompion sources | sed 's/^/LOG /'
value trim_said_ms "$(tompion sources | sed -n 's/.*offset \(-\{0,1\}[0-9.]*\) ms.*/\1/p' | head -1)"
finish trim
last_log tompiond 30

# The same where the clock follows a hardware clock instead of sources.
begin 'follows = "/dev/ptp0"\n[clock.rtc]\ntrim = true' '[[hardware_clock]]\ndevice = "/dev/ptp0"\ntimescale = "utc"\npoll = -2\n'
sleep 20
rtc-move -100
finish follow
last_log tompiond 30

# Wrong by a whole time zone: it may keep local time.
begin '[clock.rtc]\ntrim = true' "$truth"
synchronized 60
rtc-move 3600
finish zone "a time zone"
rtc-move -3600

# A daemon that does not know the time.
begin '[clock.rtc]\ntrim = true' '[[source]]\naddress = "127.0.0.9"\n'
sleep 20
rtc-move -100
finish alone "the clock is not steered"

# Daemons that only watch: one that says it would set it is refused, the other one leaves it.
begin 'steer = false\n[clock.rtc]\ntrim = true' "$truth"
wait $daemon
value refused_status $?
value refused_trim "$(grep -c 'clock.steer = false' /tmp/tompiond.log)"
last_log tompiond 4
begin 'steer = false' "$truth"
sleep 20
finish watch
echo "DIGEST $(md5sum </tmp/look | cut -d" " -f1)"
