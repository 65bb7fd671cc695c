// SPDX-License-Identifier: Apache-2.0

import Numerics

extension PathFilter {
  /// A measurement of a path that is known: is it still that path, and still that clock?
  @_noAllocation @_noLocks
  mutating func addOnRoute(_ raw: Measurement) -> Verdict {
    var measurement = raw
    measurement.offset -= asymmetry
    let elapsed = measurement.time - bank.time
    bank.predict(to: measurement.time)
    let state = bank.mean
    let stamp = measurement.stamp * measurement.stamp
    var verdict = Verdict.taken
    switch route.look(
      forward: measurement.forward - state.mean(1, 0.5), backward: measurement.backward - state.mean(-1, 0.5),
      deviation: squareRoot(state.xx + 0.25 * state.dd + stamp), floorDeviation: squareRoot(state.dd + stamp), noise)
    {
    case .none: break
    case .hold:
      // Its round trip was real, whatever it means.
      remember(measurement)
      return .held
    case .route(let forward, let backward): changeRoute(forward, backward, &measurement)
    case .step(let by, let scatter):
      timeSteps += 1
      verdict = .stepped
      let rate = scatter / (elapsed > 1 ? elapsed : 1)
      bank.shift(offset: by, offsetVariance: scatter * scatter, frequencyVariance: rate * rate)
    }
    learn(measurement)
    remember(measurement)
    return verdict
  }

  /// The clock goes on; floor and asymmetry are new, or those of an old route that came back.
  @_noAllocation @_noLocks
  private mutating func changeRoute(_ forward: Double, _ backward: Double, _ measurement: inout Measurement) {
    routeChanges += 1
    let here = Route(floor: bank.mean.d, asymmetry: asymmetry, variance: asymmetryVariance)
    // How well the clock was foretold is how well the unlike part of the change is known.
    let doubt = forward == backward ? 0 : bank.mean.xx + 0.01 * noise.light * noise.light
    let found = Route(
      floor: here.floor + forward + backward, asymmetry: asymmetry + 0.5 * (forward - backward),
      variance: asymmetryVariance + doubt)
    let next = oldRoutes.match(found, within: noise.light) ?? found
    oldRoutes.add(here)
    measurement.offset -= next.asymmetry - asymmetry
    asymmetry = next.asymmetry
    asymmetryVariance = next.variance
    bank.moveFloor(by: next.floor - here.floor, variance: 0.25 * noise.light * noise.light)
    window.removeAll()
    noise.forwardShare = PathNoise().forwardShare
    noise.backwardShare = PathNoise().backwardShare
  }
}

/// A route by what it does to measurements, seconds.
struct Route: BitwiseCopyable {
  /// Least round trip.
  var floor: Double
  /// What it adds to the offset, and how well that is known.
  var asymmetry: Double
  var variance: Double
}

/// The last four routes: paths fail over and come back.
struct OldRoutes: BitwiseCopyable {
  private var routes = InlineArray<4, Route>(repeating: Route(floor: 0, asymmetry: 0, variance: 0))
  private var count = 0

  @_noAllocation @_noLocks
  init() {}

  @_noAllocation @_noLocks
  mutating func add(_ route: Route) {
    routes[count & 3] = route
    count &+= 1
  }

  @_noAllocation @_noLocks
  func match(_ route: Route, within light: Double) -> Route? {
    for i in 0..<(count < 4 ? count : 4) {
      let floor = (routes[i].floor - route.floor).magnitude
      let asymmetry = (routes[i].asymmetry - route.asymmetry).magnitude
      if floor < 2 * light && asymmetry < light { return routes[i] }
    }
    return nil
  }
}
