// SPDX-License-Identifier: Apache-2.0

package import ReferenceWire
package import TimeTypes

/// What an operator wants of one receiver, beside where it is.
package struct ReceiverOptions: Hashable, Sendable {
  /// How late a message is, from the moment that it tells to its first byte; nil = nobody said.
  package var delay: TimeInterval?
  /// It is measured while the clock follows somebody else.
  package var learnsDelay = false
  /// Messages that the time is taken of.
  package var sentences = SentenceSet.all
  package var minimumFix = ReceiverReport.Fix.time
  /// ns since 1970: no date is earlier.
  package var pivot = WeekRollover.release
  /// How far a moment may be from what was foretold; nil = by its own scatter.
  package var maximumJump: TimeInterval?

  package init() {}
}

/// Kinds of messages that tell the time.
package struct SentenceSet: OptionSet, Hashable, Sendable, BitwiseCopyable {
  package var rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let rmc = SentenceSet(rawValue: 1 << 0)
  package static let zda = SentenceSet(rawValue: 1 << 1)
  package static let gga = SentenceSet(rawValue: 1 << 2)
  package static let gll = SentenceSet(rawValue: 1 << 3)
  /// UBX and gpsd: they are named by the protocol.
  package static let frame = SentenceSet(rawValue: 1 << 4)
  package static let all: SentenceSet = [.rmc, .zda, .gga, .gll, .frame]

  package init(_ kind: NMEASentence.Kind) {
    switch kind {
    case .rmc: self = .rmc
    case .zda: self = .zda
    case .gga: self = .gga
    case .gll: self = .gll
    case .gsa: self = []
    }
  }

  /// As it is written in `sentences`; nil = there is none such.
  package init?(name: String) {
    switch name {
    case "RMC": self = .rmc
    case "ZDA": self = .zda
    case "GGA": self = .gga
    case "GLL": self = .gll
    default: return nil
    }
  }
}
