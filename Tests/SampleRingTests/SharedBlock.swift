// SPDX-License-Identifier: Apache-2.0

import SampleRing

/// A ring's block between guards, as two processes would share it, with a hand on every byte.
final class SharedBlock {
  static let guardBytes = 4096
  private let whole: UnsafeMutableRawPointer
  let count: Int
  private let total: Int

  init(count: Int) {
    self.count = count
    total = count + 2 * Self.guardBytes
    whole = .allocate(byteCount: total, alignment: 4096)
    whole.initializeMemory(as: UInt8.self, repeating: 0xa5, count: total)
  }

  convenience init(capacity: Int) { self.init(count: SampleRingLayout.byteCount(capacity: capacity)) }

  deinit { whole.deallocate() }

  var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: whole + Self.guardBytes, count: count)
  }

  func store<T: BitwiseCopyable>(_ value: T, at offset: Int) {
    bytes.storeBytes(of: value, toByteOffset: offset, as: T.self)
  }

  /// Whether nobody wrote beside the block.
  var areGuardsWhole: Bool {
    let all = UnsafeRawBufferPointer(start: whole, count: total)
    return all.prefix(Self.guardBytes).allSatisfy { $0 == 0xa5 }
      && all.suffix(Self.guardBytes).allSatisfy { $0 == 0xa5 }
  }
}
