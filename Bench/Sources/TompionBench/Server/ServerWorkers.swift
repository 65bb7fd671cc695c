// SPDX-License-Identifier: Apache-2.0

/// What a second worker costs, and where there are cores enough what it brings.
struct ServerWorkers: Entry {
  var names: [String] { ["server.workers", "server.workers-scaling"] }
  var summary: String {
    "processor time a reply of two workers against one, saturated; their throughput where there are 4 cores"
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    let found = try DaemonProbe.run("server.py", context, probe: "workers")
    guard let one = found["one_ns"], let two = found["two_ns"], let ratio = found["ratio"],
      let scaling = found["scaling"], let cores = found["cores"]
    else { throw Skip(reason: "no figures") }
    let wall =
      cores >= 4
      ? Outcome(name: "server.workers-scaling", value: scaling, unit: "x", least: 1.7)
      : Outcome.skip(
        "server.workers-scaling", "\(Int(cores)) cores: two workers and the load want 4 to be faster than one worker")
    return [
      Outcome(
        name: "server.workers", value: two / 1e3, unit: "us/reply",
        peer: .init(name: "one worker", value: one / 1e3, ratio: ratio), limit: 1.15),
      wall,
    ]
  }
}
