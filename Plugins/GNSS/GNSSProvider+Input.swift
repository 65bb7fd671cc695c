// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import ReferenceWire
import TimeTypes

/// What comes from receivers, and what they make of it. [capture]
extension GNSSProvider {
  func deviceBytes(_ bytes: Span<UInt8>, at stamp: Stamp, _ index: Int) {
    var actions = ReceiverActions()
    if case .memory = slots[index].settings.place {
      do throws(SharedMemorySegment.Fault) {
        let segment = try SharedMemorySegment(bytes)
        slots[index].receiver.take(segment, at: stamp, clock: { host.stamp(realtime: $0) }, into: &actions)
      } catch  where error == .invalid {
        // Nothing was written yet.
      } catch {
        slots[index].receiver.takeDamaged(at: stamp.raw)
      }
      return perform(actions, for: index)
    }
    if bytes.count > 0 { slots[index].receiver.takeBytes(at: stamp.raw) }
    for position in 0..<bytes.count {
      guard let message = slots[index].serial.take(bytes[position], at: stamp), let first = slots[index].serial.first
      else { continue }
      actions = ReceiverActions()
      switch message {
      case .report(let report, let kind): slots[index].receiver.take(report, kind, at: first, into: &actions)
      case .other: slots[index].receiver.take(ReceiverReport(), [], at: first, into: &actions)
      case .damaged: slots[index].receiver.takeDamaged(at: stamp.raw)
      }
      perform(actions, for: index)
    }
  }

  func streamBytes(_ bytes: Span<UInt8>, _ index: Int) {
    guard let arrival = host.now() else { return }
    if case .datagrams = slots[index].settings.place { return datagram(bytes, at: arrival, index) }
    guard bytes.count > 0 else { return lose(index, "gpsd closed the connection") }
    for position in 0..<bytes.count {
      guard slots[index].lines.take(bytes[position], at: arrival), let first = slots[index].lines.first else {
        continue
      }
      var actions = ReceiverActions()
      if let report = slots[index].lines.report() {
        slots[index].receiver.take(report, at: first, clock: { host.stamp(realtime: $0) }, into: &actions)
      } else {
        slots[index].receiver.takeDamaged(at: arrival.raw)
      }
      perform(actions, for: index)
    }
  }

  private func datagram(_ bytes: Span<UInt8>, at arrival: Stamp, _ index: Int) {
    var actions = ReceiverActions()
    if let sample = try? SocketSample(bytes) {
      slots[index].receiver.take(sample, at: arrival, clock: { host.stamp(realtime: $0) }, into: &actions)
    } else {
      slots[index].receiver.takeDamaged(at: arrival.raw)
    }
    perform(actions, for: index)
  }

  /// How often what was learned is kept.
  static let keepingInterval = TimeInterval.seconds(1800)

  /// Once a second.
  func tick(_ index: Int, now: RawInstant) {
    if case .closed(let until) = slots[index].line, until <= now { openLine(index, now: now) }
    openFeeds(index, now: now)
    var actions = ReceiverActions()
    if slots[index].handle != nil { slots[index].receiver.tick(now: now, clockView(index, now: now), into: &actions) }
    slots[index].countSecond()
    if slots[index].settings.options.learnsDelay, now - Self.keepingInterval > slots[index].kept { keepDelay(index) }
    perform(actions, for: index)
    if let turn = slots[index].news.due(at: now) { tell(turn, index) }
    publishInfo(index)
  }

  /// Whether the clock follows somebody who is not this receiver, and how sure it is.
  private func clockView(_ index: Int, now: RawInstant) -> Receiver.ClockView {
    guard slots[index].settings.options.learnsDelay, let page = host.clockPage()?.read(), page.synchronized == 1,
      page.reference_id != ReferenceID(slots[index].settings.referenceID).rawValue
    else { return Receiver.ClockView() }
    let age = max(0, now.nanoseconds &- page.raw_ns)
    let grown = UInt64(age / 1_000_000_000) &* UInt64(page.statistical_rate_ppb)
    return Receiver.ClockView(followsOthers: true, bound: page.bound_statistical_ns &+ grown)
  }

  func publishInfo(_ index: Int) {
    guard slots[index].source != 0 else { return }
    slots[index].refreshInfo()
    host.sources.update(slots[index].source, slots[index].info)
  }

  private func perform(_ actions: ReceiverActions, for index: Int) {
    for position in 0..<actions.count {
      switch actions[position] {
      case .publish(let made):
        guard slots[index].source != 0 else { continue }
        let sample = slots[index].sample(made)
        slots[index].info.fields.leap = made.leap.rawValue
        _ = host.publish(sample)
        feed(made, index)
      case .learned, .trusted(_?):
        if case .trusted = actions[position] { slots[index].news.overtake() }
        tell(NewsBudget.Turn(action: actions[position], left: 0, isLast: false), index)
      default:
        // A receiver that goes to and fro would fill the log.
        guard let turn = slots[index].news.take(actions[position], at: host.nowRaw) else { continue }
        tell(turn, index)
      }
    }
  }

  /// The numbers are those of the event catalogue (Docs/events.md). Rare, so text may be made.
  private func tell(_ turn: NewsBudget.Turn, _ index: Int) {
    guard let (event, text) = Self.news(turn.action) else { return }
    let more =
      turn.left > 0
      ? " (\(turn.left) changes before it were not told)"
      : turn.isLast ? "; it changes all the time, and from here on it is told once a minute" : ""
    host.event(event, source: slots[index].source, "\(slots[index].settings.place.text): \(text)\(more)")
    publishInfo(index)
  }

  private static func news(_ action: ReceiverAction) -> (EventNumber, String)? {
    switch action {
    case .publish: nil
    case .unfit(let reason): (.referenceUnfit, reason.text)
    case .refused(let reason, let distance):
      (
        .referenceRefused,
        reason.text + (distance == .zero ? "" : ", \(seconds(distance)) s from where it should be")
          + "; it is not used until it goes on evenly"
      )
    case .trusted(nil): (.referenceTrusted, "its time is used")
    case .trusted(let moved?): (.referenceTrusted, "its time is used again, moved by \(seconds(moved)) s for good")
    case .rollover(let weeks):
      (
        .weekRollover,
        "its date is \(weeks) weeks too early (a receiver's week number has ten bits); it is put right by week_pivot"
      )
    case .learned(let delay): (.referenceDelayLearned, "its messages come \(seconds(delay)) s after their second")
    }
  }

  /// "-0.050", to a millisecond, or to a microsecond where that says nothing.
  static func seconds(_ interval: TimeInterval) -> String {
    let isLong = interval.magnitude >= .milliseconds(10)
    let digits = isLong ? 3 : 6
    let unit: Int64 = isLong ? 1_000_000 : 1000
    let count = interval.magnitude.nanoseconds / unit
    let scale: Int64 = isLong ? 1000 : 1_000_000
    let fraction = String(count % scale)
    let zeros = String(repeating: "0", count: max(0, digits - fraction.utf8.count))
    return "\(interval.isNegative ? "-" : "")\(count / scale).\(zeros)\(fraction)"
  }
}
