// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Settings

/// The right to steer the system clock: only where no other time daemon runs and no other tompiond has it. Held until the process
/// ends. [control, at start]
struct SteeringClaim {
  /// Why steering is forbidden, naming each rival; "" = it is ours, or nothing is to be steered.
  let rivals: String
  private let lock: LockFile?

  /// Where the lock is: root's folder first, so that nobody else can hold it; without privilege (and so without any real
  /// steering) the folder for everybody's locks.
  private static let paths = ["/run/tompiond-steering.lock", "/run/lock/tompiond-steering.lock"]

  /// No claim at all.
  static func nothing() -> SteeringClaim { SteeringClaim() }

  private init() {
    rivals = ""
    lock = nil
  }

  init(_ configuration: Configuration) {
    guard configuration.clock.kind == .system, configuration.clock.steer, configuration.profile != .minimal else {
      rivals = ""
      lock = nil
      return
    }
    // Other tompionds may watch, serve or run a virtual clock: for them the lock decides, not that they run.
    var found = RivalDaemons.running().filter { $0.name != "tompiond" }
    var held: LockFile?
    for path in Self.paths {
      do {
        held = try LockFile(path)
        if held == nil { found.append(RivalDaemon(name: "tompiond", pid: LockFile.holder(path) ?? 0)) }
        break
      } catch {
        continue
      }
    }
    lock = held
    rivals = RivalDaemons.refusal(found) ?? ""
  }
}
