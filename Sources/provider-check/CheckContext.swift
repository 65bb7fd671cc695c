// SPDX-License-Identifier: Apache-2.0

import CProviderWatch
import CTompionProvider
import Numerics
import ProviderHost
import TimeTypes

/// What a test needs: the file, seeded random numbers, and instances over a backend that does as it is told.
final class CheckContext {
  let path: String
  let seed: UInt64
  /// Seconds that the test may take.
  let limit: Int
  /// With which the provider can run.
  let settings: [ProviderSetting]
  private var sequence: SplitMix64
  private var numbers: UInt16 = 0

  init(path: String, seed: UInt64, limit: Int, settings: [ProviderSetting]) {
    self.path = path
    self.seed = seed
    self.limit = limit
    self.settings = settings
    sequence = SplitMix64(seed: seed)
  }

  /// "path=value": an integer, a number, true or false, or else a text.
  static func setting(_ text: String) -> ProviderSetting {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let word = parts.count > 1 ? parts[1] : ""
    let value: ProviderSetting.Value =
      if let integer = Int64(word) {
        .integer(integer)
      } else if let real = Double(word) {
        .real(real)
      } else if word == "true" || word == "false" {
        .boolean(word == "true")
      } else {
        .string(word)
      }
    return ProviderSetting(path: parts[0], value: value, line: 1, column: 1)
  }

  func next() -> UInt64 { sequence.next() }

  /// The module as it is, after the host's checks, with the watch between it and the host.
  func module() throws(ProviderError) -> ProviderModule {
    let module = try ProviderModule.load(path: path)
    // Sound: a module lives as long as the process, and so does its watched twin.
    return try unsafe ProviderModule(path: path, pointer: watch_module(module.pointer))
  }

  /// Opens one provider of the module.
  func open(_ module: ProviderModule, _ descriptor: ProviderDescriptor) throws(ProviderError) -> (
    ProviderInstance, CheckBackend
  ) {
    numbers += 1
    let backend = CheckBackend()
    let instance = try ProviderInstance(
      module: module, provider: descriptor.id, backend: backend, outbox: ProviderOutbox(number: numbers % 1023 + 1),
      hostName: "provider-check")
    return (instance, backend)
  }

  /// Why it does not run with the settings that were given, nil = it runs.
  func refusal(_ module: ProviderModule, _ descriptor: ProviderDescriptor) throws(ProviderError) -> String? {
    let (instance, _) = try open(module, descriptor)
    defer { instance.close() }
    do throws(ProviderError) {
      try instance.initialize(settings: settings)
      return nil
    } catch {
      return instance.refusals.first?.text ?? error.description
    }
  }

  /// Runs a test for each provider of the module.
  func each(_ test: (ProviderModule, ProviderDescriptor) throws(ProviderError) -> Finding) -> Finding {
    do throws(ProviderError) {
      let module = try module()
      var findings: [(provider: String, finding: Finding)] = []
      for descriptor in module.descriptors { findings.append((descriptor.name, try test(module, descriptor))) }
      return Finding.joined(findings)
    } catch {
      return .fail(error.description, right: "a module and a provider that a host can take", read: .roles)
    }
  }

  /// The same of a test that needs the provider to run.
  func eachRunning(_ test: (ProviderModule, ProviderDescriptor) throws(ProviderError) -> Finding) -> Finding {
    each { (module, descriptor) throws(ProviderError) in
      if let refusal = try refusal(module, descriptor) {
        return .skip("it needs settings (\(refusal)): give them by --setting path=value")
      }
      return try test(module, descriptor)
    }
  }
}

extension Finding {
  /// Passed, unless the host counted misbehaviour of the instance.
  static func clean(_ instance: ProviderInstance, _ text: String) -> Finding {
    let counters = instance.outbox.counters
    let bad = Misbehaviour.allCases.filter { counters[$0] > 0 }
    guard !bad.isEmpty else { return .pass(text) }
    return .fail(
      "\(text): " + bad.map { "\(counters[$0]) × \($0.text)" }.joined(separator: ", "),
      right: "none of these in any state", read: .misbehaviour)
  }
}
