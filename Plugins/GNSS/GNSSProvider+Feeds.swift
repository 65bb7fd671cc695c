// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import ReferenceWire
import TimeTypes

/// What is passed on to other programs: samples that are believed, as SOCK datagrams and in NTP's shared memory. [capture]
extension GNSSProvider {
  /// [control or capture]: at once with the settings, while a daemon that root started still is root.
  func openFeeds(_ index: Int, now: RawInstant) {
    guard !hasWrongSettings else { return }
    for feed in slots[index].feeds.indices {
      guard case .closed(let until) = slots[index].feeds[feed].line, until <= now else { continue }
      switch slots[index].feeds[feed].place {
      case .datagrams(let path):
        switch host.streams.open(.unixDatagrams(path)) {
        case .success(let stream): slots[index].feeds[feed].line = .opening(stream)
        case .failure(let error): loseFeed(index, feed, slots[index].feeds[feed].reason(error.status))
        }
      case .memory(let unit):
        switch host.devices.open(.sharedMemory(), path: "shm:\(unit)", flags: .write) {
        case .success(let device):
          slots[index].feeds[feed].line = .open(device, isWatched: false)
        case .failure(let error): loseFeed(index, feed, slots[index].feeds[feed].reason(error.status))
        }
      }
    }
  }

  /// A stream that is a feed's stands or does not; false = it is none.
  func feedOpened(_ stream: UInt32, _ status: Status) -> Bool {
    guard let (index, feed) = find(feedOf: stream) else { return false }
    if status == .ok {
      slots[index].feeds[feed].line = .open(stream, isWatched: true)
      feedStands(index, feed)
    } else {
      loseFeed(index, feed, slots[index].feeds[feed].reason(status))
    }
    return true
  }

  /// A stream that is a feed's broke; false = it is none.
  func feedFailed(_ stream: UInt32, _ status: Status) -> Bool {
    guard let (index, feed) = find(feedOf: stream) else { return false }
    loseFeed(index, feed, slots[index].feeds[feed].reason(status))
    return true
  }

  func closeFeeds(_ index: Int) {
    for feed in slots[index].feeds.indices { closeFeed(index, feed) }
  }

  /// Passes a sample on. Allocates nothing where all is well.
  func feed(_ made: ReceiverSample, _ index: Int) {
    guard !slots[index].feeds.isEmpty,
      let realtime = FeedSample.realtime(of: made.stamp, ours: { host.stamp(realtime: $0) }),
      let sample = FeedSample(made, realtime: realtime)
    else { return }
    for feed in slots[index].feeds.indices {
      switch (slots[index].feeds[feed].line, slots[index].feeds[feed].place) {
      case (.open(let handle, _), .datagrams):
        var bytes: InlineArray<40, UInt8> = InlineArray(repeating: 0)
        var span = bytes.mutableSpan
        guard sample.datagram.write(to: &span) else { continue }
        // Of a full socket the sample is lost, a broken one is told.
        _ = host.streams.send(handle, bytes.span)
      case (.open(let device, isWatched: false), .memory):
        slots[index].feeds[feed].line = .open(device, isWatched: true)
      case (.open(let device, isWatched: true), .memory): write(sample, to: device, index, feed)
      case (.shared(let device, let until), .memory):
        if host.nowRaw >= until { write(sample, to: device, index, feed) }
      default: break
      }
    }
  }

  /// The host writes nothing where somebody else wrote since it was last asked: so asking again after a silence tells whether it was one.
  private func write(_ sample: FeedSample, to device: UInt32, _ index: Int, _ feed: Int) {
    var bytes: InlineArray<96, UInt8> = InlineArray(repeating: 0)
    var span = bytes.mutableSpan
    guard let segment = sample.segment, segment.write(to: &span) else { return }
    if host.devices.write(device, bytes.span) > 0 {
      slots[index].feeds[feed].line = .open(device, isWatched: true)
      feedStands(index, feed)
    } else {
      slots[index].feeds[feed].line = .shared(device, until: host.nowRaw + Feed.silence)
      tell(
        index, feed, "another program writes there, too: end it, and 64 s later this goes on, or take another unit")
    }
  }

  private func find(feedOf stream: UInt32) -> (slot: Int, feed: Int)? {
    for index in slots.indices {
      if let feed = slots[index].feeds.firstIndex(where: { $0.owns(stream: stream) }) { return (index, feed) }
    }
    return nil
  }

  private func closeFeed(_ index: Int, _ feed: Int) {
    switch (slots[index].feeds[feed].line, slots[index].feeds[feed].place) {
    case (.opening(let stream), _), (.open(let stream, _), .datagrams): host.streams.close(stream)
    case (.open(let device, _), .memory), (.shared(let device, _), _): host.devices.close(device)
    case (.closed, _): break
    }
    slots[index].feeds[feed].line = .closed(until: RawInstant(nanoseconds: .min))
  }

  private func feedStands(_ index: Int, _ feed: Int) {
    let again = slots[index].feeds[feed].hasStood ? " again" : ""
    slots[index].feeds[feed].hasStood = true
    guard !slots[index].feeds[feed].trouble.isEmpty else { return }
    slots[index].feeds[feed].pause = ReceiverSlot.firstPause
    slots[index].feeds[feed].cause = ""
    slots[index].feeds[feed].trouble = ""
    guard slots[index].feeds[feed].isTold else { return }
    slots[index].feeds[feed].isTold = false
    host.event(
      .feedFound, source: slots[index].source,
      "\(slots[index].settings.place.text) is passed on to \(slots[index].feeds[feed].place.text)\(again)")
  }

  private func loseFeed(_ index: Int, _ feed: Int, _ reason: String) {
    closeFeed(index, feed)
    slots[index].feeds[feed].line = .closed(until: host.nowRaw + slots[index].feeds[feed].pause)
    let pause = slots[index].feeds[feed].pause
    slots[index].feeds[feed].pause = min(pause + pause, ReceiverSlot.longestPause)
    tell(index, feed, reason)
  }

  /// Builds no text where the same is tried again in vain.
  private func tell(_ index: Int, _ feed: Int, _ reason: String) {
    guard slots[index].feeds[feed].cause != reason else { return }
    slots[index].feeds[feed].cause = reason
    let place = slots[index].feeds[feed].place.text
    slots[index].feeds[feed].trouble = "not passed on to \(place): \(reason)"
    guard !slots[index].feeds[feed].isTold else { return }
    slots[index].feeds[feed].isTold = true
    host.event(
      .feedLost, source: slots[index].source,
      "\(slots[index].settings.place.text) is not passed on to \(place): \(reason)")
  }
}
