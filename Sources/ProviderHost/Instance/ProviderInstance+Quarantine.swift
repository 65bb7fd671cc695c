// SPDX-License-Identifier: Apache-2.0

/// What the host itself does with a provider of this process, on the thread that calls it, between its other commands: one that misbehaves
/// is stopped for a while.
extension ProviderInstance {
  private static let suspendVerb: Int32 = -101
  private static let resumeVerb: Int32 = -102
  /// Asks the host to look at the provider's files of keys now, and not in some seconds.
  package static let readKeysVerb: Int32 = -103

  /// Asks for the stop; false = try again later. [any]
  package func suspend() -> Bool { post(Self.suspendVerb) }
  /// Asks for the start after it. [any]
  package func resume() -> Bool { post(Self.resumeVerb) }

  /// True = the command was one of these, and is done.
  func carryOut(_ verb: Int32) -> Bool {
    switch verb {
    case Self.suspendVerb: stop()
    case Self.readKeysVerb: backend.rereadSecrets()
    case Self.resumeVerb:
      guard state == .stopped else { return true }
      do throws(ProviderError) { try start() } catch { log(.error, error.description) }
    default: return false
    }
    return true
  }
}
