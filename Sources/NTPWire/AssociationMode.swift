// SPDX-License-Identifier: Apache-2.0

/// The mode of a packet (RFC 5905, figure 10). Three bits: every value has a case.
package enum AssociationMode: UInt8, Hashable, Sendable, BitwiseCopyable {
  case reserved = 0
  case symmetricActive = 1
  case symmetricPassive = 2
  case client = 3
  case server = 4
  case broadcast = 5
  case control = 6
  case privateUse = 7

  /// The mode in the low three bits of `byte`.
  @_noLocks @_noAllocation
  package init(bits byte: UInt8) {
    switch byte & 7 {
    case 1: self = .symmetricActive
    case 2: self = .symmetricPassive
    case 3: self = .client
    case 4: self = .server
    case 5: self = .broadcast
    case 6: self = .control
    case 7: self = .privateUse
    default: self = .reserved
    }
  }

  /// The three bits, by a switch: `rawValue` is not annotated for `@_noLocks`.
  package var bits: UInt8 {
    @_noLocks @_noAllocation get {
      switch self {
      case .reserved: 0
      case .symmetricActive: 1
      case .symmetricPassive: 2
      case .client: 3
      case .server: 4
      case .broadcast: 5
      case .control: 6
      case .privateUse: 7
      }
    }
  }
}
