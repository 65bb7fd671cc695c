# SPDX-License-Identifier: Apache-2.0
"""tompion keys, and what config check says of keys and of sources that prove nothing."""

import json
import os
import signal
import stat
import subprocess
import time

import harness as h

SECRET = "s3cr3t-0123456789"


def tompion(*arguments, status=0):
    result = subprocess.run([os.path.join(h.STAGE, "bin", "tompion"), *arguments], capture_output=True, text=True, timeout=10)
    assert result.returncode == status, f"{arguments}: exit {result.returncode}: {result.stdout}{result.stderr}"
    return result


def keys(*arguments, status=0):
    return tompion("keys", *arguments, status=status)


def write(path, text, mode=0o600):
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, mode)
    return path


def test_check_names_each_broken_line_and_no_secret():
    with h.workspace("keys-check") as (directory, _):
        path = write(os.path.join(directory, "ntp.keys"), f"1 SHA256 {SECRET}\n2 {SECRET}\n3 SHA256 {SECRET} {SECRET}\nx\n1 SHA1 {SECRET}\n")
        said = keys("check", path, "--format", "ntp", status=2).stderr
        for line in (2, 3, 4, 5):
            assert f"ntp.keys:{line}:" in said, said
        assert "s3cr3t" not in said and "4 errors: 1 key" in said, said
        body = json.loads(keys("check", path, "--format", "ntp", "--json", status=2).stdout)
        assert [e["line"] for e in body["errors"]] == [2, 3, 4, 5] and body["valid"] is False and len(body["keys"]) == 1, body
        assert "s3cr3t" not in json.dumps(body)
        good = write(os.path.join(directory, "good"), f"1 SHA256 {SECRET}\n", 0o644)
        result = keys("check", good)
        assert "right: 1 key" in result.stdout and "everybody may read" in result.stderr, result
        os.chmod(good, 0o640)
        assert "its group may read" in keys("check", good).stderr
        os.chmod(good, 0o600)
        assert not keys("check", good).stderr
        assert "no such file" in keys("check", path + ".absent", status=2).stderr.lower()
        expired = write(os.path.join(directory, "old"), f"# tompion keys 1\n1 sha256 ascii:{SECRET} expires=2020-01-01\n")
        assert "time is over" in keys("check", expired).stderr
        marked = os.path.join(directory, "marked")
        with open(marked, "wb") as f:
            f.write(b"\xef\xbb\xbf" + f"1 SHA256 {SECRET}\n2 SHA256 {SECRET}\n".encode())
        os.chmod(marked, 0o600)
        said_of_mark = keys("check", marked, status=2).stderr
        assert "marked:1:1: key 1:" in said_of_mark and "BOM" in said_of_mark and "1 error: 1 key" in said_of_mark, said_of_mark
        for text in ("", "# nothing\n", "# tompion keys 1\n"):
            empty = write(os.path.join(directory, "empty"), text)
            assert "there is no key in it" in keys("check", empty, status=2).stderr
            assert json.loads(keys("check", empty, "--json", status=2).stdout)["valid"] is False
        # A link is judged by the file it leads to; its own mode is always 0777.
        link = os.path.join(directory, "link")
        os.symlink(good, link)
        assert not keys("check", link).stderr
        os.chmod(good, 0o644)
        assert "mode 0644" in keys("check", link).stderr
        return said.splitlines()[1]


def test_nist_rules():
    with h.workspace("keys-nist") as (directory, _):
        path = write(os.path.join(directory, "k"), "32768 SHA256 _HQm!vNh_HQm!vNh\n5 SHA384 _HQm!vNh_HQm!vNh\n6 SHA256 a,b1234567890\n7 SHA256 _HQm!vNh_HQm!vNh\n")
        keys("check", path)
        body = json.loads(keys("check", path, "--nist", "--json", status=2).stdout)
        assert [e["id"] for e in body["errors"]] == [32768, 5, 6], body


def test_generate_never_overwrites_and_what_it_makes_is_read():
    with h.workspace("keys-generate") as (directory, _):
        secrets = set()
        for algorithm in ("md5", "sha1", "sha256", "sha384", "sha512", "hmac-sha256", "aes128-cmac", "aes256-cmac"):
            for form in ("tompion", "ntp", "chrony"):
                path = os.path.join(directory, f"{algorithm}.{form}")
                if form == "chrony" and algorithm == "hmac-sha256":
                    keys("generate", path, "--algorithm", algorithm, "--format", form, status=64)
                    assert not os.path.exists(path)
                    continue
                result = keys("generate", path, "--algorithm", algorithm, "--id", "42", "--format", form)
                assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
                with open(path) as f:
                    text = f.read()
                secret = json.loads(keys("show", path, "--hex", "--format", form, "--json").stdout)["keys"][0]["hex"]
                assert secret in text and secret not in result.stdout + result.stderr
                secrets.add(secret)
                body = json.loads(keys("check", path, "--json").stdout)
                assert body["valid"] and body["format"] == form and body["keys"][0]["algorithm"] == algorithm, body
                keys("generate", path, status=1)
                with open(path) as f:
                    assert f.read() == text, "overwritten"
        assert len(secrets) == 23, "a key came twice"
        path = os.path.join(directory, "late")
        for date in ("2020-01-01", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())):
            refusal = keys("generate", path, "--expires", date, status=2).stderr
            assert "--expires" in refusal and time.strftime("%Y-", time.gmtime()) in refusal and not os.path.exists(path), refusal
        path = os.path.join(directory, "whole")
        keys("generate", path, "--expires", "2027-06-30", "--addresses", "192.0.2.0/24,2001:db8::/32")
        body = json.loads(keys("check", path, "--json").stdout)["keys"][0]
        assert body["expires"] == "2027-06-30" and body["addresses"] == ["192.0.2.0/24", "2001:db8::/32"], body
        link = os.path.join(directory, "link")
        os.symlink(os.path.join(directory, "nowhere"), link)
        keys("generate", link, status=1)


def test_show_only_when_told_how():
    with h.workspace("keys-show") as (directory, _):
        path = write(os.path.join(directory, "k"), "7 SHA256 5f48516d21764e685f48516d21764e68\n8 SHA1 00112233445566778899aa\n")
        keys("show", path, status=64)
        keys("show", path, "--ascii", "--hex", status=64)
        assert keys("show", path, "--ascii").stdout == "7 sha256 ascii:_HQm!vNh_HQm!vNh\n8 sha1 hex:00112233445566778899aa\n"
        assert keys("show", path, "--hex", "--id", "7").stdout == "7 sha256 hex:5f48516d21764e685f48516d21764e68\n"
        keys("show", path, "--hex", "--id", "9", status=1)


def test_unused_by_the_record_of_use():
    with h.workspace("keys-unused") as (directory, _):
        path = write(os.path.join(directory, "k"), f"7 SHA256 {SECRET}\n8 SHA256 {SECRET}\n9 SHA256 {SECRET}\n")
        state = os.path.join(directory, "state")
        store = os.path.join(state, "providers", "ntp-symmetric")
        configuration = write(os.path.join(directory, "t.toml"), f'state_directory = "{state}"\n[provider.ntp-symmetric]\nkey_files = ["{path}"]\n')
        assert "no record of use" in keys("unused", "--days", "14", "--config", configuration, status=1).stderr
        os.makedirs(store)
        now = int(time.time())
        write(os.path.join(store, "key-use"), f"7 {now - 3600}\n8 {now - 20 * 86400}\n")
        result = keys("unused", "--days", "14", "--config", configuration)
        assert "key 8 (sha256): last used" in result.stdout and "key 9 (sha256): no use is recorded" in result.stdout
        assert "key 7" not in result.stdout and "2 of 3 keys unused for 14 days" in result.stdout, result.stdout
        body = json.loads(keys("unused", path, "--days", "30", "--state", state, "--json").stdout)
        assert [k["id"] for k in body["unused"]] == [9], body
        keys("unused", status=64)


def test_config_check_warns():
    with h.workspace("keys-config") as (directory, _):
        good = write(os.path.join(directory, "good.keys"), f"7 SHA256 {SECRET}\n")
        open_file = write(os.path.join(directory, "open.keys"), f"8 SHA256 {SECRET}\n", 0o644)

        def warnings(sources, files=(), more="", errors=False):
            text = ""
            if files:
                listed = ", ".join(f'"{f}"' for f in files)
                text += f"[provider.ntp-symmetric]\nkey_files = [{listed}]\n{more}"
            for source in sources:
                text += "[[source]]\n" + source + "\n"
            path = write(os.path.join(directory, "t.toml"), text, 0o644)
            body = json.loads(tompion("config", "check", path, "--json", status=2 if errors else 0).stdout)
            return body["errors"] if errors else [w for w in body["warnings"] if "min_sources" not in w["key"] and "no [[source]]" not in w["problem"]]

        two = warnings(['address = "ntp1.example.net"', 'address = "192.0.2.1"'])
        assert len(two) == 1 and "ntp1.example.net, 192.0.2.1 prove nothing" in two[0]["problem"] and "key:N" in two[0]["advice"], two
        assert not warnings(['address = "127.0.0.1"', 'address = "pool.example.net"\npool = true'])
        nts = warnings(['address = "192.0.2.1"\nauth = "nts"'], errors=True)
        assert len(nts) == 1 and nts[0]["line"] == 3 and nts[0]["key"] == "source[0].auth" and 'offers "nts"' in nts[0]["problem"], nts
        assert not warnings(['address = "192.0.2.1"\n[clock]\nauth_select = "ignore"'])
        assert not warnings(['address = "192.0.2.1"\nauth = "key:7"'], [good])
        absent = warnings(['address = "192.0.2.1"\nauth = "key:9"'], [good])
        assert len(absent) == 1 and "no key 9" in absent[0]["problem"] and absent[0]["key"] == "source[0].auth", absent
        none = warnings(['address = "192.0.2.1"\nauth = "key:9"'], errors=True)
        assert len(none) == 1 and 'no provider that offers "symmetric"' in none[0]["problem"] and "key_files" in none[0]["advice"], none
        fileless = warnings(['address = "192.0.2.1"\nauth = "key:9"\n[provider.ntp-symmetric]'])
        assert len(fileless) == 1 and "no key file is named" in fileless[0]["problem"], fileless
        exposed = warnings(['address = "192.0.2.1"\nauth = "key:8"'], [open_file])
        assert len(exposed) == 1 and "may be read" in exposed[0]["problem"] and "chmod 600" in exposed[0]["problem"], exposed
        weak = write(os.path.join(directory, "weak.keys"), f"5 MD5 {SECRET}\n")
        unused = warnings(['address = "192.0.2.1"\nauth = "key:5"'], [weak])
        assert len(unused) == 1 and "allow_md5" in unused[0]["problem"], unused
        assert not warnings(['address = "192.0.2.1"\nauth = "key:5"'], [weak], "allow_md5 = true\n")
        missing = warnings(['address = "127.0.0.1"'], [good + ".absent"])
        assert len(missing) == 1 and "cannot be used" in missing[0]["problem"], missing
        broken = warnings(['address = "127.0.0.1"'], [write(os.path.join(directory, "b"), "7 SHA256\n")])
        assert len(broken) == 1 and "a line of it is wrong" in broken[0]["problem"], broken
        server = '[provider.ntp-server]\nunsigned = "registered"\nauthenticate = ["symmetric"]\n'
        nobody = warnings([], [good], server)
        assert len(nobody) == 1 and "nobody is registered" in nobody[0]["problem"] and nobody[0]["key"] == "provider.ntp-server.unsigned", nobody
        registered = write(os.path.join(directory, "registered.keys"), f"9 SHA256 {SECRET} 192.0.2.0/24\n")
        assert not warnings([], [registered], server)
        other = warnings([], [registered], server.replace("symmetric", "nts"), errors=True)
        assert len(other) == 1 and 'offers "nts"' in other[0]["problem"] and 'offered is "symmetric"' in other[0]["problem"], other
        none_of_them = warnings([], [registered], server.replace("symmetric", "ms-sntp") + '[provider.ms-sntp]\ndomain = "ad.example.net"\n')
        assert len(none_of_them) == 1 and "authenticate has none of them" in none_of_them[0]["problem"], none_of_them
        twice = warnings([], [good, write(os.path.join(directory, "second.keys"), f"\n7 SHA256 {SECRET}\n")])
        assert len(twice) == 1 and "good.keys:1 and in" in twice[0]["problem"] and "second.keys:2" in twice[0]["problem"], twice
        assert not warnings([], [good], server.replace("registered", "all"))
        foreign = warnings(['address = "198.51.100.1"\nauth = "key:9"'], [registered])
        assert len(foreign) == 1 and "key 9 is not for 198.51.100.1: its addresses are 192.0.2.0/24" in foreign[0]["problem"], foreign
        assert not warnings(['address = "192.0.2.1"\nauth = "key:9"'], [registered])
        unanswered = warnings([], [weak], server.replace("registered", "none"))
        assert len(unanswered) == 1 and "no key that may be used: nobody is answered" in unanswered[0]["problem"], unanswered
        assert not warnings([], [good], server.replace("registered", "none"))
        return two[0]["problem"]


def test_a_failure_is_json_where_json_is_asked_for():
    for arguments, status, word in ((["keys", "check", "/nowhere/keys", "--json"], None, "/nowhere/keys"),
                                    (["status", "--socket", "/nowhere/socket", "--json"], 3, "/nowhere/socket"),
                                    (["nothing", "--json"], 64, "nothing"), (["keys", "generate", "/nowhere/keys", "--json"], None, "cannot make")):
        result = subprocess.run([os.path.join(h.STAGE, "bin", "tompion"), *arguments], capture_output=True, text=True, timeout=20)
        found = json.loads(result.stdout)
        assert found["status"] == result.returncode != 0 and status in (None, result.returncode), (arguments, result)
        assert word in found["error"] and found["error"] in result.stderr, (arguments, result)
    plain = subprocess.run([os.path.join(h.STAGE, "bin", "tompion"), "nothing"], capture_output=True, text=True, timeout=20)
    assert plain.returncode == 64 and plain.stdout == "" and plain.stderr, plain


def test_config_check_refuses_ms_sntp_outside_of_the_forest():
    with h.workspace("keys-forest") as (directory, _):
        def check(address, status):
            path = write(os.path.join(directory, "t.toml"), f'[provider.ms-sntp]\ndomain = "ad.example.net"\n[[source]]\naddress = "{address}"\nauth = "ms-sntp"\n')
            return json.loads(tompion("config", "check", path, "--json", status=status).stdout)["errors"]

        assert not check("dc1.ad.example.net", 0)
        errors = check("time.windows.com", 2)
        assert len(errors) == 1 and errors[0]["line"] == 4 and errors[0]["key"] == "source[0].address" and "outside of ad.example.net" in errors[0]["problem"], errors
        return errors[0]["problem"]


def test_usage():
    for arguments in ([], ["chek", "x"], ["check"], ["check", "a", "b"], ["generate"], ["check", "x", "--hex"], ["check", "x", "--format", "toml"],
                      ["generate", "x", "--algorithm", "des"], ["generate", "x", "--id", "0"], ["generate", "x", "--expires", "2027-02-30"],
                      ["generate", "x", "--addresses", "example.net"], ["unused", "--days", "x"]):
        result = keys(*arguments, status=64)
        assert result.stderr
    assert "did you mean check" in keys("chek", "x", status=64).stderr
    assert "usage: tompion keys" in keys("--help").stdout and "usage: tompion keys" in tompion("help", "keys").stdout


def test_the_life_of_a_key_in_a_daemon_that_runs():
    """A key whose time ends, a file that goes and comes back, and SIGHUP, beside a server with the same key that goes on."""
    with h.workspace("keys-life") as (directory, start):
        port = h.free_port()
        hexadecimal = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

        def key(name, *more):
            return write(os.path.join(directory, name), f"# tompion keys 1\n7 sha256 hex:{hexadecimal} {' '.join(more)}\n")

        def provider(path):
            return f'[provider.ntp-symmetric]\nkey_files = ["{path}"]\n'

        start(h.Tompion(directory, "server", h.server_configuration(
            port, extra=f'authenticate = ["symmetric"]\nunsigned = "none"\n{provider(key("server.keys"))}'))).wait_up()
        end = int(time.time()) + 6
        path = key("client.keys", time.strftime("expires=%Y-%m-%dT%H:%M:%SZ", time.gmtime(end)))
        client = start(h.Tompion(
            directory, "client", f'[clock]\nkind = "system"\nsteer = false\n{provider(path)}'
            f'[[source]]\naddress = "127.0.0.1"\nport = {port}\niburst = true\nmin_poll = 0\nmax_poll = 1\nauth = "key:7"\n')).wait_up()

        def source():
            return client.json("sources")["sources"][0]

        def events(number):
            return [e for e in client.json("events", "-n", "200")["events"] if e["number"] == number]

        def hang_up():
            before = len(events(592))
            os.kill(client.pid, signal.SIGHUP)
            h.wait_for(lambda: len(events(592)) == before + 1, 5, f"event 592{client.tail()}")

        h.wait_for(lambda: source()["authenticated"], 5, f"it is proven while the key is good{client.tail()}")
        h.wait_for(lambda: not source()["authenticated"], 12, f"its proof is withdrawn{client.tail()}")
        assert time.time() >= end, "before its time"
        assert "its time is over" in source()["last_error"], source()
        polls = source()["polls"]
        for words in (client.ask("sources").stdout, client.ask("why").stdout):
            assert "its time is over" in words, words
        time.sleep(3)
        assert source()["polls"] == polls, "nothing is asked with it"
        said = events(25)
        assert len(said) == 1 and "its time is over" in said[0]["text"], said
        assert f"{path}:2): its time is over" in client.output(), client.tail()

        key("client.keys")
        hang_up()
        h.wait_for(lambda: source()["authenticated"], 5, f"a new text brings it back{client.tail()}")

        def error():
            return next(p for p in client.json("providers")["providers"] if p["name"] == "ntp-symmetric")["last_error"]

        os.rename(path, path + ".away")
        hang_up()
        hang_up()
        h.wait_for(lambda: path in error() and "gone" in error(), 5, f"the provider's status names the file{client.tail()}")
        assert client.output().count(f"{path} is gone") == 1, client.tail()
        before = source()["replies"]
        h.wait_for(lambda: source()["replies"] > before + 2 and source()["authenticated"], 10, "its keys stay in use")
        os.rename(path + ".away", path)
        hang_up()
        h.wait_for(lambda: "gone" not in error() and f"{path} is there again" in client.output(), 5, f"its return is told{client.tail()}")
        assert client.running() and hexadecimal not in client.output(), client.tail()
        return said[0]["text"]
