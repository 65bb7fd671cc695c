// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// What receivers and gpsd write as text, by NMEA 0183 and gpsd_json(5).
public enum ReceiverText {
  /// A second's burst: RMC, GGA and ZDA, each with its checksum.
  public static func nmea(_ second: ReceiverSecond) -> [UInt8] {
    let (date, time) = civil(second)
    let clock =
      digits(time.hour, 2) + digits(time.minute, 2) + digits(time.second, 2)
      + ".\(digits(Int(second.told % billion / 10_000_000), 2))"
    let year = digits(date.year % 100, 2)
    let place = "4807.0380,N,01131.0000,E"
    let (status, mode, quality) = second.isValid ? ("A", "A", "1") : ("V", "N", "0")
    return sentence(
      "GPRMC,\(clock),\(status),\(place),0.02,84.4,\(digits(date.day, 2))\(digits(date.month, 2))\(year),,,\(mode)")
      + sentence("GPGGA,\(clock),\(place),\(quality),08,0.9,545.4,M,46.9,M,,")
      + sentence("GPZDA,\(clock),\(digits(date.day, 2)),\(digits(date.month, 2)),\(digits(date.year, 4)),00,00")
  }

  /// gpsd's first line, and its answer to a WATCH.
  public static let greeting = Array(
    (#"{"class":"VERSION","release":"3.22","rev":"3.22","proto_major":3,"proto_minor":14}"# + "\r\n").utf8)
  public static let watching = Array(
    (#"{"class":"DEVICES","devices":[]}"# + "\r\n" + #"{"class":"WATCH","enable":true,"json":true}"# + "\r\n").utf8)

  /// A fix as gpsd tells it.
  public static func fix(_ second: ReceiverSecond) -> [UInt8] {
    let (date, time) = civil(second)
    let clock =
      "\(digits(time.hour, 2)):\(digits(time.minute, 2)):\(digits(time.second, 2)).\(digits(Int(second.told % billion / 1_000_000), 3))Z"
    let moment = second.isValid ? #","time":"\#(date.text)T\#(clock)","ept":0.005"# : ""
    return Array(#"{"class":"TPV","device":"/dev/ttyS0","mode":\#(second.isValid ? 3 : 1)\#(moment)}"#.utf8) + [13, 10]
  }

  /// TOFF or PPS: the receiver's moment, and what this host's clock showed; both ns since 1970.
  public static func moment(_ name: String, real: Int64, clock: Int64) -> [UInt8] {
    let parts = [real / billion, real % billion, clock / billion, clock % billion]
    let text =
      #"{"class":"\#(name)","device":"/dev/ttyS0","real_sec":\#(parts[0]),"real_nsec":\#(parts[1]),"#
      + #""clock_sec":\#(parts[2]),"clock_nsec":\#(parts[3]),"precision":-30}"#
    return Array(text.utf8) + [13, 10]
  }

  static let billion: Int64 = 1_000_000_000

  static func civil(_ second: ReceiverSecond) -> (CivilDay, (hour: Int, minute: Int, second: Int)) {
    let seconds = max(second.told, 0) / billion
    let ofDay = Int(seconds % 86_400)
    let day = CivilDay(daysSince1970: seconds / 86_400)
    return (day, (ofDay / 3600, ofDay / 60 % 60, ofDay % 60 + (second.isLeapSecond ? 1 : 0)))
  }

  private static func sentence(_ body: String) -> [UInt8] {
    let sum = body.utf8.reduce(0) { $0 ^ $1 }
    let hexadecimal = String(sum, radix: 16, uppercase: true)
    return Array("$\(body)*\(hexadecimal.utf8.count < 2 ? "0" : "")\(hexadecimal)\r\n".utf8)
  }

  private static func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
  }
}
