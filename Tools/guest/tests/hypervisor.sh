# SPDX-License-Identifier: Apache-2.0
# The clock of the guest's host as a source: driver=ptp_kvm by KVM's hypercall, driver=ptp_vmclock by a page of memory. What the source says of the system
# clock, against what the driver says in a program of its own.
. /lib.sh
note begins
words driver
case $driver in
  ptp_kvm) name="KVM virtual PTP" ;;
  *) name=vmclock ;;
esac
find_clock() {
  for each in /sys/class/ptp/ptp*; do
    [ -e "$each" ] && [ "$(cat "$each/clock_name")" = "$name" ] && device=/dev/$(basename "$each")
  done
}
device=
modprobe "$driver" 2>/tmp/why
status=$?
find_clock
if [ -z "$device" ]; then
  # QEMU's emulator without KVM offers neither.
  [ $status -eq 0 ] && skipped "the driver $driver finds no clock: $(ls /dev/vmclock* 2>/dev/null || echo "there is no /dev/vmclock0")"
  grep -q hypervisor /proc/cpuinfo && by=$(dmesg | sed -n 's/.*Hypervisor detected: //p')
  skipped "modprobe $driver: $(sed 's/^modprobe: //' /tmp/why | tr '\n' ' ')(hypervisor: ${by:-none that the kernel knows}; /dev/vmclock0: $([ -e /dev/vmclock0 ] && echo there || echo missing))"
fi
ln -s "$device" /dev/ptp_host
phc-ways "$device" 50 || broken "phc-ways ended with status $?"
card_as_source host /dev/ptp_host 30
# Reference - clock, as the source's offset is: phc-ways says CLOCK_REALTIME - PHC.
value told_ns "$(phc-ways "$device" 1 | mawk '/^SAYS/ { print -$2 }')"
last_log tompiond
