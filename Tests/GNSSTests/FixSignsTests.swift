// SPDX-License-Identifier: Apache-2.0

import ReferenceWire
import Testing

@testable import GNSS

/// What people read of a receiver's fix.
struct FixSignsTests {
  private static func text(
    _ fix: ReceiverReport.Fix? = nil, quality: UInt8? = nil, satellites: UInt8? = nil, antenna: Bool = false
  ) -> String {
    var signs = FixSigns()
    (signs.fix, signs.quality, signs.satellites, signs.hasAntenna) = (fix, quality, satellites, antenna)
    return signs.text
  }

  @Test func whatIsToldIsSaidAndNothingElse() {
    #expect(Self.text() == "")
    #expect(
      Self.text(.full, quality: 2, satellites: 9, antenna: true) == "3D fix (differential), 9 satellites, antenna good")
    #expect(Self.text(.flat) == "2D fix" && Self.text(.time) == "time-only fix")
    #expect(
      Self.text(quality: 1) == "fix" && Self.text(quality: 4) == "fix (RTK)" && Self.text(quality: 5) == "fix (RTK)")
    #expect(Self.text(satellites: 0) == "0 satellites" && Self.text(antenna: true) == "antenna good")
  }

  /// Of messages, each telling its part.
  @Test func theyAreGatheredFromMessages() {
    var fitness = Fitness()
    var report = ReceiverReport()
    report.fix = .full
    fitness.note(report, at: .init(nanoseconds: 0))
    report = ReceiverReport()
    (report.quality, report.satellites, report.antenna) = (2, 11, .good)
    fitness.note(report, at: .init(nanoseconds: 1))
    #expect(fitness.signs.text == "3D fix (differential), 11 satellites, antenna good")
    report = ReceiverReport()
    report.antenna = .short
    fitness.note(report, at: .init(nanoseconds: 2))
    #expect(fitness.signs.text == "3D fix (differential), 11 satellites")
  }
}
