# SPDX-License-Identifier: Apache-2.0
# What the daemon tells the kernel while it runs, and what it leaves behind when it is stopped in the middle of a slew.
. /lib.sh
state() { clock-state | while read -r name number; do value "$1_$name" "$number"; done; }
laboratory 25000
network 1ms 0.1ms
state before
tompiond_start "min_poll = 4" "max_poll = 4"
synchronized 60
sleep 300
state synced
sleep 20
state later
# 0.8 s is less than a step takes, so it will be slewed.
clock-step -0.8 >/dev/null
i=0
until clock-state | grep -q '^tick 1[0-9][0-9]*' && ! clock-state | grep -q '^tick 10000$'; do
  i=$((i + 1))
  [ $i -lt 120 ] || { last_log tompiond; broken "no slew began within 120 s"; }
  sleep 1
done
state slewing
kill -TERM $daemon
wait $daemon
value exit_status $?
state stopped
sleep 60
state after
last_log tompiond
