// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
import ReferenceWire
import TimeTypes

extension ReceiverSettings {
  /// Receivers from what the operator wrote; or every complaint there is. Values outside `source[]` are not this provider's.
  package static func read(_ settings: [Setting]) -> (receivers: [ReceiverSettings], complaints: [SettingComplaint]) {
    var reading = settings.sources(Draft()) { $0.take($1, key: $2) }
    var receivers: [ReceiverSettings] = []
    var feeds: [(place: ReceiverSettings.FeedPlace, key: Setting)] = []
    for source in reading.sources {
      switch source.draft.finish(first: source.first) {
      case .success(let receiver):
        if receivers.contains(where: { $0.place == receiver.place }) {
          reading.complain(source.first, "another place: \(receiver.place.text) is named twice")
        }
        receivers.append(receiver)
        if let key = source.draft.feedKey { feeds += receiver.feeds.map { ($0, key) } }
      // What was refused may be what is missing.
      case .failure(let wrong): if !source.isWrong { reading.complaints.append(wrong.complaint) }
      }
    }
    for (index, feed) in feeds.enumerated() {
      let isRead = receivers.contains { $0.place.text == feed.place.text && !$0.place.isGPSD }
      guard isRead || feeds[..<index].contains(where: { $0.place == feed.place }) else { continue }
      let use = isRead ? "read by a source" : "fed by two sources"
      reading.complain(feed.key, "another place: \(feed.place.text) is \(use)")
    }
    if receivers.count > most, let last = reading.sources.last {
      reading.complain(last.first, "at most \(most) receivers; here are \(receivers.count)")
    }
    return (receivers, reading.complaints)
  }

  struct Wrong: Error { var complaint: SettingComplaint }

  /// A [[source]] that is being read.
  struct Draft {
    var settings = ReceiverSettings()
    var device: String?
    var baud: UInt32 = 0
    var language = SerialLine.Language.both
    var gpsd: String?
    var unit: UInt32?
    var anyOwner = false
    var socket: String?
    var sentences = SentenceSet()
    /// Where keys stand that fit one place alone.
    var lineKey: Setting?
    var messageKey: Setting?
    var ownerKey: Setting?
    var feedKey: Setting?

    /// Takes one value; returns what would be right where it is wrong.
    mutating func take(_ setting: Setting, key: String) -> String? {
      switch key {
      case "device":
        guard let path = Self.path(setting) else { return "the path of a device: \"/dev/ttyS0\"" }
        device = path
      case "baud":
        guard let speed = setting.integer, (0...4_000_000).contains(speed) else { return "a speed in bit/s: 9600" }
        (baud, lineKey) = (UInt32(speed), setting)
      case "protocol":
        switch setting.string {
        case "auto": language = .both
        case "nmea": language = .nmea
        case "ubx": language = .ubx
        default: return "auto, nmea or ubx"
        }
        lineKey = setting
      case "gpsd":
        guard let text = setting.string, Self.gpsdPlace(text, device: "") != nil else {
          return "an address and port, \"127.0.0.1:2947\", or the path of a socket"
        }
        gpsd = text
      case "shm":
        guard let number = setting.integer, (0...255).contains(number) else { return "a unit from 0 to 255" }
        unit = UInt32(number)
      case "any_owner":
        ownerKey = setting
        return Self.take(setting) { anyOwner = $0 }
      case "sock":
        guard let path = Self.path(setting), path.utf8.count <= 107 else {
          return "an absolute path of at most 107 bytes: \"/run/tompion/ref.sock\""
        }
        socket = path
      case "feed_sock":
        guard let path = Self.path(setting), path.utf8.count <= 107 else {
          return "the path of a socket that another program makes, at most 107 bytes: \"/run/chrony.gps.sock\""
        }
        settings.feeds.append(.datagrams(path))
        feedKey = setting
      case "feed_shm":
        guard let number = setting.integer, (0...255).contains(number) else { return "a unit from 0 to 255" }
        settings.feeds.append(.memory(unit: UInt32(number)))
        feedKey = setting
      case "learn_delay":
        messageKey = setting
        return Self.take(setting) { settings.options.learnsDelay = $0 }
      case "prefer": return Self.take(setting) { settings.prefer = $0 }
      case "noselect": return Self.take(setting) { settings.noselect = $0 }
      case "trust": return Self.take(setting) { settings.trust = $0 }
      case "require": return Self.take(setting) { settings.require = $0 }
      default: return takeOption(setting, key: key)
      }
      return nil
    }
  }
}
