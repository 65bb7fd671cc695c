// SPDX-License-Identifier: Apache-2.0

import CPeers
import Glibc
import ReceiveBench
import SampleRing
import TimeTypes

@main
struct Main {
  static func main() {
    let wanted = CommandLine.arguments.dropFirst()
    if wanted.isEmpty || wanted.contains("ring") { ring() }
    if wanted.isEmpty || wanted.contains("receive") { for line in ReceiveBench().lines() { print(line) } }
    if wanted.contains("trial") { for line in ReceiveBench.choices(20) { print(line) } }
  }

  static func ring() {
    let count: UInt64 = 4_000_000
    var a: [Double] = [], b: [Double] = [], c: [Double] = [], d: [Double] = []
    let items = UnsafeMutablePointer<Sample>.allocate(capacity: 32)
    for i in 0..<32 {
      items[i] = Sample(
        source: SourceID(rawValue: 1), local: .zero, reference: .zero, raw: RawInstant(nanoseconds: Int64(i)))
    }
    for _ in 0..<15 {
      let ring = SampleRing(capacity: 1024)
      a.append(time { swiftSame(ring, items, count, 32) } / Double(count))
      let peer = ring_peer_make(1024)
      b.append(
        time {
          _ =
            (ring_peer_same_core(
              peer, UnsafeMutableRawPointer(items).assumingMemoryBound(to: ring_item.self), count, 32))
        } / Double(count))
      ring_peer_free(peer)
      c.append(time { swiftDrain(ring, items, count, 32) } / Double(count))
      d.append(time { swiftInto(ring, items, count, 32) } / Double(count))
    }
    print("min", b.min()!, a.min()! / b.min()!, c.min()! / b.min()!, d.min()! / b.min()!)
    print(
      "cpp", b.sorted()[7], "pop", a.sorted()[7] / b.sorted()[7], "drain", c.sorted()[7] / b.sorted()[7], "into",
      d.sorted()[7] / b.sorted()[7])
  }
  static func time(_ f: () -> Void) -> Double {
    let d = ContinuousClock().measure(f)
    return Double(d.components.seconds) * 1e9 + Double(d.components.attoseconds) * 1e-9
  }
}
@inline(never)
func swiftSame(_ ring: borrowing SampleRing, _ items: UnsafePointer<Sample>, _ count: UInt64, _ burst: UInt64) {
  var sum: UInt64 = 0
  var done: UInt64 = 0
  while done < count {
    var i: UInt64 = 0
    while i < burst {
      bench_use(items)
      ring.emplace { items[Int(i)] }
      i &+= 1
    }
    i = 0
    while i < burst {
      if let out = ring.pop() {
        withUnsafePointer(to: out) { bench_use($0) }
        sum &+= UInt64(bitPattern: out.rawNanoseconds)
      }
      i &+= 1
    }
    done &+= burst
  }
  precondition(sum > 0)
}
@inline(never)
func swiftInto(_ ring: borrowing SampleRing, _ items: UnsafePointer<Sample>, _ count: UInt64, _ burst: UInt64) {
  var sum: UInt64 = 0
  var done: UInt64 = 0
  var out = items[0]
  while done < count {
    var i: UInt64 = 0
    while i < burst {
      bench_use(items)
      ring.emplace { items[Int(i)] }
      i &+= 1
    }
    i = 0
    while i < burst {
      if ring.pop(into: &out) {
        withUnsafePointer(to: &out) { bench_use($0) }
        sum &+= UInt64(bitPattern: out.rawNanoseconds)
      }
      i &+= 1
    }
    done &+= burst
  }
  precondition(sum > 0)
}
@inline(never)
func swiftDrain(_ ring: borrowing SampleRing, _ items: UnsafePointer<Sample>, _ count: UInt64, _ burst: UInt64) {
  var sum: UInt64 = 0
  var done: UInt64 = 0
  while done < count {
    var i: UInt64 = 0
    while i < burst {
      bench_use(items)
      ring.emplace { items[Int(i)] }
      i &+= 1
    }
    ring.drain { out in
      withUnsafePointer(to: out) { bench_use($0) }
      sum &+= UInt64(bitPattern: out.rawNanoseconds)
    }
    done &+= burst
  }
  precondition(sum > 0)
}
