// SPDX-License-Identifier: Apache-2.0

/// The help texts.
enum Help {
  static func text(_ command: String?) -> String {
    guard let command, let own = commands[command] else { return general }
    return own + common
  }

  static let general = """
    tompion: look at and command the clock daemon tompiond

    usage: tompion COMMAND [OPTION]...

    commands:
      status        how the clock is: state, source, offset, frequency, error bounds
      sources       each time source and what is thought of it
      providers     the plugins that bring time or serve it
      clocks        the clocks of this host: who steers each, and how well
      events        what happened, from the daemon's event log
      why           one sentence: why the clock is not synchronized
      resync        measure again, at once
      settime TIME  enter the time, where nobody else tells it
      config check  check a configuration file before it is used
      diagnose      what is wrong with time here, step by step
      keys          check, make and show symmetric keys
      new-provider  begin a provider of your own, in C, C++, Swift or Rust
      help COMMAND  more on one of them

    """ + common + """
        --version      print the version

      exit status: 0 done, 1 refused or not possible, 2 the configuration is wrong,
                   3 tompiond cannot be reached, 64 wrong usage

      """

  private static let common = """

    options:
      --json         JSON instead of text
      --socket PATH  the daemon's control socket (default: the variable
                     TOMPION_SOCKET, else /run/tompion/control.sock)
      -h, --help     print this

    """

  private static let commands = [
    "status": """
    usage: tompion status [--json]

    Prints how the clock is. Offset is reference - clock: positive means that the
    clock is behind. The statistical bound assumes symmetric paths and holds for
    99.9 % of seconds; the hard bound is never exceeded.

    """,
    "sources": """
    usage: tompion sources [--json]

    Prints a line for each source. The first column says what is thought of it:
      * the system source    x falseticker         w waiting for samples
      + combined with it     ! beyond the limit    ? unreachable
      - outlier              ~ too distant         r name has no address
      n watched only         u not synchronized    s smears, others do not
      a not authenticated    o orphan mode         l own clock, standing by

    """,
    "providers": """
    usage: tompion providers [--json]

    Prints a line for each provider: where it runs, its state, and what it lost or
    did wrong.

    """,
    "clocks": """
    usage: tompion clocks [--json]

    Prints a line for each clock: the system clock, and the hardware clocks of the
    configuration. Offset is its reference - the clock: positive means that the
    clock is behind. State: locked (follows its reference), unlocked (the servo has
    too few samples), jump (just stepped), watched (only read), waiting (for its
    reference), moved (somebody else moved it), refused (somebody else owns it, or
    the kernel refuses), failed (cannot be read), starting.

    """,
    "events": """
    usage: tompion events [-f] [-n N] [--since SEQUENCE] [--json]

    Prints the event log, oldest first.
      -f, --follow       go on with new events until interrupted
      -n, --lines N      only the last N (with -f: 10 unless given)
      --since SEQUENCE   only those after this one
    With --json and -f each event is a line of its own.

    """,
    "resync": """
    usage: tompion resync [--force | --source NAME] [--json]

    Asks the sources again at once, and tries a clock again that was refused.
      --force            the next offset that the sources agree on is accepted,
                         however large (the sanity gate lets it pass once)
      --source NAME      asks only this source, by name or address; not with --force,
                         which opens the gate for all of them
    Only for root, the daemon's user and the group of its control socket.

    """,
    "settime": """
    usage: tompion settime TIME [--within SECONDS] [--json]

    Tells tompiond what time it is when this is entered: 2026-11-22T14:03:20Z,
    with an offset 2026-11-22T15:03:20+01:00, a time of this day (of UTC, the one
    that is nearest) 14:03:20Z, or seconds since 1970 @1795356200. It counts where no
    source can be followed; two and more entries teach the frequency, the better
    the longer apart. The sanity limits hold. Needs [provider.manual].
      --within SECONDS   how far off it may be (0.001 to 3600; default: the
                         provider's uncertainty, 1)
    Only for root, the daemon's user and the group of its control socket.

    """,
    "why": """
    usage: tompion why [--json]

    Says in one sentence why the clock is not synchronized, or that it is.

    """,
    "config": """
    usage: tompion config check [FILE] [--json]

    Checks a configuration (default /etc/tompion.toml) and prints every
    error with file, line, key and value, and what would be right; warns of sources
    that prove nothing of what they say, of proof that nobody here can make or check,
    of keys and key files that cannot be used, and of what is right by itself and
    hardly meant (a name twice, a server that nobody may ask, an own clock at
    stratum 1). Providers' own keys are checked by tompiond, with the provider at
    hand; what it says are errors, too, of modules that do not load, of a temperature
    sensor or table that cannot be used, and of proof that no provider offers, although
    tompiond would start without them.

    """,
    "diagnose": """
    usage: tompion diagnose [SOURCE] [--public] [--against HOST]... [--report | --json]

    Takes the steps in which trouble with time is looked for: tompiond, its privilege,
    other daemons, the server's port, the configuration beside what runs, the
    interface, then each source (or SOURCE alone, which need not be a configured
    one): name, port, plain query, signed query. Says which failed, and the usual
    cause. Sends a request or two to each source, as tompiond does.
      --public           ask some public servers, too, to compare with
      --against HOST     ask this one, too; may be repeated
      --key N            sign with this key (default: the source's auth)
      --key-file FILE    of this file (default: the configuration's key_files)
      --timeout SECONDS  how long to wait for an answer (default 2; asked twice)
      --config FILE      the configuration (default: what tompiond was started with)
      --report           a text to paste into a mail
    Exit status 1: a step failed.

    """,
    "keys": """
    usage: tompion keys check FILE [--format F] [--nist]
           tompion keys generate FILE [--algorithm A] [--id N] [--expires DATE]
                                      [--addresses LIST] [--format F]
           tompion keys show FILE --ascii|--hex [--id N] [--format F]
           tompion keys unused [FILE]... --days N [--config FILE] [--state DIRECTORY]

    Symmetric keys in files of ntpd's, chrony's and our own format (F: auto, ntp,
    chrony, tompion).
      check      every wrong line, with the reason, and who else may read the file;
                 --nist: also what NIST asks of a key
      generate   a new file, mode 0600, with one random key; what is there already is
                 left alone. A: aes128-cmac (default), aes256-cmac, sha256, sha384,
                 sha512, hmac-sha256, sha1, md5. DATE: the last day, 2027-06-30
      show       prints the keys themselves: see that nobody looks over your shoulder
      unused     keys of which tompiond recorded no use in the last N days
    Secrets are printed by show alone.

    """,
    "new-provider": """
    usage: tompion new-provider NAME --language c|c++|swift|rust [--json]

    Writes a folder NAME with a provider that works: source, build file, exports
    map, a configuration to try it with, and a README. NAME is lower-case letters
    and digits in words joined by hyphens (gps-receiver); it is the name in the
    configuration, too. What is there already is left alone.

    """,
  ]
}
