// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Testing

/// Commands between control and capture.
struct CommandMailboxTests {
  @Test func itKeepsOrderAndSaysWhenItIsFull() {
    var mailbox = CommandMailbox()
    for round in 0..<3 {
      var taken = (0...CommandMailbox.capacity).map { mailbox.post(Command(.query, value: Int64($0))) }
      #expect(taken.popLast() == false && taken.allSatisfy { $0 }, "round \(round)")
      var values: [Int64] = []
      while let command = mailbox.take() { values.append(command.value) }
      #expect(values == Array(0..<Int64(CommandMailbox.capacity)))
    }
  }
}
