// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// One [[source]] of the configuration, checked.
package struct ReceiverSettings: Hashable, Sendable {
  /// Where its time comes from.
  package enum Place: Hashable, Sendable {
    case line(String, speed: UInt32, SerialLine.Language)
    /// `device`: that receiver of gpsd's alone; "" = all of them.
    case gpsd(host: String, port: UInt16, device: String)
    case gpsdSocket(String, device: String)
    case memory(unit: UInt32, trustsAnyOwner: Bool)
    case datagrams(String)

    /// As people wrote it.
    package var text: String {
      switch self {
      case .line(let path, _, _), .datagrams(let path): path
      case .gpsd(let host, let port, let device):
        "gpsd \(host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host):\(port)\(device.isEmpty ? "" : " \(device)")"
      case .gpsdSocket(let path, let device): "gpsd \(path)\(device.isEmpty ? "" : " \(device)")"
      case .memory(let unit, _): "shm:\(unit)"
      }
    }

    /// gpsd is told what to watch.
    package var isGPSD: Bool {
      switch self {
      case .gpsd, .gpsdSocket: true
      default: false
      }
    }
  }

  /// A program that its samples are passed on to.
  package enum FeedPlace: Hashable, Sendable {
    /// Whoever listens at that socket, as chronyd does (SOCK).
    case datagrams(String)
    /// Whoever reads that unit of NTP's shared memory.
    case memory(unit: UInt32)

    package var text: String {
      switch self {
      case .datagrams(let path): path
      case .memory(let unit): "shm:\(unit)"
      }
    }
  }

  package var place = Place.memory(unit: 0, trustsAnyOwner: false)
  /// For people; "" = the place.
  package var name = ""
  package var options = ReceiverOptions()
  package var feeds: [FeedPlace] = []
  /// Up to four characters (RFC 5905, figure 12).
  package var referenceID = "GPS"
  package var prefer = false
  package var noselect = false
  package var trust = false
  package var require = false

  package init() {}

  /// A host opens so many devices for a provider.
  package static let most = 16
}
