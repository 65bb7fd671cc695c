// SPDX-License-Identifier: Apache-2.0

import TimeTypes

extension StatusSnapshot {
  /// What `tompion status` prints: one fact a line.
  package func text(_ style: TextStyle) -> String {
    var lines: [(String, String)] = []
    let state: TextStyle.Colour =
      switch synchronization {
      case .synchronized: .green
      case .holdover: .yellow
      case .unsynchronized: .red
      }
    lines.append(("State", style.paint(synchronization.rawValue, state)))
    let kind = clockKind == .virtual ? "virtual clock" : "system clock"
    let reason = steeringReason.isEmpty ? "" : ": \(printable(steeringReason))"
    let isWell = steering == .steering || steering == .observing
    lines.append(("Clock", "\(kind), " + style.paint(steering.rawValue, isWell ? nil : .red) + reason))
    lines.append(("Source", systemSource.map { printable($0) } ?? "none"))
    lines.append(("Stratum", stratum >= 16 ? "16 (unsynchronized)" : "\(stratum)"))
    lines.append(("Reference id", referenceID.text(stratum: stratum)))
    lines.append(("Leap", leap.word))
    lines.append(("Offset", Quantity.offset(offset)))
    lines.append(("Frequency", Quantity.frequency(frequency) + appliedText))
    lines.append(("Jitter", Quantity.span(jitter)))
    lines.append(("Root delay", Quantity.span(rootDelay)))
    lines.append(("Root dispersion", Quantity.span(rootDispersion)))
    lines.append(("Bounds", "statistical \(Quantity.span(boundStatistical)), hard \(Quantity.span(boundHard))"))
    if let trueError { lines.append(("True error", Quantity.offset(trueError))) }
    if let taiOffset { lines.append(("TAI - UTC", "\(taiOffset) s")) }
    lines.append(("Last update", lastUpdateAge == nil ? "never" : "\(Quantity.age(lastUpdateAge)) ago"))
    lines.append(("Sanity gate", sanityText(style)))
    if !authSelect.isEmpty { lines.append(("Authentication", authenticationText)) }
    lines.append(
      (
        "Counters",
        [
          Quantity.count(samples, "sample"), Quantity.count(updates, "update"), Quantity.count(steps, "step"),
          "\(tooBig) too big", Quantity.count(clockMoves, "move") + " by others",
        ].joined(separator: ", ")
      ))
    lines.append(("Daemon", "tompiond \(printable(version)), process \(processID), up \(Quantity.age(uptime))"))
    for report in stamps { lines.append(("Stamps of \(printable(report.interface))", printable(report.text))) }
    for warning in warnings { lines.append(("Warning", style.paint(printable(warning), .yellow))) }
    let width = lines.map(\.0.count).max() ?? 0
    return lines.map { name, value in
      style.paint(name, .bold) + String(repeating: " ", count: width - name.count) + "  " + value + "\n"
    }.joined()
  }

  private var appliedText: String {
    guard let appliedFrequency, appliedFrequency != frequency else { return "" }
    return " (set to \(Quantity.frequency(appliedFrequency)))"
  }

  private var authenticationText: String {
    let sources = networkSources == 1 ? "source proves itself" : "sources prove themselves"
    return "auth_select = \(printable(authSelect)); \(provenSources) of \(networkSources) \(sources)"
  }

  private func sanityText(_ style: TextStyle) -> String {
    switch sanity {
    case .good: return "good"
    case .refusing: return style.paint("refusing samples of some sources", .yellow)
    case .suspect:
      let text =
        "local clock suspect: \(sanityAgreeing) of \(sanityOf) sources agree on \(Quantity.offset(sanityOffset))"
      return style.paint(text, .red)
    }
  }

  /// What `tompion sources` prints: a line for each source, marks first.
  package func sourcesText(_ style: TextStyle) -> String {
    guard !sources.isEmpty else { return "There is no source.\n" }
    var table = TextTable([
      ("", .left), ("Source", .left), ("Address", .left), ("State", .left), ("St", .right), ("Poll", .right),
      ("Reach", .right),
      ("Last", .right), ("Offset", .right), ("Delay", .right), ("Jitter", .right), ("Stamps", .left), ("Proof", .left),
      ("Remark", .left),
    ])
    for source in sources {
      let colour: TextStyle.Colour? =
        switch source.state {
        case .selected, .combined: .green
        case .outlier, .noselect, .orphan, .standby: nil
        case .waiting, .unresolved, .smears, .unauthenticated: .yellow
        case .falseticker, .tooBig, .distant, .unsynchronized, .unreachable: .red
        }
      let octal = String(source.reach, radix: 8)
      table.add(
        [
          String(source.state.mark), source.name, source.address.isEmpty ? "-" : source.address, source.state.rawValue,
          source.stratum == 0 ? "-" : "\(source.stratum)", source.manual ? "-" : Quantity.poll(source.poll),
          String(repeating: "0", count: 3 - octal.count) + octal, Quantity.age(source.lastReplyAge),
          Quantity.offset(source.offset),
          Quantity.span(source.delay), Quantity.span(source.jitter),
          (source.stampKind ?? "-") + (source.interleaved ? ", interleaved" : ""), source.proofText,
          source.reason.isEmpty ? source.lastError : source.reason,
        ], colour: colour)
    }
    return table.text(style)
  }

  /// What `tompion providers` prints: a line for each provider.
  package func providersText(_ style: TextStyle) -> String {
    guard !providers.isEmpty else { return "There is no provider.\n" }
    var table = TextTable([
      ("Provider", .left), ("Version", .left), ("State", .left), ("Placement", .left), ("Sources", .right),
      ("Samples", .right),
      ("Lost", .right), ("Invalid", .right), ("Misbehaved", .right), ("Restarts", .right), ("Last error", .left),
    ])
    for provider in providers {
      let colour: TextStyle.Colour? =
        switch provider.state {
        case .running: .green
        case .disabled: .dim
        case .loading, .restarting, .stopped: .yellow
        case .failed, .hanging: .red
        }
      let placement = provider.processID == 0 ? provider.placement.rawValue : "process \(provider.processID)"
      table.add(
        [
          provider.name, provider.version, provider.state.rawValue, placement, "\(provider.sources)",
          "\(provider.samples)",
          "\(provider.ringFull)", "\(provider.invalidSamples)", "\(provider.misbehaved)", "\(provider.restarts)",
          provider.lastError,
        ], colour: colour, colouring: 2)
    }
    var out = table.text(style)
    for provider in providers {
      let dropped = [
        provider.droppedMessages > 0 ? "\(provider.droppedMessages) log lines or events lost" : nil,
        provider.droppedCommands > 0 ? "\(provider.droppedCommands) commands lost" : nil,
      ].compactMap { $0 }
      guard !dropped.isEmpty else { continue }
      out += "\(printable(provider.name)): \(dropped.joined(separator: ", ")), as the queue was full\n"
    }
    for provider in providers where !provider.counters.isEmpty {
      let counters = provider.counters.map { "\(printable($0.name)) \($0.value)" }.joined(separator: ", ")
      out += "\(printable(provider.name)): \(counters)\n"
    }
    return out
  }
}

extension EventRecord {
  /// What `tompion events` and the log print: one line without its line break.
  package func line(_ style: TextStyle) -> String {
    let colour: TextStyle.Colour? =
      switch severity {
      case .error: .red
      case .warning: .yellow
      case .notice: nil
      case .debug: .dim
      }
    let about = source.map { " [\(printable($0, limit: 128))]" } ?? ""
    return
      "\(UTCText.text(time)) \(style.paint(severity.rawValue, colour)) \(number) \(printable(slug))\(about): \(printable(text))"
  }
}
