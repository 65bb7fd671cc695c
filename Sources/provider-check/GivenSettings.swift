// SPDX-License-Identifier: Apache-2.0

import ProviderHost

/// Whether the provider knows and takes what --setting gives it: with a misspelt one most tests would be skipped, and nothing fail.
/// In a process of its own, as the tests are: what crashes here is told by those.
enum GivenSettings {
  /// No test's name: nobody asks for it.
  static let name = "given-settings"

  static var test: ProviderTest { ProviderTest(name: name, body: judge) }

  /// Skipped: a setting is wrong, and the text says which, and what would be right.
  private static func judge(_ context: CheckContext) -> Finding {
    do throws(ProviderError) {
      let module = try context.module()
      var first: String?
      for descriptor in module.descriptors {
        // Of several providers one has to take them.
        guard let wrong = try complaint(context, module, descriptor) else { return .pass("they are taken") }
        first = first ?? wrong
      }
      return first.map { .skip($0) } ?? .pass("there is no provider")
    } catch {
      return .pass("it is not the settings: \(error)")
    }
  }

  private static func complaint(
    _ context: CheckContext, _ module: ProviderModule, _ descriptor: ProviderDescriptor
  ) throws(ProviderError) -> String? {
    let (instance, _) = try context.open(module, descriptor)
    defer { instance.close() }
    let known = instance.schema.map(\.path)
    if !known.isEmpty, let stray = context.settings.first(where: { !known.contains(plain($0.path)) }) {
      return "--setting \(stray.path): \(descriptor.name) has no such setting; it has \(known.joined(separator: ", "))"
    }
    do throws(ProviderError) {
      try instance.initialize(settings: context.settings)
      return nil
    } catch {
      guard let refusal = instance.refusals.first else { return nil }
      let path = refusal.index.flatMap { context.settings.indices.contains($0) ? " \(context.settings[$0].path)" : nil }
      return "--setting\(path ?? ""): \(descriptor.name) refuses it: \(refusal.text)"
    }
  }

  /// "source[].address" of "source[0].address", as schemas write it.
  private static func plain(_ path: String) -> String {
    var out = ""
    var isInside = false
    for character in path {
      if character == "]" { isInside = false }
      if !isInside { out.append(character) }
      if character == "[" { isInside = true }
    }
    return out
  }
}
