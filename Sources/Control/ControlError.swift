// SPDX-License-Identifier: Apache-2.0

import LinuxKernel

/// Why a request got no answer, or why there was no conversation at all.
package enum ControlError: Error, Sendable, Equatable {
  /// A line longer than the limit.
  case tooLong(limit: Int)
  /// A line that is not JSON, or not an object; the text says where.
  case malformed(String)
  /// The other side speaks another version.
  case version(Int64)
  /// A request or argument that is not known; the text names it.
  case unknown(String)
  /// The peer may read, but not change anything.
  case notPermitted(String)
  /// The daemon understood and refuses.
  case refused(String)
  /// Too many connections or followers; the text says which.
  case busy(String)
  /// The connection ended before the reply was complete.
  case disconnected
  /// No reply within the time given, s.
  case timeout(seconds: Int64)
  /// A call failed.
  case kernel(operation: String, errno: Int32)

  /// The word on the wire.
  package var code: String {
    switch self {
    case .tooLong: "too-long"
    case .malformed: "malformed"
    case .version: "version"
    case .unknown: "unknown"
    case .notPermitted: "not-permitted"
    case .refused: "refused"
    case .busy: "busy"
    case .disconnected: "disconnected"
    case .timeout: "timeout"
    case .kernel: "system"
    }
  }

  /// No connection is left for this peer.
  package static func tooManyConnections(_ count: Int) -> ControlError {
    .busy("tompiond already serves \(count) connections; try again later")
  }

  /// Nobody more may follow events.
  package static func tooManyFollowers(_ count: Int) -> ControlError {
    .busy(
      "\(count) others follow the events already, and the connections that are left are for short commands; "
        + "end one of them, or ask without following")
  }

  /// The error that a reply with this code and text stands for.
  package init(code: String, text: String) {
    switch code {
    case "unknown": self = .unknown(text)
    case "not-permitted": self = .notPermitted(text)
    case "busy": self = .busy(text)
    case "malformed", "too-long", "version": self = .malformed(text)
    default: self = .refused(text)
    }
  }
}

extension ControlError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLong(let limit): "the line is longer than \(limit) bytes"
    case .malformed(let text): text
    case .version(let version):
      "version \(version) of the control protocol is not known here; this is version \(ControlProtocol.version)"
    case .unknown(let text): text
    case .notPermitted(let text): text
    case .refused(let text): text
    case .busy(let text): text
    case .disconnected: "tompiond closed the connection before the reply was complete"
    case .timeout(let seconds): "tompiond did not answer within \(seconds) s"
    case .kernel(let operation, let errno): "cannot \(operation): \(KernelError.text(of: errno))"
    }
  }
}
