# SPDX-License-Identifier: Apache-2.0
"""Nothing that the tests start can set a clock."""

import os
import pwd

import harness as h

CAP_SYS_TIME = 25


def capability_sets(pid):
    with open(f"/proc/{pid}/status") as f:
        return {line.split(":")[0]: int(line.split()[1], 16) for line in f if line.startswith("Cap")}


def test_the_right_to_set_clocks_is_gone():
    sets = capability_sets("self")
    for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
        assert not sets[name] >> CAP_SYS_TIME & 1, f"the tests run with CAP_SYS_TIME in {name}: start them by ./Tools/test"
    with h.workspace("privilege") as (directory, start):
        daemon = start(h.Tompion(directory, "daemon", h.server_configuration(h.free_port()))).wait_up()
        peer = start(h.chronyd(directory, "peer", f"port {h.free_port()}\nbindaddress 127.0.0.1\nlocal stratum 1"))
        for process in (daemon, peer):
            sets = capability_sets(process.pid)
            assert not sets["CapEff"] >> CAP_SYS_TIME & 1, f"{process.name} runs with CAP_SYS_TIME"


def test_steering_without_the_right_is_a_state_not_an_exit():
    with h.workspace("eperm") as (directory, start):
        port = h.free_port()
        start(h.Tompion(directory, "server", h.server_configuration(port))).wait_up()
        text = h.client_configuration([port], clock='kind = "system"\nsteer = true\n')
        client = start(h.Tompion(directory, "client", text)).wait_up()
        status = h.wait_for(lambda: (lambda s: s["steering"] == "refused" and s)(client.json("status")), 10, "steering is refused")
        if "beside this daemon" in status["steering_reason"]:
            raise h.Skip(f"another time daemon runs on this host: {status['steering_reason']}")
        assert "CAP_SYS_TIME" in status["steering_reason"], status
        assert client.running()
        return status["steering_reason"]


def test_a_privileged_start_becomes_another_user():
    if os.getuid() != 0:
        raise h.Skip("only root can become another user")
    nobody = pwd.getpwnam("nobody")
    with h.workspace("drop") as (directory, start):
        port = h.free_port()
        text = h.server_configuration(port)
        daemon = h.Tompion(directory, "daemon", text, user="nobody")
        start(daemon).wait_up()
        with open(f"/proc/{daemon.pid}/status") as f:
            lines = {line.split(":")[0]: line.split()[1:] for line in f}
        assert set(lines["Uid"]) == {str(nobody.pw_uid)} and set(lines["Gid"]) == {str(nobody.pw_gid)}, (lines["Uid"], lines["Gid"])
        assert lines["NoNewPrivs"] == ["1"], lines["NoNewPrivs"]
        # CAP_NET_BIND_SERVICE, CAP_IPC_LOCK, CAP_SYS_NICE and, had it been there, CAP_SYS_TIME: nothing else.
        wanted = 1 << 10 | 1 << 14 | 1 << 23 | 1 << CAP_SYS_TIME
        for name in ("CapEff", "CapPrm", "CapBnd"):
            assert int(lines[name][0], 16) & ~wanted == 0, f"{name} keeps {lines[name][0]}"
        for task in os.listdir(f"/proc/{daemon.pid}/task"):
            with open(f"/proc/{daemon.pid}/task/{task}/status") as f:
                assert f"Uid:\t{nobody.pw_uid}\t" in f.read(), f"thread {task} is still root's"


def test_a_directory_is_not_given_away():
    if os.getuid() != 0:
        raise h.Skip("only root can become another user")
    with h.workspace("given") as (directory, start):
        os.chmod(directory, 0o755)
        root = os.path.join(directory, "roots")
        os.mkdir(root, 0o755)
        link = os.path.join(directory, "link")
        os.symlink(root, link)
        missing = os.path.join(directory, "made", "state")
        text = '[clock]\nkind = "virtual"\n'
        for name, place, is_made in (("real", root, False), ("link", link, False), ("new", missing, True)):
            daemon = start(h.Tompion(directory, name, text, user="nobody", state=place)).wait_up()
            warnings = daemon.json("status")["warnings"]
            assert os.stat(root).st_uid == 0, f"{place}: given away"
            assert is_made != any(f"install -d -m 750 -o nobody {place}" in w for w in warnings), warnings
            daemon.stop()
        assert os.stat(missing).st_uid == pwd.getpwnam("nobody").pw_uid
        assert os.listdir(root) == []
