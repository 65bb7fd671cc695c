// SPDX-License-Identifier: Apache-2.0

/// Commands that wait for capture, at most 64: what is for capture alone (`Host.publish`, `PacketAccess.send`) follows a command by a timer
/// armed for "now". Calls of the host never overlap (base.h), so nothing is locked.
public struct CommandMailbox: Sendable {
  public static let capacity = 64

  private var waiting: [Command] = []

  public init() { waiting.reserveCapacity(Self.capacity) }

  /// False = full. [control]
  public mutating func post(_ command: Command) -> Bool {
    guard waiting.count < Self.capacity else { return false }
    waiting.append(command)
    return true
  }

  /// The oldest command, nil = none. Allocates nothing. [capture]
  public mutating func take() -> Command? { waiting.isEmpty ? nil : waiting.removeFirst() }
}
