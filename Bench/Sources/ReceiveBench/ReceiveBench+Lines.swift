// SPDX-License-Identifier: Apache-2.0

extension ReceiveBench {
  /// Everything, one JSON object a line; p99 with its ratio to epoll and recvmsg in C.
  public func lines() -> [String] { run().flatMap { Self.lines(of: $0) } }

  static func lines(of result: Result) -> [String] {
    guard result.skipped.isEmpty else {
      return ["{\"name\":\"\(result.name)\",\"skipped\":\"\(plain(result.skipped))\"}"]
    }
    var lines: [String] = []
    for (suffix, share) in [("p50", 0.5), ("p99", 0.99), ("p999", 0.999)] {
      var line = "{\"name\":\"\(result.name).\(suffix)\",\"value\":\(result.quantile(share)),\"unit\":\"ns\""
      if suffix == "p99", let ratio = result.ratio {
        line += ",\"peer\":\"epoll\",\"ratio\":\((ratio * 1000).rounded() / 1000)"
      }
      lines.append(line + "}")
    }
    let note = result.note.isEmpty ? "" : ",\"note\":\"\(plain(result.note))\""
    lines.append("{\"name\":\"\(result.name).max\",\"value\":\(result.longest),\"unit\":\"ns\"\(note)}")
    return lines
  }

  /// Fit for a JSON string: what is said here has no control characters.
  private static func plain(_ text: String) -> String {
    String(text.map { $0 == "\"" || $0 == "\\" ? "'" : $0 })
  }
}
