// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// What is believed of the reference's frequency against the raw counter before a source has told enough.
package struct FrequencyPrior: Sendable, BitwiseCopyable, Equatable {
  package var mean: Frequency
  /// One standard deviation.
  package var deviation: Frequency

  @_noAllocation @_noLocks
  package init(mean: Frequency, deviation: Frequency) {
    self.mean = mean
    self.deviation = deviation
  }
}
