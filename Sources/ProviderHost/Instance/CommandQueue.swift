// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// Commands on their way to one provider: any role posts, the provider's own loop takes.
struct CommandQueue: Sendable {
  private let cells = CellQueue(capacity: 32, cellBytes: MemoryLayout<tompion_command_t>.size)

  /// Queues a command; false = the queue is full. [any]
  func post(_ kind: Int32, source: UInt32, value: Int64) -> Bool {
    var command = tompion_command_t()
    command.kind = UInt32(bitPattern: kind)
    command.source = source
    command.value = value
    // Sound: a cell holds one command.
    return unsafe cells.push { unsafe $0.storeBytes(of: command, as: tompion_command_t.self) }
  }

  /// The oldest command; nil = none. One caller.
  func next() -> tompion_command_t? {
    // Sound: `post` is the only one that writes, and it writes whole commands.
    unsafe cells.pop { unsafe $0.load(as: tompion_command_t.self) }
  }
}
