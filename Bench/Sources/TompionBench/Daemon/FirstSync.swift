// SPDX-License-Identifier: Apache-2.0

/// How soon after its start the daemon is synchronized.
struct FirstSync: Entry {
  var names: [String] { ["startup.first-sync", "startup.first-sync.close"] }
  var summary: String {
    "from exec to synchronized with one server on loopback (iburst), against chronyd -x, in turns; .close: at a poll interval of 1 s"
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    let found = try DaemonProbe.run("first_sync.py", context)
    return try zip(names, ["default", "close"]).map { name, kind in
      guard let ours = found["\(kind)-ours"], let theirs = found["\(kind)-theirs"], let ratio = found["\(kind)-ratio"]
      else { throw Skip(reason: "no figures") }
      let requests = ["ours", "theirs"].map { Int(found["\(kind)-\($0)-requests"] ?? 0) }
      return Outcome(
        name: name, value: ours, unit: "s", peer: Outcome.Peer(name: "chronyd", value: theirs, ratio: ratio),
        note: "after \(requests[0]) requests, chronyd after \(requests[1])")
    }
  }
}
