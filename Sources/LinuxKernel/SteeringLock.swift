// SPDX-License-Identifier: Apache-2.0

/// One tompiond per state directory: `tompiond.lock`, by flock(2). [control, at start]
package enum SteeringLock {
  package static let name = "tompiond.lock"

  package enum Outcome {
    case taken(LockFile)
    /// Another process holds it; its pid if it could be read.
    case held(by: Int32?)
  }

  package static func take(in stateDirectory: String) throws(KernelError) -> Outcome {
    let path = "\(stateDirectory)/\(name)"
    if let lock = try LockFile(path) { return .taken(lock) }
    return .held(by: LockFile.holder(path))
  }
}
