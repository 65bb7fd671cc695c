// SPDX-License-Identifier: Apache-2.0

package import Report

/// The steps about this host, of what the edge found out.
package enum HostFindings {
  /// `unreachable`: why the daemon cannot be asked; nil = `status` is its answer. `told`: steps that tell why it may not steer; that is not
  /// counted a second time here.
  package static func daemon(_ status: StatusSnapshot?, unreachable: String?, told: [DiagnosisStep] = [])
    -> DiagnosisStep
  {
    guard let status else {
      return DiagnosisStep(
        .daemon, "", .failed, unreachable ?? "it gave no status", faults: ["daemon-unreachable"],
        cause:
          "It does not run, or this user may not ask: systemctl status tompiond, journalctl -u tompiond. The other steps go on without it."
      )
    }
    let finding = "version \(status.version), pid \(status.processID). \(status.why)"
    var rest = status
    if status.steering == .refused, told.contains(where: { $0.outcome == .failed }) { rest.steering = .steering }
    // The first replies are wide: distance says nothing before a burst is over.
    let isBeginning =
      status.uptime < .seconds(60) && !status.sources.isEmpty && status.sources.allSatisfy { $0.state == .distant }
    guard rest.obstacle != nil, !isBeginning else { return DiagnosisStep(.daemon, "", .ok, finding) }
    return DiagnosisStep(.daemon, "", .failed, finding, faults: ["not-synchronized"])
  }

  /// `holdsSysTime`: whether the daemon has CAP_SYS_TIME in force; nil = not ours to see.
  package static func privilege(_ status: StatusSnapshot?, holdsSysTime: Bool?) -> DiagnosisStep {
    guard let status else { return DiagnosisStep(.privilege, "", .skipped, "tompiond cannot be asked") }
    guard status.clockKind == .system else {
      return DiagnosisStep(.privilege, "", .skipped, "a virtual clock needs none")
    }
    guard status.steering != .observing else {
      return DiagnosisStep(.privilege, "", .skipped, "it only watches the clock (clock.steer = false), and needs none")
    }
    switch holdsSysTime {
    case true?: return DiagnosisStep(.privilege, "", .ok, "it has CAP_SYS_TIME")
    case nil: return DiagnosisStep(.privilege, "", .skipped, "this user may not see what tompiond may do")
    case false?:
      return DiagnosisStep(
        .privilege, "", .failed, "tompiond may not set the clock: CAP_SYS_TIME is missing",
        faults: ["privilege-missing"],
        cause:
          "Start it as root or with AmbientCapabilities=CAP_SYS_TIME (the unit that comes with it does); in a container, add the "
          + "capability, or write clock.steer = false.")
    }
  }

  /// `others`: daemons that steer the clock, too, each with its pid. `siblings`: more tompiond, which this one was not asked about: another
  /// one's clock may be a virtual one, and if both steered the system's, the one that was asked would say so.
  package static func rivals(_ others: [String], siblings: [String] = []) -> DiagnosisStep {
    guard !others.isEmpty else {
      let verb = siblings.count == 1 ? "is" : "are"
      let more = siblings.isEmpty ? "" : "; \(siblings.joined(separator: ", ")) \(verb) not the one asked"
      return DiagnosisStep(.rivals, "", .ok, "no other time daemon runs\(more)")
    }
    return DiagnosisStep(
      .rivals, "", .failed, "\(others.joined(separator: ", ")) \(others.count == 1 ? "runs" : "run"), too",
      faults: ["rival-daemon"], cause: "Only one may steer the clock: systemctl disable --now what is not wanted.")
  }

  package enum Holder: Equatable, Sendable {
    case nobody
    /// tompiond itself.
    case ourselves
    /// With its pid.
    case other(String)
    /// Somebody whom this user may not see.
    case unknown
  }

  /// `place`: where the server is to listen; `daemonRuns`: whether it should be there now.
  package static func listening(_ place: String, _ holder: Holder, daemonRuns: Bool) -> DiagnosisStep {
    switch holder {
    case .ourselves: return DiagnosisStep(.listening, place, .ok, "tompiond listens there")
    case .nobody where !daemonRuns: return DiagnosisStep(.listening, place, .ok, "it is free")
    case .unknown where !daemonRuns:
      return DiagnosisStep(.listening, place, .failed, "somebody listens there", faults: ["port-held"], cause: held)
    case .unknown:
      return DiagnosisStep(.listening, place, .skipped, "somebody listens there; this user may not see who")
    case .nobody:
      return DiagnosisStep(
        .listening, place, .failed, "tompiond runs, and does not listen there", faults: ["port-not-open"],
        cause: "Its provider ntp-server failed or is of another configuration: tompion providers says why.")
    case .other(let name):
      return DiagnosisStep(
        .listening, place, .failed, "\(name) holds the port", faults: ["port-held"], cause: held)
    }
  }

  private static let held =
    "Two daemons cannot serve on one port: stop the other one (systemctl disable --now ...), or write another place into listen."

  /// `up`: interfaces with an address that are up, loopback aside; `down`: those that are not.
  package static func interfaces(up: [String], down: [String], onlyLoopbackNeeded: Bool) -> DiagnosisStep {
    if !up.isEmpty { return DiagnosisStep(.interface, "", .ok, up.joined(separator: ", ")) }
    if onlyLoopbackNeeded {
      return DiagnosisStep(.interface, "", .ok, "only loopback is up, and it is enough for what is asked")
    }
    let seen = down.isEmpty ? "" : " (down: \(down.joined(separator: ", ")))"
    return DiagnosisStep(
      .interface, "", .failed, "no interface but loopback is up with an address\(seen)", faults: ["no-interface"],
      cause: "The cable, the driver or DHCP: look at ip -br address.")
  }

  /// What each of several servers answered to a plain query, by name; nil = nobody was asked.
  package static func publicServers(_ answers: [(name: String, judgement: Query.Judgement)]?) -> DiagnosisStep {
    guard let answers, !answers.isEmpty else {
      return DiagnosisStep(
        .publicServers, "", .skipped, "not asked; --public asks some, --against HOST those that you name")
    }
    let good = answers.filter(\.judgement.faults.isEmpty)
    let told = answers.map { answer in
      "\(answer.name): \(answer.judgement.faults.first?.finding ?? answer.judgement.finding)"
    }.joined(separator: "; ")
    guard good.isEmpty else { return DiagnosisStep(.publicServers, "", .ok, told) }
    let faults = answers.flatMap(\.judgement.faults)
    let everywhere = answers.allSatisfy { answer in
      answer.judgement.faults.contains {
        switch $0 {
        case .quarterHour, .farOff: true
        default: false
        }
      }
    }
    return DiagnosisStep(
      .publicServers, "", .failed, told, faults: Array(Set(faults.map(\.name))).sorted(),
      cause: everywhere
        ? "All agree, so it is this host's clock: local time in the hardware clock? (timedatectl set-local-rtc 0)"
        : "Nobody of several answers well: look at this host's way out first (a firewall that drops UDP port 123).")
  }
}
