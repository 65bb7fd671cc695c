// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Simulation

@Suite struct KernelLeapModelTests {
  private static let midnight = TimeInterval.seconds(20_000 * 86_400)

  @Test(arguments: [(LeapIndicator.insert, Int64(0), Int64(-1)), (.delete, -1, 1)])
  func itIsMadeAtTheDaysEndAndOnce(leap: LeapIndicator, end: Int64, change: Int64) {
    var model = KernelLeapModel()
    let moment = Self.midnight + .seconds(end)
    func due(_ seconds: Int64) -> TimeInterval? { model.due(clock: moment - .seconds(seconds)) }
    #expect(due(1) == nil, "nothing is armed")
    model.arm(leap)
    #expect(due(3) == nil)
    #expect(due(2) == moment)
    #expect(due(1) == nil, "said once")
    #expect(model.make() == .seconds(change))
    #expect(due(1) == nil, "made, and not taken back: the clock shows that second again")
    model.arm(.none)
    model.arm(leap)
    #expect(model.due(clock: moment + .seconds(86_398)) == moment + .seconds(86_400))
  }

  @Test func whatIsTakenBackIsNotMade() {
    var model = KernelLeapModel()
    model.arm(.insert)
    #expect(model.due(clock: Self.midnight - .seconds(1)) == Self.midnight)
    model.arm(.none)
    #expect(model.make() == nil)
    #expect(KernelLeapModel() == model)
  }
}
