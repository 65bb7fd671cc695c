// SPDX-License-Identifier: Apache-2.0

/// The steps of one source, one after the other: what to do next, and what came of it. Pure: whoever drives it does what `next` says and
/// hands the result in. What a failed step makes pointless is skipped, with that reason.
package struct SourceDiagnosis: Sendable {
  package enum Action: Equatable, Sendable {
    /// Look its name up; for a numeric address, too.
    case resolve
    case ask
    case askSigned
    case finished
  }

  package let name: String
  /// Whether public servers were heard; nil = nobody asked them.
  package let elsewhere: Bool?
  private let limits: OffsetLimits
  package private(set) var steps: [DiagnosisStep] = []
  package private(set) var next = Action.resolve
  /// nil = a signed query is due; else why there is none.
  private let unsigned: String?

  /// `unsigned`: why no signed query can be made; nil = one can.
  package init(
    name: String, elsewhere: Bool? = nil, limits: OffsetLimits = .withoutDaemon, unsigned: String?
  ) {
    self.limits = limits
    self.name = name
    self.elsewhere = elsewhere
    self.unsigned = unsigned
  }

  package mutating func resolved(to address: String) {
    guard next == .resolve else { return }
    let isNumeric = address == name || address.hasPrefix(name + ":") || address.hasPrefix("[\(name)]:")
    steps.append(DiagnosisStep(.name, name, .ok, isNumeric ? "an address" : address))
    next = .ask
  }

  package mutating func unresolved(_ why: String, isTemporary: Bool) {
    guard next == .resolve else { return }
    steps.append(
      DiagnosisStep(
        .name, name, .failed, why, faults: [isTemporary ? "resolver-failed" : "no-address"],
        cause: isTemporary
          ? "The resolver does not answer: look at /etc/resolv.conf, and whether the network was up when it was asked."
          : "The name is wrong, or has no address in the zone that this host asks: try getent ahosts \(name)."))
    skip(.port, "the name has no address")
    skip(.plainQuery, "the name has no address")
    skip(.signedQuery, "the name has no address")
    next = .finished
  }

  package mutating func asked(_ query: Query, _ outcome: QueryOutcome) {
    guard next == .ask else { return }
    if let fault = Query.portFault(outcome, elsewhere: elsewhere) {
      steps.append(DiagnosisStep(.port, name, [fault], ""))
      skip(.plainQuery, "the port does not answer")
      skip(.signedQuery, "the port does not answer")
      next = .finished
      return
    }
    steps.append(DiagnosisStep(.port, name, .ok, "it answers"))
    let judgement = query.judge(outcome, limits: limits)
    steps.append(DiagnosisStep(.plainQuery, name, judgement.faults, judgement.finding))
    if let unsigned {
      skip(.signedQuery, unsigned)
      next = .finished
    } else {
      next = .askSigned
    }
  }

  package mutating func askedSigned(_ judgement: Query.Judgement, key: UInt32) {
    guard next == .askSigned else { return }
    steps.append(DiagnosisStep(.signedQuery, name, judgement.faults, "signed with key \(key), and so is the answer"))
    next = .finished
  }

  /// The key is not to be had, or not to be used.
  package mutating func couldNotSign(_ why: String, fault: String = "no-key", cause: String) {
    guard next == .askSigned else { return }
    steps.append(DiagnosisStep(.signedQuery, name, .failed, why, faults: [fault], cause: cause))
    next = .finished
  }

  private mutating func skip(_ step: DiagnosisStep.Name, _ why: String) {
    steps.append(DiagnosisStep(step, name, .skipped, why))
  }
}
