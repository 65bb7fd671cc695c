// SPDX-License-Identifier: Apache-2.0

/// The release, as `--version` and the status say it.
package enum TompionVersion {
  package static let text = "0.1.0"
}
