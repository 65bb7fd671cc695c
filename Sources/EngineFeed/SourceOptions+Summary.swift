// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
package import Engine
package import ProviderHost

extension SourceOptions {
  /// The options of a source as its provider announced them: the same for the daemon and for the simulator.
  package init(_ source: SourceSummary) {
    self.init()
    prefer = source.has(TOMPION_SOURCE_PREFER)
    noselect = source.has(TOMPION_SOURCE_NOSELECT)
    trust = source.has(TOMPION_SOURCE_TRUST)
    require = source.has(TOMPION_SOURCE_REQUIRE)
    reliable = source.has(TOMPION_SOURCE_RELIABLE)
    referenceClock = source.has(TOMPION_SOURCE_REFCLOCK)
    smears = source.has(TOMPION_SOURCE_SMEARS)
    mustAuthenticate = source.has(TOMPION_SOURCE_MUST_AUTHENTICATE)
    ownClock = source.has(TOMPION_SOURCE_LOCAL)
    orphan = source.has(TOMPION_SOURCE_ORPHAN)
    senior = source.has(TOMPION_SOURCE_SENIOR)
    manual = source.has(TOMPION_SOURCE_MANUAL)
    minimumPoll = source.minimumPoll
    maximumPoll = source.maximumPoll
  }
}
