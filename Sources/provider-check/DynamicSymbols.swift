// SPDX-License-Identifier: Apache-2.0

/// The names that a shared object defines for others: what `nm -D --defined-only --extern-only` shows (ELF-64, little-endian).
enum DynamicSymbols {
  private static let dynamicSymbolTable: UInt64 = 11  // SHT_DYNSYM

  /// nil = not such a file, or one that contradicts itself.
  static func defined(in file: [UInt8]) -> [String]? {
    guard file.count >= 64, file.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else { return nil }
    guard let sections = number(file, 0x28, 8), let entry = number(file, 0x3a, 2), let count = number(file, 0x3c, 2),
      entry >= 64
    else { return nil }
    for index in 0..<count {
      guard let section = offset(sections, index, entry), let type = number(file, section + 4, 4) else { return nil }
      guard type == dynamicSymbolTable else { continue }
      guard let start = number(file, section + 0x18, 8), let size = number(file, section + 0x20, 8),
        let link = number(file, section + 0x28, 4), let strings = offset(sections, link, entry),
        let text = number(file, strings + 0x18, 8), start < UInt64(file.count), size < UInt64(file.count)
      else { return nil }
      return names(file, symbols: Int(start), size: Int(size), text: text)
    }
    return []
  }

  private static func names(_ file: [UInt8], symbols: Int, size: Int, text: UInt64) -> [String]? {
    var found: [String] = []
    for at in stride(from: symbols, to: symbols + size, by: 24) {
      guard let name = number(file, at, 4), let info = number(file, at + 4, 1), let section = number(file, at + 6, 2)
      else {
        return nil
      }
      // Defined (section not 0), bound GLOBAL, WEAK or UNIQUE.
      guard section != 0, [1, 2, 10].contains(info >> 4) else { continue }
      let start = text &+ name
      guard start < UInt64(file.count) else { return nil }
      found.append(String(decoding: file[Int(start)...].prefix { $0 != 0 }, as: UTF8.self))
    }
    return found
  }

  private static func offset(_ base: UInt64, _ index: UInt64, _ size: UInt64) -> Int? {
    let (product, overflow) = index.multipliedReportingOverflow(by: size)
    let (sum, overflow2) = base.addingReportingOverflow(product)
    return overflow || overflow2 || sum > UInt64(Int.max / 2) ? nil : Int(sum)
  }

  private static func number(_ file: [UInt8], _ at: Int, _ bytes: Int) -> UInt64? {
    guard at >= 0, at <= file.count - bytes else { return nil }
    return (0..<bytes).reversed().reduce(0) { $0 << 8 | UInt64(file[at + $1]) }
  }
}
