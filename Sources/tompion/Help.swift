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
      config check  check a configuration file before it is used
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
      * the system source      x falseticker          w waiting for samples
      + combined with it       ! beyond the limit     ? unreachable
      - outlier                ~ too distant          r name has no address
      n watched only           u not synchronized   s smears, others do not

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
    "why": """
    usage: tompion why [--json]

    Says in one sentence why the clock is not synchronized, or that it is.

    """,
    "config": """
    usage: tompion config check [FILE] [--json]

    Checks a configuration (default /etc/tompion.toml) and prints every
    error with file, line, key and value, and what would be right. Providers' own
    keys are checked by tompiond, with the provider at hand.

    """,
    "new-provider": """
    usage: tompion new-provider NAME --language c|c++|swift|rust

    Writes a folder NAME with a provider that works: source, build file, exports
    map, a configuration to try it with, and a README. NAME is lower-case letters
    and digits in words joined by hyphens (gps-receiver); it is the name in the
    configuration, too. What is there already is left alone.

    """,
  ]
}
