// SPDX-License-Identifier: Apache-2.0

/// How long a request takes where the server has time, and whether any is lost before it has none.
struct ServerLatency: Entry {
  var names: [String] { ["server.p99-half-load", "server.loss-below-80"] }
  var summary: String {
    "request to reply at half of what chronyd answers at most, beside chronyd; requests lost at 79 % of what ours does"
  }

  func run(_ context: RunContext) throws -> [Outcome] {
    let found = try DaemonProbe.run("server.py", context, probe: "latency")
    func value(_ key: String) throws -> Double {
      guard let value = found[key] else { throw Skip(reason: "no figure \(key)") }
      return value
    }
    let (busy, saturation) = (try value("busy"), try value("saturation"))
    let half = Outcome.number(try value("half"))
    let medians = "\(Outcome.number(try value("p50_us"))) and \(Outcome.number(try value("p50_us_chronyd"))) us"
    return [
      Outcome(
        name: "server.p99-half-load", value: try value("p99_us"), unit: "us",
        peer: .init(name: "chronyd", value: try value("p99_us_chronyd"), ratio: try value("p99_ratio")), limit: 1,
        note: "\(half) requests/s; medians \(medians)"),
      Outcome(
        name: "server.loss-below-80", value: try value("lost"), unit: "requests", limit: 0,
        note:
          "of \(Outcome.number(try value("requests"))) at \(Outcome.number(busy / saturation * 100)) % of saturation"),
    ]
  }
}
