// SPDX-License-Identifier: Apache-2.0

package import Selection
package import TimeTypes

/// What the engine can tell of one source; a copy, for status.
package struct SourceReport: Sendable, BitwiseCopyable {
  package var id: SourceID
  package var options: SourceOptions
  package var state: SourceState
  package var stratum: UInt8
  package var leap: LeapIndicator
  package var referenceID: ReferenceID
  package var reach: UInt8?
  /// log2 seconds, as last asked for.
  package var poll: Int8
  /// Of the newest sample, reference − steered clock when it was taken.
  package var lastOffset: TimeInterval
  /// Of the estimate, reference − steered clock now; nil before the first sample.
  package var offset: TimeInterval?
  /// The reference against the raw counter, and one deviation of offset and frequency.
  package var frequency: Frequency
  package var offsetError: TimeInterval
  package var frequencyError: Frequency
  package var delay: TimeInterval
  package var dispersion: TimeInterval
  package var jitter: TimeInterval
  package var rootDistance: TimeInterval
  package var rootDelay: TimeInterval
  package var rootDispersion: TimeInterval
  /// Raw time of the newest sample that was taken.
  package var lastSample: RawInstant?
  package var samples: UInt32
  /// Where the stamps of the newest sample were taken.
  package var receiveKind = StampKind.none
  package var transmitKind = StampKind.none
  /// Refused by the sanity gate, and held back as spikes.
  package var refused: UInt32
  package var spikes: UInt32
}
