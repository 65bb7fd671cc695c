// SPDX-License-Identifier: Apache-2.0

/// What the daemon occupies when it does nothing but keep time.
struct IdleMemory: Entry {
  var names: [String] { ["idle.rss"] }
  var summary: String { "resident memory of the idle daemon with 4 sources, against chronyd -x" }

  func run(_ context: RunContext) throws -> [Outcome] {
    let found = try DaemonProbe.run("idle_memory.py", context)
    guard let ours = found["ours"], let theirs = found["theirs"] else { throw Skip(reason: "no figures") }
    return [
      Outcome(
        name: "idle.rss", value: ours / 1024, unit: "MiB",
        peer: Outcome.Peer(name: "chronyd", value: theirs / 1024, ratio: ours / theirs))
    ]
  }
}
