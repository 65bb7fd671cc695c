// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenarios

@Suite struct RunMetricsTests {
  /// 0.1 s off for 99 s, then 1 µs with one second of 200 µs; judged from second 1000 on.
  private var record: RunRecord {
    var record = RunRecord()
    for second in 1...2000 {
      let offset = second < 100 ? 0.1 : second == 500 ? 2e-4 : second % 2 == 0 ? 1e-6 : -1e-6
      record.append(
        offset: offset, frequency: 3e-9, statistical: second == 1500 ? 1e-7 : 2e-6,
        hard: second < 1200 ? .infinity : 1e-3)
    }
    return record
  }

  @Test func figures() {
    let metrics = RunMetrics(record, warm: 1000)
    #expect(abs(metrics.rms - 1e-6) < 1e-15 && metrics.p99 == 1e-6 && metrics.maximum == 1e-6)
    #expect(abs(metrics.frequencyRMS - 3e-9) < 1e-18)
    #expect(metrics.within1Millisecond == 100)
    // 300 s have to pass without leaving the limit: the run from 100 on is long enough before second 500.
    #expect(metrics.within100Microseconds == 100)
    #expect(metrics.judged == 801 && metrics.statisticalHeld == 800 && metrics.hardHeld == 801)
    #expect(metrics.tightness == 2)
  }

  @Test func convergenceNeedsThreeHundredSeconds() {
    #expect(RunMetrics.convergence(Array(repeating: 0, count: 299), limit: 1) == nil)
    #expect(RunMetrics.convergence([2] + Array(repeating: 0, count: 300), limit: 1) == 2)
  }

  @Test func percentilesBetweenNeighbours() {
    #expect(RunMetrics.percentile([1, 2, 3, 4], 0.5) == 2.5)
    #expect(RunMetrics.percentile([1, 2, 3, 4], 1) == 4)
    #expect(RunMetrics.percentile([], 0.5).isNaN)
  }

  @Test func theDigestSeesEveryNumber() {
    var other = record
    #expect(other.digest == record.digest)
    other.hardBounds[1999] = 1.000_000_1e-3
    #expect(other.digest != record.digest)
  }
}
