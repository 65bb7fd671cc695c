// SPDX-License-Identifier: Apache-2.0

import Engine
import Scenarios
import TimeTypes

extension Event {
  /// What kind it is, in words.
  var kind: String {
    switch self {
    case .sample: "sample"
    case .tick: "tick"
    case .sourceAdded: "source added"
    case .sourceChanged: "source changed"
    case .sourceRemoved: "source removed"
    case .sourceLocked: "source locked"
    case .compensated: "oscillator compensated"
    case .applied: "applied"
    case .refused: "refused"
    case .clockMoved: "clock moved"
    case .clockFrequencyChanged: "clock frequency changed"
    case .resync: "resync"
    case .leapTable: "leap table"
    }
  }
}

extension EngineEvent {
  /// What happened, in words, with its figures; sources by number, as a record knows no names.
  var words: String {
    let name = caseWords(self)
    return switch self {
    case .stepped(let interval), .clockMoved(let interval), .leapPassed(let interval):
      "\(name) by \(ResultTable.scaled(interval.inSeconds, "s"))"
    case .falseticker(let source, let offset), .sourceRestarted(let source, let offset):
      "\(name): source \(source.rawValue), off by \(ResultTable.scaled(offset.inSeconds, "s"))"
    case .systemSourceChanged(let source, let stratum):
      "\(name): " + (source.map { "source \($0.rawValue), stratum \(stratum)" } ?? "none")
    case .synchronized(let source): "\(name) to source \(source.rawValue)"
    case .sourceRefused(let source, _): "\(name): source \(source.rawValue)"
    case .tooBig(let sample, let offset, _):
      "\(name): source \(sample.source.rawValue), off by \(ResultTable.scaled(offset.inSeconds, "s"))"
    case .localClockSuspect(let offset, let agreeing, let of):
      "\(name): \(agreeing) of \(of) sources say that it is off by \(ResultTable.scaled(offset.inSeconds, "s"))"
    default: name
    }
  }
}
