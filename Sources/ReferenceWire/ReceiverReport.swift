// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// What one message of a receiver says of the time, whatever its protocol. What it does not say is nil.
package struct ReceiverReport: Hashable, Sendable, BitwiseCopyable {
  /// UTC.
  package var time: CivilTime?
  package var day: CivilDay?
  /// The year was of two digits: its century is a guess.
  package var isCenturyGuessed = false
  /// The receiver itself calls its time good.
  package var isValid: Bool?
  /// GGA: 0 none, 1 GPS, 2 differential, 4 and 5 RTK, 6 estimated, 7 by hand, 8 simulated.
  package var quality: UInt8?
  package var satellites: UInt8?
  package var fix: Fix?
  /// How wrong the receiver thinks its time may be, ns.
  package var accuracy: UInt64?
  /// GPS − UTC, s (18 since 2017).
  package var leapSeconds: Int8?
  /// +1 or −1 at the end of this half-year; 0 = none is announced.
  package var leapChange: Int8?
  /// The receiver reports spoofing (UBX NAV-STATUS).
  package var isSpoofed: Bool?
  package var antenna: Antenna?
  /// To be added to `time`, ns: receivers that round their second say so.
  package var correction: Int64 = 0

  package enum Antenna: UInt8, Hashable, Sendable, BitwiseCopyable {
    case unknown, good, short, open
  }

  /// What the receiver knows: the time alone, its place on the ground, or its height, too.
  package enum Fix: UInt8, Hashable, Comparable, Sendable, BitwiseCopyable {
    case none, time, flat, full

    package static func < (a: Fix, b: Fix) -> Bool { a.rawValue < b.rawValue }
  }

  package init() {}

  /// The moment that it names, ns since 1970 UTC; nil without day or time. A leap second counts as the second after it.
  package var nanosecondsSince1970: Int64? {
    guard let time, let day else { return nil }
    return day.daysSince1970 * 86_400_000_000_000 + time.nanoseconds + correction
  }
}

extension ReceiverReport {
  /// - Parameter sentence: checked, of this text. Fields by NMEA 0183; what is empty or makes no sense is left out.
  package init(_ sentence: NMEASentence, _ text: Span<UInt8>) {
    switch sentence.kind {
    case .rmc:
      time = sentence.time(text, 0)
      isValid = sentence.letter(text, 1).map { $0 == UInt8(ascii: "A") } ?? false
      // From version 2.3 on: A, D, F, R and P are fixes; E (estimated), M (by hand), S (simulated) and N are not.
      if let mode = sentence.letter(text, 11), ![65, 68, 70, 82, 80].contains(mode) { isValid = false }
      if sentence.field(8).count == 6, let day = sentence.digits(text, 8, at: 0, 2),
        let month = sentence.digits(text, 8, at: 2, 2),
        let year = sentence.digits(text, 8, at: 4, 2)
      {
        self.day = CivilDay.ofReceiver(year: year < 80 ? 2000 + year : 1900 + year, month: month, day: day)
        isCenturyGuessed = true
      }
    case .zda:
      time = sentence.time(text, 0)
      if let day = sentence.number(text, 1, limit: 2), let month = sentence.number(text, 2, limit: 2),
        sentence.field(3).count == 4, let year = sentence.number(text, 3, limit: 4)
      {
        self.day = CivilDay.ofReceiver(year: year, month: month, day: day)
      }
    case .gga:
      time = sentence.time(text, 0)
      quality = sentence.number(text, 5, limit: 1).map { UInt8($0) }
      satellites = sentence.number(text, 6, limit: 2).map { UInt8($0) }
      isValid = quality.map { (1...5).contains($0) }
    case .gll:
      time = sentence.time(text, 4)
      isValid = sentence.letter(text, 5).map { $0 == UInt8(ascii: "A") } ?? false
    case .gsa:
      switch sentence.number(text, 1, limit: 1) {
      case 1: fix = Fix.none
      case 2: fix = .flat
      case 3: fix = .full
      default: break
      }
    }
  }
}
