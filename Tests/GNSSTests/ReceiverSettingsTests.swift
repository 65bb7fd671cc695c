// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import ReferenceWire
import Testing
import TimeTypes

@testable import GNSS

@Suite struct ReceiverSettingsTests {
  private func read(_ values: [(String, Setting.Value)]) -> (receivers: [ReceiverSettings], advice: [String]) {
    let settings = values.enumerated().map {
      Setting(index: UInt32($0.offset), path: $0.element.0, value: $0.element.1, line: 1)
    }
    let (receivers, complaints) = ReceiverSettings.read(settings)
    return (receivers, complaints.map { "\($0.setting.path): \($0.whatWouldBeRight)" })
  }

  @Test func everyKey() throws {
    let (receivers, advice) = read([
      ("source[0].device", .string("/dev/ttyS0")), ("source[0].baud", .integer(115_200)),
      ("source[0].protocol", .string("ubx")), ("source[0].delay", .real(0.125)),
      ("source[0].learn_delay", .boolean(true)), ("source[0].sentences[0]", .string("ZDA")),
      ("source[0].sentences[1]", .string("RMC")), ("source[0].minimum_fix", .string("3d")),
      ("source[0].week_pivot", .string("2019-04-07")), ("source[0].max_jump", .integer(1)),
      ("source[0].refid", .string("GAL")), ("source[0].trust", .boolean(true)),
    ])
    #expect(advice.isEmpty)
    let receiver = try #require(receivers.first)
    #expect(receiver.place == .line("/dev/ttyS0", speed: 115_200, .ubx) && receiver.trust && !receiver.prefer)
    #expect(receiver.options.delay == .milliseconds(125) && receiver.options.learnsDelay)
    #expect(receiver.options.sentences == [.zda, .rmc, .frame] && receiver.options.minimumFix == .full)
    #expect(receiver.options.pivot == ReceiverDriver.moment(2019, 4, 7) && receiver.options.maximumJump == .seconds(1))
    #expect(ReferenceID(receiver.referenceID).rawValue == 0x4741_4c00)
  }

  @Test(arguments: [
    ("127.0.0.1:2947", ReceiverSettings.Place.gpsd(host: "127.0.0.1", port: 2947, device: "")),
    ("[::1]:3000", .gpsd(host: "::1", port: 3000, device: "")), ("::1", .gpsd(host: "::1", port: 2947, device: "")),
    ("localhost", .gpsd(host: "localhost", port: 2947, device: "")),
    ("/run/gpsd.sock", .gpsdSocket("/run/gpsd.sock", device: "")),
  ])
  func placesOfGPSD(text: String, place: ReceiverSettings.Place) {
    let (receivers, advice) = read([("source[0].gpsd", .string(text))])
    #expect(receivers.map(\.place) == [place] && advice.isEmpty)
  }

  @Test func wrongValuesAreNamed() {
    let device: (String, Setting.Value) = ("source[0].device", .string("/dev/ttyS0"))
    for (path, value) in [
      ("device", Setting.Value.string("ttyS0")), ("device", .string("/dev/a\"b")), ("baud", .integer(-1)),
      ("protocol", .string("sirf")), ("gpsd", .string("127.0.0.1:0")), ("gpsd", .string("")), ("gpsd", .string("a b")),
      ("gpsd", .string("[::1")), ("gpsd", .string("\u{202e}")),
      ("shm", .integer(256)), ("shm", .string("0")), ("sock", .string("ref.sock")), ("any_owner", .integer(1)),
      ("delay", .real(2.5)), ("delay", .string("learn")), ("learn_delay", .string("yes")), ("max_jump", .real(0)),
      ("minimum_fix", .string("4d")), ("week_pivot", .string("2026-02-30")), ("week_pivot", .string("26-2-3")),
      ("refid", .string("")), ("refid", .string("GPS12")), ("refid", .string("G S")), ("sentences[0]", .string("GSV")),
      ("colour", .string("red")),
    ] {
      let (_, advice) = read(
        path == "device" ? [("source[0].\(path)", value)] : [device, ("source[0].\(path)", value)])
      #expect(advice.first?.hasPrefix("source[0].\(path): ") == true, "\(path) \(value): \(advice)")
    }
  }

  @Test func whereSamplesArePassedOnTo() {
    let sock: (String, Setting.Value) = ("source[0].sock", .string("/run/x"))
    let fed = read([
      sock, ("source[0].feed_sock", .string("/run/chrony.gps.sock")), ("source[0].feed_shm", .integer(4)),
    ])
    #expect(fed.receivers.map(\.feeds) == [[.datagrams("/run/chrony.gps.sock"), .memory(unit: 4)]])
    #expect(fed.advice.isEmpty)
    #expect(read([sock]).receivers.map(\.feeds) == [[]], "off by default")
    for (key, value, says) in [
      ("feed_sock", Setting.Value.string("chrony.sock"), "path"), ("feed_shm", .integer(256), "255"),
      ("feed_shm", .boolean(true), "255"), ("feed_sock", .string("/run/x"), "read by a source"),
    ] {
      let advice = read([sock, ("source[0].\(key)", value)]).advice
      #expect(advice.count == 1 && advice.first?.hasPrefix("source[0].\(key): ") == true, "\(advice)")
      #expect(advice.first?.contains(says) == true, "\(advice)")
    }
    let twice = read([
      sock, ("source[0].feed_shm", .integer(4)), ("source[1].shm", .integer(3)), ("source[1].feed_shm", .integer(4)),
    ])
    #expect(twice.advice == ["source[1].feed_shm: another place: shm:4 is fed by two sources"])
    let own = read([sock, ("source[0].feed_shm", .integer(3)), ("source[1].shm", .integer(3))])
    #expect(own.advice == ["source[0].feed_shm: another place: shm:3 is read by a source"])
    // A line of which nobody says how late it is has nothing to pass on.
    let line: [(String, Setting.Value)] = [
      ("source[0].device", .string("/dev/ttyS0")), ("source[0].feed_shm", .integer(4)),
    ]
    #expect(read(line).advice.first?.contains("delay") == true)
    #expect(read(line + [("source[0].delay", .real(0.1))]).advice.isEmpty)
    #expect(read(line + [("source[0].learn_delay", .boolean(true))]).advice.isEmpty)
  }

  @Test func keysThatDoNotFitTogether() {
    let shm: (String, Setting.Value) = ("source[0].shm", .integer(2))
    #expect(read([shm]).advice.isEmpty)
    #expect(read([("source[0].refid", .string("GPS"))]).advice.count == 1, "nowhere to read")
    #expect(read([shm, ("source[0].sock", .string("/run/x"))]).advice.count == 1)
    #expect(read([shm, ("source[0].device", .string("/dev/ttyS0"))]).advice.count == 1)
    #expect(read([shm, ("source[0].baud", .integer(9600))]).advice.count == 1)
    #expect(read([shm, ("source[0].learn_delay", .boolean(true))]).advice.count == 1)
    #expect(read([shm, ("source[1].shm", .integer(2))]).advice.count == 1, "twice")
    #expect(read([("source[0].sock", .string("/run/x")), ("source[0].any_owner", .boolean(true))]).advice.count == 1)
    #expect(read([shm, ("source[0].baud", .integer(9600))]).advice.first?.contains("leave it out") == true)
    for unit in 0...1 as ClosedRange<Int64> {
      let (_, advice) = read([("source[0].shm", .integer(unit)), ("source[0].any_owner", .boolean(true))])
      #expect(advice.first?.contains("root") == true)
    }
    #expect(read([shm, ("source[0].any_owner", .boolean(true))]).advice.isEmpty)
    let many = (0..<17 as Range<Int64>).map { ("source[\($0)].shm", Setting.Value.integer($0 + 2)) }
    #expect(read(many).advice.count == 1)
  }
}
