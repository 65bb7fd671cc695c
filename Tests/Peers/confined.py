# SPDX-License-Identifier: Apache-2.0
"""Confined as a container or a sandbox confines it, the daemon works and says what it goes without."""

import os
import platform
import subprocess
import sys

import harness as h
from realtime import open_to, refusals, unprivileged
from receiving import chosen
import pwd

# Refuses system calls by number with an errno (first argument: "425=1,151=1"), then becomes the program.
FILTER = r"""
import ctypes, os, struct, sys
calls = [tuple(map(int, call.split("="))) for call in sys.argv[1].split(",")]
steps = [(0x20, 0, 0, 0)]  # load the number of the call
for number, error in calls:
    steps += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | error)]
steps.append((0x06, 0, 0, 0x7fff0000))
program = b"".join(struct.pack("HBBI", *step) for step in steps)
code = ctypes.create_string_buffer(program, len(program))
class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("program", ctypes.c_void_p)]
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
wanted = Filter(len(steps), ctypes.addressof(code))
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.addressof(wanted), 0, 0):
    sys.exit("no seccomp filter here")
os.execv(sys.argv[2], sys.argv[2:])
"""
# x86-64 (arch/x86/entry/syscalls/syscall_64.tbl).
IO_URING = (425, 426, 427)
SCHEDULING = (142, 144, 314, 203)  # sched_setparam, sched_setscheduler, sched_setattr, sched_setaffinity
MEMORY = (149, 151, 325)  # mlock, mlockall, mlock2
CLOCKS = (164, 227)  # settimeofday, clock_settime


def refusing(*calls, error=1):
    if platform.machine() != "x86_64":
        raise h.Skip("the filter's numbers are x86-64's")
    return sys.executable, "-c", FILTER, ",".join(f"{call}={error}" for call in calls)


def namespaces(*arguments):
    """A wrapper that has namespaces of its own, if that is permitted here."""
    wrapper = ("unshare", *arguments)
    if subprocess.run([*wrapper, "true"], capture_output=True).returncode != 0:
        raise h.Skip(f"{' '.join(wrapper)} is not permitted here")
    return wrapper


def follow(directory, start, port, name, wrapper, text=""):
    """An unprivileged client of a server outside, with namespaces of its own but the network's."""
    os.makedirs(os.path.join(directory, f"{name}.state"), exist_ok=True)
    if os.getuid() == 0:
        open_to(directory, pwd.getpwnam("nobody"))
    daemon = start(h.Tompion(directory, name, text + h.client_configuration([port]), wrapper=wrapper)).wait_synced()
    h.wait_for(lambda: abs(daemon.json("status")["true_error_ns"]) < 50_000, 20, "true error under 50 µs")
    return daemon


def test_a_container_without_any_privilege():
    """Own mount, PID, IPC and host-name spaces, no capability, a filter as containers have it: everything is refused at once."""
    wrapper = (*namespaces("--mount", "--ipc", "--uts", "--propagation=slave"), *unprivileged(),
               *refusing(*IO_URING, *SCHEDULING, *MEMORY, *CLOCKS))
    with h.workspace("container") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        daemon = follow(directory, start, port, "client", wrapper, "lock_memory = true\n[realtime.control]\ncpu = 0\n")
        with open(f"/proc/{daemon.pid}/status") as f:
            status = f.read()
        assert "CapEff:\t0000000000000000" in status and "Seccomp:\t2" in status, status
        line = chosen(daemon)
        assert "poll: no io_uring (Operation not permitted)" in line and "seccomp" in line, line
        found = refusals(daemon)
        kinds = [next(k for k in ("SCHED_FIFO", "mlockall", "not kept on CPU 0") if k in text) for text in found]
        assert sorted(kinds) == sorted(("SCHED_FIFO", "mlockall", "not kept on CPU 0")), found
        return f"{line.split(': ', 1)[0]}; {len(found)} warnings; true error {daemon.json('status')['true_error_ns']} ns"


def test_a_container_may_serve_what_it_cannot_steer():
    wrapper = (*unprivileged(), *refusing(*IO_URING, *CLOCKS))
    with h.workspace("container-server") as (directory, start):
        port, own = h.free_port(), h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        os.makedirs(os.path.join(directory, "middle.state"))
        if os.getuid() == 0:
            open_to(directory, pwd.getpwnam("nobody"))
        text = (h.client_configuration([port], clock='kind = "system"\nsteer = true\n')
                + f'[provider.ntp-server]\nlisten = ["127.0.0.1:{own}"]\n')
        middle = start(h.Tompion(directory, "middle", text, wrapper=wrapper)).wait_up()
        status = h.wait_for(lambda: (lambda s: s["steering"] == "refused" and s)(middle.json("status")), 10, "steering is refused")
        if "beside this daemon" in status["steering_reason"]:
            raise h.Skip(f"another time daemon runs on this host: {status['steering_reason']}")
        assert "CAP_SYS_TIME" in status["steering_reason"], status
        assert middle.running()
        return status["steering_reason"]


def test_io_uring_forbidden_by_the_administrator():
    """kernel.io_uring_disabled itself is everybody's: a file in its place, in a mount space of its own, and the refusal that goes with
    it."""
    setting = "/proc/sys/kernel/io_uring_disabled"
    if not os.path.exists(setting):
        raise h.Skip("this kernel has no kernel.io_uring_disabled")
    namespaces("--mount", "--propagation=slave")
    with h.workspace("forbidden") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        said = {}
        for value in (2, 1):
            fake = os.path.join(directory, f"setting{value}")
            with open(fake, "w") as f:
                f.write(f"{value}\n")
            bound = f'mount --bind {fake} {setting} && exec "$@"'
            if subprocess.run(["unshare", "--mount", "--propagation=slave", "sh", "-c", bound, "sh", "true"], capture_output=True).returncode:
                raise h.Skip("nothing can be put in the place of a file of /proc/sys here")
            wrapper = ("unshare", "--mount", "--propagation=slave", "sh", "-c", bound, "sh", *unprivileged(), *refusing(*IO_URING))
            said[value] = chosen(follow(directory, start, port, f"client{value}", wrapper))
        assert "kernel.io_uring_disabled = 2 forbids it to all" in said[2], said
        assert "kernel.io_uring_disabled = 1 forbids it to who is not in kernel.io_uring_group" in said[1], said
        return said[2]


def test_a_kernel_without_io_uring():
    with h.workspace("old") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        line = chosen(follow(directory, start, port, "client", refusing(*IO_URING, error=38)))
        assert "poll: no io_uring (Function not implemented): this kernel has no io_uring" in line, line
        return line
