// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Simulation
package import TimeTypes

/// A datagram on its way.
package struct VirtualDatagram: Hashable, Sendable {
  package var bytes: [UInt8]
  package var from: VirtualAddress
  package var to: VirtualAddress

  package init(bytes: [UInt8], from: VirtualAddress, to: VirtualAddress) {
    self.bytes = bytes
    self.from = from
    self.to = to
  }
}

/// Something at an address that answers datagrams by a closure.
package struct VirtualStub {
  /// One datagram back, so long after the one that it answers.
  package struct Reply {
    package var bytes: [UInt8]
    package var after: TimeInterval
    /// Nil = from the address that was asked.
    package var from: VirtualAddress?

    package init(_ bytes: [UInt8], after: TimeInterval = .zero, from: VirtualAddress? = nil) {
      self.bytes = bytes
      self.after = after
      self.from = from
    }
  }

  /// Bytes, sender and true time of arrival to any number of replies.
  package typealias Answer = ([UInt8], VirtualAddress, RawInstant) -> [Reply]

  let node: NodeID
  let answer: Answer
}

/// What happens at a moment of virtual time.
enum VirtualEvent {
  case arrival(VirtualDatagram, from: NodeID)
  case departure(VirtualDatagram, NodeID)
  case refused(VirtualDatagram, VirtualHost)
  case delivery(VirtualBackend, socket: UInt32, VirtualDatagram, Stamp)
  case transmitted(VirtualBackend, tompion_transmitted_t)
  case timer(VirtualBackend, UInt32, generation: UInt64)
  case poll(VirtualBackend, generation: UInt64)
  case answer(VirtualBackend, VirtualQuestion)
  case action(() -> Void)
}

/// A name that a provider asked for.
struct VirtualQuestion {
  var name: String
  var family: UInt8
  var token: UInt64
  var generation: UInt64
}
