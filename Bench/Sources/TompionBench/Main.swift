// SPDX-License-Identifier: Apache-2.0

import CRing
import SampleRing
import TimeTypes

/// Ratios against an equivalent in the same run, and what the engine spends on a sample; absolute times are this machine's.
@main
struct Main {
  static func main() {
    let count: UInt64 = 4_000_000
    let batch: UInt64 = 32
    var ours: [Double] = []
    var theirs: [Double] = []
    // Interleaved rounds: what else the machine does falls on both.
    for _ in 0..<7 {
      ours.append(swiftRing(count, batch))
      theirs.append(cRing(count, batch))
    }
    report("ring.same-core", median(ours), "ns/item", peer: "c", median(theirs))
    var engine = EngineCost(sources: 8)
    let cost = engine.measure(20_000)
    print(
      "{\"name\":\"engine.sample-cost\",\"value\":\(rounded(cost.nanoseconds / 1000)),\"unit\":\"us/sample\",\"limit\":50}"
    )
    print(
      "{\"name\":\"engine.sample-allocations\",\"value\":\(cost.allocations),\"unit\":\"allocations/20000 samples\",\"limit\":0}"
    )
  }

  private static func swiftRing(_ count: UInt64, _ batch: UInt64) -> Double {
    let ring = SampleRing(capacity: 1024)
    var sample = Sample(
      source: SourceID(rawValue: 1), local: .zero, reference: .zero, raw: RawInstant(nanoseconds: 0))
    var sum: UInt64 = 0
    let time = ContinuousClock().measure {
      for start in stride(from: 0, to: count, by: Int(batch)) {
        for i in 0..<batch {
          sample.sequence = UInt32(truncatingIfNeeded: start &+ i)
          _ = ring.push(sample)
        }
        for _ in 0..<batch {
          if let out = ring.pop() { sum &+= UInt64(out.sequence) }
        }
      }
    }
    precondition(sum == count * (count - 1) / 2, "samples were lost")
    return nanoseconds(time) / Double(count)
  }

  private static func cRing(_ count: UInt64, _ batch: UInt64) -> Double {
    let ring = cring_make(1024)
    defer { cring_free(ring) }
    var sum: UInt64 = 0
    let time = ContinuousClock().measure { sum = cring_same_core(ring, count, batch) }
    precondition(sum == count * (count - 1) / 2, "samples were lost")
    return nanoseconds(time) / Double(count)
  }

  private static func nanoseconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) * 1e9 + Double(duration.components.attoseconds) * 1e-9
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  private static func report(_ name: String, _ value: Double, _ unit: String, peer: String, _ peerValue: Double) {
    let ratio = value / peerValue
    print(
      "{\"name\":\"\(name)\",\"value\":\(rounded(value)),\"unit\":\"\(unit)\",\"peer\":\"\(peer)\",\"peer_value\":\(rounded(peerValue)),\"ratio\":\(rounded(ratio))}"
    )
  }

  private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
