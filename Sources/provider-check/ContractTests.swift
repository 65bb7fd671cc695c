// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import ProviderHost
import TimeTypes

/// What every provider must be and survive, whatever it does.
enum ContractTests {
  static func symbols(_ context: CheckContext) -> Finding {
    do throws(KernelError) {
      let bytes = try SmallFile.read(context.path, limit: 256 << 20)
      guard let names = DynamicSymbols.defined(in: bytes) else {
        return .fail(
          "it is not a 64-bit little-endian ELF shared object", right: "what cc -shared makes on this machine",
          read: .steps)
      }
      let others = names.filter { $0 != TOMPION_MODULE_SYMBOL }.sorted()
      guard names.contains(TOMPION_MODULE_SYMBOL) else {
        return .fail(
          "it does not export tompion_module_v1", right: "that function, with TOMPION_EXPORT before it", read: .steps)
      }
      guard others.isEmpty else {
        let more = others.count > 5 ? " and \(others.count - 5) more" : ""
        return .fail(
          "it exports \(others.prefix(5).joined(separator: ", "))\(more), too",
          right: "tompion_module_v1 alone: link with -Wl,--version-script=exports.map", read: .steps)
      }
      return .pass("exports tompion_module_v1 and nothing else")
    } catch {
      return .fail("\(error)", right: "a file that can be read", read: .steps)
    }
  }

  static func module(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      guard descriptor.id.contains("."), !descriptor.name.isEmpty else {
        return .fail(
          "id \"\(descriptor.id)\", name \"\(descriptor.name)\"", right: "an id like org.example.thing, and a name",
          read: .steps)
      }
      guard module.descriptors.filter({ $0.id == descriptor.id }).count == 1 else {
        return .fail(
          "id \"\(descriptor.id)\" is there twice", right: "an id of its own for each provider", read: .steps)
      }
      return .pass("\(descriptor.name) \(descriptor.version): sizes, version and descriptor are right")
    }
  }

  static func openClose(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      let (instance, _) = try context.open(module, descriptor)
      instance.close()
      return .clean(instance, "opened and closed")
    }
  }

  static func manyOpens(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      var instances: [ProviderInstance] = []
      // The module may refuse (NULL) but must not fail; what was opened has to be closed and opened again.
      for _ in 0..<40 { if let (one, _) = try? context.open(module, descriptor) { instances.append(one) } }
      for instance in instances { instance.close() }
      let count = instances.count
      let (again, _) = try context.open(module, descriptor)
      again.close()
      return .pass("\(count) of 40 opened at once")
    }
  }

  static func ladder(_ context: CheckContext) -> Finding {
    context.eachRunning { (module, descriptor) throws(ProviderError) in
      let (instance, backend) = try context.open(module, descriptor)
      try instance.initialize(settings: context.settings)
      for _ in 0..<3 {
        try instance.start()
        for _ in 0..<5 { backend.passSecond() }
        instance.stop()
        instance.command(TOMPION_COMMAND_QUERY)
        for _ in 0..<2 { backend.passSecond() }
      }
      instance.close()
      return .clean(instance, "init, three times start and stop, close")
    }
  }

  /// Calls that a host never makes: they must answer with an error or do nothing, not crash.
  static func wrongOrder(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      let (instance, _) = try context.open(module, descriptor)
      guard let provider = unsafe instance.pointer else { return .skip("it is not open") }
      // Sound: the provider is open; that the order is wrong is the point, in a process that may die of it.
      let early = unsafe provider.pointee.start(provider)
      unsafe provider.pointee.stop(provider)
      var command = tompion_command_t()
      command.size = UInt32(MemoryLayout<tompion_command_t>.size)
      command.kind = UInt32(TOMPION_COMMAND_QUERY)
      _ = unsafe provider.pointee.command(provider, &command)
      if unsafe provider.pointee.get_extension(provider, "org.example.none/1") != nil {
        return .fail(
          "get_extension has a table for \"org.example.none/1\", which nobody has defined",
          right: "NULL for an id that it does not know", read: .capabilities)
      }
      instance.close()
      return .pass("start, stop and command before init survived (start answered \(StatusText.text(early)))")
    }
  }

  /// close is the last call; a second one is the host's bug, so surviving it is a courtesy: a crash is told, not counted.
  static func doubleClose(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      let (instance, _) = try context.open(module, descriptor)
      guard let provider = unsafe instance.pointer, let close = unsafe provider.pointee.close else {
        return .skip("it is not open")
      }
      instance.close()
      // Sound: it is not, and that is the point; `provider` may be dead memory, in a process that may die of it.
      unsafe close(provider)
      return .pass("survived a second close")
    }
  }
}
