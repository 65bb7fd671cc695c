// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Scenarios

/// The files that a run was asked to write.
struct OutputFiles {
  var trace: String?
  var html: String?
  var record: String?

  private var paths: [String] { [trace, html, record].compactMap(\.self) }

  var areDifferent: Bool { Set(paths).count == paths.count }

  /// Before anything runs: an hour's work must not end at a directory that is not there. What is there stays as it is until then.
  func check() throws {
    for path in paths {
      do { try SmallFile.checkReplacement(of: path) } catch { throw Main.refusal("\(path): \(error)") }
    }
  }

  /// Every second of a run as CSV.
  static func write(_ record: RunRecord, to path: String) throws {
    var text = "second,offset_s,frequency,bound_statistical_s,bound_hard_s\n"
    for index in record.offsets.indices {
      text += "\(index + 1),\(record.offsets[index]),\(record.frequencies[index]),"
      text += "\(record.statisticalBounds[index]),\(record.hardBounds[index])\n"
    }
    try write(Array(text.utf8), to: path)
  }

  /// Whole or not at all: a file that was there is replaced only by a finished one.
  static func write(_ bytes: [UInt8], to path: String) throws {
    do { try SmallFile.replace(path, with: bytes, mode: 0o644) } catch { throw Main.refusal("\(path): \(error)") }
  }
}
