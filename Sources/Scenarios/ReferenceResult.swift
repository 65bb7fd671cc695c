// SPDX-License-Identifier: Apache-2.0

/// What another implementation reached on the same scenario: seconds and fractional frequency.
package struct ReferenceResult: Sendable, Equatable {
  package var rms: Double
  package var p99: Double
  package var maximum: Double
  package var frequencyRMS: Double
  package var within1Millisecond: Double?
  package var within100Microseconds: Double?

  init(_ fields: inout FieldReader) throws(ScenarioError) {
    rms = try fields.number("rms_s")
    p99 = try fields.number("p99_s")
    maximum = try fields.number("max_s")
    frequencyRMS = try fields.number("freq_rms")
    within1Millisecond = try fields.optionalNumber("within_1ms_s")
    within100Microseconds = try fields.optionalNumber("within_100us_s")
    try fields.end()
  }
}
