# SPDX-License-Identifier: Apache-2.0
# Two cards of one wire, each with a clock of its own: Debian's chronyd serves, tompiond follows, both cards stamp what they send, in
# interleaved mode, so that both cards' stamps are in each sample. Both have the same system clock, so the client's true error is known.
. /lib.sh
modprobe igb || broken "the card's driver does not load"
sleep 2
# The firmware's last line has no end when there are cards.
echo
note "$(ip -br link | tr -s ' ' | tr '\n' ' ')"
ip netns add server
ip link set eth1 netns server || broken "there is no second card: $(ip -o link | tr '\n' ' ')"
ip addr add 10.9.0.1/24 dev eth0 && ip link set eth0 up
ip -n server addr add 10.9.0.2/24 dev eth1 && ip -n server link set eth1 up && ip -n server link set lo up
i=0
until ping -c 1 -W 1 -q 10.9.0.2 >/dev/null; do
  i=$((i + 1))
  [ $i -le 20 ] || broken "the server cannot be reached"
done
mkdir -p -m 750 /run/chrony
mkdir -p /run/tompion && chown tompion:tompion /run/tompion /var/lib/tompion
printf 'allow\nlocal stratum 1\nhwtimestamp eth1\n' >/etc/chrony.conf
{
  printf '%s\n' '[clock]' 'kind = "virtual"' '[[interface]]' 'name = "eth0"' '[[source]]' 'address = "10.9.0.2"'
  printf '%s\n' 'interleaved = true' 'min_poll = 0' 'max_poll = 0'
} >/etc/tompion.toml
ip netns exec server chronyd -x -d -f /etc/chrony.conf -u root 2>/tmp/server.log &
server=$!
sleep 2
tompiond --config /etc/tompion.toml 2>/tmp/tompiond.log &
daemon=$!
synchronized 60
sleep "${settle:-60}"
running || broken "tompiond ended: $(tail -3 /tmp/tompiond.log)"
tompion sources --json >/tmp/sources
tompion status --json >/tmp/status

# number FILE KEY: the first number of that name.
number() { sed "s/.*\"$2\": *\(-\{0,1\}[0-9.]*\).*/\1/" "$1" | head -1; }
value hardware "$(grep -c '"stamps": *"kernel/hardware"' /tmp/sources)"
value interleaved "$(grep -c '"interleaved": *true' /tmp/sources)"
for name in true_error_ns transmitted missed unusable received rate_ppb error_ns jumps; do value $name "$(number /tmp/status $name)"; done
# NTP packets received and dropped, commands received and dropped, log records dropped, NTS-KE accepted and dropped, authenticated, interleaved.
value server_interleaved "$(chronyc -c serverstats | cut -d, -f9)"
value delay_ns "$(number /tmp/sources delay_ns)"
note "$(tompion status | grep Stamps)"
note "$(tompion sources | tail -1)"
grep -h -i hardware /tmp/tompiond.log | sed 's/^/NOTE /'
grep -h -i timestamping /tmp/server.log | sed 's/^/NOTE /'
kill $daemon $server
wait $daemon
value exit_status $?
