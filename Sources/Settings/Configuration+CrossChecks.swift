// SPDX-License-Identifier: Apache-2.0

import Addresses
import Discipline
import TimeTypes

extension Configuration {
  /// What is wrong with keys that are each right alone. Fills `warnings`, too. `members` is the file's root table.
  mutating func crossChecked(_ members: [TOMLMember]) -> [Diagnostic] {
    var wrong: [Diagnostic] = []
    let clockMembers = Self.table("clock", in: members)
    if clock.kind == .system {
      for key in ["initial_offset", "initial_frequency_ppm"] {
        guard let member = clockMembers.first(where: { $0.key == key }) else { continue }
        wrong.append(
          diagnostic(
            member.node, "clock.\(key)", "it is for virtual clocks only, and clock.kind is \"system\"",
            "leave it out, or write kind = \"virtual\""))
      }
    }
    if profile == .minimal { wrong += minimalProfileErrors(members) + keysInMinimalProfile() }
    wrong += hardwareClockErrors(clockMembers.first { $0.key == "follows" })
    wrong += referenceDeviceErrors() + sharedMemoryErrors()
    wrong += sourceLockErrors()
    wrong += duplicateSources()
    wrong += overlappingListens()
    for provider in providers { wrong += SettingSchema.crossed(provider.values, [], file) }
    wrong += sourcesOfDisabledProviders()
    wrong += sourcesOutsideOfTheForest()
    warn(clockMembers)
    warnOfOwnClock()
    warnOfLikelyMistakes()
    warnOfFeeds()
    warnOfRoles(members)
    warnOfUnusedGains(members)
    return wrong
  }

  func diagnostic(_ node: TOMLNode, _ key: String, _ problem: String, _ advice: String) -> Diagnostic {
    Diagnostic(
      file: file, line: node.place.line, column: node.place.column, key: key, value: node.written, problem: problem,
      advice: advice)
  }

  func diagnostic(_ value: SettingValue, _ problem: String, _ advice: String) -> Diagnostic {
    Diagnostic(
      file: file, line: value.line, column: value.column, key: value.key, value: value.written, problem: problem,
      advice: advice)
  }

  /// Two sources of one provider with the same address and port.
  private func duplicateSources() -> [Diagnostic] {
    var wrong: [Diagnostic] = []
    for provider in providers {
      var first: [String: SettingValue] = [:]
      var ports: [String: String] = [:]
      for value in provider.values where value.path.hasSuffix("].port") { ports[value.path] = value.written }
      for value in provider.values where value.isSourceAddress {
        guard case .string(let address) = value.value else { continue }
        let element = value.path.dropLast("address".utf8.count)
        let port = ports[element + "port"] ?? "default"
        let identity = "\(address.lowercased()) \(port)"
        if let earlier = first[identity] {
          wrong.append(
            diagnostic(
              value, "it is the same source as \(earlier.key) in line \(earlier.line)", "remove one of the two"))
        } else {
          first[identity] = value
        }
      }
    }
    return wrong
  }

  private func sourcesOfDisabledProviders() -> [Diagnostic] {
    providers.filter { !$0.enabled }.compactMap { provider in
      guard let value = provider.values.first(where: { $0.path.hasPrefix("source[") }) else { return nil }
      return diagnostic(
        value, "provider \"\(provider.name)\" of this source is not enabled",
        "remove the source or write enabled = true in [provider.\(provider.name)]")
    }
  }

  private mutating func warn(_ clockMembers: [TOMLMember]) {
    var sources = 0
    var hasPool = false
    for value in providers.flatMap(\.values) {
      if value.isSourceAddress { sources += 1 }
      if value.path.hasPrefix("source["), value.path.hasSuffix("].pool"), value.value == .boolean(true) {
        hasPool = true
      }
    }
    // Providers of others may have sources of their own, and an own clock or an operator's watch is followed on purpose.
    let followsSomething = providers.contains { provider in
      provider.enabled
        && (!provider.sourcePlaces.isEmpty || !ProviderConfiguration.own.contains(provider.module)
          || provider.isModule("tompion-local") || provider.isModule("tompion-manual"))
    }
    if !followsSomething, hardwareClocks.isEmpty {
      warnings.append(
        Diagnostic(
          file: file, problem: "there is no [[source]]",
          advice: "the clock will follow nothing; write [[source]] and address = \"ntp.example.net\""))
    } else if sources > 0, !hasPool, sources < Int(clock.minimumSources),
      let member = clockMembers.first(where: { $0.key == "min_sources" })
    {
      warnings.append(
        diagnostic(
          member.node, "clock.min_sources", "there are only \(sources) sources",
          "the clock cannot be synchronized; add sources"))
    }
    if clock.localStratum == 1, clock.localDispersion.inSeconds < Self.honest,
      let member = clockMembers.first(where: { $0.key == "local_stratum" })
    {
      warnings.append(
        diagnostic(
          member.node, "clock.local_stratum",
          "the own clock would pass for a reference clock that is right to \(TableReader.plain(clock.localDispersion.inSeconds)) s",
          "write a stratum of 5 or more, or say by local_dispersion how far it may be wrong"))
    }
    guard let member = clockMembers.first(where: { $0.key == "max_allowed_phase_offset" }) else { return }
    let pairs = [
      (clock.maximumAllowedPhaseOffsetForward, clock.maximumPositivePhaseCorrection, "max_pos_phase_correction"),
      (clock.maximumAllowedPhaseOffsetBackward, clock.maximumNegativePhaseCorrection, "max_neg_phase_correction"),
    ]
    for (allowed, gate, name) in pairs {
      guard let allowed, let gate, allowed > gate else { continue }
      warnings.append(
        diagnostic(
          member.node, "clock.max_allowed_phase_offset",
          "it is more than \(name), so that the gate refuses what a step would correct",
          "keep it below \(name)"))
    }
  }

  /// Samples for another daemon, which would steer the clock as well.
  private mutating func warnOfFeeds() {
    guard clock.kind == .system, clock.steer else { return }
    for provider in providers where provider.isModule("tompion-gnss") && provider.enabled {
      for value in provider.values where value.path.hasSuffix("].feed_sock") || value.path.hasSuffix("].feed_shm") {
        warnings.append(
          diagnostic(
            value, "samples are passed on to a program that may steer the clock, which this one steers",
            "write steer = false in [clock] if it does"))
      }
    }
  }

  /// A single thread runs as capture does.
  private mutating func warnOfRoles(_ members: [TOMLMember]) {
    guard loop == .single, profile != .minimal else { return }
    for member in Self.table("realtime", in: members) where ["discipline", "control"].contains(member.key) {
      warnings.append(
        diagnostic(
          member.node, "realtime.\(member.key)",
          "with loop = \"single\" there is one thread, which runs as realtime.capture says",
          "write it there"))
    }
  }

  /// The gains of a servo that does not steer, unless they only spell out the defaults.
  private mutating func warnOfUnusedGains(_ members: [TOMLMember]) {
    let problem = "servo is \"engine\" here, which has no gains"
    let advice = "write servo = \"pi\", or leave the table out"
    let defaults = PISettings()
    if clock.servo == .engine, clock.pi != defaults,
      let pi = Self.table("clock", in: members).first(where: { $0.key == "pi" })
    {
      warnings.append(unused(pi, "clock.pi", problem, advice))
    }
    guard let member = members.first(where: { $0.key == "hardware_clock" }),
      case .array(let elements) = member.node.content
    else { return }
    // An element that is no table was refused, and is no hardware clock.
    for (index, (element, hardware)) in zip(elements, hardwareClocks).enumerated() where hardware.servo == .engine {
      // The limits hold for either servo.
      guard hardware.pi.withLimits(of: defaults) != defaults else { continue }
      guard case .table(let inner) = element.content, let pi = inner.first(where: { $0.key == "pi" }) else { continue }
      warnings.append(unused(pi, "hardware_clock[\(index)].pi", problem, advice))
    }
  }

  func unused(_ member: TOMLMember, _ key: String, _ problem: String, _ advice: String) -> Diagnostic {
    Diagnostic(
      file: file, line: member.place.line, column: member.place.column, key: key, problem: problem, advice: advice)
  }

  static func table(_ name: String, in members: [TOMLMember]) -> [TOMLMember] {
    guard let member = members.first(where: { $0.key == name }), case .table(let inner) = member.node.content else {
      return []
    }
    return inner
  }
}

extension SettingValue {
  /// The value as one would write it in TOML.
  package var written: String {
    switch value {
    case .string(let text): quoted(text)
    case .integer(let number): String(number)
    case .real(let number): "\(number)"
    case .boolean(let flag): flag ? "true" : "false"
    }
  }

  /// "source[N].address".
  var isSourceAddress: Bool { path.hasPrefix("source[") && path.hasSuffix("].address") }
}
