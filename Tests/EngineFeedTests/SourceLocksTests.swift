// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Settings
import Testing
import TimeTypes

@testable import EngineFeed
@testable import ProviderHost

@Suite struct SourceLocksTests {
  private static func source(_ id: UInt32, _ name: String, at address: String = "", reach: UInt8 = 1) -> ProviderSource
  {
    var info = tompion_source_info_t()
    info.flags = UInt32(address.hasPrefix("/dev/") ? TOMPION_SOURCE_REFCLOCK : 0)
    info.reach = reach
    withUnsafeMutableBytes(of: &info.name) { $0.copyBytes(from: name.utf8) }
    withUnsafeMutableBytes(of: &info.address) { $0.copyBytes(from: address.utf8) }
    return ProviderSource(id: SourceID(rawValue: id), info)
  }

  private static let pulses = source(1, "top of roof", at: "/dev/pps0")

  private final class Told {
    var pairs: [[UInt32]] = []
    var accepts = true
    func take() -> [[UInt32]] {
      defer { pairs = [] }
      return pairs
    }
  }

  private func turn(_ locks: inout SourceLocks, _ sources: [ProviderSource], _ told: Told) -> [[UInt32]] {
    locks.turn(sources) { pulses, keeper in
      told.pairs.append([pulses.rawValue, keeper.rawValue])
      return told.accepts
    }
    return told.take()
  }

  @Test func theKeeperComesAndGoes() {
    var locks = SourceLocks([SourceLock(device: "/dev/pps0", keeper: "ntp.example.net")])
    let told = Told()
    #expect(turn(&locks, [], told).isEmpty, "no pulses yet")
    #expect(turn(&locks, [Self.pulses], told) == [[1, 0]], "nobody's at once, so that nobody else numbers them")
    let server = Self.source(7, "ntp.example.net", at: "192.0.2.1:123")
    told.accepts = false
    #expect(turn(&locks, [Self.pulses, server], told) == [[1, 7]])
    told.accepts = true
    #expect(turn(&locks, [Self.pulses, server], told) == [[1, 7]], "there was no room: said again")
    #expect(turn(&locks, [Self.pulses, server], told).isEmpty)
    #expect(turn(&locks, [Self.pulses], told) == [[1, 0]])
    // New pulses of that device are told anew.
    #expect(turn(&locks, [Self.source(2, "", at: "/dev/pps0"), server], told) == [[2, 7]])
  }

  @Test func aDeviceAndAPool() {
    let told = Told()
    var locks = SourceLocks([SourceLock(device: "/dev/pps0", keeper: "/dev/ttyS0")])
    #expect(turn(&locks, [Self.pulses, Self.source(3, "roof", at: "/dev/ttyS0")], told) == [[1, 3]])
    locks = SourceLocks([SourceLock(device: "/dev/pps0", keeper: "pool")])
    let (first, second) = (Self.source(4, "pool", reach: 0), Self.source(5, "pool"))
    #expect(turn(&locks, [Self.pulses, first, second], told) == [[1, 5]], "the first that is heard")
    #expect(turn(&locks, [Self.pulses, Self.source(4, "pool"), second], told).isEmpty, "it stays")
    #expect(turn(&locks, [Self.pulses, Self.source(4, "pool"), Self.source(5, "pool", reach: 0)], told) == [[1, 4]])
    // What is no pulse of that device is nobody's to lock.
    #expect(turn(&locks, [Self.source(6, "/dev/pps0"), second], told).isEmpty)
  }
}
