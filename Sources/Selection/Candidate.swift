// SPDX-License-Identifier: Apache-2.0

/// A source as selection sees it: an interval on the time axis and how good it is.
package struct Candidate: Sendable, BitwiseCopyable, Equatable {
  /// The caller's index of the source.
  package var index: Int
  /// Reference − local, seconds; all candidates of one selection against the same line and moment.
  package var offset: Double
  /// λ: half the width of the correctness interval, seconds.
  package var rootDistance: Double
  /// The same by what is known of the source besides its root distance: less its constant bias, within its own uncertainty. Without
  /// such knowledge the offset and the root distance.
  package var innerOffset: Double
  package var innerDistance: Double
  package var jitter: Double
  package var stratum: UInt8
  package var prefer: Bool
  package var trust: Bool
  package var require: Bool

  @_noAllocation @_noLocks
  package init(
    index: Int = 0, offset: Double = 0, rootDistance: Double = 0, jitter: Double = 0, stratum: UInt8 = 1,
    prefer: Bool = false, trust: Bool = false, require: Bool = false
  ) {
    self.index = index
    self.offset = offset
    self.rootDistance = rootDistance
    innerOffset = offset
    innerDistance = rootDistance
    self.jitter = jitter
    self.stratum = stratum
    self.prefer = prefer
    self.trust = trust
    self.require = require
  }

  /// The candidate by its inner interval alone.
  var inner: Candidate {
    @_noAllocation @_noLocks get {
      var inner = self
      inner.offset = innerOffset
      inner.rootDistance = innerDistance
      return inner
    }
  }

  package var low: Double { @_noAllocation @_noLocks get { offset - rootDistance } }
  package var high: Double { @_noAllocation @_noLocks get { offset + rootDistance } }
}

/// As many candidates as an engine can hold, in line. An array would need a lock-free promise that it cannot give.
package struct CandidateList: Sendable, BitwiseCopyable {
  package static var capacity: Int { @_noAllocation @_noLocks get { 64 } }
  private var elements = InlineArray<64, Candidate>(repeating: Candidate())
  package private(set) var count = 0

  @_noAllocation @_noLocks
  package init() {}

  /// False when the list is full.
  @_noAllocation @_noLocks @discardableResult
  package mutating func append(_ candidate: Candidate) -> Bool {
    guard count < 64 else { return false }
    elements[count] = candidate
    count += 1
    return true
  }

  @_noAllocation @_noLocks
  package mutating func removeAll() { count = 0 }

  /// Removes one and keeps the order of the others.
  @_noAllocation @_noLocks
  package mutating func remove(at position: Int) {
    var i = position + 1
    while i < count {
      elements[i - 1] = elements[i]
      i += 1
    }
    count -= 1
  }

  package subscript(position: Int) -> Candidate {
    @_noAllocation @_noLocks get { elements[position] }
    @_noAllocation @_noLocks set { elements[position] = newValue }
  }
}
