# SPDX-License-Identifier: Apache-2.0
# A PTP clock read in each way that its driver knows, by a program of its own, and then by tompiond as a source. card=lab: a card's clock that shows the truth
# and whose driver knows no more than `reading` says; card=igb: QEMU's network card, beside which nothing is true, so the ways are compared among themselves.
. /lib.sh
note begins
words card reading
case $card in
  lab) modprobe ptp_lab readonly=1 freq_ppb=0 card=1 card_ppb=0 card_reading="$reading" || broken "a kernel module does not load"
    device=/dev/ptp1 ;;
  igb) modprobe igb || broken "the card's driver does not load"
    sleep 2
    # The firmware's last line has no end when there are cards.
    echo
    device=/dev/ptp0
    # Its clock begins anywhere: it is set once, by its own driver's range.
    phc-step $device 0 ;;
esac
[ -e $device ] || broken "there is no $device"
clock-step -0.25 >/dev/null
phc-ways $device 100 || broken "phc-ways ended with status $?"
card_as_source card $device 60
[ "$card" = igb ] || value true_ns "$(clock-watch /dev/ptp0 0 | mawk 'END { print $2 }')"
# The way that the source says, by its place among them.
case $said in
  PTP_SYS_OFFSET_PRECISE) value way 1 ;;
  "PTP_SYS_OFFSET_EXTENDED (raw)") value way 2 ;;
  PTP_SYS_OFFSET_EXTENDED) value way 3 ;;
  PTP_SYS_OFFSET) value way 4 ;;
  *) value way 0 ;;
esac
tompion sources | sed 's/^/LOG /'
last_log tompiond
