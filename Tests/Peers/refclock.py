# SPDX-License-Identifier: Apache-2.0
"""Reference clocks end to end: gpsd's JSON, NMEA and UBX from a pty, NTP's shared memory and SOCK, chronyd -x beside ours on the same feed."""

import calendar
import contextlib
import ctypes
import multiprocessing
import os
import pty
import shutil
import socket
import struct
import subprocess
import threading
import time
import tty

import harness as h

# The feed's truth against CLOCK_REALTIME, s: not zero, so that nothing is right by accident.
AHEAD = 0.000731
# How late the first byte leaves, s.
LATE = 0.120
# The priority of what writes and reads a feed that is judged, where it is allowed: above what other tests' daemons have.
REAL_TIME = 60


# --- a receiver on a pty ---

def sentence(body):
    total = 0
    for byte in body.encode():
        total ^= byte
    return f"${body}*{total:02X}\r\n".encode()


def nmea(second, valid=True):
    at = time.gmtime(second)
    clock, letter = time.strftime("%H%M%S.00", at), "A" if valid else "V"
    return (sentence(f"GPRMC,{clock},{letter},4807.0380,N,01131.0000,E,0.02,84.4,{time.strftime('%d%m%y', at)},0.0,E,{'A' if valid else 'N'}")
            + sentence(f"GPGGA,{clock},4807.0380,N,01131.0000,E,{1 if valid else 0},08,0.9,545.4,M,46.9,M,,")
            + sentence("GPGSA,A,3,04,05,09,12,24,25,29,31,,,,,1.5,0.9,1.2")
            + sentence(f"GPZDA,{clock},{time.strftime('%d,%m,%Y', at)},00,00"))


def frame(kind, payload):
    body = struct.pack(">H", kind) + struct.pack("<H", len(payload)) + payload
    a = b = 0
    for byte in body:
        a = (a + byte) & 255
        b = (b + a) & 255
    return b"\xb5\x62" + body + bytes([a, b])


def ubx(second, valid=True):
    at = time.gmtime(second)
    fix = struct.pack("<IHBBBBBBIiBBBB", 0, at.tm_year, at.tm_mon, at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec,
                      7 if valid else 0, 25, 0, 3 if valid else 0, 1, 0, 9) + bytes(68)
    leap = bytearray(24)
    leap[9], leap[23] = 18, 3
    return frame(0x0107, fix) + frame(0x0126, bytes(leap))


class Receiver:
    """Tells each second of a clock that is AHEAD of this host's, LATE after it, on a pty.

    A process of its own, in real time where that is allowed: what is judged is how the feed is read, not how late a busy host writes it."""

    def __init__(self, directory, message=nmea, name="ttyGPS"):
        self.message = message
        self.has_fix, self.over = multiprocessing.RawValue("b", 1), multiprocessing.RawValue("b", 0)
        # How late each write was, s.
        self.lateness, self.writes = multiprocessing.RawArray("d", 1024), multiprocessing.RawValue("i", 0)
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        tty.setraw(self.master)
        os.set_blocking(self.master, False)
        self.path = os.ttyname(self.slave)
        self.process = multiprocessing.get_context("fork").Process(target=self.run, daemon=True)
        self.process.start()

    @property
    def valid(self):
        return bool(self.has_fix.value)

    @valid.setter
    def valid(self, value):
        self.has_fix.value = int(value)

    def run(self):
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(REAL_TIME))
        while not self.over.value:
            now = time.time() + AHEAD
            second = int(now - LATE) + 1
            time.sleep(max(0, second + LATE - now - 0.002))
            # The last two milliseconds are spun: a sleep ends late.
            while (late := time.time() + AHEAD - second - LATE) < 0:
                pass
            with contextlib.suppress(BlockingIOError, OSError):
                os.write(self.master, self.message(second, self.valid))
            self.lateness[self.writes.value % len(self.lateness)] = late
            self.writes.value += 1
            with contextlib.suppress(BlockingIOError, OSError):
                os.read(self.master, 4096)

    def lateness_in_the_middle(self):
        """The median of its writes', s."""
        told = sorted(self.lateness[:self.writes.value])
        return told[len(told) // 2] if told else 0.0

    def stop(self):
        self.over.value = 1
        self.process.join(3)
        if self.process.is_alive():
            self.process.kill()
        os.close(self.master)
        os.close(self.slave)


@contextlib.contextmanager
def receiver(*arguments, **options):
    running = Receiver(*arguments, **options)
    try:
        yield running
    finally:
        running.stop()


# --- pulses by SOCK and SHM ---

class ShmTime(ctypes.Structure):
    _fields_ = [("mode", ctypes.c_int), ("count", ctypes.c_int), ("clock_sec", ctypes.c_long), ("clock_usec", ctypes.c_int),
                ("receive_sec", ctypes.c_long), ("receive_usec", ctypes.c_int), ("leap", ctypes.c_int), ("precision", ctypes.c_int),
                ("nsamples", ctypes.c_int), ("valid", ctypes.c_int), ("clock_nsec", ctypes.c_uint), ("receive_nsec", ctypes.c_uint),
                ("dummy", ctypes.c_int * 8)]


class Segment:
    """A unit of NTP's shared memory that nobody has, made here and removed at the end; far from those that a host's daemons read."""

    def __init__(self, mode=0o600):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.libc.shmat.restype = ctypes.c_void_p
        self.libc.shmdt.argtypes = [ctypes.c_void_p]
        for self.unit in range(20, 60):
            # Exclusive: another program's segment is not touched.
            self.id = self.libc.shmget(0x4e545030 + self.unit, ctypes.sizeof(ShmTime), 0o3000 | mode)
            if self.id >= 0:
                break
        else:
            raise h.Skip(f"no unit of shared memory can be made: {os.strerror(ctypes.get_errno())}")
        self.address = self.libc.shmat(self.id, None, 0)
        self.data = ShmTime.from_address(self.address)

    def put(self, clock, receive, leap=0, precision=-20):
        d = self.data
        d.mode = 1
        d.valid = 0
        d.count += 1
        d.clock_sec, d.clock_nsec = divmod(clock, 10**9)
        d.clock_usec = d.clock_nsec // 1000
        d.receive_sec, d.receive_nsec = divmod(receive, 10**9)
        d.receive_usec = d.receive_nsec // 1000
        d.leap, d.precision = leap, precision
        d.count += 1
        d.valid = 1

    def remove(self):
        self.libc.shmctl(self.id, 0, None)
        self.libc.shmdt(self.address)


class Pulses:
    """Once a second the moment of a clock that is AHEAD of this host's, to every socket and segment there is."""

    def __init__(self, sockets=(), segments=()):
        self.sockets, self.segments, self.stopped = list(sockets), list(segments), threading.Event()
        self.jump, self.frozen = 0, False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        last = None
        while not self.stopped.wait(1.0):
            here = time.time_ns()
            ahead = round(AHEAD * 1e9) + self.jump
            clock = last if self.frozen and last else here + ahead
            last = clock
            seconds, nanoseconds = divmod(here, 10**9)
            datagram = struct.pack("<qqdiiii", seconds, nanoseconds // 1000, (clock - here) / 1e9, 0, 0, 0, 0x534f434b)
            for path in self.sockets:
                with contextlib.suppress(OSError):
                    out.sendto(datagram, path)
            for segment in self.segments:
                segment.put(clock, here)
        out.close()

    def stop(self):
        self.stopped.set()
        self.thread.join(3)


@contextlib.contextmanager
def pulses(**options):
    running = Pulses(**options)
    try:
        yield running
    finally:
        running.stop()


@contextlib.contextmanager
def segment(**options):
    made = Segment(**options)
    try:
        yield made
    finally:
        made.remove()


# --- our daemon ---

WATCHING = 'kind = "system"\nsteer = false\n'


def configuration(source, clock=WATCHING):
    return f'real_time_priority = {REAL_TIME}\n[clock]\n{clock}\n[[source]]\nprovider = "gnss"\n{source}\n'


def source(daemon):
    return daemon.json("sources")["sources"][0]


def events(daemon, number):
    return [e["text"] for e in daemon.json("events")["events"] if e["number"] == number]


def offset_of(daemon):
    """What the source says of the clock, reference - local, ns; the feed's truth is AHEAD."""
    return source(daemon)["offset_ns"]


def watch_error(daemon, line, seconds, limit, settle=25):
    """The errors against the feed's truth, once it is used, in words: the median, which `limit` (ns) is for, what nine tenths keep, and the limit as it was
    judged. A host that is late with writing `line` is as late with reading it, so that is allowed too: nothing, where real time is."""
    h.wait_for(lambda: source(daemon)["samples"] >= 8, settle, f"samples{daemon.tail()}")
    errors = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        errors.append(abs(offset_of(daemon) - AHEAD * 1e9))
        time.sleep(0.5)
    late = line.lateness_in_the_middle()
    if late > 0.0005:
        raise h.Skip(f"this host is {late * 1e3:.1f} ms late with all it does, and real time is not allowed: what is read cannot be judged to 1 ms")
    limit += 3 * late * 1e9
    errors.sort()
    worst, middle = errors[int(len(errors) * 0.9) - 1], errors[len(errors) // 2]
    assert middle <= limit and worst <= 2 * limit, f"{middle:.0f} ns is more than {limit:.0f}, or {worst:.0f} than twice that ({errors}){daemon.tail()}"
    return f"median {middle / 1000:.0f} µs (limit {limit / 1000:.0f}, the feed {late * 1e6:.0f} late), nine tenths within {worst / 1000:.0f} µs"


def test_nmea_and_ubx_from_a_pty():
    notes = []
    for name, message, extra in (("nmea", nmea, 'sentences = ["RMC"]'), ("ubx", ubx, "")):
        with h.workspace(f"refclock-{name}") as (directory, start), receiver(directory, message) as line:
            daemon = start(h.Tompion(directory, "daemon", configuration(
                f'device = "{line.path}"\nprotocol = "{name}"\ndelay = {LATE}\n{extra}'))).wait_up()
            words = watch_error(daemon, line, 12, 1_000_000)
            report = source(daemon)
            assert report["reach"] > 0, report
            assert daemon.json("status")["stratum"] == 1, daemon.json("status")
            assert daemon.json("status")["reference_id"] == "GPS", daemon.json("status")
            # The fix is lost, and found again.
            line.valid = False
            h.wait_for(lambda: "no fix" in source(daemon)["last_error"], 10, f"the fix is lost{daemon.tail()}")
            assert events(daemon, 602), daemon.tail()
            before = source(daemon)["samples"]
            line.valid = True
            h.wait_for(lambda: source(daemon)["samples"] > before + 1, 40, f"the fix is back{daemon.tail()}")
            notes.append(f"{name}: {words}")
    return "; ".join(notes)


def test_gpsds_json():
    program = h.debian_program("gpsd", "usr/sbin/gpsd")
    libraries = os.path.join(h.CACHE, "gpsd-libraries")
    with h.workspace("refclock-gpsd") as (directory, start), receiver(directory) as line:
        environment = dict(os.environ, LD_LIBRARY_PATH=gpsd_libraries(libraries))
        os.chmod(line.path, 0o666)
        port = free_tcp_port()
        command = [*own_shared_memory(), *in_real_time(), program, "-N", "-n", "-S", str(port), line.path]
        gpsd = start(h.Process(command, directory, "gpsd", env=environment))
        time.sleep(0.5)
        assert gpsd.running(), gpsd.output()
        daemon = start(h.Tompion(directory, "daemon", configuration(
            f'gpsd = "127.0.0.1:{port}"\ndevice = "{line.path}"\ndelay = {LATE}'))).wait_up()
        words = watch_error(daemon, line, 12, 1_000_000, settle=40)
        assert daemon.json("status")["reference_id"] == "GPS", daemon.json("status")
        # gpsd goes, and comes again.
        before = source(daemon)["samples"]
        gpsd.stop()
        h.wait_for(lambda: events(daemon, 600), 10, f"gpsd is missed{daemon.tail()}")
        start(h.Process(command, directory, "gpsd-again", env=environment))
        h.wait_for(lambda: events(daemon, 601) and source(daemon)["samples"] > before + 2, 60, f"gpsd is back{daemon.tail()}")
        return f"gpsd's JSON: {words}"


def in_real_time():
    """The words that put a program under SCHED_FIFO, if that is allowed."""
    words = ["chrt", "-f", str(REAL_TIME)]
    return words if subprocess.run([*words, "true"], capture_output=True).returncode == 0 else []


def own_shared_memory():
    """The words that give a program an IPC namespace of its own: gpsd writes its receivers' time into the NTP units of shared memory unasked,
    and a time daemon of this host that reads those would believe a feed made up for a test."""
    words = ["unshare", *([] if os.getuid() == 0 else ["--user", "--map-root-user"]), "--ipc", "--"]
    if subprocess.run([*words, "true"], capture_output=True).returncode != 0:
        raise h.Skip("gpsd would write into this host's shared memory: no IPC namespace can be made here (unshare --ipc)")
    return words


@contextlib.contextmanager
def shared_ipc():
    """The words that start programs in one IPC namespace, which is not this host's."""
    if os.getuid() != 0:
        raise h.Skip("several programs in one IPC namespace need root (nsenter --ipc)")
    own_shared_memory()
    # It has its own namespace once it has read the end of that; it ends with its input.
    holder = subprocess.Popen([*own_shared_memory(), "sh", "-c", "echo ready; read end"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    holder.stdout.readline()
    try:
        yield ["nsenter", f"--ipc=/proc/{holder.pid}/ns/ipc", "--"]
    finally:
        holder.stdin.close()
        holder.wait(5)


# Runs in the namespace: writes a segment that is somebody else's, as a second writer would.
INTRUDER = """
import ctypes, sys
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
id = libc.shmget(0x4e545030 + int(sys.argv[1]), 96, 0)
place = libc.shmat(id, None, 0)
count = ctypes.c_int.from_address(place + 4)
print("count:", count.value)
count.value += 2
"""


def test_what_is_passed_on():
    """Our samples to chronyd by SOCK and by shared memory, from a daemon that watches CLOCK_REALTIME and from one with a clock of its own."""
    with h.workspace("refclock-feeds") as (directory, start), shared_ipc() as inside:
        units, paths = (6, 7), [os.path.join(directory, f"chrony{i}.sock") for i in (0, 1)]
        # It must select none: what it follows it tells offsets from, even with -x.
        chronyd = start(h.chronyd(directory, "chronyd", "".join(
            f"refclock SOCK {paths[i]} poll 2 noselect refid SCK{i}\nrefclock SHM {units[i]} poll 2 noselect refid SHM{i}\n" for i in (0, 1)), wrapper=inside))
        h.wait_for(lambda: all(os.path.exists(p) for p in paths), 10, "chronyd listens")
        virtual = 'kind = "virtual"\ninitial_offset = 0.25\ninitial_frequency_ppm = 30.0\n'
        daemons, feeds = [], []
        for i, clock in enumerate((WATCHING, virtual)):
            feeds.append(os.path.join(directory, f"feed{i}.sock"))
            daemons.append(start(h.Tompion(directory, f"daemon{i}", configuration(
                f'sock = "{feeds[i]}"\nfeed_sock = "{paths[i]}"\nfeed_shm = {units[i]}', clock=clock), wrapper=inside)).wait_up())
        with pulses(sockets=feeds):
            h.wait_for(lambda: len([r for r in h.chronyc(chronyd, "sources") if int(r[5], 8) & 7 == 7]) == 4, 60,
                       f"chronyd has samples of all four{daemons[0].tail()}{daemons[1].tail()}")
            # chronyd shows a last sample of zero for a moment while it makes the next of several.
            def errors():
                return {r[2]: -float(r[8]) * 1e9 - AHEAD * 1e9 for r in h.chronyc(chronyd, "sources")}
            seen = {}
            h.wait_for(lambda: len(seen.update(errors()) or seen) == 4 and all(abs(e) <= PULSE_LIMIT for e in seen.values()), 40,
                       lambda: f"all four on the feed's truth, now {seen} ns{daemons[0].tail()}{daemons[1].tail()}")
            rows = [f"{name} {error:+.0f} ns" for name, error in seen.items()]
            assert all(not source(d)["last_error"] for d in daemons), [source(d) for d in daemons]
            # A second writer: ours ends, and says so; SOCK goes on.
            seen = subprocess.run([*inside, "python3", "-c", INTRUDER, str(units[0])], capture_output=True, text=True, timeout=10)
            assert seen.returncode == 0, seen.stderr
            h.wait_for(lambda: "another program writes there" in source(daemons[0])["last_error"], 5, f"the intruder is seen{daemons[0].tail()}")
            assert events(daemons[0], 608), daemons[0].tail()
            # chronyd ends: told, and its own samples go on.
            chronyd.stop()
            h.wait_for(lambda: events(daemons[1], 608), 5, f"nobody listens{daemons[1].tail()}")
            before = source(daemons[1])["samples"]
            h.wait_for(lambda: source(daemons[1])["samples"] > before + 2, 8, "its own samples go on")
        return "by chronyd, against the feed's truth: " + ", ".join(rows)


def test_passed_on_to_nobody_elses_memory():
    """A segment that others may write is not written."""
    unit = 8
    with h.workspace("refclock-alien") as (directory, start), shared_ipc() as inside:
        made = subprocess.run([*inside, "python3", "-c", f"import ctypes; print(ctypes.CDLL(None).shmget(0x4e545030 + {unit}, 96, 0o1666))"],
                              capture_output=True, text=True, timeout=10)
        assert int(made.stdout) >= 0, made
        path = os.path.join(directory, "ref.sock")
        daemon = start(h.Tompion(directory, "daemon", configuration(f'sock = "{path}"\nfeed_shm = {unit}'), wrapper=inside)).wait_up()
        with pulses(sockets=[path]):
            h.wait_for(lambda: source(daemon)["samples"] > 3, 20, f"samples{daemon.tail()}")
        h.wait_for(lambda: "others may write it" in source(daemon)["last_error"], 5, f"refused{daemon.tail()}")
        untouched = subprocess.run([*inside, "python3", "-c", INTRUDER, str(unit)], capture_output=True, text=True, timeout=10)
        assert "count: 0" in untouched.stdout, untouched
        assert events(daemon, 608), daemon.tail()


def free_tcp_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def gpsd_libraries(folder):
    """Where the libraries are that Debian's gpsd wants and this host may not have."""
    h.debian_program("libgps28", "usr/lib/x86_64-linux-gnu/libgps.so.28")
    paths = [os.path.join(h.CACHE, "libgps28", "usr/lib/x86_64-linux-gnu")]
    for package, library in (("libusb-1.0-0", "libusb-1.0.so.0"), ("libbluetooth3", "libbluetooth.so.3"), ("libdbus-1-3", "libdbus-1.so.3")):
        if ctypes_find(library):
            continue
        with contextlib.suppress(h.Skip):
            for place in ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"):
                h.debian_program(package, f"{place}/{library}")
                path = os.path.join(h.CACHE, package, place)
                if os.path.isdir(path):
                    paths.append(path)
                    break
    return ":".join(paths)


def ctypes_find(library):
    try:
        ctypes.CDLL(library)
        return True
    except OSError:
        return False


PULSE_LIMIT = 20_000


def test_sock_and_shm_on_a_clock_of_our_own():
    """The virtual clock is 0.25 s ahead of CLOCK_REALTIME, by which the writers stamp."""
    with h.workspace("refclock-virtual") as (directory, start), segment() as memory:
        path = os.path.join(directory, "ref.sock")
        virtual = 'kind = "virtual"\ninitial_offset = 0.25\ninitial_frequency_ppm = 30.0\n'
        with pulses(sockets=[path], segments=[memory]):
            notes = []
            for name, text in (("sock", f'sock = "{path}"'), ("shm", f"shm = {memory.unit}")):
                daemon = start(h.Tompion(directory, name, configuration(text, clock=virtual))).wait_synced(40)
                # The clock follows the feed, which is AHEAD of the host's time: that is its error then.
                def error():
                    return abs(daemon.json("status")["true_error_ns"] - AHEAD * 1e9)
                h.wait_for(lambda: error() < PULSE_LIMIT, 60, f"{name}: within 20 µs of the feed ({daemon.json('status')['true_error_ns']}){daemon.tail()}")
                time.sleep(5)
                assert error() < PULSE_LIMIT, daemon.json("status")
                assert daemon.json("status")["stratum"] == 1
                notes.append(f"{name}: {error():.0f} ns from the feed")
                daemon.stop()
        return ", ".join(notes)


def test_sock_and_shm_beside_chronyd():
    with h.workspace("refclock-pulses") as (directory, start), segment() as memory:
        ours, theirs = os.path.join(directory, "ours.sock"), os.path.join(directory, "theirs.sock")
        # A leftover of a process that is gone is replaced.
        left = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        left.bind(ours)
        left.close()
        daemon = start(h.Tompion(directory, "daemon", configuration(
            f'sock = "{ours}"\nrefid = "SOCK"\n[[source]]\nprovider = "gnss"\nshm = {memory.unit}\nrefid = "SHM"'))).wait_up()
        assert os.stat(ours).st_mode & 0o777 == 0o660, oct(os.stat(ours).st_mode)
        chronyd = start(h.chronyd(directory, "chronyd",
                                  f"refclock SOCK {theirs} poll 2 noselect refid SOCK\nrefclock SHM {memory.unit} poll 2 noselect refid SHM\n"))
        h.wait_for(lambda: os.path.exists(theirs), 10, "chronyd listens")
        with pulses(sockets=[ours, theirs], segments=[memory]):
            h.wait_for(lambda: all(s["samples"] >= 12 for s in daemon.json("sources")["sources"]), 40, f"samples{daemon.tail()}")
            h.wait_for(lambda: len([r for r in h.chronyc(chronyd, "sources") if int(r[5], 8) & 7 == 7]) == 2, 40, "chronyd has samples")
            rows = []
            for s in daemon.json("sources")["sources"]:
                error = s["offset_ns"] - AHEAD * 1e9
                assert abs(error) <= PULSE_LIMIT, (s, daemon.tail())
                rows.append(f"{s['name'].rsplit('/', 1)[-1]} by us {error:+.0f} ns")
            for row in h.chronyc(chronyd, "sources"):
                # Its last sample's measured offset, positive = the local clock is ahead.
                rows.append(f"{row[2]} by chronyd {-float(row[8]) * 1e9 - AHEAD * 1e9:+.0f} ns")
            return "against the feed's truth: " + ", ".join(rows)


def test_a_feed_that_lies():
    with h.workspace("refclock-liar") as (directory, start):
        path = os.path.join(directory, "ref.sock")
        daemon = start(h.Tompion(directory, "daemon", configuration(f'sock = "{path}"'))).wait_up()
        with pulses(sockets=[path]) as feed:
            h.wait_for(lambda: source(daemon)["samples"] >= 6, 20, f"samples{daemon.tail()}")
            feed.jump = 50_000_000
            h.wait_for(lambda: any("jumped" in t for t in events(daemon, 603)), 5, f"the jump is refused{daemon.tail()}")
            before = source(daemon)["samples"]
            feed.jump = 0
            h.wait_for(lambda: source(daemon)["samples"] > before, 20, f"it is believed again{daemon.tail()}")
            feed.frozen = True
            h.wait_for(lambda: any("stands still" in t for t in events(daemon, 603)), 5, f"it stands still{daemon.tail()}")
            assert abs(offset_of(daemon) - AHEAD * 1e9) < PULSE_LIMIT, offset_of(daemon)
        return "; ".join(events(daemon, 603))


def test_memory_of_others():
    """A segment that others may write is refused; any_owner takes it. Units 0 and 1 are root's alone, whatever is written."""
    with h.workspace("refclock-owner") as (directory, start), segment(mode=0o666) as memory, pulses(segments=[memory]):
        daemon = start(h.Tompion(directory, "daemon", configuration(f"shm = {memory.unit}"))).wait_up()
        h.wait_for(lambda: "any_owner" in source(daemon)["last_error"], 5, f"refused{daemon.tail()}")
        assert events(daemon, 600) and source(daemon)["samples"] == 0, daemon.tail()
        daemon.stop()
        daemon = start(h.Tompion(directory, "believing", configuration(f"shm = {memory.unit}\nany_owner = true"))).wait_up()
        h.wait_for(lambda: source(daemon)["samples"] > 3, 20, f"believed{daemon.tail()}")
        daemon.stop()
        wrong = h.Tompion(directory, "wrong", configuration("shm = 0\nany_owner = true"))
        assert wrong.process.wait(10) != 0 and "root's alone" in wrong.output(), wrong.output()
        wrong.log.close()
