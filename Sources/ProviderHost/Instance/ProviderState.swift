// SPDX-License-Identifier: Apache-2.0

/// Where an instance is on its ladder: opened → inited → started ↔ stopped → closed.
package enum ProviderState: UInt8, Sendable {
  case opened = 0
  case inited = 1
  case started = 2
  case stopped = 3
  case closed = 4

  /// The tag "inited" of the headers: inited, started or stopped.
  var isInited: Bool { self == .inited || self == .started || self == .stopped }
}
