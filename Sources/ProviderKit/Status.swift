// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// The answer of a call across the plugin boundary (`tompion_status`): 0 is success, positive "not now", negative an error.
public struct Status: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public var rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let ok = Status(rawValue: TOMPION_OK)
  /// Full or not ready: try later.
  public static let again = Status(rawValue: TOMPION_AGAIN)
  public static let error = Status(rawValue: TOMPION_ERROR)
  /// An unknown command or capability; never fatal.
  public static let unsupported = Status(rawValue: TOMPION_UNSUPPORTED)
  public static let invalid = Status(rawValue: TOMPION_INVALID)
  public static let wrongState = Status(rawValue: TOMPION_WRONG_STATE)
  public static let wrongRole = Status(rawValue: TOMPION_WRONG_ROLE)
  public static let noMemory = Status(rawValue: TOMPION_NO_MEMORY)
  public static let permission = Status(rawValue: TOMPION_PERMISSION)
  public static let addressInUse = Status(rawValue: TOMPION_ADDRESS_IN_USE)
  public static let unreachable = Status(rawValue: TOMPION_UNREACHABLE)
  public static let notFound = Status(rawValue: TOMPION_NOT_FOUND)

  /// In words, for a log line or a source's last error.
  public var text: String {
    switch self {
    case .ok: "ok"
    case .error: "an error that has no name here"
    case .again: "not ready, try later"
    case .unsupported: "not supported by the host"
    case .invalid: "invalid argument"
    case .wrongState: "wrong state"
    case .wrongRole: "wrong thread"
    case .noMemory: "out of memory"
    case .permission: "not permitted"
    case .addressInUse: "address in use"
    case .unreachable: "unreachable"
    case .notFound: "not found"
    default: "error \(rawValue)"
    }
  }
}
