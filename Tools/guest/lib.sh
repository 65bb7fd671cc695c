# SPDX-License-Identifier: Apache-2.0
# Sourced by the tests, in the guest. What a test found leaves by the console as lines `VALUE name number`; the host judges.
value() { echo "VALUE $1 $2"; }
note() { echo "NOTE $*"; }
broken() { echo "BROKEN $*"; exit 1; }
# What this guest cannot have is no failure of the daemon: the test is counted as skipped, with the reason.
skipped() { echo "SKIPPED $*"; exit 0; }

# words NAME...: variables of those names from the kernel command line.
words() {
  for word in $(cat /proc/cmdline); do
    for name in "$@"; do
      case $word in "$name="*) eval "$name='${word#*=}'" ;; esac
    done
  done
}

# laboratory PPB: the true time, as /dev/ptp0. It is CLOCK_MONOTONIC_RAW made faster by that, which nothing can steer, and begins
# where the system clock is now.
laboratory() {
  modprobe veth && modprobe sch_netem && modprobe ptp_lab readonly=1 freq_ppb="$1" || broken "a kernel module does not load"
}

# network [DELAY JITTER]: this host -- a router -- a server at 10.8.1.2 whose clock is the true time. The delays stand on both sides of the
# router: on this host's own interface the kernel would stamp what it sends behind them. $truth: more words for ntp-truth.
network() {
  for name in router server; do ip netns add $name && ip -n $name link set lo up; done
  ip link add v0 type veth peer name near netns router
  ip -n router link add far type veth peer name v1 netns server
  ip addr add 10.8.0.1/24 dev v0 && ip link set v0 up
  ip -n router addr add 10.8.0.254/24 dev near && ip -n router link set near up
  ip -n router addr add 10.8.1.254/24 dev far && ip -n router link set far up
  ip -n server addr add 10.8.1.2/24 dev v1 && ip -n server link set v1 up
  ip route add 10.8.1.0/24 via 10.8.0.254
  ip -n server route add default via 10.8.1.254
  ip netns exec router sysctl -qw net.ipv4.ip_forward=1
  ping -c 3 -q 10.8.1.2 >/dev/null || broken "the server cannot be reached"
  if [ -n "$1" ]; then
    for side in near far; do
      ip netns exec router tc qdisc add dev $side root netem delay "$1" "${2:-0ms}" distribution normal limit 1000 ||
        broken "netem is refused"
    done
    note "$(ping -c 20 -i 0.2 -q 10.8.1.2 | tail -1)"
  fi
  ip netns exec server ntp-truth /dev/ptp0 $truth &
  server=$!
}

# tompiond_start TABLE-LINES...: the daemon with its defaults and one source; the lines belong to that source.
tompiond_start() {
  mkdir -p /run/tompion && chown tompion:tompion /run/tompion /var/lib/tompion
  { printf '%s\n' "$before_source" '[[source]]' 'address = "10.8.1.2"'; printf '%s\n' "$@"; } >/etc/tompion.toml
  tompiond --config /etc/tompion.toml 2>/tmp/tompiond.log &
  daemon=$!
}

# card_as_source NAME DEVICE SECONDS: what a daemon that steers nothing says of a PTP clock in UTC after so long, and as $said how it reads it.
card_as_source() {
  mkdir -p /run/tompion && chown tompion:tompion /run/tompion /var/lib/tompion
  printf '[clock]\nsteer = false\n[[source]]\nprovider = "phc"\nname = "%s"\ndevice = "%s"\ntimescale = "utc"\n' "$1" "$2" >/etc/tompion.toml
  tompiond --config /etc/tompion.toml 2>/tmp/tompiond.log &
  daemon=$!
  sleep "$3"
  running || broken "tompiond ended: $(tail -3 /tmp/tompiond.log)"
  tompion sources --json >/tmp/sources
  sed 's/^/LOG /' /tmp/sources
  for name in samples delay_ns offset_ns; do
    value $name "$(sed -n "s/.*\"$name\":\(-\{0,1\}[0-9]*\).*/\1/p" /tmp/sources)"
  done
  said=$(sed -n 's/.*is used, read by \(.*\)/\1/p' /tmp/tompiond.log | head -1)
  note "read by $said"
}

# chronyd_start OPTIONS: Debian's chronyd with Debian's makestep and the one server.
chronyd_start() {
  mkdir -p -m 750 /run/chrony
  printf 'server 10.8.1.2 %s\nmakestep 1 3\ndriftfile /var/lib/chrony/drift\nrtcsync\n' "$*" >/etc/chrony.conf
  chronyd -d -f /etc/chrony.conf -u root 2>/tmp/chronyd.log &
  daemon=$!
}

# running: the daemon has not ended.
running() { kill -0 $daemon 2>/dev/null; }

# synchronized SECONDS: waits until tompiond says so.
synchronized() {
  i=0
  until tompion status --json 2>/dev/null | grep -q '"synchronized": *true'; do
    i=$((i + 1))
    running || broken "tompiond ended: $(tail -3 /tmp/tompiond.log)"
    [ $i -le "$1" ] || broken "tompiond is not synchronized after $1 s: $(tompion why)"
    sleep 1
  done
}

# event SLUG: when the newest event of that name was raised, in ns since 1970 by the clock of that moment; nothing where there is none.
event() {
  tompion events --json -n 1000 | sed 's/{"sequence"/\n&/g' | grep "\"slug\":\"$1\"" | tail -1 | sed -n 's/.*"time_ns":\([0-9]*\).*/\1/p'
}

# last_log NAME: what the daemon said last, for whoever looks at a failure.
last_log() { tail -n "${2:-12}" "/tmp/$1.log" | sed 's/^/LOG /'; }

# record_out FILE: the daemon's record, for the host to keep beside the log.
record_out() { gzip -9 <"$1" | base64 | sed 's/^/RECORD /'; }

# error_summary FROM WITHIN NAME: of /tmp/watch (time, error in ns, frequency in ppm) what a clock's error was from FROM s on, and
# as NAME, how long it took to stay WITHIN ns.
error_summary() {
  mawk -v from="$1" -v within="$2" -v name="$3" '
    !start { start = $1 }
    $1 - start >= from {
      n++; e = $2; s += e; q += e * e; f = $3; fs += f; fq += f * f
      if (e < 0) e = -e
      if (e > max) max = e
    }
    { if ($2 >= within || $2 <= -within) outside = $1 - start }
    END {
      printf "VALUE count %d\nVALUE mean_ns %.2f\nVALUE rms_ns %.3f\nVALUE max_ns %.0f\n", n, s / n, sqrt(q / n), max
      printf "VALUE frequency_rms_ppm %.6f\nVALUE %s %.0f\n", sqrt(fq / n - fs * fs / n / n), name, outside
    }' /tmp/watch
}
