// SPDX-License-Identifier: Apache-2.0

package import Report
package import Settings
package import TimeTypes

/// Looks at the sensor that `[clock.temperature]` names, and says how fast the oscillator runs by it: the same for the daemon, which reads
/// files, and for the simulator, which has a model of the sensor. Whatever cannot be used is an event, and the last frequency holds. [control]
package struct TemperatureWatch {
  private let settings: TemperatureConfiguration?
  /// Nil: the table could not be read yet.
  private var curve: TemperatureCurve?
  private var nextLook = RawInstant(nanoseconds: .min)
  /// It was told, and its end will be.
  private var isTold = false
  /// Losses that were told since then: one that comes and goes with each look would fill the log.
  private var losses = (count: 0, since: RawInstant(nanoseconds: 0))
  private var told: News?

  /// What the engine has to hear.
  package enum News: Equatable {
    case frequency(Frequency)
    /// The sensor says nothing any more: what comes next is of another time.
    case lost

    package var frequency: Frequency? { if case .frequency(let frequency) = self { frequency } else { nil } }
  }

  /// A file that is wanted.
  package enum Wanted: Equatable {
    case sensor(String)
    case table(String)
  }

  package init(_ settings: TemperatureConfiguration?) {
    self.settings = settings
    if case .coefficients(let curve)? = settings?.curve { self.curve = curve }
  }

  /// The engine did not take the last one: it is told again.
  package mutating func tellAgain() { told = nil }

  /// How fast the oscillator runs where that is new, or that it is not known any more; nil = nothing new. `read` has what a file holds.
  package mutating func turn<Failure: Error>(
    now: RawInstant, read: (Wanted) throws(Failure) -> [UInt8], raise: (EventRecord) -> Void
  ) -> News? {
    guard let settings, now >= nextLook else { return nil }
    nextLook = now + settings.interval
    let news: News
    do throws(Trouble) {
      let frequency = try look(settings, read)
      if isTold {
        isTold = false
        raise(EventRecord(.temperatureFound, text: "\(settings.sensor): the frequency goes by its temperature again"))
      }
      news = .frequency(frequency)
    } catch {
      // Figures in it change with each look: it is said once.
      if !isTold, mayTell(now) {
        isTold = true
        let more =
          losses.count == Self.most ? "; it comes and goes, and is told \(Self.most) times an hour at most" : ""
        let text = "\(error.text); the frequency stays as the last temperature has it\(more)"
        raise(EventRecord(.temperatureLost, text: text))
      }
      news = .lost
    }
    guard news != told else { return nil }
    told = news
    return news
  }

  private static let most = 5

  private mutating func mayTell(_ now: RawInstant) -> Bool {
    if losses.count == 0 || now - losses.since >= .seconds(3600) { losses = (0, now) }
    guard losses.count < Self.most else { return false }
    losses.count += 1
    return true
  }

  /// What is wrong with the sensor and the table as they are now, before anything runs: the key, what it is, and what would be right.
  package static func complaints<Failure: Error>(
    of settings: TemperatureConfiguration, read: (Wanted) throws(Failure) -> [UInt8]
  ) -> [(key: String, problem: String, advice: String)] {
    var watch = TemperatureWatch(settings)
    var found: [Trouble] = []
    do throws(Trouble) { _ = try watch.look(settings, read) } catch { found.append(error) }
    // The table is read first, and would hide it.
    if found.first?.key == "table" {
      do throws(Trouble) { _ = try temperature(settings, read) } catch { found.append(error) }
    }
    return found.map { ($0.key, $0.text, $0.advice) }
  }

  private struct Trouble: Error {
    var key = "sensor"
    var text: String
    var advice = "write the path of a file of one number: \"/sys/class/hwmon/hwmon0/temp1_input\""
  }

  private mutating func look<Failure: Error>(
    _ settings: TemperatureConfiguration, _ read: (Wanted) throws(Failure) -> [UInt8]
  ) throws(Trouble) -> Frequency {
    let curve: TemperatureCurve
    if let known = self.curve { curve = known } else { curve = try readTable(settings, read) }
    self.curve = curve
    let temperature = try Self.temperature(settings, read)
    guard let frequency = curve.frequency(at: temperature) else {
      throw Trouble(
        key: curve.isTable ? "table" : "coefficients",
        text: "the temperature \(temperature) of \(settings.sensor) is outside of what is known of the oscillator",
        advice: "both in the same unit (hwmon: thousandths of a degree), from the coldest to the warmest that it gets")
    }
    return frequency
  }

  private static func temperature<Failure: Error>(
    _ settings: TemperatureConfiguration, _ read: (Wanted) throws(Failure) -> [UInt8]
  ) throws(Trouble) -> Double {
    let bytes: [UInt8]
    do throws(Failure) {
      bytes = try read(.sensor(settings.sensor))
    } catch {
      throw Trouble(text: "the sensor \(settings.sensor) cannot be read: \(error)")
    }
    guard let temperature = TemperatureCurve.temperature(of: String(decoding: bytes, as: UTF8.self)) else {
      throw Trouble(text: "the sensor \(settings.sensor) does not say one number from -1000000 to 1000000")
    }
    return temperature
  }

  private func readTable<Failure: Error>(
    _ settings: TemperatureConfiguration, _ read: (Wanted) throws(Failure) -> [UInt8]
  ) throws(Trouble) -> TemperatureCurve {
    guard case .table(let path) = settings.curve else { throw Trouble(key: "table", text: "there is no curve") }
    do {
      return try TemperatureCurve(table: String(decoding: try read(.table(path)), as: UTF8.self))
    } catch {
      throw Trouble(
        key: "table", text: "the table \(path) cannot be used: \(error)",
        advice: "a temperature and ppm a line, from cold to warm: \"26000 0.35\"")
    }
  }
}
