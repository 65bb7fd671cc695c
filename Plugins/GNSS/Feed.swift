// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TimeTypes

/// One program that a receiver's samples are passed on to, as the adapter keeps it.
struct Feed {
  /// How far the way to it is.
  enum Line: Equatable {
    /// To be opened at that moment.
    case closed(until: RawInstant)
    /// A socket that does not stand yet.
    case opening(UInt32)
    /// `isWatched`: a sample has passed since it was opened, so that whoever else writes there was seen.
    case open(UInt32, isWatched: Bool)
    /// Memory that somebody else writes, too: nothing is written before that moment, and nothing then if he goes on.
    case shared(UInt32, until: RawInstant)
  }

  /// How long nobody else may have written memory, after somebody has: 2^6 s, the interval that drivers poll at by default.
  static let silence = TimeInterval.seconds(64)

  let place: ReceiverSettings.FeedPlace
  var line = Line.closed(until: RawInstant(nanoseconds: .min))
  var pause = ReceiverSlot.firstPause
  /// Why nothing is passed on, "" = it is; and the same as people read it.
  var cause = ""
  var trouble = ""
  /// Something has been passed on by it, or could have been.
  var hasStood = false
  /// The trouble was told as an event.
  var isTold = false

  init(_ place: ReceiverSettings.FeedPlace) { self.place = place }

  func owns(stream: UInt32) -> Bool {
    guard case .datagrams = place else { return false }
    switch line {
    case .opening(stream), .open(stream, _): return true
    default: return false
    }
  }

  /// What is wrong, and what would be right.
  func reason(_ status: Status) -> String {
    switch (place, status) {
    case (.datagrams, .notFound): "no program has made that socket yet"
    case (.datagrams, .unreachable), (.datagrams, .error): "no program listens there"
    case (.datagrams, .invalid): "it is a symbolic link, or no socket of datagrams: write the path of the socket itself"
    case (.datagrams, .permission):
      "tompiond may not write it: start it as root after the program that listens, or give its user that socket"
    case (.memory, .permission):
      "others may write it, or tompiond's user may not (root made it): ipcrm it, or take another unit"
    case (.memory, .invalid): "there is a shorter segment of that key: ipcrm it, or take another unit"
    case (.memory, .addressInUse): "this provider has that unit open already"
    case (.memory, .unsupported): "shared memory is not for a child process: placement = \"in-process\""
    default: status.text
    }
  }
}
