// SPDX-License-Identifier: Apache-2.0

import Diagnosis
import Testing

@Suite("Key files, judged as tompiond does")
struct HostFindingsKeyFilesTests {
  private func step(_ mode: UInt32, user: UInt32 = 990, daemon: UInt32? = 990) -> DiagnosisStep {
    HostFindings.keyFile("/etc/k", HostFindings.FileRights(mode: 0o100000 | mode, user: user), daemonUser: daemon)
  }

  @Test("a mode that lets others in", arguments: [0o604, 0o602, 0o620, 0o666, 0o644] as [UInt32])
  func mode(mode: UInt32) {
    let found = step(mode)
    #expect(found.outcome == .failed && found.faults == ["key-file-mode"] && found.cause.contains("chmod 600 /etc/k"))
    #expect(found.finding.contains("mode 0\(String(mode, radix: 8))"))
  }

  @Test("its owner: tompiond's user or root, and one that can read it again")
  func owner() {
    #expect(step(0o600).outcome == .ok && step(0o640).outcome == .ok && step(0o640, user: 0).outcome == .ok)
    #expect(step(0o600, user: 0, daemon: 0).outcome == .ok && step(0o600, user: 1000, daemon: nil).outcome == .ok)
    let foreign = step(0o600, user: 1000)
    #expect(foreign.faults == ["key-file-owner"] && foreign.cause.contains("chown 990 /etc/k"))
    let lost = step(0o600, user: 0)
    #expect(lost.faults == ["key-file-owner"] && lost.finding.contains("user 990"))
    #expect(step(0o644, user: 1000).faults == ["key-file-mode", "key-file-owner"])
  }

  @Test("none at all")
  func missing() {
    let found = HostFindings.keyFile("/etc/k", nil, daemonUser: 990)
    #expect(found.outcome == .failed && found.faults == ["key-file-missing"] && found.subject == "/etc/k")
  }
}
