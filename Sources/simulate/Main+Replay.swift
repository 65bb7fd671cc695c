// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LinuxKernel
import Recording
import Replaying
import Report

extension Main {
  /// Records of a week and more.
  private static let longestRecord = 1 << 32

  /// Replays a record. Ends with status 1 unless every action is, bit for bit, the recorded one, and with 2 where there is nothing
  /// that could be replayed.
  static func replay(_ path: String, json: Bool, outputs: OutputFiles, defaults: Bool) throws {
    let bytes: [UInt8]
    do { bytes = try SmallFile.read(path, limit: longestRecord) } catch { throw refusal("\(path): \(error)") }
    let replay: Replay
    do { replay = try Replay(bytes, usingDefaults: defaults) } catch {
      throw refusal("\(path): \(error.description)")
    }
    Console.write(json ? replay.json.encoded + "\n" : replay.text(style))
    if let trace = outputs.trace { try OutputFiles.write(Array(replay.trace.csv.utf8), to: trace) }
    if let html = outputs.html { try OutputFiles.write(Array(replay.html(title: "Replay of \(path)").utf8), to: html) }
    if replay.isIdentical != true { throw ExitCode.failure }
  }
}
