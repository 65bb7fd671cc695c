// SPDX-License-Identifier: Apache-2.0

import Addresses

extension Configuration {
  /// What `profile = "minimal"` has no system calls for. For that profile alone.
  func minimalProfileErrors(_ members: [TOMLMember]) -> [Diagnostic] {
    var wrong: [Diagnostic] = []
    if loop != .single, let member = members.first(where: { $0.key == "loop" }) {
      wrong.append(
        diagnostic(member.node, "loop", "profile \"minimal\" has no threads", "write \"single\" or leave it out"))
    }
    if io == .uring, let member = members.first(where: { $0.key == "io" }) {
      wrong.append(
        diagnostic(member.node, "io", "profile \"minimal\" has no io_uring", "write \"poll\" or leave it out"))
    }
    for (key, isSet) in [("busy_poll_us", (busyPoll ?? 0) > 0), ("sqpoll", sqpoll)] where isSet {
      guard let member = members.first(where: { $0.key == key }) else { continue }
      wrong.append(diagnostic(member.node, key, "profile \"minimal\" only sleeps in poll(2)", "leave it out"))
    }
    for member in Self.table("realtime", in: members) {
      wrong.append(
        diagnostic(
          member.node, "realtime.\(member.key)", "profile \"minimal\" leaves its one thread as it is", "leave it out"))
    }
    let control = Self.table("control", in: members)
    if controlSocket != nil, let member = control.first(where: { $0.key == "socket" }) {
      wrong.append(
        diagnostic(
          member.node, "control.socket", "profile \"minimal\" has no control socket", "write \"none\" or leave it out"))
    }
    if interfaces.contains(where: { $0.hardwareStamps != .off }),
      let member = members.first(where: { $0.key == "interface" })
    {
      wrong.append(
        Diagnostic(
          file: file, line: member.place.line, column: member.place.column, key: "interface",
          problem: "profile \"minimal\" has the kernel's stamps only",
          advice: "leave the table out, or write hardware_timestamps = \"off\""))
    }
    if interfaces.contains(where: { ($0.busyPoll ?? 0) > 0 }),
      let member = members.first(where: { $0.key == "interface" })
    {
      wrong.append(
        Diagnostic(
          file: file, line: member.place.line, column: member.place.column, key: "interface",
          problem: "profile \"minimal\" only sleeps in poll(2)", advice: "leave busy_poll_us out"))
    }
    wrong += minimalClockErrors(Self.table("clock", in: members))
    let providerTables = Self.table("provider", in: members)
    for provider in providers {
      if provider.enabled,
        let (_, (reason, advice)) = Self.notInMinimalProfile.first(where: { provider.isModule($0.key) })
      {
        wrong.append(
          Diagnostic(
            file: file, line: provider.line, column: provider.column, key: provider.key,
            problem: "profile \"minimal\" \(reason)", advice: "\(advice), or write profile = \"full\""))
      }
      if provider.placement == .process,
        let member = Self.table(provider.name, in: providerTables).first(where: { $0.key == "placement" })
      {
        wrong.append(
          diagnostic(
            member.node, "provider.\(provider.name).placement", "profile \"minimal\" starts no process",
            "write \"in-process\" or leave it out"))
      }
      for value in provider.values where value.isSourceAddress {
        if case .string(let address) = value.value, !NumericAddress.accepts(address) {
          wrong.append(
            diagnostic(
              value, "profile \"minimal\" cannot resolve names",
              "write a numeric address: \"192.0.2.1\" or \"2001:db8::1\""))
        }
      }
    }
    return wrong
  }

  /// Modules that come with Tompion and need more. Those that authenticate are refused for their keys.
  private static let notInMinimalProfile = [
    "tompion-gnss": ("opens no device, no other socket and no shared memory, nor feeds any", "remove it"),
    "tompion-pps": ("opens no device", "remove it"),
    "tompion-phc": ("opens no device", "remove it"),
    "tompion-rtc": ("reads nothing but its own files", "remove it"),
    "tompion-manual": ("has no control socket to enter a time by", "remove it"),
    "tompion-local": ("serves the own clock without conditions alone", "write clock.local_stratum instead"),
  ]

  /// Files of the kernel's beside the clock itself.
  private func minimalClockErrors(_ members: [TOMLMember]) -> [Diagnostic] {
    var wrong: [Diagnostic] = []
    if clock.temperature != nil, let member = members.first(where: { $0.key == "temperature" }) {
      wrong.append(
        unused(
          member, "clock.temperature", "profile \"minimal\" reads no sensor",
          "leave the table out, or write profile = \"full\""))
    }
    if clock.trimmedClock != nil, let member = members.first(where: { $0.key == "rtc" }) {
      wrong.append(
        unused(
          member, "clock.rtc.trim", "profile \"minimal\" opens no device", "leave it out, or write profile = \"full\""))
    }
    return wrong
  }
}
