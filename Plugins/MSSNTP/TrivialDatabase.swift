// SPDX-License-Identifier: Apache-2.0

/// Samba's trivial database (tdb) as bytes: values by key, read only. Follows the chains of its hash table with every offset checked and
/// every record counted, so that a broken or malicious file ends in a problem and not in a loop.
///
/// Layout (tdb, "lib/tdb/docs"; numbers are of the machine that wrote it): a header of 168 bytes, the list of free records, one word for
/// each chain of the table, and records of 24 bytes with key and data behind.
struct TrivialDatabase {
  private let isSwapped: Bool
  private let chains: Int
  private let chainsStart: Int

  private static let magic = "TDB file\n"
  private static let versionOffset = 32
  private static let version: UInt32 = 0x2601_196d
  private static let hashSizeOffset = 36
  private static let featuresOffset = 60
  private static let mutexSizeOffset = 64
  private static let headerLength = 168
  private static let recordLength = 24
  private static let recordMagic: UInt32 = 0x2601_1999
  /// Deleted while others read.
  private static let deadMagic: UInt32 = 0xfee1_dead
  private static let mutexFeature: UInt32 = 1
  /// More than a file of 1 MiB holds.
  private static let recordLimit = 1 << 16

  init(_ bytes: Span<UInt8>) throws(SecretProblem) {
    guard bytes.count >= Self.headerLength, Self.magic.utf8.enumerated().allSatisfy({ bytes[$0.offset] == $0.element })
    else { throw SecretProblem(.offset(0), "no database of Samba: it begins with \"TDB file\"") }
    let found = Self.number(bytes, Self.versionOffset, false)
    guard found == Self.version || found.byteSwapped == Self.version else {
      throw SecretProblem(.offset(Self.versionOffset), "a tdb of another version than 6")
    }
    isSwapped = found != Self.version
    chains = Int(Self.number(bytes, Self.hashSizeOffset, isSwapped))
    let features = Self.number(bytes, Self.featuresOffset, isSwapped)
    let mutexes = features & Self.mutexFeature != 0 ? Int(Self.number(bytes, Self.mutexSizeOffset, isSwapped)) : 0
    // The list of free records has the first word.
    chainsStart = Self.headerLength + mutexes + 4
    guard chains > 0, chainsStart + 4 * chains <= bytes.count else {
      throw SecretProblem(.offset(Self.hashSizeOffset), "a table of \(chains) chains does not fit: the file is cut off")
    }
  }

  private static func number(_ bytes: Span<UInt8>, _ offset: Int, _ isSwapped: Bool) -> UInt32 {
    var value: UInt32 = 0
    for index in 0..<4 { value |= UInt32(bytes[offset + index]) << UInt32(8 * index) }
    return isSwapped ? value.byteSwapped : value
  }

  /// Calls with the ranges of each record's key and data. `bytes`: those it was made from.
  func forEach(
    in bytes: Span<UInt8>, _ body: (_ key: Range<Int>, _ data: Range<Int>) -> Void
  ) throws(SecretProblem) {
    func number(_ offset: Int) -> UInt32 { Self.number(bytes, offset, isSwapped) }
    guard chainsStart + 4 * chains <= bytes.count else { return }
    var count = 0
    for chain in 0..<chains {
      var offset = Int(number(chainsStart + 4 * chain))
      while offset != 0 {
        count += 1
        guard count <= Self.recordLimit else {
          throw SecretProblem(.offset(offset), "a chain of records that does not end")
        }
        guard offset >= chainsStart, offset <= bytes.count - Self.recordLength else {
          throw SecretProblem(.offset(offset), "a record that lies outside of the file")
        }
        let (keyLength, dataLength) = (Int(number(offset + 8)), Int(number(offset + 12)))
        let magic = number(offset + 20)
        guard magic == Self.recordMagic || magic == Self.deadMagic else {
          throw SecretProblem(.offset(offset), "no record where one should be")
        }
        let start = offset + Self.recordLength
        guard keyLength <= bytes.count - start, dataLength <= bytes.count - start - keyLength else {
          throw SecretProblem(.offset(offset), "a record that is longer than the file")
        }
        if magic == Self.recordMagic {
          body(start..<start + keyLength, start + keyLength..<start + keyLength + dataLength)
        }
        offset = Int(number(offset))
      }
    }
  }
}
