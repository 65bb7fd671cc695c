// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// What can happen to an association, packets aside (`Association.receive`).
package enum AssociationEvent: Sendable {
  case start
  case stop
  /// Nothing may be sent any more until the next `.start`: its keys are gone.
  case keysLost
  /// The deadline of the state is reached.
  case deadline
  case resolved(AddressList)
  /// No address, for now or at all.
  case notResolved
  /// The request of that serial number left: on this socket, from this address, the clock read just before.
  case sent(serial: UInt32, socket: UInt32, local: SocketAddress, stamp: Stamp)
  /// The request of that serial number could not be sent, for a reason on this host.
  case notSent(serial: UInt32)
  /// The TX stamp of a request; kind none = it left, but no stamp came.
  case transmitted(serial: UInt32, stamp: Stamp)
  /// The engine's advice: poll every 2^poll seconds.
  case pollAdvised(Int8)
  /// An operator's resync.
  case pollNow
  /// Addresses or routes changed.
  case networkChanged
}

/// Unpredictable numbers for one event; the association draws none itself.
package struct Entropy: Sendable, BitwiseCopyable {
  /// Becomes the nonce of a request, if one is sent.
  package var nonce: UInt64
  /// Spreads polls in time; visible on the wire, so never a part of the nonce.
  package var spread: UInt64
  /// Becomes the second nonce of a request of the interleaved mode; 0 = none was drawn.
  package var interleavedNonce: UInt64

  package init(nonce: UInt64, spread: UInt64, interleavedNonce: UInt64 = 0) {
    self.nonce = nonce
    self.spread = spread
    self.interleavedNonce = interleavedNonce
  }
}
