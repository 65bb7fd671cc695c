// SPDX-License-Identifier: Apache-2.0

import LinuxKernel

/// The directory for what outlives a restart: made where it is missing, and looked at before anything relies on it. [control, at start]
struct StateDirectory {
  let path: String

  /// Makes it unless something is there, and gives it to the user the daemon runs as. What was there before keeps its owner: a wrong
  /// path in the configuration must not give away somebody else's directory.
  func prepare(owner: (user: UInt32, group: UInt32)?) {
    // What goes wrong here shows in `complaint`.
    guard (try? SmallFile.makeDirectory(path)) == true, let owner else { return }
    try? SmallFile.setOwner(path, user: owner.user, group: owner.group)
  }

  /// Why this process, with the user and the rights it has by now, can keep nothing there, and what would be right; nil = it can.
  /// `user`: whom it runs as, by name if that is known.
  func complaint(user: String?) -> String? {
    do {
      try SmallFile.checkDirectory(path)
      return nil
    } catch {
      let reason =
        switch error.errno {
        case KernelError.notDirectory: "it is not a directory: remove it, or set another state_directory"
        case KernelError.notFound where SmallFile.attributes(path) != nil:
          "a symbolic link to nothing is there: remove it, or set another state_directory"
        case KernelError.notFound, KernelError.accessDenied:
          "tompiond may not write there; make it for its user: install -d -m 750 -o \(user ?? "\(Privileges.userID)") \(path)"
        default: KernelError.text(of: error.errno) + "; set another state_directory"
        }
      return "the state directory \(path) cannot be used, nothing is kept for the next start: \(reason)"
    }
  }
}
