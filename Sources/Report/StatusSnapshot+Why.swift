// SPDX-License-Identifier: Apache-2.0

import TimeTypes

extension StatusSnapshot {
  /// One sentence that says why the clock is not synchronized, or that it is; the most telling cause first. Pure: the snapshot
  /// alone decides. Text from outside is escaped by whoever prints it.
  package var why: String {
    switch synchronization {
    case .synchronized: return synchronizedSentence
    case .holdover:
      return
        "The clock is in holdover: no valid sample for \(Quantity.age(lastUpdateAge)), it runs on its last frequency; \(cause)."
    case .unsynchronized: return "The clock is not synchronized: \(cause)\(standingIn)."
    }
  }

  /// Of a clock that nobody sets and that is served all the same.
  private var standingIn: String {
    guard let own = sources.first(where: { $0.ownClock && $0.state == .selected }) else { return "" }
    return "; meanwhile its own time is served at stratum \(stratum) (\(own.name))"
  }

  /// Sources that the clock could follow: all but the clock itself.
  private var followable: [SourceReport] { sources.filter { !$0.ownClock } }

  private var synchronizedSentence: String {
    let source = systemSource.map { " to \($0)" } ?? ""
    let bound = boundHard.map { ", at most \(Quantity.span($0)) off" } ?? ""
    let watching = steering == .observing ? " (observe mode: nothing is applied to it)" : ""
    // It stays synchronized for a while after the last of them is lost.
    let isAlone = !followable.isEmpty && !followable.contains(where: \.state.isTruechimer)
    let alone = isAlone ? "; no source is followed now\(reasons)" : ""
    return "The clock is synchronized\(source)\(bound)\(watching)\(alone)."
  }

  /// Of each source that may be followed: " (a: unreachable; b: nothing is sent: no key 7)".
  private var reasons: String {
    let usable = followable.filter { $0.state != .noselect }
    let each = usable.prefix(4).map { source in
      let why = [source.reason, source.lastError].first { !$0.isEmpty } ?? source.state.rawValue
      return "\(source.name): \(why)"
    }
    let more = usable.count > 4 ? "; and \(usable.count - 4) more" : ""
    return each.isEmpty ? "" : " (\(each.joined(separator: "; "))\(more))"
  }

  /// What keeps the clock from being synchronized and does not go by itself within the first minute, without a full stop; nil = nothing
  /// does, as far as is known.
  package var obstacle: String? {
    switch synchronization {
    case .synchronized: nil
    case .holdover, .unsynchronized: standing
    }
  }

  /// What stands in the way, without a full stop.
  private var cause: String { standing ?? passing }

  /// Of that what somebody has to look at.
  private var standing: String? {
    if sanity == .suspect {
      let limit = sanityLimit.map { ", which is beyond the limit of \(Quantity.span($0))" } ?? ""
      return
        "local clock suspect: \(sanityAgreeing) of \(sanityOf) sources agree on \(Quantity.offset(sanityOffset))\(limit); "
        + "if they are right, `tompion resync --force` sets it"
    }
    if let hanging = providers.first(where: { $0.state == .hanging }) {
      return "the provider \(hanging.name) hangs: \(hanging.lastError)"
    }
    if let cause = providerCause ?? sourceCause { return cause + alsoRefused }
    switch steering {
    case .refused:
      return steeringReason.isEmpty
        ? "the kernel refuses to change the clock" : "steering is refused: \(steeringReason)"
    case .moved:
      let reason = steeringReason.isEmpty ? "somebody else moved the clock" : steeringReason
      return "\(reason); it is followed again once the sources agree, or after `tompion resync`"
    case .starting: return uptime < Self.startTime ? nil : neverFollowed
    case .observing, .steering: break
    }
    guard let cause = selectionCause, uptime >= Self.startTime || !isWaiting else { return nil }
    return cause
  }

  /// What is on its way.
  private var passing: String {
    if steering == .starting { return "the daemon is starting" }
    if let cause = selectionCause { return cause }
    if steering == .observing {
      return "observe mode (steer = false): it is \(Quantity.offset(offset)) off and nothing corrects it"
    }
    let followed = sources.filter { $0.state == .selected || $0.state == .combined }
    if !followed.isEmpty, followed.allSatisfy({ $0.provider == "manual" }) {
      return "it goes by a time that an operator entered, which sets it and synchronizes nothing"
    }
    if let offset { return "it is being corrected, \(Quantity.offset(offset)) to go" }
    return "the first samples are being weighed"
  }

  /// Nothing was followed since the start. After a while that is no matter of starting any more, and each source has its reason.
  private var neverFollowed: String {
    let start = UTCText.text(time - uptime.nanoseconds)
    return "no source has been followed since the start at \(start), \(Quantity.age(uptime)) ago\(reasons)"
  }

  /// A first burst and the weighing of what it brought take less.
  private static let startTime = TimeInterval.seconds(60)

  /// Something that matters, too, when the sources are the first trouble.
  private var alsoRefused: String {
    guard steering == .refused else { return "" }
    return "; besides, steering is refused" + (steeringReason.isEmpty ? "" : ": \(steeringReason)")
  }

  private var providerCause: String? {
    guard followable.isEmpty else { return nil }
    if !sources.isEmpty { return "there is no source but the clock itself; add a [[source]] to the configuration" }
    if let followed { return followedCause(followed) }
    guard !providers.isEmpty else { return "no source is configured; add a [[source]] to the configuration" }
    let broken = providers.filter { $0.state == .failed || $0.state == .stopped || $0.state == .restarting }
    if let first = broken.first(where: { !$0.lastError.isEmpty }) ?? broken.first,
      broken.count == providers.filter({ $0.state != .disabled }).count
    {
      let reason = first.lastError.isEmpty ? "it is \(first.state.rawValue)" : first.lastError
      return "no provider runs; \(first.name): \(reason)"
    }
    if providers.allSatisfy({ $0.state == .disabled }) { return "every provider is disabled" }
    return "no provider has a source; add a [[source]] to the configuration"
  }

  /// The hardware clock that the system clock follows instead of sources (`clock.follows`, which allows no [[source]]).
  private var followed: String? {
    guard let own = clocks.first(where: { $0.kind == .system || $0.kind == .virtual }) else { return nil }
    return ["", "sources", "nothing"].contains(own.follows) ? nil : own.follows
  }

  private func followedCause(_ name: String) -> String {
    guard let clock = clocks.first(where: { $0.kind != .system && $0.kind != .virtual && $0.name == name }) else {
      return "it follows the clock \(name), which has not been read yet"
    }
    let reason = clock.reason.isEmpty ? "" : ": \(clock.reason)"
    return "it follows the clock \(name), which is \(clock.state.rawValue)" + reason
  }

  /// It is told of a source that is asked nothing, as its proof is missing (event 25): no matter of waiting.
  private static let nothingSent = "nothing is sent: "

  /// Sources of which none is ever asked, whether or not the daemon has just begun.
  private func unasked(_ usable: [SourceReport]) -> String? {
    guard usable.allSatisfy({ $0.lastError.hasPrefix(Self.nothingSent) }), let first = usable.first else { return nil }
    let reason = first.lastError.dropFirst(Self.nothingSent.count)
    guard usable.count > 1 else { return "nothing is sent to the source \(first.name): \(reason)" }
    let isOne = usable.allSatisfy { $0.lastError == first.lastError }
    return
      "nothing is sent to any of the \(usable.count) sources (\(names(usable))); \(isOne ? "each" : first.name): \(reason)"
  }

  /// Sources that cannot be used at all.
  private var sourceCause: String? {
    let usable = followable.filter { $0.state != .noselect }
    guard !usable.isEmpty else {
      return followable.isEmpty ? nil : "\(all(followable)) marked noselect: watched, never followed"
    }
    if let unasked = unasked(usable) { return unasked }
    if usable.allSatisfy({ $0.state == .unresolved }) {
      return
        (usable.count == 1
        ? "the name of the source \(usable[0].name) has no address"
        : "the names of all \(usable.count) sources have no address (\(names(usable)))") + telling(usable)
    }
    let silent = usable.filter { $0.state == .unreachable || $0.state == .unresolved }
    if silent.count == usable.count {
      let what =
        silent.count == 1
        ? "the source \(silent[0].name) does not answer" : "none of the \(silent.count) sources answers"
      return what + unresolved(silent) + telling(silent)
    }
    let heard = usable.filter { $0.state != .unreachable && $0.state != .unresolved }
    if heard.allSatisfy({ $0.state == .unsynchronized }) {
      return "\(all(heard)) not synchronized \(heard.count == 1 ? "itself" : "themselves")" + rest(silent)
    }
    if heard.allSatisfy({ $0.state == .distant }) {
      let nearest = heard.compactMap(\.rootDistance).min()
      return "\(all(heard)) too far from a primary reference"
        + (nearest.map { " (root distance \(Quantity.span($0)))" } ?? "") + rest(silent)
    }
    if heard.allSatisfy({ $0.state == .unauthenticated }) {
      return
        "\(all(heard)) not authenticated, and auth_select = \(authSelect) asks for that" + rest(silent)
        + telling(silent)
    }
    if heard.allSatisfy({ $0.state == .tooBig }) {
      return
        "\(all(heard)) beyond the sanity limit (\(Quantity.offset(heard.first?.offset ?? sanityOffset))) and refused"
        + rest(silent)
    }
    return nil
  }

  /// It is only the first samples that are missing yet.
  private var isWaiting: Bool {
    let candidates = followable.filter { $0.state != .noselect && $0.state != .unreachable && $0.state != .unresolved }
    let isTold = candidates.contains { $0.state.isTruechimer || $0.state == .falseticker }
    return !isTold && candidates.contains { $0.state == .waiting }
  }

  /// Sources that answer, but that selection cannot use (yet).
  private var selectionCause: String? {
    let candidates = followable.filter { $0.state != .noselect && $0.state != .unreachable && $0.state != .unresolved }
    let waiting = candidates.filter { $0.state == .waiting }
    let truechimers = candidates.filter(\.state.isTruechimer)
    let falsetickers = candidates.filter { $0.state == .falseticker }
    if truechimers.isEmpty, falsetickers.count >= 2 {
      let opinions = falsetickers.prefix(4).map { "\($0.name) \(Quantity.offset($0.offset))" }.joined(separator: ", ")
      return "the \(falsetickers.count) sources disagree and no majority can be found (\(opinions))"
    }
    if truechimers.isEmpty, !waiting.isEmpty {
      let count = followable.count { $0.state != .noselect }
      return "waiting for the first samples: \(candidates.count) of \(count) sources have been heard or asked"
        + telling(waiting)
    }
    if !truechimers.isEmpty, truechimers.count < Int(minimumSources) {
      return "only \(truechimers.count) of the \(minimumSources) sources that min_sources asks for can be used"
    }
    if truechimers.isEmpty, let lone = candidates.first {
      return "the source \(lone.name) cannot be used: \(lone.reason.isEmpty ? lone.state.rawValue : lone.reason)"
    }
    return nil
  }

  /// "the source A is" or "all 3 sources are".
  private func all(_ sources: [SourceReport]) -> String {
    sources.count == 1 ? "the source \(sources[0].name) is" : "all \(sources.count) sources that answer are"
  }

  private func rest(_ silent: [SourceReport]) -> String {
    switch silent.count {
    case 0: ""
    case 1: "; 1 more does not answer" + unresolved(silent)
    default: "; \(silent.count) more do not answer" + unresolved(silent)
    }
  }

  /// Those among silent sources whose name has no address.
  private func unresolved(_ silent: [SourceReport]) -> String {
    let nameless = silent.filter { $0.state == .unresolved }
    return nameless.isEmpty ? "" : " (no address for \(names(nameless)))"
  }

  /// The first few names.
  private func names(_ sources: [SourceReport]) -> String {
    sources.prefix(4).map(\.name).joined(separator: ", ") + (sources.count > 4 ? ", ..." : "")
  }

  /// The error that most of them report, with one source that has it.
  private func telling(_ sources: [SourceReport]) -> String {
    var best: (source: SourceReport, count: Int)?
    for source in sources where !source.lastError.isEmpty {
      let count = sources.reduce(0) { $0 + ($1.lastError == source.lastError ? 1 : 0) }
      if count > best?.count ?? 0 { best = (source, count) }
    }
    guard let best else { return "" }
    if sources.count == 1 { return "; \(best.source.lastError)" }
    return best.count == sources.count
      ? "; each: \(best.source.lastError)" : "; \(best.source.name): \(best.source.lastError)"
  }
}
