// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import SampleRing
package import Synchronization
package import TimeTypes

/// Everything that one provider gives: samples, news of its sources, messages, and counts of what it did wrong.
///
/// Written by the provider's calls (in this process, or by a child's frames), read by [discipline] through `drain` and by
/// [control] through `messages`, `sources` and `counters`. Nobody waits for anybody and nothing is allocated after `init`.
package final class ProviderOutbox: Sendable {
  /// The number of the instance, 1 to 1023, in the upper bits of its sources' ids; never given out twice.
  package let number: UInt16
  package let sources: SourceTable
  package let messages: MessageQueue
  package let counters: ProviderCounters
  /// One producer, whoever writes the sources; one consumer, [discipline].
  let samples: SampleRing
  /// Samples of a child process, which do not pass the ring.
  let intake: ChildIntake
  /// Files that the provider has read keys from, and that are gone. Rare, so it may be allocated. Written by the owner's thread.
  package let absentFiles = Mutex<[String]>([])

  /// More samples in a second than this are a flood, and refused: a pulse and its receiver give a few, a PHC some hundred.
  package static let samplesPerSecond: UInt64 = 4096

  package init(number: UInt16, samplesPerSecond: UInt64 = ProviderOutbox.samplesPerSecond) {
    self.number = number
    sources = SourceTable(instance: number)
    messages = MessageQueue()
    counters = ProviderCounters(samplesPerSecond: samplesPerSecond)
    intake = ChildIntake(capacity: sources.capacity)
    samples = SampleRing(capacity: 256)
  }

  /// Hands out all news, then the samples that were there before the news were read: so a sample never comes before the news of
  /// its source. [discipline]
  package func drain(news: (ProviderNews) -> Void, sample: (Sample) -> Void) {
    let waiting = samples.count
    while let item = sources.nextNews() {
      intake.note(item)
      news(item)
    }
    samples.drain(atMost: waiting, sample)
    intake.drain(self, sample)
  }

  /// A line of the host's own about the provider, among the provider's; `level` as log/1 has it. [any]
  package func log(level: UInt32, _ text: String) {
    // Sound: the string is borrowed for the call and copied.
    unsafe text.withCString { line in
      if unsafe !messages.pushLog(level: level, line) { counters.countDroppedMessage() }
    }
  }

  /// It woke its reader more often than any time source has reason to. [any]
  package func noteFlood() { counters.count(.flood) }

  /// Checks one sample and puts it into the ring; false = refused and counted. One caller at a time: whoever writes the sources.
  func accept(_ candidate: tompion_sample_t, now: RawInstant, clocks: UInt64) -> Bool {
    guard candidate.source != 0, let slot = sources.slot(of: candidate.source) else {
      counters.count(.unknownSource)
      return false
    }
    guard counters.admit(now) else { return false }
    switch SampleValidation.check(
      candidate, lastRaw: sources.lastSample(slot), now: now, clocks: clocks, isReference: sources.isReference(slot))
    {
    case .refused(let why):
      counters.count(why)
      return false
    case .valid(let sample):
      guard samples.push(sample) else {
        counters.countRingFull(1)
        return false
      }
      sources.noteSample(slot, raw: candidate.raw_ns)
      counters.countPublished(1)
      return true
    }
  }
}
