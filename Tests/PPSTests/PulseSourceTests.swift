// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TestSupport
import Testing
import TimeTypes

@testable import PPS

/// The fault table's pulses (security.md, 44 to 47): what is refused, what is held, and that no second is ever guessed.
@Suite struct PulseSourceTests {
  @Test func everyPulseOfAGoodTrainIsUsed() {
    var (model, source) = (PulseTrainModel(seed: 1), PulseSource(PulseOptions()))
    for second in 0..<1000 {
      let reference = source.feed(Double(second), &model)
      // Two pulses make no beat yet.
      if second < 2 { #expect(reference == nil) } else { #expect(reference == PulseTrainModel.second(Int64(second))) }
    }
    #expect(source.counters.used == 998 && source.counters.refusedInAll == 0 && source.counters.missing == 0)
    #expect(source.state == .locked && source.counters.text.isEmpty)
  }

  @Test func aHundredthDoubleIsRefusedAndTheRestIsUsed() {
    var (model, source) = (PulseTrainModel(seed: 2), PulseSource(PulseOptions()))
    var doubles: UInt32 = 0
    for second in 0..<3000 {
      let reference = source.feed(Double(second), &model)
      if second > 10 { #expect(reference == PulseTrainModel.second(Int64(second))) }
      guard second > 10, model.random.uniform() < 0.01 else { continue }
      // A bounce, or another source's pulse: anywhere before the next second.
      #expect(source.feed(Double(second) + 0.0001 + 0.99 * model.random.uniform(), &model) == nil)
      doubles += 1
    }
    #expect(doubles > 15)
    #expect(source.counters[.double] + source.counters[.offBeat] == doubles && source.counters.refusedInAll == doubles)
    #expect(source.counters.missing == 0 && source.counters.moves == 0)
  }

  @Test func aTenthMissingCostsNothingButThose() {
    var (model, source) = (PulseTrainModel(seed: 3), PulseSource(PulseOptions()))
    var missing: UInt32 = 0
    for second in 0..<3000 {
      if second > 10, second < 2999, model.random.uniform() < 0.1 {
        missing += 1
        continue
      }
      let reference = source.feed(Double(second), &model)
      if second > 2 { #expect(reference == PulseTrainModel.second(Int64(second))) }
    }
    #expect(missing > 250 && source.counters.missing == missing && source.counters.refusedInAll == 0)
  }

  @Test func doubleMissingAndNoisyAtOnceNeverGiveAWrongSecond() {
    for seed in UInt64(10)..<30 {
      var (model, source) = (PulseTrainModel(seed: seed), PulseSource(PulseOptions()))
      model.rate = (model.random.uniform() - 0.5) * 2e-4
      model.clockAhead = Int64((model.random.uniform() - 0.5) * 0.6e9)
      model.bound = TimeInterval(nanoseconds: abs(model.clockAhead) + 10_000)
      var used = 0
      for second in 0..<500 {
        if model.random.uniform() < 0.1 { continue }
        if let reference = source.feed(Double(second), &model) {
          used += 1
          // A bound of 0.3 s and a clock 0.3 s off leave no second but the true one, or none.
          #expect(reference == PulseTrainModel.second(Int64(second)), "seed \(seed)")
        }
        if model.random.uniform() < 0.01 {
          let stray = Double(second) + 0.05 + 0.8 * model.random.uniform()
          #expect(source.feed(stray, &model) == nil, "seed \(seed)")
        }
      }
      let leavesOne = abs(model.clockAhead) * 2 + 10_000 < 499_000_000
      #expect(leavesOne ? used > 400 : used == 0, "seed \(seed), \(model.clockAhead) ns: \(used)")
    }
  }

  @Test func theWrongEdgeIsFoundByTheWidth() {
    var (model, source) = (PulseTrainModel(seed: 4), PulseSource(PulseOptions()))
    model.bound = .milliseconds(150)
    var taken = 0
    for second in 0..<60 {
      // The pulse begins with the clear edge, on the second, and ends 100 ms later with the assert edge, which is in use.
      source.takeOther(model.pulse(Double(second)))
      if source.feed(Double(second) + 0.1, &model) != nil { taken += 1 }
    }
    #expect(taken == 0 && source.counters[.wrongEdge] > 45)
    guard case .refusing(.wrongEdge, _) = source.state, case .wrong(let width) = source.edges.verdict else {
      Issue.record("\(source.state)")
      return
    }
    #expect((width - .milliseconds(100)).magnitude < .milliseconds(1))

    var options = PulseOptions()
    options.edge = .clear
    var right = PulseSource(options)
    for second in 0..<60 {
      let reference = right.feed(Double(second), &model)
      right.takeOther(model.pulse(Double(second) + 0.1))
      if second > 6 { #expect(reference == PulseTrainModel.second(Int64(second))) }
    }
    options.edge = .assert
    options.checksWidth = false
    var unchecked = PulseSource(options)
    for second in 0..<60 {
      unchecked.takeOther(model.pulse(Double(second)))
      _ = unchecked.feed(Double(second) + 0.1, &model)
    }
    #expect(unchecked.counters[.wrongEdge] == 0 && unchecked.counters.used > 50)
  }

  @Test func pulsesFartherOffThanTheClockCanBeAreRefused() {
    var (model, source) = (PulseTrainModel(seed: 5), PulseSource(PulseOptions()))
    model.bound = .milliseconds(20)
    for second in 0..<100 { #expect(source.feed(Double(second) + 0.1, &model) == nil) }
    #expect(source.counters[.disagrees] == 98)
    guard case .refusing(.disagrees, let gap) = source.state else {
      Issue.record("\(source.state)")
      return
    }
    #expect((gap + .milliseconds(100)).magnitude < .milliseconds(1))
  }

  @Test func aFrozenDeviceIsNotUsed() {
    var (model, source) = (PulseTrainModel(seed: 6), PulseSource(PulseOptions()))
    for second in 0..<20 { _ = source.feed(Double(second), &model) }
    let used = source.counters.used
    let last = model.pulse(20)
    _ = source.take(last, model.followed(20))
    for _ in 0..<30 {
      var again = last
      again.sequence = model.pulse(0).sequence
      #expect(source.take(again, model.followed(21)) == .refused(.frozen))
    }
    #expect(source.counters.used == used + 1 && source.counters[.frozen] == 30)
  }

  @Test func anAntennaLostForAnHourIsFoundAgain() {
    var (model, source) = (PulseTrainModel(seed: 7), PulseSource(PulseOptions()))
    for second in 0..<100 { _ = source.feed(Double(second), &model) }
    let used = source.counters.used
    for second in 3700..<3800 {
      let reference = source.feed(Double(second), &model)
      if second >= 3702 {
        #expect(reference == PulseTrainModel.second(Int64(second)))
      } else {
        #expect(reference == nil)
      }
    }
    #expect(source.counters.used == used + 98)
  }

  @Test func aJumpOfFiftyMillisecondsIsHeldUntilTheClockMayBeThatWrong() {
    var (model, source) = (PulseTrainModel(seed: 8), PulseSource(PulseOptions()))
    model.bound = .microseconds(100)
    for second in 0..<100 { _ = source.feed(Double(second), &model) }
    let used = source.counters.used
    for second in 100..<400 { #expect(source.feed(Double(second) + 0.05, &model) == nil) }
    #expect(source.counters.used == used && source.counters.moves == 1)
    #expect(source.counters[.offBeat] == UInt32(PulseGate.restart) && source.counters[.disagrees] > 250)
    // The pulse comes back to where it was: believed again after 16.
    for second in 400..<450 { _ = source.feed(Double(second), &model) }
    #expect(source.counters.moves == 2 && source.state == .locked && source.counters.used == used + 34)
    // Or the clock, without anybody else, becomes as unsure: then the pulse is as good.
    for second in 450..<500 { _ = source.feed(Double(second) + 0.05, &model) }
    model.bound = .milliseconds(60)
    #expect(source.feed(500.05, &model) == PulseTrainModel.second(500))
  }

  @Test func aRampOfOneSecondASecondIsNoBeat() {
    var (model, source) = (PulseTrainModel(seed: 9), PulseSource(PulseOptions()))
    for second in 0..<20 { _ = source.feed(Double(second), &model) }
    let used = source.counters.used
    // Its time runs twice as fast: a pulse every half second.
    var taken = 0
    for half in 0..<400 {
      if source.feed(20 + 0.5 * Double(half), &model) != nil { taken += 1 }
    }
    #expect(taken <= 16 && source.gate.isNoisy, "until the train is known for noise: \(taken)")
    let late = (400..<800).count { source.feed(20 + 0.5 * Double($0), &model) != nil }
    #expect(late == 0 && source.counters.used == used + UInt32(taken))
    // From the beginning there is not even a beat.
    var fresh = PulseSource(PulseOptions())
    for half in 0..<400 { #expect(fresh.feed(0.5 * Double(half), &model) == nil) }
  }

  @Test func hummingIsNoPulse() {
    var (model, source) = (PulseTrainModel(seed: 11), PulseSource(PulseOptions()))
    for cycle in 0..<6000 { #expect(source.feed(Double(cycle) / 60, &model) == nil) }
    #expect(source.counters.used == 0)
  }

  @Test func withoutASourceThatNumbersThereAreNoSamples() {
    var (model, source) = (PulseTrainModel(seed: 12), PulseSource(PulseOptions()))
    model.isSynchronized = false
    for second in 0..<50 { #expect(source.feed(Double(second), &model) == nil) }
    #expect(source.state == .unlocked(.unsynchronized) && source.counters[.unlocked] == 48)
    // It comes: each pulse counts at once.
    model.isSynchronized = true
    for second in 50..<100 { #expect(source.feed(Double(second), &model) == PulseTrainModel.second(Int64(second))) }
    // It leaves, and its last word grows old: 15 ppm of a day are more than a second.
    let last = model.followed(100)
    var held = 0
    for second in 100..<90_000 where second % 40 == 0 {
      if case .sample(let sample) = source.take(model.pulse(Double(second)), last) {
        held += 1
        #expect(sample.reference == PulseTrainModel.second(Int64(second)))
      }
    }
    guard case .unlocked(.uncertain) = source.state else {
      Issue.record("\(source.state)")
      return
    }
    // 0.395 s at 15 ppm are 26,333 s.
    #expect(held > 600 && held < 660, "\(held)")
  }

  @Test func aStepOfTheClockIsNotCountedInSeconds() {
    var (model, source) = (PulseTrainModel(seed: 13), PulseSource(PulseOptions()))
    for second in 0..<20 { _ = source.feed(Double(second), &model) }
    // Somebody moves the clock by three seconds: the stamp says another era than the page does.
    let before = model.followed(20)
    model.clockAhead = 3_000_000_000
    model.era = model.era.next
    #expect(source.take(model.pulse(20), before) == .refused(.unlocked))
    #expect(source.state == .unlocked(.stepped))
    #expect(source.take(model.pulse(21), nil) == .refused(.unlocked) && source.state == .unlocked(.noClock))
  }

  @Test func edgesThatNobodyWasShownAreCounted() {
    var (model, source) = (PulseTrainModel(seed: 14), PulseSource(PulseOptions()))
    for second in 0..<20 {
      if second == 10 { for _ in 0..<3 { _ = model.pulse(0) } }
      _ = source.feed(Double(second), &model)
    }
    #expect(source.counters.unseen == 3 && source.counters.missing == 0 && source.counters.text == "3 unseen")
  }

  @Test func theCableIsTakenOff() {
    var options = PulseOptions()
    options.delay = .microseconds(250)
    var (model, source) = (PulseTrainModel(seed: 15), PulseSource(options))
    model.jitter = 0
    for second in 0..<10 {
      // Comes 250 µs late: its moment is 250 µs after the second.
      let pulse = model.pulse(Double(second) + 250e-6)
      guard case .sample(let sample) = source.take(pulse, model.followed(Double(second))) else { continue }
      #expect(sample.reference == PulseTrainModel.second(Int64(second)) + .microseconds(250))
      #expect((sample.reference - pulse.time).magnitude <= TimeInterval(nanoseconds: 1))
    }
    #expect(source.counters.used == 8)
  }

  @Test func theDispersionIsTheScatterOfPulses() {
    for jitter in [100.0, 500, 5000] {
      var (model, source) = (PulseTrainModel(seed: 16), PulseSource(PulseOptions()))
      model.jitter = jitter
      var last: UInt64 = 0
      for second in 0..<400 {
        if case .sample(let sample) = source.take(model.pulse(Double(second)), model.followed(Double(second))) {
          last = sample.dispersionNanoseconds
        }
      }
      // Uniform to either side: a deviation of the half width over √3, and 50 ns of the device's own.
      let expected = jitter / 3.0.squareRoot() + 50
      #expect(Double(last) > 0.6 * expected && Double(last) < 1.6 * expected, "\(jitter): \(last)")
    }
  }
}
