// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Filtering

@Suite struct PathFilterRoutesTests {
  static func tracking(seed: UInt64) -> Tracking {
    var t = Tracking(QueuedPath(seed: seed) { $0.exponential(mean: 5e-5) }, seed: seed + 1)
    for _ in 0..<60 { t.measure() }
    return t
  }

  /// A direction becomes longer and shorter again: the clock stays where it was, and the old route is known when it comes back.
  @Test(arguments: [(4e-3, 0.0), (0.0, 4e-3), (3e-3, 3e-3), (4e-3, 2e-3)])
  func oldRoutesComeBack(_ change: (out: Double, back: Double)) {
    var t = Self.tracking(seed: 700)
    let floor = t.filter.bank.mean.d
    t.added = change
    for _ in 0..<40 { t.measure() }
    #expect(t.filter.routeChanges == 1)
    #expect(t.error.magnitude < 6e-5)
    #expect((t.filter.bank.mean.d - floor - change.out - change.back).magnitude < 5e-5)
    #expect((t.filter.asymmetry - 0.5 * (change.out - change.back)).magnitude < 5e-5)
    t.added = (0, 0)
    for _ in 0..<40 { t.measure() }
    #expect(t.filter.routeChanges == 2)
    #expect(t.error.magnitude < 6e-5)
    // Not about, but exactly what it was.
    #expect(t.filter.asymmetry == 0)
    #expect(t.filter.timeSteps == 0)
  }

  /// An unlike change costs certainty: how well the clock was foretold is how well the change is known.
  @Test func unlikeChangesCostCertainty() {
    var t = Self.tracking(seed: 720)
    #expect(t.filter.asymmetryVariance == 0)
    t.added = (3e-3, 3e-3)
    for _ in 0..<20 { t.measure() }
    let alike = t.filter.asymmetryVariance
    t.added = (9e-3, 3e-3)
    for _ in 0..<20 { t.measure() }
    #expect(t.filter.routeChanges >= 2)
    #expect(t.filter.asymmetryVariance > alike)
  }

  /// The source's time moves by 5 ms: after four measurements it is followed, and no route is blamed.
  @Test func stepsOfTheSource() {
    var t = Self.tracking(seed: 740)
    t.lie = 5e-3
    for _ in 0..<4 { t.measure() }
    #expect(Array(t.verdicts.suffix(4)) == [.held, .held, .held, .stepped])
    for _ in 0..<20 { t.measure() }
    #expect(t.error.magnitude < 6e-5)
    #expect(t.filter.routeChanges == 0 && t.filter.timeSteps == 1 && t.filter.asymmetry == 0)
  }

  /// A held measurement teaches nothing.
  @Test func liesAreHeldBack() {
    var t = Self.tracking(seed: 760)
    for i in 0..<40 {
      t.lie = i % 2 == 0 ? 0.1 : 0
      t.measure()
      t.lie = 0
      #expect(t.error.magnitude < 6e-5)
    }
    #expect(t.verdicts.suffix(40).filter { $0 == .held }.count == 20)
  }

  /// The last four routes are kept, the oldest goes first; near ones are the same, far ones are not.
  @Test func oldRoutes() {
    var routes = OldRoutes()
    #expect(routes.match(Route(floor: 0, asymmetry: 0, variance: 0), within: 1) == nil)
    for i in 1...5 { routes.add(Route(floor: Double(i), asymmetry: 0, variance: 0)) }
    #expect(routes.match(Route(floor: 1, asymmetry: 0, variance: 0), within: 0.1) == nil)
    for i in 2...5 {
      let near = Route(floor: Double(i) + 0.19, asymmetry: 0.09, variance: 0)
      #expect(routes.match(near, within: 0.1)?.floor == Double(i))
      #expect(routes.match(Route(floor: Double(i) + 0.21, asymmetry: 0, variance: 0), within: 0.1) == nil)
      #expect(routes.match(Route(floor: Double(i), asymmetry: -0.11, variance: 0), within: 0.1) == nil)
    }
  }
}
