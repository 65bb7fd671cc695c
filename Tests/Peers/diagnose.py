# SPDX-License-Identifier: Apache-2.0
"""tompion diagnose: each fault, made by a stub on loopback, is found at its step and called by its name. Nothing else is asked."""

import hashlib
import json
import os
import socket
import struct
import subprocess

import harness as h
from stubs import Stub, reply, stamp

KEY = b"_HQm!vNh_HQm!vNh"


def diagnose(*arguments, socket_path="/nonexistent/control.sock", configuration="/nonexistent/tompion.toml", status=None):
    result = subprocess.run(
        [os.path.join(h.STAGE, "bin", "tompion"), "diagnose", *arguments, "--socket", socket_path, "--config", configuration,
         "--timeout", "1", "--json"], capture_output=True, text=True, timeout=30)
    assert result.returncode in (0, 1), f"exit {result.returncode}: {result.stderr}"
    if status is not None:
        assert result.returncode == status, result.stdout
    return json.loads(result.stdout)


def step(report, name, subject=None):
    found = [s for s in report["steps"] if s["step"] == name and subject in (None, s["subject"])]
    assert found, f"no step {name} in {report['steps']}"
    return found[0]


def sign(packet, key_id=7, key=KEY):
    return packet + struct.pack(">I", key_id) + hashlib.sha256(key + packet).digest()[:20]


# name: what the stub makes of a request, the step that has to fail, the fault's name
FAULTS = {
    "silent": (lambda q, t: [], "port", "silent"),
    "stratum 16": (lambda q, t: [reply(q, t, stratum=16)], "plain-query", "stratum"),
    "leap 3": (lambda q, t: [reply(q, t, leap=3)], "plain-query", "leap"),
    "KoD DENY": (lambda q, t: [reply(q, t, leap=3, stratum=0, refid=b"DENY")], "plain-query", "access-denied"),
    "KoD RSTR": (lambda q, t: [reply(q, t, leap=3, stratum=0, refid=b"RSTR")], "plain-query", "access-denied"),
    "KoD RATE": (lambda q, t: [reply(q, t, leap=3, stratum=0, refid=b"RATE")], "plain-query", "rate-limited"),
    "echo": (lambda q, t: [q], "plain-query", "wrong-mode"),
    "mode 2": (lambda q, t: [reply(q, t, mode=2)], "plain-query", "wrong-mode"),
    "wrong origin": (lambda q, t: [reply(q, t, origin=os.urandom(8))], "plain-query", "foreign-origin"),
    "no NTP": (lambda q, t: [b"SSH-2.0"], "plain-query", "not-ntp"),
    "two servers": (lambda q, t: [reply(q, t), reply(q, t, stratum=3)], "plain-query", "two-answers"),
    "doubled": (lambda q, t: [reply(q, t)] * 2, "plain-query", "two-answers"),
    "15 min": (lambda q, t: [reply(q, t, shift=900)], "plain-query", "quarter-hour"),
    "an hour": (lambda q, t: [reply(q, t, shift=-3600)], "plain-query", "quarter-hour"),
    "364 days": (lambda q, t: [reply(q, t, shift=-364 * 86400 + 400)], "plain-query", "offset"),
    "before it came": (lambda q, t: [reply(q, t)[:40] + stamp(t + 3364 * 86400)], "plain-query", "impossible-delay"),
    "5 h 30 min": (lambda q, t: [reply(q, t, shift=19800)], "plain-query", "quarter-hour"),
}


def test_each_fault_of_a_server():
    notes = []
    for name, (answer, where, fault) in FAULTS.items():
        stub = Stub(answer)
        try:
            report = diagnose(f"127.0.0.1:{stub.port}", status=1)
        finally:
            stub.stop()
        failed = step(report, where)
        assert failed["outcome"] == "failed" and fault in failed["faults"], f"{name}: {failed}"
        assert failed["cause"], f"{name}: no cause"
        assert stub.requests and all(len(q) == 48 and q[0] == 0x23 and not any(q[1:40]) for q in stub.requests), f"{name}: {stub.requests}"
        before = report["steps"][:report["steps"].index(failed)]
        assert all(s["outcome"] != "failed" for s in before if s["subject"].startswith("127.0.0.1:")), f"{name}: {before}"
        notes.append(f"{name}: {failed['finding']}")
    return "\n     ".join([""] + notes)


def test_a_refused_port_is_told_from_a_silent_one():
    report = diagnose(f"127.0.0.1:{h.free_port()}", status=1)
    assert step(report, "port")["faults"] == ["port-refused"], report
    assert step(report, "plain-query")["outcome"] == "skipped" and step(report, "signed-query")["outcome"] == "skipped"
    return step(report, "port")["finding"]


def test_a_name_without_address():
    report = diagnose(f"{64 * 'x'}.invalid", status=1)  # no resolver is asked for a label that long
    assert step(report, "name")["outcome"] == "failed", report
    return step(report, "name")["finding"]


def test_a_good_server_and_others_to_compare_with():
    good = Stub(lambda q, t: [reply(q, t)])
    other = Stub(lambda q, t: [reply(q, t)])
    silent = Stub(lambda q, t: [])
    try:
        alone = diagnose(f"127.0.0.1:{good.port}")
        assert step(alone, "public-servers")["outcome"] == "skipped"
        assert [step(alone, n)["outcome"] for n in ("name", "port", "plain-query")] == ["ok"] * 3, alone
        report = diagnose(f"127.0.0.1:{silent.port}", "--against", f"127.0.0.1:{other.port}")
        assert step(report, "public-servers")["outcome"] == "ok" and other.requests
        assert "Public servers answer" in step(report, "port")["cause"]
        report = diagnose(f"127.0.0.1:{silent.port}", "--against", f"127.0.0.1:{silent.port}")
        assert step(report, "public-servers")["outcome"] == "failed"
        assert "do not answer either" in step(report, "port")["cause"]
    finally:
        for stub in (good, other, silent):
            stub.stop()
    return step(alone, "plain-query")["finding"]


FIELD = struct.pack(">HH", 0x0104, 28) + bytes(24)

SIGNED = {
    "right, behind a field": (lambda q, t: [sign(reply(q[:48], t) + FIELD)] if len(q) > 48 else [reply(q, t)], None),
    "right": (lambda q, t: [sign(reply(q[:48], t))] if len(q) > 48 else [reply(q, t)], None),
    "missing": (lambda q, t: [reply(q[:48], t)], "signature-missing"),
    "wrong": (lambda q, t: [sign(reply(q[:48], t), key=b"another") if len(q) > 48 else reply(q, t)], "wrong-signature"),
    "another key": (lambda q, t: [sign(reply(q[:48], t), key_id=8) if len(q) > 48 else reply(q, t)], "other-key"),
    "crypto-NAK": (lambda q, t: [reply(q[:48], t) + bytes(4) if len(q) > 48 else reply(q, t)], "crypto-nak"),
    "silence": (lambda q, t: [] if len(q) > 48 else [reply(q, t)], "signed-silence"),
}


def test_signatures():
    notes = []
    with h.workspace("diagnose-signed") as (directory, _):
        keys = os.path.join(directory, "keys")
        with open(keys, "w") as f:
            f.write(f"7 SHA256 {KEY.decode()}\n")
        os.chmod(keys, 0o600)
        for name, (answer, fault) in SIGNED.items():
            stub = Stub(answer)
            try:
                report = diagnose(f"127.0.0.1:{stub.port}", "--key", "7", "--key-file", keys)
            finally:
                stub.stop()
            signed = step(report, "signed-query")
            assert signed["faults"] == ([fault] if fault else []) and (signed["outcome"] == "failed") == bool(fault), f"{name}: {signed}"
            request = stub.requests[-1]
            assert request == sign(request[:48]), f"{name}: the request is not signed"
            assert KEY.decode() not in json.dumps(report) and KEY.hex() not in json.dumps(report)
            notes.append(f"{name}: {signed['finding']}")
        stub = Stub(lambda q, t: [reply(q, t)])
        try:
            report = diagnose(f"127.0.0.1:{stub.port}", "--key", "9", "--key-file", keys)
            assert step(report, "signed-query")["faults"] == ["no-key"], report
        finally:
            stub.stop()
    return "\n     ".join([""] + notes)


def test_signatures_of_a_real_server():
    """chronyd and we read one key file, in its format, and understand each other."""
    lines = ["1 MD5 ASCII:0123456789abcdef", "2 SHA1 HEX:000102030405060708090a0b0c0d0e0f10111213", "3 SHA256 a-key-that-is-text-and-longer-than-twenty",
             "4 SHA512 HEX:" + "5a" * 32, "5 AES128 HEX:000102030405060708090a0b0c0d0e0f", "6 AES256 HEX:" + "a5" * 32]
    notes = []
    with h.workspace("diagnose-chrony") as (directory, start):
        theirs, ours = os.path.join(directory, "theirs"), os.path.join(directory, "ours")
        for path, text in ((theirs, lines), (ours, lines + ["9 SHA1 HEX:" + "11" * 20])):
            with open(path, "w") as f:
                f.write("! of both\n" + "\n".join(text) + "\n")
            os.chmod(path, 0o600)
        port = h.free_port()
        server = start(h.chronyd(directory, "server", f"port {port}\nbindaddress 127.0.0.1\nallow 127.0.0.1\nlocal stratum 1\nkeyfile {theirs}"))
        place = f"127.0.0.1:{port}"
        h.wait_for(lambda: step(diagnose(place), "plain-query")["outcome"] == "ok", 10, f"chronyd serves: {server.output()}")
        features = subprocess.run([h.debian_program("chrony", "usr/sbin/chronyd"), "-v"], capture_output=True, text=True).stdout
        for number, line in enumerate(lines, 1):
            if "AES" in line and "+CMAC" not in features and "+SECHASH" not in features:
                notes.append(f"{line.split()[1]}: skipped, this chronyd has no CMAC")
                continue
            signed = step(diagnose(place, "--key", str(number), "--key-file", ours), "signed-query")
            assert signed["outcome"] == "ok", f"{line}: {signed}"
            notes.append(f"{line.split()[1]}: {signed['finding']}")
        # chronyd is silent where it does not know the key.
        unknown = step(diagnose(place, "--key", "9", "--key-file", ours), "signed-query")
        assert unknown["faults"] in (["signed-silence"], ["crypto-nak"], ["signature-missing"]), unknown
        notes.append(f"a key that it has not: {unknown['finding']}")
    return "\n     ".join([""] + notes)


def test_the_daemon_its_configuration_and_its_privilege():
    stub = Stub(lambda q, t: [reply(q, t)])
    try:
        with h.workspace("diagnose-daemon") as (directory, start):
            daemon = start(h.Tompion(directory, "client", h.client_configuration([stub.port], clock='kind = "system"\nsteer = true\n'))).wait_up()
            # The daemon's own configuration is found by its arguments.
            result = daemon.ask("diagnose", "--json", "--timeout", "1", check=False)
            report = json.loads(result.stdout)
            assert step(report, "daemon")["outcome"] == "ok", step(report, "daemon")
            assert step(report, "configuration")["outcome"] == "ok", step(report, "configuration")
            # The suite runs without CAP_SYS_TIME.
            assert step(report, "privilege")["faults"] == ["privilege-missing"], step(report, "privilege")
            assert step(report, "plain-query")["outcome"] == "ok" and result.returncode == 1
            assert report["facts"]["tompiond"].startswith(daemon.json("status")["version"])
            with open(daemon.configuration_path, "a") as f:
                f.write('[[source]]\naddress = "127.0.0.2"\n')
            differs = step(json.loads(daemon.ask("diagnose", "--json", "--timeout", "1", check=False).stdout), "configuration")
            assert differs["faults"] == ["configuration-differs"] and "127.0.0.2" in differs["finding"], differs
            mail = daemon.ask("diagnose", "--report", "--timeout", "1", check=False).stdout
            assert mail.startswith("tompion diagnose\n") and "The first step that failed: privilege" in mail, mail
            text = daemon.ask("diagnose", f"127.0.0.1:{stub.port}", "--timeout", "1", check=False).stdout
            assert "ok      plain query" in text, text
            return differs["finding"]
    finally:
        stub.stop()


def test_a_source_with_a_key_of_the_configuration():
    """The key comes from the configuration's key files, and what tompiond itself found is told, too."""
    def signs(q, t):
        packet = reply(q[:48], t, version=q[0] >> 3 & 7)
        return [packet + struct.pack(">I", 7) + hashlib.sha256(KEY + packet).digest()[:len(q) - 52] if len(q) > 48 else packet]

    def does_not(q, t):
        return [reply(q[:48], t, version=q[0] >> 3 & 7)]

    notes = []
    with h.workspace("diagnose-key") as (directory, start):
        keys = os.path.join(directory, "keys")
        with open(keys, "w") as f:
            f.write(f"7 SHA256 {KEY.decode()}\n")
        os.chmod(keys, 0o600)
        for name, answer in (("signs", signs), ("plain", does_not)):
            stub = Stub(answer)
            try:
                text = f'[provider.ntp-symmetric]\nkey_files = ["{keys}"]\n' + h.client_configuration([stub.port], source='auth = "key:7"\n')
                daemon = start(h.Tompion(directory, name, text)).wait_up()

                def polled():
                    source = daemon.json("sources")["sources"][0]
                    return source["replies"] > 0 if name == "signs" else source["rejected"] > 0
                h.wait_for(polled, 15, f"tompiond has heard the server{daemon.tail()}")
                report = json.loads(daemon.ask("diagnose", "--json", "--timeout", "1", check=False).stdout)
            finally:
                stub.stop()
            signed = [s for s in report["steps"] if s["step"] == "signed-query"]
            faults = [s["faults"] for s in signed]
            assert faults == ([[]] if name == "signs" else [["signature-missing"], []]), signed
            notes += [s["finding"] for s in signed]
    return "\n     ".join([""] + notes)


def test_a_key_that_tompiond_cannot_use():
    """What signs here and not there is no key: it is told before anything is signed."""
    def keyed(q, t):
        return [sign(reply(q[:48], t)) if len(q) > 48 else reply(q, t)]

    good = f"7 sha256 ascii:{KEY.decode()}"
    cases = {  # the key's line, more of the provider's table, the fault
        "right": (good, "", None),
        "expired": (good + " expires=2020-01-01", "", "key-expired"),
        "another address": (good + " addresses=192.0.2.0/24,2001:db8::/32", "", "key-address"),
        "its address": (good + " addresses=127.0.0.0/8", "", None),
        "sha1": (good.replace("sha256", "sha1"), "", "key-type"),
        "md5": (good.replace("sha256", "md5"), "allow_sha1 = true\n", "key-type"),
        "disabled": (good, "enabled = false\n", "key-provider"),
        "a process": (good, 'placement = "process"\n', "key-provider"),
    }
    notes = []
    with h.workspace("diagnose-useless") as (directory, start):
        keys = os.path.join(directory, "keys")
        path = os.path.join(directory, "t.toml")
        for name, (line, more, fault) in cases.items():
            with open(keys, "w") as f:
                f.write(f"# tompion keys 1\n{line}\n")
            os.chmod(keys, 0o600)
            stub = Stub(keyed)
            try:
                text = f'[provider.ntp-symmetric]\nkey_files = ["{keys}"]\n{more}' + h.client_configuration([stub.port], source='auth = "key:7"\n')
                with open(path, "w") as f:
                    f.write(text)
                signed = step(diagnose(configuration=path), "signed-query")
            finally:
                stub.stop()
            assert signed["faults"] == ([fault] if fault else []), f"{name}: {signed}"
            assert any(len(q) > 48 for q in stub.requests) == (fault is None), f"{name}: {stub.requests}"
            notes.append(f"{name}: {signed['finding']}")
        # tompiond's own words are told, too, though it has sent nothing.
        stub = Stub(keyed)
        try:
            text = f'[provider.ntp-symmetric]\nenabled = false\nkey_files = ["{keys}"]\n' + h.client_configuration([stub.port], source='auth = "key:7"\n')
            daemon = start(h.Tompion(directory, "keyless", text)).wait_up()
            h.wait_for(lambda: daemon.json("sources")["sources"][0]["last_error"], 10, f"tompiond complains{daemon.tail()}")
            source = daemon.json("sources")["sources"][0]
            report = json.loads(daemon.ask("diagnose", "--json", "--timeout", "1", check=False).stdout)
            # Whoever signs with a key file of his own is told that tompiond does not.
            alone = json.loads(daemon.ask("diagnose", f"127.0.0.1:{stub.port}", "--key", "7", "--key-file", keys, "--json", "--timeout", "1", check=False).stdout)
        finally:
            stub.stop()
        for told in (report, alone):
            *before, word = [s for s in told["steps"] if s["step"] == "signed-query"]
            # Where this program found the same fault it counts once.
            faults = [] if any(s["outcome"] == "failed" for s in before) else ["not-authenticated"]
            assert source["polls"] == 0 and word["faults"] == faults and source["last_error"] in word["finding"], (source, word)
        notes.append(f"tompiond: {word['finding']}")
    return "\n     ".join([""] + notes)


def test_how_far_off():
    """Without tompiond a second is a warning and an hour a failure; with it its own limits."""
    notes = []
    with h.workspace("diagnose-off") as (directory, start):
        for shift, limits, fault, word in ((0.0, None, None, ""), (2.0, None, None, "warning"), (-400.0, None, None, "warning"), (4000.0, None, "offset", "more than"),
                                           (2.0, 1.0, "offset", "max_allowed_phase_offset"), (2.0, 100.0, None, "warning"),
                                           (-250000.0, 1.0, "offset", "max_neg_phase_correction")):
            stub = Stub(lambda q, t, shift=shift: [reply(q, t, shift=shift, version=q[0] >> 3 & 7)])
            try:
                if limits is None:
                    report = diagnose(f"127.0.0.1:{stub.port}")
                else:
                    clock = f'kind = "virtual"\ninitial_offset = 0.0\nmax_allowed_phase_offset = {limits}\n'
                    daemon = start(h.Tompion(directory, f"d{shift}-{limits}", h.client_configuration([stub.port], clock=clock))).wait_up()
                    report = json.loads(daemon.ask("diagnose", "--json", "--timeout", "1", check=False).stdout)
            finally:
                stub.stop()
            plain = step(report, "plain-query")
            assert plain["faults"] == ([fault] if fault else []) and word in plain["finding"] and ("warning" in plain["finding"]) == (word == "warning"), plain
            notes.append(plain["finding"])
    return "\n     ".join([""] + notes)


def test_a_held_port_is_named():
    with h.workspace("diagnose-port") as (directory, start):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
            holder.bind(("127.0.0.1", 0))
            port = holder.getsockname()[1]
            path = os.path.join(directory, "server.toml")
            with open(path, "w") as f:
                f.write(h.server_configuration(port))
            held = step(diagnose(f"127.0.0.1:{port}", configuration=path, status=1), "listening")
            assert held["faults"] == ["port-held"] and str(os.getpid()) in held["finding"], held
        free = step(diagnose(f"127.0.0.1:{port}", configuration=path), "listening")
        assert free["outcome"] == "ok", free
        daemon = start(h.Tompion(directory, "daemon", h.server_configuration(port))).wait_up()
        ours = step(diagnose(f"127.0.0.1:{port}", socket_path=daemon.socket, configuration=daemon.configuration_path), "listening")
        assert ours["finding"] == "tompiond listens there", ours
        return held["finding"]


def test_usage():
    result = subprocess.run([os.path.join(h.STAGE, "bin", "tompion"), "diagnose", "a", "--key", "0"], capture_output=True, text=True, timeout=10)
    assert "--key 0" in result.stderr and "--id" not in result.stderr, result
    for arguments in (["a", "b"], ["--against", "a:b:c"], ["--key", "0"], ["--key", "7"], ["--key-file", "x", "a"], ["--timeout", "0"], ["--nonsense"]):
        result = subprocess.run([os.path.join(h.STAGE, "bin", "tompion"), "diagnose", *arguments], capture_output=True, text=True, timeout=10)
        assert result.returncode == 64 and result.stderr, f"{arguments}: {result}"
