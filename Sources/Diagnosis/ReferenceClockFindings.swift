// SPDX-License-Identifier: Apache-2.0

package import Report

/// Sources that no server is behind, as tompiond tells of them: this program asks no device.
package enum ReferenceClockFindings {
  /// A source of another provider than the NTP client's.
  package static func step(_ source: SourceReport) -> DiagnosisStep {
    let error = source.lastError.isEmpty ? "" : "; its last error: \(source.lastError)"
    let reason = source.reason.isEmpty || source.reason == source.lastError ? "" : ": \(source.reason)"
    let finding = "\(source.state.rawValue)\(reason), of the provider \(source.provider)\(error)"
    switch source.state {
    case .selected, .combined, .outlier, .noselect, .standby:
      return DiagnosisStep(.referenceClock, source.name, .ok, finding)
    case .waiting where source.lastError.isEmpty:
      return DiagnosisStep(.referenceClock, source.name, .skipped, finding)
    default:
      return DiagnosisStep(
        .referenceClock, source.name, .failed, finding, faults: ["reference-clock"],
        cause: "Its device, its driver or its settings: tompion providers, tompion events.")
    }
  }

  /// A provider to which the configuration gives sources, and that has brought none.
  package static func missing(_ provider: ProviderReport) -> DiagnosisStep {
    let error = provider.lastError.isEmpty ? "" : "; its last error: \(provider.lastError)"
    return DiagnosisStep(
      .referenceClock, provider.name, .failed, "the provider is \(provider.state.rawValue), and has no source\(error)",
      faults: ["reference-clock"], cause: "Its device, its driver or its settings: tompion providers, tompion events.")
  }
}
