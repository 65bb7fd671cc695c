// SPDX-License-Identifier: Apache-2.0

/// Our own file of key holders, a line for each: `ACCOUNT$ RID machine|trust HASH [PREVIOUS]`, hashes as 32 hexadecimal digits.
///
/// A broken line loses only itself. Accounts of people are no key holders: whoever asks for their RID would get something to guess their
/// password by.
package enum HashFile {
  /// More than a domain has that is served from a file.
  static let holderLimit = 16_384

  package static func read(_ bytes: Span<UInt8>) -> (holders: [KeyHolder], problems: [SecretProblem]) {
    var holders: [KeyHolder] = []
    var problems: [SecretProblem] = []
    // At once: an array that grows leaves the hashes behind where it was, and nobody wipes them there.
    var lineCount = 1
    for index in 0..<bytes.count where bytes[index] == UInt8(ascii: "\n") { lineCount += 1 }
    holders.reserveCapacity(min(lineCount, holderLimit))
    var seen: Set<UInt32> = []
    var number = 0
    var start = 0
    while start < bytes.count {
      number += 1
      var end = start
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      defer { start = end + 1 }
      let fields = fields(bytes, start..<end)
      guard !fields.isEmpty else { continue }
      switch holder(bytes, fields) {
      case .failure(let problem): problems.append(SecretProblem(.line(number), problem.text))
      case .success(let holder):
        if !seen.insert(holder.rid).inserted {
          problems.append(SecretProblem(.line(number), "RID \(holder.rid) is there twice; the first line counts"))
        } else if holders.count == holderLimit {
          problems.append(
            SecretProblem(.line(number), "more than \(holderLimit) accounts; this one and all after it are not used"))
          return (holders, problems)
        } else {
          holders.append(holder)
        }
      }
    }
    return (holders, problems)
  }

  /// Parts between blanks, up to a "#".
  private static func fields(_ bytes: Span<UInt8>, _ line: Range<Int>) -> [Range<Int>] {
    var fields: [Range<Int>] = []
    var start: Int?
    for index in line {
      let byte = bytes[index]
      let isBlank = byte == 0x20 || byte == 0x09 || byte == 0x0d
      if isBlank || (byte == UInt8(ascii: "#") && start == nil) {
        if let first = start { fields.append(first..<index) }
        start = nil
        if !isBlank { return fields }
      } else if start == nil {
        start = index
      }
    }
    if let first = start { fields.append(first..<line.upperBound) }
    return fields
  }

  private static let form = "ACCOUNT$ RID machine|trust HASH [PREVIOUS HASH]"

  private static func holder(_ bytes: Span<UInt8>, _ fields: [Range<Int>]) -> Result<KeyHolder, SecretProblem> {
    func part(_ index: Int) -> [UInt8] { fields[index].prefix(KeyHolder.nameLimit + 1).map { bytes[$0] } }
    func wrong(_ text: String) -> Result<KeyHolder, SecretProblem> { .failure(SecretProblem(text)) }
    guard (4...5).contains(fields.count) else { return wrong("\(fields.count) parts; right is \(form)") }
    // Only what may be shown is looked at as text: a hash in the wrong place stays unseen.
    let account = String(decoding: part(0), as: UTF8.self)
    guard KeyHolder.isAccountName(account) else {
      return wrong("the first part is no name of a machine or trust account, which ends in \"$\"; right is \(form)")
    }
    guard let rid = number(part(1)), rid > 0 else {
      return wrong("the RID of \(account) is no number from 1 to \(UInt32.max)")
    }
    guard let kind = KeyHolder.Kind.allCases.first(where: { $0.rawValue.utf8.elementsEqual(part(2)) }) else {
      return wrong("what \(account) is has to be \"machine\" or \"trust\"")
    }
    guard let current = NTHash(hexadecimal: bytes, fields[3]) else {
      return wrong("the hash of \(account) is not 32 hexadecimal digits")
    }
    guard !current.isOfNothing else { return wrong("the hash of \(account) is that of an empty password") }
    var previous: NTHash?
    if fields.count == 5 {
      guard let hash = NTHash(hexadecimal: bytes, fields[4]) else {
        return wrong("the previous hash of \(account) is not 32 hexadecimal digits")
      }
      guard !hash.isOfNothing else { return wrong("the previous hash of \(account) is that of an empty password") }
      previous = hash
    }
    return .success(KeyHolder(account: account, kind: kind, rid: rid, current: current, previous: previous))
  }

  private static func number(_ digits: some Collection<UInt8>) -> UInt32? {
    guard (1...10).contains(digits.count) else { return nil }
    var value: UInt64 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + UInt64(digit - UInt8(ascii: "0"))
    }
    return UInt32(exactly: value)
  }
}
