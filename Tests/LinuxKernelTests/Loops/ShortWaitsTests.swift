// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Testing
import TimeTypes

/// When a loop spins unasked.
struct ShortWaitsTests {
  /// Waits of that kind, so many; how many of them would have spun.
  private func spins(_ waits: inout ShortWaits, _ count: Int, worked: Int64, idle: Int64) -> Int {
    var spun = 0
    for _ in 0..<count {
      let spin = waits.spin
      if spin > 0 { spun += 1 }
      // What comes within the spin is found by it; else the rest is slept, and being woken takes 8 µs more.
      let isFound = idle <= spin
      waits.waited(
        worked: worked, lasted: isFound ? idle : idle + 8_000, slept: isFound ? 0 : idle + 8_000 - spin)
    }
    return spun
  }

  @Test func spinsWhileRequestsComeEveryFewMicroseconds() {
    var waits = ShortWaits()
    #expect(waits.spin == 0)
    _ = spins(&waits, 100, worked: 4_000, idle: 5_000)
    let spun = spins(&waits, 1000, worked: 4_000, idle: 5_000)
    #expect(spun > 900)
  }

  @Test(arguments: [40_000, 100_000, 1_000_000, 64_000_000_000] as [Int64])
  func sleepsAtOnceWhereLittleComes(idle: Int64) {
    var waits = ShortWaits()
    #expect(spins(&waits, 1000, worked: 10_000, idle: idle) == 0)
    // A few requests at once now and then do not change that.
    for _ in 0..<100 {
      #expect(spins(&waits, 2, worked: 4_000, idle: 0) == 0)
      #expect(spins(&waits, 4, worked: 4_000, idle: idle) == 0)
    }
  }

  @Test func sleepsAgainSoonAfterTheLoadHasGone() {
    var waits = ShortWaits()
    _ = spins(&waits, 1000, worked: 4_000, idle: 5_000)
    #expect(spins(&waits, 100, worked: 4_000, idle: 1_000_000) <= 3)
  }

  /// The kernel stops a SCHED_FIFO thread that is awake for more than 95 %.
  @Test(arguments: [500, 3_000, 6_000, 10_000] as [Int64])
  func onePartInSixteenIsSleptAllTheSame(idle: Int64) {
    var waits = ShortWaits()
    var (awake, asleep): (Int64, Int64) = (0, 0)
    for turn in 0..<20_000 {
      let spin = waits.spin
      let isFound = idle <= spin
      let slept = isFound ? 0 : idle + 8_000 - spin
      waits.waited(worked: 4_000, lasted: isFound ? idle : idle + 8_000, slept: slept)
      guard turn >= 2000 else { continue }
      awake += 4_000 + (isFound ? idle : spin)
      asleep += slept
    }
    #expect(Double(awake) / Double(awake + asleep) < 0.945, "awake \(awake), asleep \(asleep)")
    #expect(Double(awake) / Double(awake + asleep) > 0.9)
  }

  @Test func strangeTimesDoNotTrap() {
    var waits = ShortWaits()
    for value in [Int64.min, -1, 0, 1, .max] {
      for other in [Int64.min, -1, 0, 1, .max] {
        for third in [Int64.min, -1, 0, 1, .max] { waits.waited(worked: value, lasted: other, slept: third) }
      }
    }
    #expect(waits.spin >= 0)
  }

  @Test(arguments: LoopKind.rich)
  func aLoopTellsItOfItsWaits(kind: LoopKind) throws {
    let loop = try kind.make(capacity: 1)
    func spin() -> Int64 {
      switch loop {
      case .poll(let loop): loop.shortWaits.spin
      case .uring(let loop): loop.shortWaits.spin
      }
    }
    try loop.wait(until: RawClock.now() + .milliseconds(2))
    #expect(spin() == 0)
    var hasSpun = false
    for _ in 0..<200 where !hasSpun {
      loop.waker?.wake()
      try loop.wait(until: RawClock.now() + .milliseconds(2))
      while loop.next() != nil {}
      hasSpun = spin() > 0
    }
    #expect(hasSpun)
    for _ in 0..<8 { try loop.wait(until: RawClock.now() + .milliseconds(1)) }
    #expect(spin() == 0)
  }
}
