// SPDX-License-Identifier: Apache-2.0

/// What the daemon occupies when it does nothing but keep time.
struct IdleMemory: Entry {
  var names: [String] { ["idle.rss", "idle.anonymous", "idle.rss.static"] }
  var summary: String {
    "resident memory of the idle daemon with 4 sources, and what of it is no file's, against chronyd -x; .static: without shared runtime"
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    let found = try DaemonProbe.run("idle_memory.py", context)
    func outcome(_ name: String, _ ours: String, _ theirs: String, _ reason: String) -> Outcome {
      guard let ours = found[ours], let theirs = found[theirs] else { return .skip(name, reason) }
      return Outcome(
        name: name, value: ours / 1024, unit: "MiB",
        peer: Outcome.Peer(name: "chronyd", value: theirs / 1024, ratio: ours / theirs))
    }
    return [
      outcome("idle.rss", "ours", "theirs", "no figures"),
      outcome("idle.anonymous", "ours-anonymous", "theirs-anonymous", "no figures"),
      outcome("idle.rss.static", "static", "theirs", "there is no static build; run ./Tools/build --static first"),
    ]
  }
}
