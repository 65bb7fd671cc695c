# SPDX-License-Identifier: Apache-2.0
"""Roles' threads: what is granted is there, what is refused is one warning, and the daemon goes on with every source."""

import os
import pwd
import re
import subprocess

import harness as h

SCHED_FIFO = 1
PREFAULTED = 176  # kB: RoleThreadOptions.usedStack
# Every capability gone and no way back; no right to lock memory or to real-time priority by limits either.
UNPRIVILEGED = ("prlimit", "--memlock=65536:65536", "--rtprio=0:0", "setpriv", "--bounding-set=-all", "--inh-caps=-all",
                "--ambient-caps=-all", "--no-new-privs")


def unprivileged():
    """Root's capabilities come back with execve(2): as nobody they do not."""
    if os.getuid() != 0:
        return UNPRIVILEGED
    nobody = pwd.getpwnam("nobody")
    return (*UNPRIVILEGED, f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")


def threads(pid):
    found = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/comm") as f:
            found[f.read().strip()] = int(task)
    return found


def role_stacks(pid):
    """What is resident of each mapping of a role's stack, kB; those of resolvers that have ended are smaller."""
    stacks, size = [], 0
    with open(f"/proc/{pid}/smaps") as f:
        for line in f:
            if found := re.match(r"([0-9a-f]+)-([0-9a-f]+) (....) ", line):
                size = (int(found[2], 16) - int(found[1], 16)) >> 10 if found[3] == "rw-p" else 0
            elif line.startswith("Rss:") and size == 256:
                stacks.append(int(line.split()[1]))
    return [stack for stack in stacks if stack >= PREFAULTED]


def refusals(daemon):
    events = [e["text"] for e in daemon.json("events")["events"] if e["slug"] == "real-time-refused"]
    warnings = [w for w in daemon.json("status")["warnings"] if w in events]
    assert sorted(events) == sorted(warnings), (events, warnings)
    return events


def open_to(directory, user):
    """nobody has to find its files."""
    for root, directories, files in os.walk(directory):
        for name in (*directories, *files):
            os.chown(os.path.join(root, name), user.pw_uid, user.pw_gid)
    os.chown(directory, user.pw_uid, user.pw_gid)


def start_unprivileged(directory, start, name, text, wrapper=()):
    state = os.path.join(directory, f"{name}.state")
    os.makedirs(state, exist_ok=True)
    open_to(directory, pwd.getpwnam("nobody")) if os.getuid() == 0 else None
    return start(h.Tompion(directory, name, text, wrapper=(*unprivileged(), *wrapper)))


def test_without_any_privilege_each_refusal_is_one_warning():
    with h.workspace("unprivileged") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        text = "lock_memory = true\n" + h.client_configuration([port])
        daemon = start_unprivileged(directory, start, "client", text).wait_synced()
        with open(f"/proc/{daemon.pid}/status") as f:
            assert "CapEff:\t0000000000000000" in f.read(), "the test did not take the privileges away"
        found = refusals(daemon)
        assert len(found) == 2, found
        priority = next(t for t in found if "SCHED_FIFO 50" in t)
        memory = next(t for t in found if "mlockall" in t)
        assert "threads capture and discipline" in priority and "CAP_SYS_NICE" in priority and "LimitRTPRIO=50" in priority, priority
        assert "CAP_IPC_LOCK" in memory and "LimitMEMLOCK=infinity" in memory and "64 KiB" in memory, memory
        lines = [line for line in daemon.output().splitlines() if "real-time-refused" in line]
        assert len(lines) == 2, lines
        assert "Warning" in daemon.ask("status").stdout
        # The rest needs no privilege and is there.
        with open(f"/proc/{threads(daemon.pid)['capture']}/timerslack_ns") as f:
            assert f.read().strip() == "1"
        h.wait_for(lambda: abs(daemon.json("status")["true_error_ns"]) < 50_000, 20, "true error under 50 µs")
        # Touched before they began: neither role's stack has grown beyond that.
        stacks = role_stacks(daemon.pid)
        assert len(stacks) == 2 and all(PREFAULTED <= stack <= PREFAULTED + 20 for stack in stacks), f"stacks of {stacks} kB"
        return f"true error {daemon.json('status')['true_error_ns']} ns; {priority}"


def test_a_limit_grants_what_it_allows():
    if subprocess.run(["prlimit", "--rtprio=20:20", "true"], capture_output=True).returncode != 0:
        raise h.Skip("the limit on priorities cannot be raised here (CAP_SYS_RESOURCE)")
    with h.workspace("limited") as (directory, start):
        state = os.path.join(directory, "daemon.state")
        os.makedirs(state)
        open_to(directory, pwd.getpwnam("nobody"))
        wrapper = tuple(a.replace("--rtprio=0:0", "--rtprio=0:20") for a in unprivileged())
        text = h.server_configuration(h.free_port())
        for wanted in (50, 20):
            daemon = start(h.Tompion(directory, f"daemon{wanted}", f"real_time_priority = {wanted}\n" + text, wrapper=wrapper,
                                     state=state)).wait_up()
            found = refusals(daemon)
            policy = os.sched_getscheduler(threads(daemon.pid)["capture"])
            daemon.stop()
            if wanted == 20:
                if policy != SCHED_FIFO and found:
                    raise h.Skip(f"this kernel grants no real-time priority: {found[0]}")
                assert not found and policy == SCHED_FIFO, (found, policy)
            else:
                assert len(found) == 1 and "real_time_priority = 20" in found[0] and policy != SCHED_FIFO, (found, policy)


def test_what_is_granted_is_there():
    cpus = sorted(os.sched_getaffinity(0))
    with h.workspace("granted") as (directory, start):
        text = (f"lock_memory = true\n[realtime.capture]\npriority = 33\ncpu = {cpus[-1]}\n"
                f"[realtime.control]\ncpu = [{', '.join(map(str, cpus))}]\n" + h.server_configuration(h.free_port()))
        daemon = start(h.Tompion(directory, "daemon", text)).wait_up()
        found, tasks = refusals(daemon), threads(daemon.pid)
        if found:
            raise h.Skip(f"refused here: {found[0]}")
        for name, priority, allowed in (("capture", 33, cpus[-1:]), ("discipline", 50, cpus), ("tompiond", 0, cpus)):
            task = tasks[name]
            assert os.sched_getparam(task).sched_priority == priority, name
            assert (os.sched_getscheduler(task) == SCHED_FIFO) == (priority > 0), name
            assert sorted(os.sched_getaffinity(task)) == allowed, name
        with open(f"/proc/{daemon.pid}/status") as f:
            text = f.read()
        assert int(re.search(r"VmLck:\s+(\d+)", text)[1]) > 0, text
        # A limit that the daemon asks for has to hold all that it maps.
        size = int(re.search(r"VmPeak:\s+(\d+)", text)[1])
        assert size * 3 < 64 << 10, f"{size} kB mapped: RoleThread.leastLockLimit is too low"
        return f"capture on CPU {cpus[-1]} at 33, discipline at 50, {size} kB mapped and locked"


def test_a_single_thread_runs_as_capture_does_and_its_children_do_not():
    from providers import EXAMPLE
    with h.workspace("single-rt") as (directory, start):
        text = ('loop = "single"\n[realtime.capture]\npriority = 7\n' + h.server_configuration(h.free_port())
                + f'[provider.example]\nmodule = "{EXAMPLE}"\nplacement = "process"\n')
        daemon = start(h.Tompion(directory, "daemon", text)).wait_up()
        if found := refusals(daemon):
            raise h.Skip(f"refused here: {found[0]}")
        assert os.sched_getparam(daemon.pid).sched_priority == 7
        child = h.wait_for(lambda: next((p["process_id"] for p in daemon.json("providers")["providers"] if p["name"] == "example"), 0),
                           10, "the child")
        # Forked by the real-time thread, or before it became one.
        assert os.sched_getscheduler(child) == 0, os.sched_getscheduler(child)
        os.kill(child, 9)
        again = h.wait_for(lambda: next((p["process_id"] for p in daemon.json("providers")["providers"]
                                         if p["name"] == "example" and p["process_id"] not in (0, child)), 0), 15, "another child")
        assert os.sched_getscheduler(again) == 0, "the child inherited SCHED_FIFO"


def test_what_cannot_be_is_refused_with_its_place():
    with h.workspace("wrong") as (directory, start):
        for text, complaint in (
            ("[realtime.capture]\npriority = 1000\n", ":5:12: realtime.capture.priority = 1000: it is out of range; write an integer from 0 to 99"),
            ("[realtime.discipline]\ncpu = 999\n", ":5:7: realtime.discipline.cpu = 999: this machine has "),
        ):
            path = os.path.join(directory, "wrong.toml")
            with open(path, "w") as f:
                f.write(f'state_directory = "{directory}"\nplugin_directory = "{h.PLUGINS}"\nuser = "none"\n' + text)
            for command in ([os.path.join(h.STAGE, "bin", "tompiond"), "--config", path],
                            [os.path.join(h.STAGE, "bin", "tompion"), "config", "check", path]):
                result = subprocess.run(command, capture_output=True, text=True, timeout=15)
                assert result.returncode == 2 and complaint in result.stderr, (command, result)
