// SPDX-License-Identifier: Apache-2.0

/// What one core answers where every request is signed and every reply has to be.
struct AuthenticatedServer: Entry {
  static let algorithms = ["sha256", "aes128-cmac"]
  var names: [String] { Self.algorithms.map { "server.authenticated.\($0)" } }
  var summary: String {
    "the NTP server saturated by signed requests of 100 client addresses, beside chronyd -x with the same key, a core each in turns"
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    try Self.algorithms.map { algorithm in
      let found = try DaemonProbe.run("server.py", context, probe: "authenticated-\(algorithm)")
      guard let value = found["per_second"], let theirs = found["per_second_chronyd"],
        let ratio = found["per_second_ratio"],
        let share = found["share"], let cpu = found["cpu_ns"], let theirCPU = found["cpu_ns_chronyd"]
      else { throw Skip(reason: "no figures") }
      return Outcome(
        name: "server.authenticated.\(algorithm)", value: value, unit: "replies/s",
        peer: .init(name: "chronyd", value: theirs, ratio: ratio), least: 1.25,
        note: "\(Outcome.number(cpu / 1e3)) us of processor time a reply, chronyd's \(Outcome.number(theirCPU / 1e3)); "
          + "ours busy for \(Outcome.number(share)) of its core")
    }
  }
}
