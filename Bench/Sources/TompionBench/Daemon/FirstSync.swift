// SPDX-License-Identifier: Apache-2.0

/// How soon after its start the daemon is synchronized.
struct FirstSync: Entry {
  var names: [String] { ["startup.first-sync"] }
  var summary: String { "from exec to synchronized with one server on loopback (iburst), against chronyd -x, in turns" }

  func run(_ context: RunContext) throws -> [Outcome] {
    let found = try DaemonProbe.run("first_sync.py", context)
    guard let ours = found["ours"], let theirs = found["theirs"], let ratio = found["ratio"] else {
      throw Skip(reason: "no figures")
    }
    return [
      Outcome(
        name: "startup.first-sync", value: ours, unit: "s",
        peer: Outcome.Peer(name: "chronyd", value: theirs, ratio: ratio))
    ]
  }
}
