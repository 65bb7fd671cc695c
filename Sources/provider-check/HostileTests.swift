// SPDX-License-Identifier: Apache-2.0

import CProviderWatch
import CTompionProvider
import LinuxKernel
import ProviderHost
import TimeTypes

/// Settings, commands and packets that nobody should send.
enum HostileTests {
  static func noSettings(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      let (instance, _) = try context.open(module, descriptor)
      defer { instance.close() }
      do throws(ProviderError) {
        try instance.initialize(settings: [])
        return .pass("runs without settings")
      } catch {
        return .pass("refuses: \(instance.refusals.first?.text ?? error.description)")
      }
    }
  }

  static func hostileSettings(_ context: CheckContext) -> Finding {
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
        if settings.mustRefuse, !refused {
          return .fail(
            "it took \(settings.what), which its own schema forbids",
            right: "settings/1 refuse with words for people, and TOMPION_INVALID from init", read: .steps)
        }
        if let late = DeadlineTest.judge() { return late }
        guard instance.outbox.counters.misbehaviour == 0 else { return .clean(instance, settings.what) }
      }
      return .pass("\(tried) hostile configurations")
    }
  }

  static func schema(
    _ context: CheckContext, _ module: ProviderModule, _ descriptor: ProviderDescriptor
  ) throws(ProviderError) -> [ProviderSchemaEntry] {
    let (instance, _) = try context.open(module, descriptor)
    defer { instance.close() }
    return instance.schema
  }

  static func commands(_ context: CheckContext) -> Finding {
    context.eachRunning { (module, descriptor) throws(ProviderError) in
      let (instance, backend) = try context.open(module, descriptor)
      defer { instance.close() }
      try instance.initialize(settings: context.settings)
      try instance.start()
      var answered = 0
      for kind in [Int32](1...8) + [0, 9, 4711, -1] {
        for value in [Int64.min, -1, 0, 6, .max] {
          for source in [UInt32(0), 1, .max] {
            let status = instance.command(kind, source: source, value: value)
            answered += 1
            if !(1...8).contains(kind), status != TOMPION_UNSUPPORTED {
              return .fail(
                "unknown command \(kind) answered \(StatusText.text(status))", right: "TOMPION_UNSUPPORTED",
                read: .versioning)
            }
            let late = Watch.call(WATCH_COMMAND)
            guard late.late == 0 else {
              return .fail(
                "command \(kind) took \(late.longest.nanoseconds / 1_000_000) ms", right: "an answer within 500 ms",
                read: .roles)
            }
          }
        }
        backend.passSecond()
      }
      return .clean(
        instance, "\(answered) answered, slowest \(Watch.call(WATCH_COMMAND).longest.nanoseconds / 1000) µs")
    }
  }

  static func ringFull(_ context: CheckContext) -> Finding {
    context.eachRunning { (module, descriptor) throws(ProviderError) in
      let (instance, backend) = try context.open(module, descriptor)
      defer { instance.close() }
      try instance.initialize(settings: context.settings)
      try instance.start()
      for _ in 0..<2000 {
        backend.passSecond()
        if let late = DeadlineTest.judge() { return late }
      }
      let counters = instance.outbox.counters
      return .clean(
        instance, "2000 s undrained: \(counters.published) samples taken, \(counters.ringFull) found the ring full")
    }
  }

  static func hostilePackets(_ context: CheckContext) -> Finding {
    context.eachRunning { (module, descriptor) throws(ProviderError) in
      let (instance, backend) = try context.open(module, descriptor)
      defer { instance.close() }
      try instance.initialize(settings: context.settings)
      try instance.start()
      for _ in 0..<4 { backend.passSecond() }
      let sockets = backend.sockets.sorted() + [0, 99999]
      for round in 0..<4000 {
        HostilePackets.deliver(to: instance, socket: sockets[round % sockets.count], context, backend)
      }
      return .clean(instance, "4000 batches on \(sockets.count - 2) sockets")
    }
  }
}
