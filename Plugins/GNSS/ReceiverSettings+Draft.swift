// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import ReferenceWire
import TimeTypes

extension ReceiverSettings.Draft {
  /// What is wanted of the receiver, wherever it is.
  mutating func takeOption(_ setting: Setting, key: String) -> String? {
    switch key {
    case "delay":
      guard let seconds = setting.real, seconds >= -2, seconds <= 2 else { return "seconds from -2 to 2" }
      settings.options.delay = TimeInterval(seconds: seconds)
    case "max_jump":
      guard let seconds = setting.real, seconds >= 0.000001, seconds <= 86_400 else {
        return "seconds from 0.000001 to 86400"
      }
      settings.options.maximumJump = TimeInterval(seconds: seconds)
    case "minimum_fix":
      switch setting.string {
      case "time": settings.options.minimumFix = .time
      case "2d": settings.options.minimumFix = .flat
      case "3d": settings.options.minimumFix = .full
      default: return "time, 2d or 3d"
      }
      messageKey = setting
    case "week_pivot":
      guard let day = setting.string.flatMap({ Self.day($0) }) else { return "a date from 1980 on: \"2026-11-01\"" }
      settings.options.pivot = day.daysSince1970 * 86_400_000_000_000
    case "name":
      guard let name = setting.string, (1...64).contains(name.utf8.count),
        name.utf8.allSatisfy({ $0 >= 32 && $0 != 127 })
      else { return "a name of at most 64 bytes: \"roof\"" }
      settings.name = name
    case "refid":
      let text = setting.string ?? ""
      guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (33...126).contains($0) }) else {
        return "one to four printable ASCII characters: \"GPS\""
      }
      settings.referenceID = text
    default:
      guard key.hasPrefix("sentences[") || key == "sentences" else {
        return "no such key; the keys are in Plugins/GNSS/README.md"
      }
      guard let sentence = setting.string.flatMap({ SentenceSet(name: $0) }) else { return "RMC, ZDA, GGA or GLL" }
      sentences.insert(sentence)
      lineKey = setting
    }
    return nil
  }

  /// The whole, where its keys fit together; a complaint about none of them is put at the first.
  func finish(first: Setting) -> Result<ReceiverSettings, ReceiverSettings.Wrong> {
    func wrong(_ setting: Setting, _ advice: String) -> Result<ReceiverSettings, ReceiverSettings.Wrong> {
      .failure(.init(complaint: SettingComplaint(setting: setting, whatWouldBeRight: advice)))
    }
    var whole = settings
    let places = [gpsd != nil || device != nil, unit != nil, socket != nil].count { $0 }
    guard places == 1 else {
      return wrong(
        first, "each source of gnss needs one of device, gpsd, shm and sock, and only one (device may go with gpsd)")
    }
    if let gpsd {
      guard let place = Self.gpsdPlace(gpsd, device: device ?? "") else {
        return wrong(first, "an address and port, \"127.0.0.1:2947\", or the path of a socket, as gpsd")
      }
      whole.place = place
    } else if let device {
      whole.place = .line(device, speed: baud, language)
    } else if let unit {
      guard !anyOwner || unit > 1 else {
        return wrong(
          ownerKey ?? first, "false: units 0 and 1 are root's alone; have the other program write unit 2 or above")
      }
      whole.place = .memory(unit: unit, trustsAnyOwner: anyOwner)
    } else if let socket {
      whole.place = .datagrams(socket)
    }
    if let lineKey, gpsd != nil || device == nil {
      return wrong(lineKey, "leave it out: it is for a serial device alone")
    }
    if let messageKey, gpsd == nil, device == nil {
      return wrong(messageKey, "leave it out: it is for a serial device or gpsd alone")
    }
    if let ownerKey, unit == nil { return wrong(ownerKey, "leave it out: it is for shared memory (shm) alone") }
    if let feedKey, gpsd == nil, device != nil, settings.options.delay == nil, !settings.options.learnsDelay {
      return wrong(
        feedKey,
        "leave it out, or write delay (or learn_delay) beside it: nobody could say how late what is passed on was")
    }
    if !sentences.isEmpty { whole.options.sentences = sentences.union(.frame) }
    return .success(whole)
  }

  static func take(_ setting: Setting, _ store: (Bool) -> Void) -> String? {
    guard let flag = setting.boolean else { return "true or false" }
    store(flag)
    return nil
  }

  /// Absolute, and nothing in it that would have to be escaped.
  static func path(_ setting: Setting) -> String? {
    guard let path = setting.string, path.hasPrefix("/"), path.utf8.count > 1, path.utf8.count <= 255,
      !path.utf8.contains(where: { $0 < 32 || $0 == 127 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") })
    else { return nil }
    return path
  }

  static func gpsdPlace(_ text: String, device: String) -> ReceiverSettings.Place? {
    guard !text.isEmpty, text.utf8.count <= 253, text.utf8.allSatisfy({ (33...126).contains($0) && $0 != 34 })
    else { return nil }
    if text.hasPrefix("/") { return text.utf8.count <= 107 ? .gpsdSocket(text, device: device) : nil }
    var host = text[...]
    var port: UInt16 = 2947
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      if !rest.isEmpty {
        guard rest.hasPrefix(":"), let number = UInt16(rest.dropFirst()), number > 0 else { return nil }
        port = number
      }
    } else if let colon = text.lastIndex(of: ":"), text.firstIndex(of: ":") == colon {
      guard let number = UInt16(text[text.index(after: colon)...]), number > 0 else { return nil }
      host = text[..<colon]
      port = number
    }
    return host.isEmpty ? nil : .gpsd(host: String(host), port: port, device: device)
  }

  private static func day(_ text: String) -> CivilDay? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2, parts[2].utf8.count == 2,
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
    else { return nil }
    return CivilDay.ofReceiver(year: year, month: month, day: day)
  }
}
