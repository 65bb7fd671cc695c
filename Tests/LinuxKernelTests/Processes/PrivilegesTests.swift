// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Synchronization
import Testing

@testable import LinuxKernel

@Suite struct PrivilegesTests {
  @Test func theseTestsCannotSetTheClock() throws {
    // Tools/test starts everything under setpriv. Run by hand as root it is only skipped, never tried.
    guard getuid() != 0 || !Capability.sysTime.isEffective else { try Test.cancel("run by hand as root") }
    #expect(!Capability.sysTime.isEffective)
  }

  @Test func capabilitiesAgreeWithProc() throws {
    let status = String(decoding: try SmallFile.readPseudo("/proc/thread-self/status"), as: UTF8.self)
    func mask(_ name: String) throws -> UInt64 {
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(name) })
      return try #require(UInt64(line.split(separator: "\t").last ?? "", radix: 16))
    }
    for capability in Capability.allCases {
      #expect(capability.isEffective == (try mask("CapEff") >> UInt64(capability.rawValue) & 1 == 1))
      #expect(capability.isPermitted == (try mask("CapPrm") >> UInt64(capability.rawValue) & 1 == 1))
      #expect(capability.isInBoundingSet == (try mask("CapBnd") >> UInt64(capability.rawValue) & 1 == 1))
    }
  }

  @Test func usersAndGroupsAreFound() {
    #expect(Privileges.user(named: "root").map { $0.user == 0 && $0.group == 0 } == true)
    #expect(Privileges.group(named: "root") == 0)
    #expect(Privileges.user(named: "nobody-of-this-name") == nil)
    #expect(Privileges.group(named: "nobody-of-this-name") == nil)
  }

  @Test func anUnknownUserIsRefusedBeforeAnythingIsGivenUp() {
    let before = Capability.allCases.map(\.isEffective)
    #expect(throws: KernelError.self) { _ = try Privileges.drop(to: "nobody-of-this-name", keeping: []) }
    #expect(Capability.allCases.map(\.isEffective) == before)
  }

  @Test(
    .enabled(if: getuid() == 0 && Capability.ipcLock.isPermitted && Capability.netBindService.isPermitted, "needs root")
  )
  func aRootProcessKeepsOnlyWhatItAskedFor() throws {
    // Capabilities belong to threads: this one gives its own up and ends. What becomes of a whole process and its user is
    // proven with the daemon (Tests/Peers/privilege.py).
    let outcome = Outcome()
    let thread = try RoleThread(RoleThreadOptions(name: "drop")) {
      outcome.set(Outcome.restrict())
    }
    thread.join()
    #expect(outcome.get() == "CAP_IPC_LOCK CAP_NET_BIND_SERVICE; cannot get back; no_new_privs")
    #expect(Capability.sysNice.isEffective == Capability.sysNice.isPermitted)
  }
}

final class Outcome: Sendable {
  private let text = Mutex("")
  func set(_ new: String) { text.withLock { $0 = new } }
  func get() -> String { text.withLock { $0 } }

  /// On a thread of its own: what is left, and whether more can be had.
  static func restrict() -> String {
    do {
      try Privileges.restrict(to: [.ipcLock, .netBindService])
    } catch {
      return "\(error)"
    }
    let left = Capability.allCases.filter(\.isEffective).map(\.description).sorted().joined(separator: " ")
    var again = "cannot get back"
    if (try? Privileges.restrict(to: [.sysNice])) != nil { again = "got more back" }
    let status =
      (try? SmallFile.readPseudo("/proc/thread-self/status")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let locked = status.contains("NoNewPrivs:\t1") ? "no_new_privs" : "new privileges possible"
    return "\(left); \(again); \(locked)"
  }
}
