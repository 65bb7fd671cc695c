// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider

/// What a source has to prove, what it proved last, and why something did not: six bytes of `SourceInfo` (source.h).
public struct SourceProof: Hashable, Sendable, BitwiseCopyable {
  /// TOMPION_PROOF_*.
  public struct Scheme: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let none = Scheme(rawValue: UInt8(TOMPION_PROOF_NONE))
    public static let symmetric = Scheme(rawValue: UInt8(TOMPION_PROOF_SYMMETRIC))
    public static let msSNTP = Scheme(rawValue: UInt8(TOMPION_PROOF_MS_SNTP))
    public static let nts = Scheme(rawValue: UInt8(TOMPION_PROOF_NTS))
    /// A scheme of somebody else's.
    public static let other = Scheme(rawValue: UInt8(TOMPION_PROOF_OTHER))
  }

  public var scheme: Scheme
  /// TOMPION_REFUSE_* or TOMPION_SOURCE_PROOF_* of the last reply that proved nothing; 0 = there was none.
  public var refusal: UInt8
  /// The key of the last proven reply, 0 = none or not told.
  public var key: UInt32

  public init(scheme: Scheme = .none, refusal: UInt8 = 0, key: UInt32 = 0) {
    self.scheme = scheme
    self.refusal = refusal
    self.key = key
  }

  public init(_ info: tompion_source_info_t) {
    let bytes = info.reserved
    self.init(
      scheme: Scheme(rawValue: bytes.0), refusal: bytes.1,
      key: UInt32(bytes.2) | UInt32(bytes.3) << 8 | UInt32(bytes.4) << 16 | UInt32(bytes.5) << 24)
  }
}

extension SourceInfo {
  public var proof: SourceProof {
    get { SourceProof(fields) }
    set {
      let key = newValue.key
      fields.reserved = (
        newValue.scheme.rawValue, newValue.refusal, UInt8(truncatingIfNeeded: key), UInt8(truncatingIfNeeded: key >> 8),
        UInt8(truncatingIfNeeded: key >> 16), UInt8(truncatingIfNeeded: key >> 24)
      )
    }
  }
}
