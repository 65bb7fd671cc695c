// SPDX-License-Identifier: Apache-2.0

extension Engine {
  /// One event may ask for changes of the clock, whose outcomes are events again: this many at most, then the next event has to come
  /// from outside.
  private static let mostOutcomes = 4

  /// Hands over an event, has `carryOut` do what the engine asks for, in order, and hands the last outcome back, until the engine asks
  /// for nothing more. `fed` hears of each event that went in, with what was asked for. Neither may use the engine.
  ///
  /// The loop of everybody who drives a clock; it is not generic and allocates nothing itself. [discipline]
  /// - Parameter carryOut: does it and gives what came of it, `applied` or `refused`; nil where the engine need not know.
  public mutating func handle(
    _ event: Event, using actions: inout Actions, fed: (Event, borrowing Actions) -> Void = { _, _ in },
    carryOut: (Action) -> Event?
  ) {
    var next = event
    for _ in 0...Self.mostOutcomes {
      actions.removeAll()
      handle(next, into: &actions)
      fed(next, actions)
      var outcome: Event?
      for position in 0..<actions.count { outcome = carryOut(actions[position]) ?? outcome }
      actions.removeAll()
      guard let outcome else { return }
      next = outcome
    }
  }
}
