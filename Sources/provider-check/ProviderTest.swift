// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import ProviderHost
import TimeTypes

/// One test of a provider; runs in a process of its own.
struct ProviderTest {
  var name: String
  var body: (CheckContext) -> Finding

  nonisolated(unsafe) static let all: [ProviderTest] = [
    ProviderTest(name: "symbols", body: symbols),
    ProviderTest(name: "module", body: module),
    ProviderTest(name: "open-close", body: openClose),
    ProviderTest(name: "many-opens", body: manyOpens),
    ProviderTest(name: "ladder", body: ladder),
    ProviderTest(name: "wrong-order", body: wrongOrder),
    ProviderTest(name: "double-close", body: doubleClose),
    ProviderTest(name: "no-settings", body: noSettings),
    ProviderTest(name: "hostile-settings", body: hostileSettings),
    ProviderTest(name: "commands", body: commands),
    ProviderTest(name: "ring-full", body: ringFull),
    ProviderTest(name: "hostile-packets", body: hostilePackets),
  ]

  /// The one test whose crash is no failure.
  static let mayCrash = "double-close"

  private static func symbols(_ context: CheckContext) -> Finding {
    do throws(KernelError) {
      let bytes = try SmallFile.read(context.path, limit: 256 << 20)
      guard let names = DynamicSymbols.defined(in: bytes) else {
        return .fail("not a 64-bit little-endian ELF shared object")
      }
      return names == [TOMPION_MODULE_SYMBOL]
        ? .pass("exports tompion_module_v1 and nothing else")
        : .fail("exports \(names.sorted().joined(separator: ", ")); right is tompion_module_v1 alone (exports.map)")
    } catch {
      return .fail("\(error)")
    }
  }

  private static func module(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      guard descriptor.id.contains("."), !descriptor.name.isEmpty else {
        return .fail("id \"\(descriptor.id)\" is not a reverse URI, or the name is empty")
      }
      guard module.descriptors.filter({ $0.id == descriptor.id }).count == 1 else {
        return .fail("id \"\(descriptor.id)\" is there twice")
      }
      return .pass("\(descriptor.name) \(descriptor.version): sizes, version and descriptor are right")
    }
  }

  private static func openClose(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      let (instance, _) = try context.open(module, descriptor)
      instance.close()
      return clean(instance, "opened and closed")
    }
  }

  private static func manyOpens(_ context: CheckContext) -> Finding {
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

  private static func ladder(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      let (instance, backend) = try context.open(module, descriptor)
      do throws(ProviderError) {
        try instance.initialize(settings: context.settings)
      } catch {
        instance.close()
        return .pass("needs settings: \(reason(instance, error))")
      }
      for _ in 0..<3 {
        try instance.start()
        for _ in 0..<5 { backend.passSecond() }
        instance.stop()
        for _ in 0..<2 { backend.passSecond() }
      }
      instance.close()
      return clean(instance, "init, three times start and stop, close")
    }
  }

  /// Calls that a host never makes: they must answer with an error or do nothing, not crash.
  private static func wrongOrder(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      let (instance, _) = try context.open(module, descriptor)
      guard let provider = unsafe instance.pointer else { return .fail("not opened") }
      // Sound: the provider is open; that the order is wrong is the point, in a process that may die of it.
      let early = unsafe provider.pointee.start(provider)
      unsafe provider.pointee.stop(provider)
      var command = tompion_command_t()
      command.size = UInt32(MemoryLayout<tompion_command_t>.size)
      command.kind = UInt32(TOMPION_COMMAND_QUERY)
      _ = unsafe provider.pointee.command(provider, &command)
      if unsafe provider.pointee.get_extension(provider, "org.example.none/1") != nil {
        return .fail("get_extension has a table for \"org.example.none/1\", which nobody has defined")
      }
      instance.close()
      return .pass("start, stop and command before init survived (start answered \(StatusText.text(early)))")
    }
  }

  /// close is the last call; a second one is the host's bug, so surviving it is a courtesy: a crash is told, not counted.
  private static func doubleClose(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      let (instance, _) = try context.open(module, descriptor)
      guard let provider = unsafe instance.pointer, let close = unsafe provider.pointee.close else {
        return .fail("not opened")
      }
      instance.close()
      // Sound: it is not, and that is the point; `provider` may be dead memory, in a process that may die of it.
      unsafe close(provider)
      return .pass("survived a second close")
    }
  }

  private static func noSettings(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      let (instance, _) = try context.open(module, descriptor)
      defer { instance.close() }
      do throws(ProviderError) {
        try instance.initialize(settings: [])
        return .pass("runs without settings")
      } catch {
        return .pass("refuses: \(reason(instance, error))")
      }
    }
  }

  private static func hostileSettings(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      var tried = 0
      for settings in HostileSettings.lists(try schema(context, module, descriptor)) {
        let (instance, backend) = try context.open(module, descriptor)
        var refused = false
        do throws(ProviderError) {
          try instance.initialize(settings: settings.values)
          try instance.start()
          backend.passSecond()
        } catch {
          refused = true
        }
        instance.close()
        tried += 1
        if settings.mustRefuse, !refused { return .fail("took \(settings.what), which its own schema forbids") }
        guard instance.outbox.counters.misbehaviour == 0 else { return clean(instance, settings.what) }
      }
      return .pass("\(tried) hostile configurations")
    }
  }

  private static func schema(
    _ context: CheckContext, _ module: ProviderModule, _ descriptor: ProviderDescriptor
  ) throws(ProviderError) -> [ProviderSchemaEntry] {
    let (instance, _) = try context.open(module, descriptor)
    defer { instance.close() }
    return instance.schema
  }

  private static func commands(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      let (instance, backend) = try context.open(module, descriptor)
      defer { instance.close() }
      do throws(ProviderError) { try instance.initialize(settings: context.settings) } catch {
        return .pass("needs settings")
      }
      try instance.start()
      var slowest = TimeInterval.zero
      for kind in [Int32](1...7) + [0, 8, 4711, -1] {
        for value in [Int64.min, -1, 0, 6, .max] {
          for source in [UInt32(0), 1, .max] {
            let begin = RawClock.now()
            let status = instance.command(kind, source: source, value: value)
            slowest = max(slowest, RawClock.now() - begin)
            if !(1...7).contains(kind), status != TOMPION_UNSUPPORTED {
              return .fail("unknown command \(kind) answered \(StatusText.text(status)); right is TOMPION_UNSUPPORTED")
            }
          }
        }
        backend.passSecond()
      }
      return slowest <= .milliseconds(500)
        ? clean(instance, "all answered, slowest \(slowest.nanoseconds / 1000) µs")
        : .fail("a command took \(slowest.nanoseconds / 1_000_000) ms; 500 ms are allowed")
    }
  }

  private static func ringFull(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      let (instance, backend) = try context.open(module, descriptor)
      defer { instance.close() }
      do throws(ProviderError) { try instance.initialize(settings: context.settings) } catch {
        return .pass("needs settings")
      }
      try instance.start()
      for _ in 0..<2000 { backend.passSecond() }
      let counters = instance.outbox.counters
      return clean(
        instance, "2000 s undrained: \(counters.published) samples taken, \(counters.ringFull) found the ring full")
    }
  }

  private static func hostilePackets(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      let (instance, backend) = try context.open(module, descriptor)
      defer { instance.close() }
      do throws(ProviderError) { try instance.initialize(settings: context.settings) } catch {
        return .pass("needs settings")
      }
      try instance.start()
      for _ in 0..<4 { backend.passSecond() }
      let sockets = backend.sockets.sorted() + [0, 99999]
      for round in 0..<4000 {
        HostilePackets.deliver(to: instance, socket: sockets[round % sockets.count], context, backend)
      }
      return clean(instance, "4000 batches on \(sockets.count - 2) sockets")
    }
  }

  /// Passed, unless the host counted misbehaviour.
  private static func clean(_ instance: ProviderInstance, _ text: String) -> Finding {
    let counters = instance.outbox.counters
    let bad = Misbehaviour.allCases.filter { counters[$0] > 0 }
    guard !bad.isEmpty else { return .pass(text) }
    return .fail("\(text): " + bad.map { "\(counters[$0]) × \($0.text)" }.joined(separator: ", "))
  }

  private static func reason(_ instance: ProviderInstance, _ error: ProviderError) -> String {
    instance.refusals.first?.text ?? error.description
  }
}
