// SPDX-License-Identifier: Apache-2.0

/// A queue through an array of "what follows", so that many queues share fixed memory: each number is in one of them at most.
struct UringChain: BitwiseCopyable {
  private var first: Int32 = -1
  private var last: Int32 = -1

  var isEmpty: Bool { first < 0 }

  @inline(__always)
  mutating func append(_ number: Int32, _ following: inout [Int32]) {
    following[Int(number)] = -1
    if last >= 0 { following[Int(last)] = number } else { first = number }
    last = number
  }

  @inline(__always)
  mutating func take(_ following: borrowing [Int32]) -> Int32? {
    guard first >= 0 else { return nil }
    let number = first
    first = following[Int(number)]
    if first < 0 { last = -1 }
    return number
  }
}

/// A TX stamp as the ring's command tells it.
struct UringStamp: BitwiseCopyable {
  var id: UInt32 = 0
  var isHardware = false
  var nanoseconds: Int64 = 0
}
