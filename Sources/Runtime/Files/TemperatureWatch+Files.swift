// SPDX-License-Identifier: Apache-2.0

import EngineFeed
import LinuxKernel
import Report
import Settings
import TimeTypes

extension TemperatureWatch {
  /// No sensor says more, and no table is longer.
  static var sensorLimit: Int { 256 }
  static var tableLimit: Int { 65_536 }

  /// What is new by this host's own files.
  mutating func turn(now: RawInstant, raise: (EventRecord) -> Void) -> News? {
    turn(now: now, read: Self.contents, raise: raise)
  }

  /// What is wrong with this host's own files as they are now.
  static func complaints(of settings: TemperatureConfiguration) -> [(key: String, problem: String, advice: String)] {
    complaints(of: settings, read: contents)
  }

  private static func contents(_ wanted: Wanted) throws(KernelError) -> [UInt8] {
    switch wanted {
    case .sensor(let path): try SmallFile.readPseudo(path, limit: sensorLimit)
    case .table(let path): try SmallFile.read(path, limit: tableLimit)
    }
  }
}
