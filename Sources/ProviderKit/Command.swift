// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// What the host tells a provider (`tompion_command_t`): the verbs of the Windows Time service's TimeProvCommand.
public struct Command: Hashable, Sendable, BitwiseCopyable {
  /// The verb; a number without a name here is answered with `Status.unsupported`.
  public struct Kind: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Settings changed: read them again.
    public static let updateConfig = Kind(rawValue: UInt32(TOMPION_COMMAND_UPDATE_CONFIG))
    /// Advice: poll `source` every 2^`value` seconds.
    public static let pollIntervalChanged = Kind(rawValue: UInt32(TOMPION_COMMAND_POLL_INTERVAL_CHANGED))
    /// The clock was stepped by `value` nanoseconds.
    public static let timeJumped = Kind(rawValue: UInt32(TOMPION_COMMAND_TIME_JUMPED))
    /// Addresses or routes changed.
    public static let networkChanged = Kind(rawValue: UInt32(TOMPION_COMMAND_NETWORK_CHANGED))
    /// Refresh what `Host.sources` publishes.
    public static let query = Kind(rawValue: UInt32(TOMPION_COMMAND_QUERY))
    /// Stop follows.
    public static let shutdown = Kind(rawValue: UInt32(TOMPION_COMMAND_SHUTDOWN))
    /// An operator's resync: measure now.
    public static let pollNow = Kind(rawValue: UInt32(TOMPION_COMMAND_POLL_NOW))
    /// An operator entered a time: `value` = that UTC less the raw counter at the moment, ns; `source` = how far it may be off, µs
    /// (0 = as configured).
    public static let setTime = Kind(rawValue: UInt32(TOMPION_COMMAND_SET_TIME))
  }

  public var kind: Kind
  /// Which source, 0 = all.
  public var source: UInt32
  public var value: Int64

  @inlinable
  public init(_ kind: Kind, source: UInt32 = 0, value: Int64 = 0) {
    self.kind = kind
    self.source = source
    self.value = value
  }
}
