# SPDX-License-Identifier: Apache-2.0
"""`io = "uring"`, `"poll"` and `"auto"`: each synchronizes, says which it is and why; a refused io_uring costs nothing but a line."""

import sys

import harness as h
from providers import EXAMPLE

# Refuses io_uring_setup(2) as a container's filter does, then becomes the daemon.
REFUSE = r"""
import ctypes, os, struct, sys
program = b"".join(struct.pack("HBBI", *step) for step in [
    (0x20, 0, 0, 0),                # load the number of the call
    (0x15, 0, 1, 425),              # io_uring_setup
    (0x06, 0, 0, 0x00050000 | 1),   # EPERM
    (0x06, 0, 0, 0x7fff0000)])      # allowed
code = ctypes.create_string_buffer(program, len(program))
class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("program", ctypes.c_void_p)]
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
wanted = Filter(4, ctypes.addressof(code))
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.addressof(wanted), 0, 0):
    sys.exit("no seccomp filter here")
os.execv(sys.argv[1], sys.argv[1:])
"""
REFUSED = (sys.executable, "-c", REFUSE)


def chosen(daemon):
    return next(e["text"] for e in daemon.json("events")["events"] if e["slug"] == "loop-chosen")


def available():
    try:
        with open("/proc/sys/kernel/io_uring_disabled") as f:
            return f.read().strip() == "0"
    except OSError:
        return True


def synchronize(name, text, wrapper=(), extra=""):
    with h.workspace(name) as (directory, start):
        port = h.free_port()
        server = start(h.Tompion(directory, "server", text + h.server_configuration(port), wrapper=wrapper))
        client = start(h.Tompion(directory, "client", text + h.client_configuration([port]) + extra, wrapper=wrapper)).wait_synced()
        h.wait_for(lambda: abs(client.json("status")["true_error_ns"]) < 50_000, 20, "true error under 50 µs")
        if extra:
            h.wait_for(lambda: next((p for p in client.json("providers")["providers"]
                                     if p["name"] == "example" and p["samples"] > 0), None), 15, "the child's samples")
        lines = chosen(server), chosen(client)
        for daemon in (server, client):
            assert not [e for e in daemon.json("events")["events"] if e["slug"] == "loop-recovered"], daemon.tail()
        return lines, f"true error {client.json('status')['true_error_ns']} ns; {lines[1]}"


def test_each_way_synchronizes_and_says_which_it_is():
    notes = []
    for io, prefix in [("uring", "packets are received by io_uring: "), ("poll", "packets are received by poll: ")]:
        if io == "uring" and not available():
            notes.append("uring skipped: kernel.io_uring_disabled")
            continue
        lines, note = synchronize(f"io-{io}", f'io = "{io}"\n')
        assert all(line.startswith(prefix) for line in lines), lines
        notes.append(note)
    return "; ".join(notes)


def test_a_single_thread_and_a_child_do_so_with_a_ring():
    if not available():
        raise h.Skip("kernel.io_uring_disabled")
    extra = f'[provider.example]\nmodule = "{EXAMPLE}"\nplacement = "process"\n'
    return synchronize("io-single", 'io = "uring"\nloop = "single"\nbusy_poll_us = 50\n', extra=extra)[1]


def test_auto_says_what_it_measured():
    lines, note = synchronize("io-auto", "")
    assert all("µs against" in line or "could not be measured" in line or "no io_uring" in line for line in lines), lines
    return note


def test_a_refused_ring_costs_a_line_only():
    for io in ("auto", "uring"):
        lines, note = synchronize(f"io-refused-{io}", f'io = "{io}"\n', wrapper=REFUSED)
        for line in lines:
            assert "poll: no io_uring (Operation not permitted)" in line and "seccomp" in line, line
    return note
