# SPDX-License-Identifier: Apache-2.0
"""The minimal profile: under strace and an interposer of clock_gettime, nothing outside the surface of the design is called."""

import os
import re
import shutil
import signal
import subprocess
import time

import harness as h

# design.md, "Roles instead of threads": what a minimal daemon may call once its configuration is read.
SURFACE = {
    "socket", "bind", "connect", "setsockopt", "getsockopt", "getsockname", "fcntl", "poll", "recvmsg", "sendto", "sendmsg",
    "clock_gettime", "adjtimex", "clock_adjtime", "close", "read", "write", "fstat", "newfstatat", "lseek", "open", "openat",
    "rt_sigaction", "rt_sigreturn", "rt_sigprocmask", "brk", "mmap", "munmap", "mprotect", "mremap", "madvise", "futex", "getrandom",
    "exit_group", "restart_syscall",
    "gettid",  # the Swift runtime's own: its once-only initialisation and its mutex ask who they are
}
# What the dynamic loader, libc, libcap and the Swift runtime do before main, on any program.
LOADER = {"execve", "prctl", "ioctl", "arch_prctl", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "access", "pread64", "readlink",
          "sched_getaffinity", "getuid", "geteuid", "getgid", "getegid", "getpid", "gettid", "uname", "sysinfo", "statfs", "readlinkat"}
# getifaddrs works by netlink in glibc; the design allows the call, so its socket is allowed, and only there.
CLOCKS = {"CLOCK_REALTIME", "CLOCK_MONOTONIC", "CLOCK_MONOTONIC_RAW"}

INTERPOSER = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>
static unsigned long seen[16];
int clock_gettime(clockid_t id, struct timespec *t) {
  unsigned index = id >= 0 && id < 15 ? (unsigned)id : 15u;
  __atomic_fetch_add(&seen[index], 1, __ATOMIC_RELAXED);
  return (int)syscall(SYS_clock_gettime, id, t);
}
__attribute__((destructor)) static void report(void) {
  char text[64];
  for (int i = 0; i < 16; ++i)
    if (seen[i]) { int n = snprintf(text, sizeof text, "CLOCK %d %lu\n", i, seen[i]); if (write(2, text, n) < 0) {} }
}
"""


def minimal_configuration(port, module=None):
    text = h.client_configuration([port])
    if module:
        text += f'\n[provider.ntp-client]\nmodule = "{module}"\n'
    return 'profile = "minimal"\n' + text


def run_traced(directory, start, port, stage, module=None, plugins=h.PLUGINS):
    trace = os.path.join(directory, "trace")
    interposer = os.path.join(directory, "interposer.so")
    subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-x", "c", "-", "-o", interposer, "-ldl"], input=INTERPOSER, text=True, check=True)
    wrapper = ["strace", "-f", "-qq", "-o", trace, "-E", f"LD_PRELOAD={interposer}"]
    daemon = start(h.Tompion(directory, "minimal", minimal_configuration(port, module), stage=stage, wrapper=wrapper, control=False,
                             plugins=plugins))
    state = os.path.join(directory, "minimal.state")
    try:
        h.wait_for(lambda: "synchronized" in daemon.output() or not daemon.running(), 40, "the log says synchronized")
        assert daemon.running(), daemon.tail()
    except AssertionError as error:
        with open(trace) as f:
            raise AssertionError(f"{error}{daemon.tail()}\n--- trace ---\n{f.read()[-1500:]}") from None
    time.sleep(3)
    # strace passes nothing on: signal the traced child itself
    with open(f"/proc/{daemon.pid}/task/{daemon.pid}/children") as f:
        child = int(f.read().split()[0])
    os.kill(child, signal.SIGTERM)
    h.wait_for(lambda: not daemon.running(), 10, "it ends on SIGTERM")
    with open(trace) as f:
        return f.read().splitlines(), daemon.output(), os.listdir(state)


def check(lines, output):
    calls, main, threads = {}, False, set()
    for line in lines:
        match = re.match(r"(\d+) +(\w+)\((.*)", line)
        if not match:
            continue
        threads.add(match[1])
        name, rest = match[2], match[3]
        calls[name] = calls.get(name, 0) + 1
        if "minimal.toml" in rest and name in ("open", "openat"):
            main = True
        allowed = SURFACE if main else SURFACE | LOADER
        netlink = "AF_NETLINK" in rest
        # A plugin in Swift loaded into the static daemon brings a second runtime, whose start looks for a terminal.
        terminal = name == "ioctl" and "TCGETS" in rest
        assert name in allowed or netlink or terminal, f"outside the surface: {line}"
        if name == "socket" and main and not netlink:
            assert re.match(r"AF_INET6?, SOCK_DGRAM, ", rest), f"not a plain datagram socket: {line}"
        if name == "poll":
            timeout = re.search(r"\], \d+, (-?\d+)\)", rest) or re.search(r"NULL, 0, (-?\d+)", rest)
            assert timeout and int(timeout[1]) > 0, f"poll without a positive finite timeout: {line}"
            assert "-1" not in rest.split("]")[0], f"poll of a closed slot: {line}"
    assert len(threads) == 1, f"{len(threads)} threads"
    assert calls.get("recvmsg") and calls.get("poll"), calls
    clocks = {int(m[1]) for m in re.finditer(r"^CLOCK (\d+) ", output, re.M)}
    assert clocks, f"the interposer reported nothing:\n{output[-500:]}"
    # 0 REALTIME, 1 MONOTONIC, 4 MONOTONIC_RAW
    assert clocks <= {0, 1, 4}, f"clocks read: {clocks}"
    return f"{sum(calls.values())} calls of {len(calls)} kinds, clocks {sorted(clocks)}"


def traced(stage, module=None, plugins=h.PLUGINS):
    if not shutil.which("strace"):
        raise h.Skip("strace is not installed")
    with h.workspace("minimal") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        lines, output, _ = run_traced(directory, start, port, stage, module, plugins)
        return check(lines, output)


def long_static_with_the_client_linked_in():
    return traced(h.static(), plugins="/nonexistent")


def long_static_with_the_client_loaded():
    return traced(h.static(), os.path.join(h.PLUGINS, "libtompion-ntp-client.so"))


def test_dynamic():
    return traced(h.STAGE)
