// SPDX-License-Identifier: Apache-2.0

/// How the threads of one role run: `[realtime.ROLE]`.
package struct RoleConfiguration: Sendable, Equatable {
  /// SCHED_FIFO priority, 1 to 99; 0 = the normal scheduler.
  package var priority: UInt8
  /// The CPUs that its threads may run on; empty = any.
  package var cpus: [Int] = []
  /// How late its sleeps may end under the normal scheduler, ns; 0 = the system's default.
  package var timerSlack: UInt32

  package init(priority: UInt8, timerSlack: UInt32) {
    self.priority = priority
    self.timerSlack = timerSlack
  }
}

/// The roles' threads: `[realtime.capture]` and so on, over `real_time_priority`, which is the first two's default.
package struct RealTimeConfiguration: Sendable, Equatable {
  package var capture = RoleConfiguration(priority: 50, timerSlack: 1)
  package var discipline = RoleConfiguration(priority: 50, timerSlack: 1)
  /// Files, sockets, look-ups: it may take its time.
  package var control = RoleConfiguration(priority: 0, timerSlack: 0)
  /// Workers of a server. Not real-time by default: under a flood they would take whole CPUs from everybody.
  package var server = RoleConfiguration(priority: 0, timerSlack: 1)

  package init() {}

  static let roles: [(name: String, path: WritableKeyPath<RealTimeConfiguration, RoleConfiguration> & Sendable)] = [
    ("capture", \.capture), ("discipline", \.discipline), ("control", \.control), ("server", \.server),
  ]

  /// CPUs that can be named at all.
  static let processors: ClosedRange<Int64> = 0...1023

  /// Reads `[realtime]`.
  mutating func read(_ reader: inout TableReader) {
    for (name, path) in Self.roles {
      guard let member = reader.table(name), case .table(let members) = member.node.content else { continue }
      var inner = TableReader(file: reader.file, prefix: "\(reader.prefix)\(name).", members: members)
      self[keyPath: path].read(&inner)
      inner.refuseUnknown()
      reader.absorb(inner)
    }
    reader.refuseUnknown(elsewhere: ["priority": "realtime.ROLE", "cpu": "realtime.ROLE"])
  }
}

extension RoleConfiguration {
  fileprivate mutating func read(_ reader: inout TableReader) {
    reader.integer("priority", in: 0...99, into: &priority)
    reader.integer("timer_slack_ns", in: 0...1_000_000_000, into: &timerSlack)
    readProcessors(&reader)
  }

  /// A number or an array of numbers.
  private mutating func readProcessors(_ reader: inout TableReader) {
    guard let member = reader.member("cpu") else { return }
    let limits = RealTimeConfiguration.processors
    let advice = "write a CPU's number from \(limits.lowerBound) to \(limits.upperBound), or an array of them: [2, 3]"
    let nodes: [TOMLNode]
    switch member.node.content {
    case .array(let elements): nodes = elements
    default: nodes = [member.node]
    }
    if nodes.isEmpty { return reader.refuse(member, "no CPU is left to run on", advice + ", or leave it out for any") }
    for node in nodes {
      guard case .integer(let number) = node.content else {
        reader.refuse(node, key: reader.prefix + member.key, "it is \(node.kindName)", advice)
        continue
      }
      guard limits.contains(number) else {
        reader.refuse(node, key: reader.prefix + member.key, "it is out of range", advice)
        continue
      }
      guard !cpus.contains(Int(number)) else {
        reader.refuse(node, key: reader.prefix + member.key, "it is there twice", "remove one of the two")
        continue
      }
      cpus.append(Int(number))
    }
  }
}

extension Configuration {
  /// CPUs that this machine does not have; `count` = how many it has, asked for only where CPUs are named.
  package func missingProcessors(of count: @autoclosure () -> Int) -> [Diagnostic] {
    guard RealTimeConfiguration.roles.contains(where: { !realTime[keyPath: $0.path].cpus.isEmpty }) else { return [] }
    let processors = count()
    return RealTimeConfiguration.roles.flatMap { name, path -> [Diagnostic] in
      let key = "realtime.\(name).cpu"
      return realTime[keyPath: path].cpus.filter { $0 >= processors }.map { cpu in
        var diagnostic = Diagnostic(
          file: file, key: key, value: String(cpu),
          problem: "this machine has \(processors == 1 ? "one CPU" : "\(processors) CPUs")",
          advice: processors == 1 ? "write 0, or leave it out" : "write a number from 0 to \(processors - 1)")
        if case .written(let line, let column) = origin(of: key) {
          diagnostic.line = line
          diagnostic.column = column
        }
        return diagnostic
      }
    }
  }
}
