# SPDX-License-Identifier: Apache-2.0
"""Starts daemons and peers on loopback, bounded in time, and asks them how they are. Standard library only."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STAGE = os.environ.get("TOMPION_STAGE", os.path.join(ROOT, ".build", "stage"))
CACHE = os.path.join(ROOT, ".build", "peers")
PLUGINS = os.path.join(STAGE, "lib", "tompion")

CAP_SYS_TIME = 25


def refuse_the_right_to_set_clocks():
    """Daemons started from here must not be able to touch this machine's clock, however the tests are started."""
    with open("/proc/self/status") as status:
        effective = next(int(line.split()[1], 16) for line in status if line.startswith("CapEff:"))
    if effective >> CAP_SYS_TIME & 1:
        sys.exit("peer tests: this process has CAP_SYS_TIME, and what it starts could set this machine's clock; start them by ./Tools/test")


refuse_the_right_to_set_clocks()


def static():
    """The stage of the static build, which `./Tools/test --all` makes beside the first tests."""
    stage = os.path.join(ROOT, ".build", "stage-static")
    wait_for(lambda: os.path.isdir(stage), 600, "the static build")
    return stage


class Skip(Exception):
    """A peer cannot run here; the text says why."""


def free_port(family=socket.AF_INET):
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        return s.getsockname()[1]


def has_ipv6():
    try:
        free_port(socket.AF_INET6)
        return True
    except OSError:
        return False


def wait_for(condition, seconds, what):
    """Polls until condition() is true; its last value is in the error, after `what` (a text, or what makes one then)."""
    end = time.monotonic() + seconds
    value = None
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"{what() if callable(what) else what}: not within {seconds} s (last: {value!r})")


class Process:
    """A child with its output in a file; ended by its own pid, and only that."""

    def __init__(self, arguments, directory, name, **options):
        self.name = name
        self.log_path = os.path.join(directory, f"{name}.log")
        self.log = open(self.log_path, "wb")
        self.process = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, **options)
        self.pid = self.process.pid

    def running(self):
        return self.process.poll() is None

    def output(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def stop(self, seconds=5):
        if self.running():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                self.log.close()
                raise AssertionError(f"{self.name} did not end within {seconds} s of SIGTERM:\n{self.output()[-2000:]}")
        self.log.close()
        return self.process.returncode

    def rss_kilobytes(self):
        with open(f"/proc/{self.pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmRSS"))

    def cpu_seconds(self):
        with open(f"/proc/{self.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Tompion(Process):
    """tompiond with a throw-away configuration and control socket."""

    def __init__(self, directory, name, configuration, stage=STAGE, wrapper=(), control=True, plugins=PLUGINS, user="none",
                 state=None, **options):
        self.stage = stage
        self.socket = os.path.join(directory, f"{name}.sock")
        if state is None:
            state = os.path.join(directory, f"{name}.state")
            os.makedirs(state, exist_ok=True)
        self.configuration_path = os.path.join(directory, f"{name}.toml")
        # The suite is root's, but has no user to drop to; memory is locked and priority raised only where a test is about that.
        text = f'state_directory = "{state}"\nplugin_directory = "{plugins}"\nuser = "{user}"\n'
        if "lock_memory" not in configuration:
            text += "lock_memory = false\n"
        text += configuration
        self.serves_its_own_clock = "local_stratum" in configuration
        if control:
            text += f'\n[control]\nsocket = "{self.socket}"\n'
        with open(self.configuration_path, "w") as f:
            f.write(text)
        super().__init__(
            [*wrapper, os.path.join(stage, "bin", "tompiond"), "--config", self.configuration_path], directory, name, **options)

    def ask(self, *arguments, check=True):
        result = subprocess.run(
            [os.path.join(STAGE, "bin", "tompion"), arguments[0], "--socket", self.socket, *arguments[1:]],
            capture_output=True, text=True, timeout=15)
        if check and result.returncode != 0:
            raise AssertionError(f"tompion {' '.join(arguments)}: exit {result.returncode}: {result.stderr}{self.tail()}")
        return result

    def tail(self):
        return f"\n--- {self.name} ---\n{self.output()[-3000:]}"

    def json(self, *arguments):
        return json.loads(self.ask(arguments[0], "--json", *arguments[1:]).stdout)

    def wait_up(self, seconds=10):
        def up():
            if not self.running():
                raise AssertionError(f"{self.name} ended with {self.process.returncode}{self.tail()}")
            return os.path.exists(self.socket) and self.ask("status", check=False).returncode == 0
        wait_for(up, seconds, f"{self.name} answers on its control socket{self.tail()}")
        # The provider that lets the own clock stand in is heard a moment later.
        if self.serves_its_own_clock:
            wait_for(lambda: self.json("status")["stratum"] < 16, seconds, f"{self.name} serves its own clock{self.tail()}")
        return self

    def wait_synced(self, seconds=30):
        self.wait_up()

        def synced():
            assert self.running(), self.tail()
            return self.json("status").get("synchronized")
        try:
            wait_for(synced, seconds, f"{self.name} is synchronized")
        except AssertionError as error:
            raise AssertionError(f"{error}; why: {self.ask('why', check=False).stdout}{self.tail()}") from None
        return self


def debian_program(package, path):
    """A program out of a Debian package that is unpacked, not installed: installing chrony would start it."""
    folder = os.path.join(CACHE, package)
    program = os.path.join(folder, path)
    if not os.path.exists(program):
        os.makedirs(CACHE, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as work:
            os.chmod(work, 0o777)  # apt downloads as its own user
            got = subprocess.run(["apt-get", "download", "-qq", package], cwd=work, capture_output=True, text=True)
            files = [f for f in os.listdir(work) if f.endswith(".deb")]
            if got.returncode != 0 or not files:
                subprocess.run(["apt-get", "update", "-qq"], capture_output=True)
                got = subprocess.run(["apt-get", "download", "-qq", package], cwd=work, capture_output=True, text=True)
                files = [f for f in os.listdir(work) if f.endswith(".deb")]
            if not files:
                raise Skip(f"Debian's {package} cannot be fetched: {got.stderr.strip()}")
            subprocess.run(["dpkg", "-x", os.path.join(work, files[0]), folder], check=True)
    return program


def chronyd(directory, name, configuration, wrapper=()):
    """chronyd -x, without CAP_SYS_TIME (the whole suite is), on loopback, with its own folder."""
    program = debian_program("chrony", "usr/sbin/chronyd")
    socket_folder = os.path.join(directory, f"{name}.run")
    os.makedirs(socket_folder, mode=0o750, exist_ok=True)
    command = os.path.join(socket_folder, "chronyd.sock")
    path = os.path.join(directory, f"{name}.conf")
    with open(path, "w") as f:
        f.write(configuration + f"\npidfile {directory}/{name}.pid\nbindcmdaddress {command}\ncmdport 0\n")
    user = ["-u", "root"] if os.getuid() == 0 else ["-U"]
    process = Process([*wrapper, program, "-x", "-d", *user, "-f", path], directory, name)
    process.command = command
    return process


def chronyc(process, *arguments):
    program = debian_program("chrony", "usr/bin/chronyc")
    result = subprocess.run([program, "-h", process.command, "-c", *arguments], capture_output=True, text=True, timeout=10)
    return [line.split(",") for line in result.stdout.splitlines()]


@contextlib.contextmanager
def ntpdig_namespace():
    """ntpdig has no option for a port: the server takes 123 of a network namespace of its own. The words to put before a command there."""
    if not shutil.which("ntpdig"):
        raise Skip("ntpsec's ntpdig is not installed")
    if os.getuid() != 0:
        raise Skip("ntpdig asks port 123 only, which needs root for a network namespace")
    ntpdig_namespace.count += 1
    name = f"tompion-{os.getpid()}-{ntpdig_namespace.count}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if made.returncode != 0:
        raise Skip(f"no network namespace here: {made.stderr.strip()}")
    try:
        inside = ["ip", "netns", "exec", name]
        subprocess.run([*inside, "ip", "link", "set", "lo", "up"], check=True)
        yield inside
    finally:
        subprocess.run(["ip", "netns", "del", name], check=False)


ntpdig_namespace.count = 0


@contextlib.contextmanager
def workspace(name):
    directory = tempfile.mkdtemp(prefix=f"tompion-{name}-")
    os.chmod(directory, 0o755)
    running = []

    def start(process):
        running.append(process)
        return process

    try:
        yield directory, start
    finally:
        problems = []
        for process in reversed(running):
            try:
                process.stop()
            except AssertionError as error:
                problems.append(str(error))
        shutil.rmtree(directory, ignore_errors=True)
        if problems and sys.exc_info()[0] is None:
            raise AssertionError("\n".join(problems))


def server_configuration(port, extra="", ipv6=False):
    """A server of this host's own clock, which it only watches."""
    listen = f'"127.0.0.1:{port}"' + (f', "[::1]:{port}"' if ipv6 else "")
    return f"""
[clock]
kind = "system"
steer = false
local_stratum = 1
[provider.ntp-server]
listen = [{listen}]
{extra}
"""


def client_configuration(ports, clock='kind = "virtual"\ninitial_offset = 0.0\n', source="", address="127.0.0.1"):
    text = f"\n[clock]\n{clock}\n"
    for port in ports:
        text += f'\n[[source]]\naddress = "{address}"\nport = {port}\niburst = true\nmin_poll = 0\nmax_poll = 2\n{source}\n'
    return text
