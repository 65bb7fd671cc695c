// SPDX-License-Identifier: Apache-2.0

import CardLines
import LinuxKernel
import Report
import Settings
import TimeTypes

extension HardwareStamping {
  /// Switches on what the configuration's `[[interface]]` tables ask for. Needs the rights of the start. A daemon that will not run
  /// changes no card.
  init(_ configuration: Configuration, isOnlyCheck: Bool) throws(StartFailure) {
    guard !isOnlyCheck, configuration.profile != .minimal else {
      self.init()
      return
    }
    do throws(StampingRefusal) {
      try self.init(configuration.interfaces.map(StampingWish.init))
    } catch {
      throw StartFailure([Diagnostic(file: configuration.file, problem: error.description)])
    }
  }

  /// For `tompion status`.
  var reports: [StampReport] {
    interfaces.indices.map { place in
      let interface = interfaces[place]
      var out = StampReport(interface: interface.name)
      out.device = devices[interface.device].path
      out.method = devices[interface.device].method.text
      let clock = report.clock(interface.device)
      out.state = clock.state.word
      if clock.state == .running {
        out.rate = Frequency(ratio: clock.rate)
        out.error = TimeInterval(nanoseconds: Int64(clock.errorNanoseconds))
      }
      out.outliers = clock.outliers
      out.jumps = clock.jumps
      let counts = report.interface(place)
      out.received = counts.received
      out.transmitted = counts.transmitted
      out.missed = counts.missed
      out.unusable = counts.unusable
      return out
    }
  }
}

extension CardLine.State {
  var word: String {
    switch self {
    case .starting: "starting"
    case .running: "running"
    case .uncertain: "uncertain"
    case .stopped: "stopped"
    case .wild: "wild"
    }
  }
}

extension StampingWish {
  fileprivate init(_ interface: InterfaceConfiguration) {
    self.init(
      name: interface.name, receiveLatency: interface.receiveLatency, transmitLatency: interface.transmitLatency)
    hardware =
      switch interface.hardwareStamps {
      case .auto: .auto
      case .required: .required
      case .off: .off
      }
    filter =
      switch interface.receiveFilter {
      case .auto: .auto
      case .all: .all
      case .ntp: .ntp
      case .ptp: .ptp
      case .none: .none
      }
  }
}
