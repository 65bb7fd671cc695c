// SPDX-License-Identifier: Apache-2.0

extension TimeInterval {
  /// Time zones are whole quarters of an hour, and reach from UTC-12 to UTC+14.
  private static let quarter: Int64 = 900_000_000_000

  /// What it is beside whole quarters of an hour: at most half of one, either way.
  public var withoutTimeZone: TimeInterval {
    var rest = nanoseconds % Self.quarter
    if rest > Self.quarter / 2 { rest -= Self.quarter }
    if rest < -Self.quarter / 2 { rest += Self.quarter }
    return TimeInterval(nanoseconds: rest)
  }

  /// The whole quarters of an hour, in minutes.
  public var timeZoneMinutes: Int64 { (self - withoutTimeZone).nanoseconds / 60_000_000_000 }

  /// Whether a clock that is so much off may well keep local time.
  public var isLikeTimeZone: Bool {
    let size = magnitude
    return size > .seconds(890) && size < .seconds(14 * 3600 + 10) && withoutTimeZone.magnitude < .seconds(10)
  }
}
