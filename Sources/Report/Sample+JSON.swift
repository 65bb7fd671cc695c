// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

extension Sample {
  /// Every field, for the event log.
  package var json: JSONValue {
    .object([
      JSONMember("source", .integer(Int64(source.rawValue))),
      JSONMember("sequence", .integer(Int64(sequence))),
      JSONMember("flags", .integer(Int64(flags.rawValue))),
      JSONMember("clock", .integer(Int64(clock.rawValue))),
      JSONMember("era", .integer(Int64(era.rawValue))),
      JSONMember("timescale", .integer(Int64(timescale.rawValue))),
      JSONMember("local_ns", .integer(localNanoseconds)),
      JSONMember("local_subns", .integer(Int64(localSubnanoseconds))),
      JSONMember("reference_ns", .integer(referenceNanoseconds)),
      JSONMember("reference_subns", .integer(Int64(referenceSubnanoseconds))),
      JSONMember("raw_ns", .integer(rawNanoseconds)),
      JSONMember("delay_ns", .integer(delayNanoseconds)),
      JSONMember("dispersion_ns", JSONValue(dispersionNanoseconds)),
      JSONMember("root_delay_ns", JSONValue(rootDelayNanoseconds)),
      JSONMember("root_dispersion_ns", JSONValue(rootDispersionNanoseconds)),
      JSONMember(
        "asymmetry_bound_ns", asymmetryBoundNanoseconds == .max ? .null : JSONValue(asymmetryBoundNanoseconds)),
      JSONMember("turnaround_ns", .integer(turnaroundNanoseconds)),
      JSONMember("frequency_scaled", .integer(frequencyScaled)),
      JSONMember("reference_id", .string(referenceID.text(stratum: stratum))),
      JSONMember("tai_offset_s", .integer(Int64(taiOffset))),
      JSONMember("leap", .string(leap.word)),
      JSONMember("stratum", .integer(Int64(stratum))),
      JSONMember("precision", .integer(Int64(precision))),
      JSONMember("poll", .integer(Int64(poll))),
      JSONMember("receive_kind", .integer(Int64(receiveKind.rawValue))),
      JSONMember("transmit_kind", .integer(Int64(transmitKind.rawValue))),
    ])
  }
}
