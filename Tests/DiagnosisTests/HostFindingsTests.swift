// SPDX-License-Identifier: Apache-2.0

import Diagnosis
import Report
import Testing
import TimeTypes

@Suite("The steps of the host")
struct HostFindingsTests {
  static func status(_ kind: StatusSnapshot.ClockKind = .system, _ steering: SteeringState = .steering)
    -> StatusSnapshot
  {
    var status = StatusSnapshot()
    (status.clockKind, status.steering, status.version, status.processID) = (kind, steering, "0.1", 42)
    return status
  }

  @Test("the daemon")
  func daemon() {
    #expect(HostFindings.daemon(nil, unreachable: "no such file").outcome == .failed)
    var begun = Self.status(steering: .starting)
    let step = HostFindings.daemon(begun, unreachable: nil)
    #expect(step.outcome == .ok && step.finding.contains("pid 42") && step.finding.contains("not synchronized"))
    // It knows what is wrong.
    begun.sources[0].state = .unauthenticated
    begun.authSelect = "require"
    let wrong = HostFindings.daemon(begun, unreachable: nil)
    #expect(wrong.outcome == .failed && wrong.faults == ["not-synchronized"])
    #expect(wrong.finding.contains("auth_select = require asks for that"), "\(wrong)")
    begun.synchronization = .synchronized
    #expect(HostFindings.daemon(begun, unreachable: nil).outcome == .ok)
  }

  @Test("the first replies are wide: distance is no fault before a minute has passed")
  func distantAtFirst() {
    var status = Self.status(steering: .observing)
    status.sources[0].state = .distant
    status.uptime = .seconds(5)
    #expect(HostFindings.daemon(status, unreachable: nil).outcome == .ok)
    status.uptime = .seconds(600)
    #expect(HostFindings.daemon(status, unreachable: nil).faults == ["not-synchronized"])
  }

  @Test("that it may not steer is counted once")
  func refused() {
    var status = Self.status(steering: .refused)
    status.sources[0].state = .selected
    status.uptime = .seconds(600)
    let privilege = HostFindings.privilege(status, holdsSysTime: false)
    #expect(HostFindings.daemon(status, unreachable: nil, told: [privilege]).outcome == .ok)
    #expect(HostFindings.daemon(status, unreachable: nil).outcome == .failed)
    status.sources[0].state = .unreachable
    #expect(HostFindings.daemon(status, unreachable: nil, told: [privilege]).outcome == .failed)
  }

  /// With one source, which is waited for.
  static func status(steering: SteeringState) -> StatusSnapshot {
    var status = status(.system, steering)
    status.providers = [ProviderReport(name: "ntp-client")]
    status.sources = [SourceReport(id: SourceID(rawValue: 1), name: "a")]
    return status
  }

  @Test("privilege is asked for only where it is needed")
  func privilege() {
    #expect(HostFindings.privilege(nil, holdsSysTime: nil).outcome == .skipped)
    #expect(HostFindings.privilege(Self.status(.virtual), holdsSysTime: false).outcome == .skipped)
    #expect(HostFindings.privilege(Self.status(.system, .observing), holdsSysTime: false).outcome == .skipped)
    #expect(HostFindings.privilege(Self.status(), holdsSysTime: nil).outcome == .skipped)
    #expect(HostFindings.privilege(Self.status(), holdsSysTime: true).outcome == .ok)
    let missing = HostFindings.privilege(Self.status(.system, .refused), holdsSysTime: false)
    #expect(missing.outcome == .failed && missing.faults == ["privilege-missing"])
  }

  @Test("rivals and holders of the port are named")
  func others() {
    #expect(HostFindings.rivals([]).outcome == .ok)
    let rivals = HostFindings.rivals(["chronyd (pid 9)"])
    #expect(rivals.outcome == .failed && rivals.finding == "chronyd (pid 9) runs, too")
    // Another tompiond is not the one that was asked, and no fault by itself.
    let beside = HostFindings.rivals([], siblings: ["tompiond (pid 8)"])
    #expect(beside.outcome == .ok && beside.finding.contains("tompiond (pid 8) is not the one asked"))
    #expect(HostFindings.rivals(["ntpd (pid 9)"], siblings: ["tompiond (pid 8)"]).outcome == .failed)
    let held = HostFindings.listening("*:123", .other("ntpd, pid 5"), daemonRuns: true)
    #expect(held.faults == ["port-held"] && held.finding == "ntpd, pid 5 holds the port")
    #expect(HostFindings.listening("*:123", .ourselves, daemonRuns: true).outcome == .ok)
    #expect(HostFindings.listening("*:123", .nobody, daemonRuns: true).faults == ["port-not-open"])
    #expect(HostFindings.listening("*:123", .nobody, daemonRuns: false).outcome == .ok)
    #expect(HostFindings.listening("*:123", .unknown, daemonRuns: true).outcome == .skipped)
    #expect(HostFindings.listening("*:123", .unknown, daemonRuns: false).faults == ["port-held"])
  }

  @Test("interfaces")
  func interfaces() {
    #expect(HostFindings.interfaces(up: ["eth0 192.0.2.1"], down: [], onlyLoopbackNeeded: false).outcome == .ok)
    #expect(HostFindings.interfaces(up: [], down: [], onlyLoopbackNeeded: true).outcome == .ok)
    let none = HostFindings.interfaces(up: [], down: ["eth0 192.0.2.1"], onlyLoopbackNeeded: false)
    #expect(none.faults == ["no-interface"] && none.finding.contains("eth0"))
  }

  @Test("public servers: one good answer is enough; if all say the same quarter, it is this host")
  func publicServers() {
    #expect(HostFindings.publicServers(nil).outcome == .skipped && HostFindings.publicServers([]).outcome == .skipped)
    let good = Query.Judgement(faults: [], finding: "stratum 1")
    let silent = Query.Judgement(faults: [.silent(seconds: 2, elsewhere: nil)])
    let local = Query.Judgement(faults: [.quarterHour(.seconds(3600))])
    #expect(HostFindings.publicServers([("a", silent), ("b", good)]).outcome == .ok)
    let none = HostFindings.publicServers([("a", silent), ("b", silent)])
    #expect(none.faults == ["silent"] && none.cause.contains("firewall"))
    let all = HostFindings.publicServers([("a", local), ("b", local)])
    #expect(all.faults == ["quarter-hour"] && all.cause.contains("hardware clock"))
  }
}
