// SPDX-License-Identifier: Apache-2.0

package import ProviderHost
import Simulation

/// The provider modules that a run loads: the files that ship, or the same code linked in.
package struct SimulatedModules: Sendable {
  package var client: ProviderModule
  package var server: ProviderModule
  package var gnss: ProviderModule
  package var pps: ProviderModule
  package var phc: ProviderModule

  package init(
    client: ProviderModule, server: ProviderModule, gnss: ProviderModule, pps: ProviderModule, phc: ProviderModule
  ) {
    self.client = client
    self.server = server
    self.gnss = gnss
    self.pps = pps
    self.phc = phc
  }

  /// Who listens to a line, and by which name.
  func provider(of line: ReferenceClockModel.Line) -> (module: ProviderModule, name: String) {
    switch line {
    case .nmea, .ubx, .gpsd, .gpsdPulses, .memory, .datagrams: (gnss, "gnss")
    case .pulses, .externalStamps: (pps, "pps")
    case .hardwareClock: (phc, "phc")
    }
  }
}
