// SPDX-License-Identifier: Apache-2.0

import Diagnosis
import LinuxKernel
import Report

extension DiagnoseCommand {
  /// Every step of the host, then of each source; what failed is in the exit status, too.
  func run() -> Main.Status {
    let survey = HostSurvey(socket: socket ?? Main.defaultSocket, configuration: configuration)
    let all = DiagnosedSource.all(survey.configuration, survey.sources)
    let (targets, clocks) =
      source.map { DiagnosedSource.named($0, all, survey.sources) }
      ?? (Array(all.prefix(32)), DiagnosedSource.clocks(survey.sources))
    if let source, targets.isEmpty, clocks.isEmpty {
      return Main.fail("\(Self.noServer(source)); and no source of tompiond is called so", .usage)
    }
    let servers = against.compactMap { ServerPlace($0) }
    let probe = ServerProbe(timeout: timeout)
    var report = DiagnosisReport()
    report.facts = survey.facts
    report.steps = survey.steps(isLocal: (targets.map(\.place) + servers).allSatisfy(\.isLoopback))
    let answers = servers.map { (place: $0, answer: compare($0, probe, survey.limits)) }
    report.steps.append(
      HostFindings.publicServers(
        answers.isEmpty ? nil : answers.map { (name: $0.place.text, judgement: $0.answer.judgement) }))
    let elsewhere = answers.isEmpty ? nil : answers.contains { $0.answer.isThere }
    for target in targets { report.steps += diagnose(target, probe, survey, elsewhere) }
    report.steps += clocks.prefix(32).map { ReferenceClockFindings.step($0) }
    let silent = source == nil ? survey.clockProvidersWithoutSource : []
    report.steps += silent.map { ReferenceClockFindings.missing($0) }
    if targets.isEmpty, clocks.isEmpty, silent.isEmpty {
      report.steps.append(
        DiagnosisStep(.name, "", .skipped, "there is no source to ask: name one, or write a [[source]]"))
    }
    if json {
      Console.write(report.json.encoded + "\n")
    } else {
      Console.write(self.report ? report.mail : report.text(Output(json: false).style))
    }
    return report.failed.isEmpty ? .done : .refused
  }

  private func compare(
    _ place: ServerPlace, _ probe: ServerProbe, _ limits: OffsetLimits
  ) -> (judgement: Query.Judgement, isThere: Bool) {
    switch probe.resolve(place) {
    case .failed(let why, _): return (Query.Judgement(faults: [.notSent(why)]), false)
    case .addresses(let addresses):
      let asked = probe.ask(addresses)
      return (asked.query.judge(asked.outcome, limits: limits), Query.portFault(asked.outcome, elsewhere: nil) == nil)
    }
  }

  private func diagnose(
    _ target: DiagnosedSource, _ probe: ServerProbe, _ survey: HostSurvey, _ elsewhere: Bool?
  ) -> [DiagnosisStep] {
    let key = key ?? target.key
    var diagnosis = SourceDiagnosis(
      name: target.place.text, elsewhere: elsewhere, limits: survey.limits,
      unsigned: key == nil ? unsignedReason(target) : nil)
    var addresses: [SocketAddress] = []
    var used = SocketAddress.none
    while diagnosis.next != .finished {
      switch diagnosis.next {
      case .resolve:
        switch probe.resolve(target.place) {
        case .failed(let why, let isTemporary): diagnosis.unresolved(why, isTemporary: isTemporary)
        case .addresses(let found):
          // What tompiond asks comes first.
          addresses =
            found.filter { $0.description == target.running?.address }
            + found.filter { $0.description != target.running?.address }
          diagnosis.resolved(to: addresses.first?.description ?? "")
        }
      case .ask:
        let asked = probe.ask(addresses)
        used = asked.address
        diagnosis.asked(asked.query, asked.outcome)
      case .askSigned: askSigned(&diagnosis, key ?? 0, used, probe, survey)
      case .finished: break
      }
    }
    let word = target.running.flatMap {
      DaemonsWord.step(target.place.text, $0, isAsked: key != nil, told: diagnosis.steps)
    }
    return diagnosis.steps + (word.map { [$0] } ?? [])
  }

  /// Why no signed query can be made without tompiond.
  private func unsignedReason(_ target: DiagnosedSource) -> String {
    switch target.auth {
    case nil, "none": "no key is set for this source (auth, or --key N)"
    case let auth?: "auth = \"\(auth)\" is tompiond's to ask with"
    }
  }
}
