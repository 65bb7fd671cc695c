// SPDX-License-Identifier: Apache-2.0

package import Engine
import Scenarios

extension EngineParameters {
  /// Tells sets of parameters apart: every scenario has to print the same.
  package var digest: String {
    var fingerprint = Fingerprint()
    fingerprint.add(String(describing: self))
    return fingerprint.text
  }
}
