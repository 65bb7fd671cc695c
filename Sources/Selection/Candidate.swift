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
  package var stratum: UInt8
  package var prefer: Bool
  package var trust: Bool
  package var require: Bool

  @_noAllocation @_noLocks
  package init(
    index: Int = 0, offset: Double = 0, rootDistance: Double = 0, stratum: UInt8 = 1,
    prefer: Bool = false, trust: Bool = false, require: Bool = false
  ) {
    self.index = index
    self.offset = offset
    self.rootDistance = rootDistance
    innerOffset = offset
    innerDistance = rootDistance
    self.stratum = stratum
    self.prefer = prefer
    self.trust = trust
    self.require = require
  }

  package var low: Double { @_noAllocation @_noLocks get { offset - rootDistance } }
  package var high: Double { @_noAllocation @_noLocks get { offset + rootDistance } }
}

/// As many candidates as an engine can hold, in line. An array would need a lock-free promise that it cannot give;
/// and it is not copied, because that would be seven kilobytes.
package struct CandidateList: ~Copyable {
  package static var capacity: Int { @_noAllocation @_noLocks get { 64 } }
  /// On the heap, made once: read in place there, where a structure's own array would be copied whole for each element.
  private final class Places {
    var elements = InlineArray<64, Candidate>(repeating: Candidate())
  }
  private let places = Places()
  package private(set) var count = 0

  package init() {}

  /// False when the list is full.
  @_noAllocation @_noLocks @discardableResult
  package mutating func append(_ candidate: Candidate) -> Bool {
    guard count < 64 else { return false }
    places.elements[count] = candidate
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
      places.elements[i - 1] = places.elements[i]
      i += 1
    }
    count -= 1
  }

  package subscript(position: Int) -> Candidate {
    @_noAllocation @_noLocks get { places.elements[position] }
    @_noAllocation @_noLocks nonmutating set { places.elements[position] = newValue }
  }

  /// The correctness intervals, or the inner ones; where trusted sources are at hand only theirs: they alone say where the truth lies.
  @_noAllocation @_noLocks
  package func intervals(inner: Bool = false) -> IntervalList {
    var hasTrusted = false
    for i in 0..<count where self[i].trust { hasTrusted = true }
    var list = IntervalList()
    for i in 0..<count where !hasTrusted || self[i].trust {
      list.append(
        middle: inner ? self[i].innerOffset : self[i].offset,
        distance: inner ? self[i].innerDistance : self[i].rootDistance)
    }
    return list
  }
}
