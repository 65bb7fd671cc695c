// SPDX-License-Identifier: Apache-2.0

/// What one core answers at most, and what a reply costs it.
struct ServerSaturation: Entry {
  var names: [String] { ["server.replies-per-core", "server.cpu-per-reply", "server.against-c"] }
  var summary: String {
    "the NTP server saturated by 100 client addresses, beside chronyd -x and a C responder, a core each in turns"
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    let found = try DaemonProbe.run("server.py", context, probe: "saturation")
    func value(_ key: String) throws -> Double {
      guard let value = found[key] else { throw Skip(reason: "no figure \(key)") }
      return value
    }
    let share = Outcome.number(try value("share"))
    let note = "ours busy for \(share) of its core; with less than 0.9 the load was the limit"
    return [
      Outcome(
        name: "server.replies-per-core", value: try value("per_second"), unit: "replies/s",
        peer: .init(name: "chronyd", value: try value("per_second_chronyd"), ratio: try value("per_second_ratio")),
        least: 1.25, note: note),
      Outcome(
        name: "server.cpu-per-reply", value: try value("cpu_ns") / 1e3, unit: "us/reply",
        peer: .init(name: "chronyd", value: try value("cpu_ns_chronyd") / 1e3, ratio: try value("cpu_ratio")),
        limit: 0.80),
      Outcome(
        name: "server.against-c", value: try value("per_second"), unit: "replies/s",
        peer: .init(name: "c", value: try value("per_second_c"), ratio: try value("against_c")), least: 0.97,
        note: "processor time a reply: \(Outcome.number(try value("against_c_cpu"))) of the C responder's"),
    ]
  }
}
