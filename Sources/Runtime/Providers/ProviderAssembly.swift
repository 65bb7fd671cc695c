// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
import LinuxKernel
import ProviderHost
import Settings
import TimeTypes

/// A provider that is linked into the daemon: used where its file is not in the plugin directory.
@safe package struct LinkedModule {
  // Sound: a module's table lives as long as the process.
  let pointer: UnsafePointer<tompion_module_t>

  package init(_ pointer: UnsafePointer<tompion_module_t>) { unsafe self.pointer = pointer }
}

/// Makes the providers of a configuration, as far as they can be made before anything starts. [control, at start]
struct ProviderAssembly {
  let configuration: Configuration
  let loop: ProviderLoop
  let clockPage: ClockPage
  let stampSource: ClockStampSource
  /// By module name: "tompion-ntp-client".
  let linked: [String: LinkedModule]

  /// Every provider, loaded, checked and with its settings; one that cannot be loaded is there with its failure.
  /// - Throws: everything that is wrong with their settings.
  func providers() throws(StartFailure) -> [HostedProvider] {
    var number: UInt16 = 0
    var complaints: [Diagnostic] = []
    var made: [HostedProvider] = []
    for wanted in configuration.providers {
      number += 1
      let provider = HostedProvider(wanted, number: number)
      made.append(provider)
      guard wanted.enabled else { continue }
      open(provider)
      complaints += provider.validate(file: configuration.file)
    }
    guard complaints.isEmpty else { throw StartFailure(Diagnostic.bounded(complaints)) }
    for provider in made { complaints += provider.initialize(file: configuration.file) }
    guard complaints.isEmpty else { throw StartFailure(Diagnostic.bounded(complaints)) }
    return made
  }

  private func open(_ provider: HostedProvider) {
    if provider.configuration.placement == .process {
      // Sound: the page is never freed.
      return provider.open(
        unsafe ProviderProcess(
          module: path(of: provider.configuration), provider: provider.name, outbox: provider.outbox,
          stampSource: stampSource, clockPage: clockPage.pointer,
          users: ["tompion-\(provider.name)"] + (configuration.user.map { [$0] } ?? []),
          store: store(of: provider), isOwn: ProviderConfiguration.own.contains(provider.configuration.module)))
    }
    do throws(ProviderError) {
      let module = try module(of: provider.configuration)
      let backend: KernelBackend
      do {
        // Sound: the page is never freed.
        backend = try unsafe KernelBackend(
          number: provider.outbox.number, loop: loop.loop, clocks: loop.clocks, clockPage: clockPage.pointer,
          store: store(of: provider))
      } catch {
        return provider.fail(error.description)
      }
      backend.workerOptions = RoleThreadOptions(name: "worker", configuration.realTime.server)
      loop.add(backend)
      provider.open(module, backend: backend)
    } catch {
      provider.fail(error.description)
    }
  }

  /// What a provider keeps, in a folder of its own; in memory alone with the minimal profile, or if its name makes no folder.
  private func store(of provider: HostedProvider) -> ProviderStore {
    let name = provider.name
    guard configuration.profile == .full, StoreDirectory.isName(name.utf8) else { return ProviderStore() }
    let store = ProviderStore(directory: StoreDirectory(path: "\(configuration.stateDirectory)/providers/\(name)"))
    if let complaint = store.load() { provider.outbox.log(level: UInt32(TOMPION_LOG_WARNING), complaint) }
    return store
  }

  private func path(of provider: ProviderConfiguration) -> String {
    provider.modulePath(in: configuration.pluginDirectory ?? Self.defaultDirectory)
  }

  private func module(of provider: ProviderConfiguration) throws(ProviderError) -> ProviderModule {
    let path = path(of: provider)
    if let own = linked[provider.module], !SmallFile.exists(path) {
      return try unsafe ProviderModule(path: "built in", pointer: own.pointer)
    }
    // The minimal profile's few system calls leave that to the loader.
    if configuration.profile == .full, let why = ProviderModule.complaint(of: path) {
      throw ProviderError(module: path, .notLoadable(why))
    }
    return try ProviderModule.load(path: path)
  }

  /// ../lib/tompion beside the folder of the executable.
  static var defaultDirectory: String {
    let executable = ProcessTable().executable(ProcessTable().ownPID) ?? ""
    let folders = executable.split(separator: "/").dropLast(2)
    return "/" + folders.map { $0 + "/" }.joined() + "lib/tompion"
  }
}
