// SPDX-License-Identifier: Apache-2.0

/// What one event led to, in order: a buffer in line that the driver empties after each `handle`. [discipline]
///
/// It holds 96 actions and never grows. The last eight places are for the clock and its page alone, so a flood of events about
/// sources cannot displace a correction; what finds no place is dropped and counted, and polling advice is given again later.
public struct Actions: ~Copyable {
  public static var capacity: Int { 96 }
  private static var reserved: Int { @_noAllocation @_noLocks get { 8 } }

  private var elements = InlineArray<96, Action>(repeating: .log(.clockAccepted))
  public private(set) var count = 0
  /// How many actions found no place since the buffer was made.
  public private(set) var dropped: UInt64 = 0

  public init() {}

  @_noAllocation @_noLocks
  public mutating func removeAll() { count = 0 }

  /// The action at a position; a position that holds none is a mistake of the caller and stops the program.
  public subscript(position: Int) -> Action {
    @_noAllocation @_noLocks get {
      precondition(position >= 0 && position < count)
      return elements[position]
    }
  }

  /// For clock actions and the page.
  @_noAllocation @_noLocks @discardableResult
  mutating func append(_ action: Action) -> Bool { append(action, limit: 96) }

  /// For events and polling advice; false when there is no place.
  @_noAllocation @_noLocks @discardableResult
  mutating func advise(_ action: Action) -> Bool { append(action, limit: 96 - Self.reserved) }

  @_noAllocation @_noLocks
  private mutating func append(_ action: Action, limit: Int) -> Bool {
    guard count < limit else {
      dropped &+= 1
      return false
    }
    elements[count] = action
    count += 1
    return true
  }
}
