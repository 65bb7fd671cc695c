// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Report
import Settings
import TimeTypes

/// Reads the hardware clocks of the configuration in turn, and steers those that follow the system clock. [hardware clocks]
///
/// A role of its own, because some cards take tens of microseconds to be read: with a thread for each role neither stamps nor the system
/// clock wait for that. With loop = "single" everything does.
final class HardwareClockRole {
  private enum Member {
    case feed(SystemFeed)
    case follower(ClockFollower)
  }

  private struct Entry {
    var member: Member
    var interval: TimeInterval
    var next = RawInstant(nanoseconds: .min)
  }

  private var entries: [Entry] = []
  private let news: HardwareClockNews
  private let now: () -> RawInstant

  /// A clock that cannot be opened is tried again at this interval.
  private static let retry = TimeInterval.seconds(10)

  /// Tests put `access` to the devices, the `glance` at the system clock and `now` in the places of the host's.
  init(
    _ configuration: Configuration, port: DisciplinePort, stampSource: ClockStampSource, news: HardwareClockNews,
    access: DeviceAccess = .kernel, glance: @escaping () -> SystemGlance? = { SystemGlance() },
    now: @escaping () -> RawInstant = RawClock.now, wakeDiscipline: @escaping @Sendable () -> Void
  ) {
    self.news = news
    self.now = now
    let claims = DeviceClaims()
    let followed = configuration.followed
    var number: UInt16 = 0
    for clock in configuration.hardwareClocks {
      number += 1
      let interval = TimeInterval(
        nanoseconds: clock.poll >= 0 ? 1_000_000_000 << Int64(clock.poll) : 1_000_000_000 >> Int64(-clock.poll))
      let member: Member =
        clock == followed
        ? .feed(
          SystemFeed(
            clock, number: number, port: port, stampSource: stampSource, claims: claims, access: access,
            raise: { news.raise($0) }, wake: wakeDiscipline))
        : .follower(
          ClockFollower(
            clock, number: number, claims: claims, access: access, glance: glance, raise: { news.raise($0) }))
      entries.append(Entry(member: member, interval: interval))
    }
    publish()
  }

  /// Opens the devices, with the rights that the daemon still has.
  func prepare() {
    for entry in entries {
      switch entry.member {
      case .feed(let feed): feed.prepare()
      case .follower(let follower): follower.prepare()
      }
    }
    publish()
  }

  /// When the next turn is due.
  var deadline: RawInstant { entries.map(\.next).min() ?? RawInstant(nanoseconds: .max) }

  /// Does what is due.
  func turn() {
    let now = now()
    for index in entries.indices where entries[index].next <= now {
      let state: ClockReport
      switch entries[index].member {
      case .feed(let feed):
        feed.turn()
        state = feed.state
      case .follower(let follower):
        follower.turn()
        state = follower.state
      }
      let isShut = state.state == .failed || state.state == .refused
      entries[index].next = now + (isShut ? max(entries[index].interval, Self.retry) : entries[index].interval)
      news.publish(state, at: index)
    }
  }

  /// The end: no slew is left running.
  func release() {
    for entry in entries {
      if case .follower(let follower) = entry.member { follower.release() }
    }
  }

  private func publish() {
    for (index, entry) in entries.enumerated() {
      switch entry.member {
      case .feed(let feed): news.publish(feed.state, at: index)
      case .follower(let follower): news.publish(follower.state, at: index)
      }
    }
  }
}
