// SPDX-License-Identifier: Apache-2.0

import EngineFeed
import Report
import Settings

extension Configuration {
  /// A sensor, or a table, that cannot be used as it is now. Nothing that keeps the daemon from running: there it is an event. [control]
  var temperatureFailures: [Diagnostic] {
    guard let settings = clock.temperature else { return [] }
    return TemperatureWatch.complaints(of: settings).map { wrong in
      let key = "clock.temperature.\(wrong.key)"
      var value = ""
      if wrong.key == "sensor" { value = quoted(settings.sensor) }
      if wrong.key == "table", case .table(let path) = settings.curve { value = quoted(path) }
      var place = TextPlace()
      // Of a table the reader knows its keys' places only.
      for key in [key, key + ".t0", key + ".k1", "clock.temperature.sensor"] {
        guard case .written(let line, let column) = origin(of: key) else { continue }
        place = TextPlace(line: line, column: column)
        break
      }
      return Diagnostic(
        file: file, line: place.line, column: place.column, key: key, value: value, problem: wrong.problem,
        advice: wrong.advice)
    }
  }
}
