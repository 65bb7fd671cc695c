# SPDX-License-Identifier: Apache-2.0
"""A bad configuration: exit 2, nothing started, and a message with file, line, key, value and what would be right."""

import os
import subprocess

import harness as h

# configuration, what the message has to contain
BAD = {
    "unknown key": ('[clock]\nkindd = "virtual"\n', ["bad.toml:2", "kindd", "kind"]),
    "unknown value": ('[clock]\nkind = "sundial"\n', ["bad.toml:2", "kind", "sundial", "virtual"]),
    "wrong type": ('[clock]\nkind = "virtual"\nmin_sources = "three"\n', ["bad.toml:3", "min_sources", "three"]),
    "out of range": ('[clock]\nkind = "virtual"\nlocal_stratum = 17\n', ["bad.toml:3", "local_stratum", "17"]),
    "not TOML": ('[clock\nkind = "virtual"\n', ["bad.toml:1"]),
    "unknown source key": ('[clock]\nkind = "virtual"\n[[source]]\naddress = "127.0.0.1"\nibrust = true\n', ["bad.toml:5", "ibrust", "iburst"]),
    "source without address": ('[clock]\nkind = "virtual"\n[[source]]\niburst = true\n', ["bad.toml:3", "address"]),
    "poll bounds crossed": ('[clock]\nkind = "virtual"\n[[source]]\naddress = "127.0.0.1"\nmin_poll = 8\nmax_poll = 4\n', ["bad.toml", "min_poll"]),
    "bad listen address": ('[clock]\nkind = "virtual"\n[provider.ntp-server]\nlisten = ["nonsense:99999"]\n', ["bad.toml:4", "listen", "nonsense:99999"]),
    "misspelt auth": ('[clock]\nkind = "virtual"\n[[source]]\naddress = "127.0.0.1"\nauth = "kez:7"\n', ["bad.toml:5", "source[0].auth", "kez:7", "key:N"]),
    "auth in capitals": ('[clock]\nkind = "virtual"\n[[source]]\naddress = "127.0.0.1"\nauth = "NTS"\n', ["bad.toml:5", "source[0].auth", "ms-sntp"]),
    "auth of another kind": ('[clock]\nkind = "virtual"\n[[source]]\naddress = "127.0.0.1"\nauth = 7\n', ["bad.toml:5", "source[0].auth"]),
    "unsigned of no kind": ('[clock]\nkind = "virtual"\n[provider.ntp-server]\nlisten = ["127.0.0.1:11999"]\nunsigned = "some"\n', ["bad.toml:5", "unsigned", "some", "registered"]),
    "keys in the minimal profile": ('profile = "minimal"\nclock.kind = "virtual"\n[[source]]\naddress = "127.0.0.1"\nauth = "key:7"\n', ["bad.toml:5", "key:7", "reads no keys", "full"]),
    "bad prefix": ('[clock]\nkind = "virtual"\n[provider.ntp-server]\nlisten = ["127.0.0.1:11999"]\nallow = ["10.0.0.0/99"]\n', ["bad.toml:5", "10.0.0.0/99"]),
}


def test_each_bad_configuration_is_refused_by_name():
    notes = []
    with h.workspace("configuration") as (directory, _):
        path = os.path.join(directory, "bad.toml")
        socket = os.path.join(directory, "never.sock")
        for name, (text, wanted) in BAD.items():
            # the socket table goes last so that line numbers stay
            with open(path, "w") as f:
                f.write(text + f'\n[control]\nsocket = "{socket}"\n')
            for command in (["bin/tompiond", "--config", path], ["bin/tompion", "config", "check", path]):
                result = subprocess.run(
                    [os.path.join(h.STAGE, command[0]), *command[1:]], capture_output=True, text=True, timeout=10,
                    env={**os.environ, "TOMPION_PLUGIN_DIRECTORY": h.PLUGINS})
                said = result.stdout + result.stderr
                assert result.returncode == 2, f"{name}: {command[0]} exits {result.returncode}: {said}"
                for part in wanted:
                    assert part in said, f"{name}: {command[0]} does not say {part!r}: {said}"
            assert not os.path.exists(socket), f"{name}: something was started"
            notes.append(said.strip().splitlines()[0])
    return "\n     ".join([""] + notes)


def test_a_child_s_settings_are_checked_before_it_starts():
    notes = []
    bad = {
        "unknown key": ('listen = ["127.0.0.1:11999"]\nalow = ["127.0.0.0/8"]\n', ["bad.toml:6", "alow", "did you mean allow"]),
        "wrong type": ('listen = ["127.0.0.1:11999"]\nallow = 3\n', ["bad.toml:6", "allow"]),
        "refused by the provider": ('listen = ["127.0.0.1:11999"]\nallow = ["10.0.0.0/99"]\n', ["bad.toml:6", "10.0.0.0/99"]),
    }
    with h.workspace("child-configuration") as (directory, _):
        path = os.path.join(directory, "bad.toml")
        socket = os.path.join(directory, "never.sock")
        for name, (text, wanted) in bad.items():
            with open(path, "w") as f:
                f.write(f'plugin_directory = "{h.PLUGINS}"\nclock.kind = "virtual"\n[provider.ntp-server]\nplacement = "process"\n'
                        + text + f'[control]\nsocket = "{socket}"\n')
            result = subprocess.run([os.path.join(h.STAGE, "bin", "tompiond"), "--config", path],
                                    capture_output=True, text=True, timeout=20)
            said = result.stdout + result.stderr
            assert result.returncode == 2, f"{name}: exit {result.returncode}: {said}"
            for part in wanted:
                assert part in said, f"{name}: does not say {part!r}: {said}"
            assert not os.path.exists(socket), f"{name}: something was started"
            notes.append(said.strip().splitlines()[0])
    return "\n     ".join([""] + notes)


def test_a_scheme_that_nobody_offers():
    """An error of both checks, which names what is offered; a start goes on without and says so."""
    with h.workspace("schemes") as (directory, start):
        path, keys = os.path.join(directory, "t.toml"), os.path.join(directory, "keys")
        with open(os.open(keys, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write("# tompion keys 1\n7 sha256 hex:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n")
        port = h.free_port()
        text = (f'clock.kind = "virtual"\n[provider.ntp-symmetric]\nkey_files = ["{keys}"]\n[provider.ntp-server]\nlisten = ["127.0.0.1:{port}"]\n'
                f'authenticate = ["symmetric", "symetric"]\n[control]\nsocket = "{directory}/s"\n')
        with open(path, "w") as f:
            f.write(text)
        for command in (["tompiond", "--check", "--config", path], ["tompion", "config", "check", path]):
            result = run(*command)
            said = result.stdout + result.stderr
            assert result.returncode == 2 and "t.toml:6:30: provider.ntp-server.authenticate[1]" in said, said
            assert 'offers "symetric"' in said and 'offered is "symmetric"' in said, said
        with open(path, "w") as f:
            f.write(text.replace(', "symetric"', ""))
        for command in (["tompiond", "--check", "--config", path], ["tompion", "config", "check", path]):
            assert run(*command).returncode == 0, run(*command)
        return said.strip().splitlines()[-1]


def test_nothing_of_a_file_acts_on_the_terminal():
    with h.workspace("escapes") as (directory, _):
        path = os.path.join(directory, "t.toml")
        with open(path, "w") as f:
            f.write('[[source]]\naddress = "a\\u001b]0;x\\u0007.example"\n')
        for command in (["tompiond", "--check", "--config", path], ["tompion", "config", "check", path]):
            result = run(*command)
            said = result.stdout + result.stderr
            assert "\x1b" not in said and "\x07" not in said and "example" in said, repr(said)


def test_a_missing_file_is_named():
    result = subprocess.run([os.path.join(h.STAGE, "bin", "tompiond"), "--config", "/nonexistent/tompion.toml"],
                            capture_output=True, text=True, timeout=10)
    assert result.returncode == 2 and "/nonexistent/tompion.toml" in result.stderr, result


def test_the_documented_configuration_is_right():
    result = subprocess.run([os.path.join(h.STAGE, "bin", "tompion"), "config", "check", os.path.join(h.ROOT, "Docs", "tompion.toml")],
                            capture_output=True, text=True, timeout=10)
    assert result.returncode == 0, result.stdout + result.stderr


def run(program, *arguments):
    return subprocess.run([os.path.join(h.STAGE, "bin", program), *arguments], capture_output=True, text=True, timeout=10)


def test_command_lines():
    with h.workspace("command-lines") as (directory, start):
        path = os.path.join(directory, "none.toml")
        with open(path, "w") as f:
            f.write('[clock]\nkind = "virtual"\n')
        for arguments in (["--config", path], [f"--config={path}"]):
            result = run("tompiond", "--check", *arguments)
            assert result.returncode == 0 and f"{path} is right" in result.stdout, result
            # No source is configured: right, but worth a word.
            assert "warning:" in result.stderr and "source" in result.stderr, result
        for arguments in (["--config="], ["--config"], ["--check=yes"], ["--chekc"], ["word"]):
            result = run("tompiond", *arguments)
            assert result.returncode == 2 and "usage:" in result.stderr, (arguments, result)
        for arguments in (["--socket", "", "status"], ["--socket=", "status"], ["help", "nonsense"], ["nonsense"], ["help", "why", "why"]):
            result = run("tompion", *arguments)
            assert result.returncode == 64, (arguments, result)
        assert "usage: tompion why" in run("tompion", "help", "why").stdout
        assert "commands:" in run("tompion", "help").stdout


def test_provider_check_of_a_file_that_is_not_there():
    result = run("provider-check", "/nowhere/libnone.so")
    assert result.returncode == 2 and "no such file" in result.stderr and not result.stdout, result


def test_a_configuration_with_keys_is_right():
    """A check opens every provider and starts none: an authenticator among them ends without having offered anything to anybody."""
    with h.workspace("with-keys") as (directory, _):
        path, keys = os.path.join(directory, "good.toml"), os.path.join(directory, "keys")
        with open(os.open(keys, os.O_CREAT | os.O_WRONLY, 0o600), "w") as f:
            f.write("# tompion keys 1\n7 sha256 hex:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n")
        with open(path, "w") as f:
            f.write(f'[clock]\nkind = "virtual"\n[[source]]\naddress = "127.0.0.1"\nauth = "key:7"\n'
                    f'[provider.ntp-symmetric]\nkey_files = ["{keys}"]\n[provider.ms-sntp]\n')
        result = subprocess.run(
            [os.path.join(h.STAGE, "bin/tompiond"), "--check", "--config", path], capture_output=True, text=True, timeout=20,
            env={**os.environ, "TOMPION_PLUGIN_DIRECTORY": h.PLUGINS})
        assert result.returncode == 0, (result.returncode, result.stdout, result.stderr)
        return result.stdout.strip()


def test_no_core_dump_has_a_key():
    with h.workspace("core") as (directory, start):
        daemon = start(h.Tompion(directory, "daemon", '[clock]\nkind = "virtual"\n')).wait_up()
        with open(f"/proc/{daemon.pid}/limits", encoding="utf-8") as f:
            limit = next(line for line in f if line.startswith("Max core file size"))
        assert limit.split()[4:6] == ["0", "0"], limit
        # What may not be dumped belongs to root, whoever runs it.
        assert os.stat(f"/proc/{daemon.pid}/mem").st_uid == 0
