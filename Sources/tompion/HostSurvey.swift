// SPDX-License-Identifier: Apache-2.0

import Addresses
import Control
import Diagnosis
import LinuxKernel
import Report
import Settings

/// What this host and tompiond tell: the facts of the steps that ask no server.
struct HostSurvey {
  var status: StatusSnapshot?
  var sources: [SourceReport] = []
  var providers: [ProviderReport] = []
  private var unreachable: String?
  private let socket: String
  private let file: String
  private let check: ConfigurationCheck
  private let processes = ProcessTable()

  var configuration: Configuration? { check.configuration }

  init(socket: String, configuration: String?) {
    self.socket = socket
    do {
      let client = try ControlClient(path: socket)
      var status = StatusSnapshot(json: try client.ask(.status))
      sources = try client.ask(.sources).elements("sources").map { SourceReport(json: $0) }
      providers = try client.ask(.providers).elements("providers").map { ProviderReport(json: $0) }
      status.sources = sources
      status.providers = providers
      self.status = status
    } catch {
      unreachable = "\(error)"
    }
    let pid = status?.processID ?? 0
    file = configuration ?? Self.file(processes, pid) ?? Command.defaultConfiguration
    check = ConfigurationCheck(file)
  }

  /// What tompiond was started with, if this user may see it.
  private static func file(_ processes: ProcessTable, _ pid: Int32) -> String? {
    let arguments = processes.arguments(pid)
    for (index, word) in arguments.enumerated() {
      let path: String
      if word.hasPrefix("--config=") {
        path = String(word.dropFirst("--config=".utf8.count))
      } else if word == "--config", index + 1 < arguments.count {
        path = arguments[index + 1]
      } else {
        continue
      }
      return path.hasPrefix("/") ? path : processes.workingDirectory(pid).map { "\($0)/\(path)" }
    }
    return nil
  }

  /// The steps in their order; `isLocal`: every server that will be asked is on this host.
  func steps(isLocal: Bool) -> [DiagnosisStep] {
    let pid = status?.processID ?? 0
    let steering = [HostFindings.privilege(status, holdsSysTime: processes.holds(.sysTime, pid)), rivals(pid)]
    var steps = [HostFindings.daemon(status, unreachable: unreachable, told: steering)] + steering
    steps += listening(pid)
    steps.append(difference.step(running: running))
    steps += keyFiles(pid)
    steps.append(interfaces(isLocal))
    return steps
  }

  /// Beside the daemon that was asked. Another tompiond is no rival of its own: the one that was asked tells if it is.
  private func rivals(_ pid: Int32) -> DiagnosisStep {
    let others = RivalDaemons.running(in: processes, except: pid).filter { $0.pid != processes.ownPID }
    return HostFindings.rivals(
      others.filter { $0.name != "tompiond" }.map(\.description),
      siblings: others.filter { $0.name == "tompiond" }.map(\.description))
  }

  /// Each file that the keys are to come from.
  private func keyFiles(_ pid: Int32) -> [DiagnosisStep] {
    guard let configuration, configuration.provider(of: "symmetric")?.enabled == true else { return [] }
    let user = processes.user(pid) ?? configuration.user.flatMap { Privileges.user(named: $0)?.user }
    return configuration.keyFiles.map { file in
      let found = SmallFile.attributesOfTarget(file.path)
      return HostFindings.keyFile(
        file.path, found.map { HostFindings.FileRights(mode: $0.mode, user: $0.user) }, daemonUser: user)
    }
  }

  /// What tompiond makes of an offset, by its configuration or the defaults.
  var limits: OffsetLimits {
    guard status != nil else { return .withoutDaemon }
    let clock = configuration?.clock ?? ClockConfiguration()
    return OffsetLimits(
      gateForward: clock.maximumPositivePhaseCorrection, gateBackward: clock.maximumNegativePhaseCorrection,
      stepForward: clock.maximumAllowedPhaseOffsetForward, stepBackward: clock.maximumAllowedPhaseOffsetBackward)
  }

  /// Providers beside the NTP client that tompiond has, that are to bring sources by the configuration, and have none.
  var clockProvidersWithoutSource: [ProviderReport] {
    let wanted = (configuration?.providers ?? []).filter {
      $0.enabled && !$0.sourcePlaces.isEmpty && $0.name != Configuration.defaultSourceProvider
    }
    return providers.filter { provider in
      wanted.contains { $0.name == provider.name } && !sources.contains { $0.provider == provider.name }
    }
  }

  // MARK: ports

  private func listening(_ pid: Int32) -> [DiagnosisStep] {
    guard let server = configuration?.providers.first(where: { $0.isModule("tompion-ntp-server") && $0.enabled }) else {
      return [DiagnosisStep(.listening, "", .skipped, "no server is configured")]
    }
    var places = server.values.compactMap { value -> ListenPlace? in
      guard value.path == "listen" || value.path.hasPrefix("listen["), case .string(let text) = value.value else {
        return nil
      }
      return ListenPlace(text, defaultPort: 123)
    }
    if places.isEmpty { places = [.everywhere] }
    return places.map { HostFindings.listening($0.description, holder($0, pid), daemonRuns: status != nil) }
  }

  private func holder(_ place: ListenPlace, _ pid: Int32) -> HostFindings.Holder {
    let families: [SocketAddress.Family] =
      place.address.map { $0.family == .ipv4 ? [.ipv4] : [.ipv6] } ?? [.ipv4, .ipv6]
    let wanted = families.map { family in
      // The kernel's byte order in memory is the network's.
      SocketAddress(
        family: family, high: (place.address?.high ?? 0).bigEndian, low: (place.address?.low ?? 0).bigEndian,
        port: place.port)
    }
    var isHeld = false
    for address in wanted {
      if let holder = PortHolder.find(address, in: processes) {
        return holder.pid == pid && status != nil ? .ourselves : .other("\(holder)")
      }
      isHeld = isHeld || PortHolder.isHeld(address, in: processes)
    }
    return isHeld ? .unknown : .nobody
  }

  // MARK: configuration

  private var running: ConfigurationDifference.Running? {
    status.map {
      // From another directory a relative path would be another one.
      ConfigurationDifference.Running(
        sources: sources, providers: providers, authSelect: $0.authSelect, socket: socket.hasPrefix("/") ? socket : "")
    }
  }

  private var difference: ConfigurationDifference {
    var difference = ConfigurationDifference(file: file)
    difference.errors = check.errors.map(\.description)
    difference.warnings = check.warnings.map(\.description)
    guard let configuration else { return difference }
    difference.sources = DiagnosedSource.all(configuration, []).map {
      ConfigurationDifference.Source(name: $0.place.host, port: $0.place.port, auth: $0.auth ?? "none")
    }
    difference.authSelect = configuration.clock.authSelect.rawValue
    difference.socket = configuration.controlSocket
    difference.providers = Set(configuration.providers.filter(\.enabled).map(\.name))
    difference.written = SecretFile.revision(file).map { $0.changed / 1_000_000_000 }
    if let status, status.clockKind == .system {
      difference.started = (status.time - status.uptime.nanoseconds) / 1_000_000_000
    }
    return difference
  }

  // MARK: interfaces

  private func interfaces(_ isLocal: Bool) -> DiagnosisStep {
    let all = NetworkInterfaces.all().filter { !$0.isLoopback && !isLinkLocal($0.address) }
    func text(_ interface: NetworkInterface) -> String { "\(interface.name) \(interface.address.host)" }
    return HostFindings.interfaces(
      up: all.filter(\.isUp).map(text), down: all.filter { !$0.isUp }.map(text), onlyLoopbackNeeded: isLocal)
  }

  /// fe80::/10 and 169.254.0.0/16: no server is reached from there.
  private func isLinkLocal(_ address: SocketAddress) -> Bool {
    address.family == .ipv6
      ? address.byte(0) == 0xfe && address.byte(1) & 0xc0 == 0x80 : address.byte(0) == 169 && address.byte(1) == 254
  }

  // MARK: facts

  var facts: [(name: String, value: String)] {
    func first(_ path: String) -> String? {
      guard let bytes = try? SmallFile.readPseudo(path, limit: 4096) else { return nil }
      return String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
    }
    var facts = [("tompion", TompionVersion.text), ("time", UTCText.text(RealtimeClock.now().nanoseconds))]
    if let release = first("/proc/sys/kernel/osrelease") { facts.append(("kernel", "Linux \(release)")) }
    guard let status else { return facts + [("tompiond", unreachable ?? "not asked")] }
    facts += [
      ("tompiond", "\(status.version), up \(Quantity.age(status.uptime))"), ("clock", status.clockKind.rawValue),
      ("state", status.why),
      ("steering", status.steering.rawValue + (status.steeringReason.isEmpty ? "" : ": \(status.steeringReason)")),
      ("offset", Quantity.offset(status.offset)), ("frequency", Quantity.frequency(status.frequency)),
      ("bound", Quantity.span(status.boundHard)),
      ("sources", sources.map { "\($0.name) \($0.state.rawValue)" }.joined(separator: ", ")),
    ]
    return facts + status.warnings.map { ("warning", $0) }
  }
}
