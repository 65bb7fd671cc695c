// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Synchronization

/// The process's standard streams and environment, for the command-line tools. [control]
package enum Console {
  package static let output: Int32 = 1
  package static let error: Int32 = 2
  /// Something that was to be printed is not: the disk is full, or the like.
  private static let isLost = Atomic(false)

  /// What anybody prints from now on goes to standard error: for processes that run code of others beside an output that is read.
  package static func sendOutputToError() { _ = dup2(error, output) }

  /// Whether a descriptor is a terminal (isatty(3)).
  package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Writes all of `text`, unbuffered; false = nobody reads it any more, or the disk is full.
  @discardableResult
  package static func write(_ text: String, to descriptor: Int32 = output) -> Bool {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let start = done
      // Sound: `start` is inside the array, whose own memory is passed for the call.
      let written = unsafe bytes.withUnsafeBytes { memory in
        unsafe clinux_write(descriptor, memory.baseAddress.map { unsafe $0 + start }, memory.count - start)
      }
      guard written > 0 else {
        // Whoever closes a pipe has seen enough.
        if descriptor == output, written != -Int64(EPIPE) { isLost.store(true, ordering: .relaxed) }
        return false
      }
      done += Int(written)
    }
    return true
  }

  /// Writes all of `text` as far as that needs no waiting: for logs, whose reader may have stopped reading. false = not all of
  /// it, or nothing, went.
  package static func writePromptly(_ text: String, to descriptor: Int32) -> Bool {
    let bytes = Array(text.utf8)
    var done = 0
    while done < bytes.count {
      let start = done
      // Sound: `start` is inside the array, whose own memory is passed for the call.
      let written = unsafe bytes.withUnsafeBytes { memory in
        unsafe clinux_write_promptly(descriptor, memory.baseAddress.map { unsafe $0 + start }, memory.count - start)
      }
      guard written > 0 else { return false }
      done += Int(written)
    }
    return true
  }

  /// Makes sure that the standard streams are open, on /dev/null if need be: a socket in the place of a closed one would get
  /// what is written for people. [at start, before anything is opened]
  package static func holdStandardStreams() { clinux_hold_standard_streams() }

  /// A variable of the environment; nil = not set.
  package static func environment(_ name: String) -> String? {
    // Sound: the C string belongs to the environment, which nothing here changes, and is copied at once.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  /// Ends the process: not as done where what was to be printed could not be.
  package static func exit(_ status: Int32) -> Never {
    guard isLost.load(ordering: .relaxed) else { Glibc.exit(status) }
    let program = CommandLine.arguments.first?.split(separator: "/").last ?? "this program"
    write("\(program): the output could not be written\n", to: error)
    Glibc.exit(status == 0 ? 1 : status)
  }
}
