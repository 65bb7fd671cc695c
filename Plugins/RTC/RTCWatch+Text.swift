// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

extension RTCWatch {
  /// One line for people.
  package var text: String {
    switch state {
    case .waiting: "not read yet"
    case .bounding: options.isUTC ? "a lower bound of time until there is real time" : "waiting for real time"
    case .refused(let fault): "not used: \(fault.text)"
    case .measured: measuredText
    }
  }

  private var measuredText: String {
    guard let track else { return "" }
    let zone = options.isUTC ? "" : " (and a time zone)"
    let offset = "offset \(track.latest.offset.millisecondsText) ms ± \(track.latest.error.millisecondsText)\(zone)"
    guard let drift = track.drift else { return "\(offset); drift not known before an hour" }
    let hours = track.span.nanoseconds / 3_600_000_000_000
    let since = hours > 0 ? "in \(hours) h" : "in an earlier run, or before it was set"
    return "\(offset); drift \(Self.hundredths(drift.ppm)) ppm ± \(Self.hundredths(drift.error)) \(since)"
  }

  /// With two digits behind the point, cut: "-0.25".
  private static func hundredths(_ value: Double) -> String {
    // What has three digits, without the last of them.
    String(TimeInterval(seconds: value * 1e-3).millisecondsText.dropLast())
  }

  /// "2026-11-21 07:55:00 UTC".
  package static func text(of time: TimeInterval) -> String {
    var seconds = time.nanoseconds / 1_000_000_000
    if time.nanoseconds % 1_000_000_000 < 0 { seconds -= 1 }
    let rest = (seconds % 86400 + 86400) % 86400
    let parts = [rest / 3600, rest / 60 % 60, rest % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return "\(CivilDay(secondsSince1970: seconds).text) \(parts.joined(separator: ":")) UTC"
  }
}
