// SPDX-License-Identifier: Apache-2.0

package import ReferenceWire

/// What a receiver tells of its fix, as people want to see it while all is well. What it does not tell is nil.
package struct FixSigns: Hashable, Sendable, BitwiseCopyable {
  package var fix: ReceiverReport.Fix?
  /// GGA's: 2 differential, 4 and 5 RTK.
  package var quality: UInt8?
  package var satellites: UInt8?
  package var hasAntenna = false

  package init() {}

  /// "3D fix (differential), 9 satellites, antenna good"; "" = it tells nothing.
  package var text: String {
    var parts: [String] = []
    let kind: String? =
      switch fix {
      case .full?: "3D fix"
      case .flat?: "2D fix"
      case .time?: "time-only fix"
      case ReceiverReport.Fix.none?, nil: quality == nil ? nil : "fix"
      }
    if let kind {
      switch quality {
      case 2?: parts.append("\(kind) (differential)")
      case 4?, 5?: parts.append("\(kind) (RTK)")
      default: parts.append(kind)
      }
    }
    if let satellites { parts.append("\(satellites) satellites") }
    if hasAntenna { parts.append("antenna good") }
    return parts.joined(separator: ", ")
  }
}
