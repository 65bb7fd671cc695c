// SPDX-License-Identifier: Apache-2.0

/// A role's work on its way to the role's thread.
struct RoleBody: @unchecked Sendable {
  // Sound to send: what the closure captures was made before the thread and is used by that thread alone until it is joined.
  let run: () -> Void

  init(_ run: @escaping () -> Void) { self.run = run }
}
