// SPDX-License-Identifier: Apache-2.0

/// Something that is measured: one file each, in the folder of its family, listed in `Registry`.
protocol Entry {
  /// The names of the figures that it gives, each as FAMILY.WHAT[.QUANTILE].
  var names: [String] { get }
  /// What it measures, in a line.
  var summary: String { get }
  /// Measures. Gives an outcome for each of `names`, or throws `Skip`.
  func run(_ context: RunContext) throws -> [Outcome]
}

/// Why an entry cannot run here.
struct Skip: Error {
  var reason: String
}

/// How long a run may take, and whether it is asked for a quick look only.
struct RunContext {
  /// `--quick`: fewer rounds; ratios are then rough.
  var isQuick: Bool
  /// The checkout.
  var root: String

  func rounds(_ full: Int) -> Int { isQuick ? max(3, full / 4) : full }
  func count(_ full: Int) -> Int { isQuick ? full / 10 : full }
}
