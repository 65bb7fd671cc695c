// SPDX-License-Identifier: Apache-2.0

import Diagnosis
import KeyFiles
import LinuxKernel
import Report

extension DiagnoseCommand {
  /// Every step of the host, then of each source; what failed is in the exit status, too.
  func run() -> Main.Status {
    let survey = HostSurvey(socket: socket ?? Main.defaultSocket, configuration: configuration)
    let targets = targets(survey)
    let servers = against.compactMap { ServerPlace($0) }
    let probe = ServerProbe(timeout: timeout)
    var report = DiagnosisReport()
    report.facts = survey.facts
    report.steps = survey.steps(isLocal: (targets.map(\.place) + servers).allSatisfy(\.isLoopback))
    let answers = servers.map { (place: $0, answer: compare($0, probe)) }
    report.steps.append(
      HostFindings.publicServers(
        answers.isEmpty ? nil : answers.map { (name: $0.place.text, judgement: $0.answer.judgement) }))
    let elsewhere = answers.isEmpty ? nil : answers.contains { $0.answer.isThere }
    for target in targets { report.steps += diagnose(target, probe, survey, elsewhere) }
    if targets.isEmpty {
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

  private func targets(_ survey: HostSurvey) -> [DiagnosedSource] {
    let all = DiagnosedSource.all(survey.configuration, survey.sources)
    guard let source else { return Array(all.prefix(32)) }
    let named = all.filter { $0.matches(source) }
    return named.isEmpty ? ServerPlace(source).map { [DiagnosedSource(place: $0)] } ?? [] : named
  }

  private func compare(_ place: ServerPlace, _ probe: ServerProbe) -> (judgement: Query.Judgement, isThere: Bool) {
    switch probe.resolve(place) {
    case .failed(let why, _): return (Query.Judgement(faults: [.notSent(why)]), false)
    case .addresses(let addresses):
      let asked = probe.ask(addresses)
      return (asked.query.judge(asked.outcome), Query.portFault(asked.outcome, elsewhere: nil) == nil)
    }
  }

  private func diagnose(
    _ target: DiagnosedSource, _ probe: ServerProbe, _ survey: HostSurvey, _ elsewhere: Bool?
  ) -> [DiagnosisStep] {
    let key = key ?? target.key
    var diagnosis = SourceDiagnosis(
      name: target.place.text, elsewhere: elsewhere, unsigned: key == nil ? unsignedReason(target) : nil)
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
    return diagnosis.steps + daemonsWord(target)
  }

  /// Why no signed query can be made without tompiond.
  private func unsignedReason(_ target: DiagnosedSource) -> String {
    switch target.auth {
    case nil, "none": "no key is set for this source (auth, or --key N)"
    case let auth?: "auth = \"\(auth)\" is tompiond's to ask with"
    }
  }

  /// What tompiond found of a source that has to prove itself: where this program cannot sign, or tompiond does not get on.
  private func daemonsWord(_ target: DiagnosedSource) -> [DiagnosisStep] {
    guard let running = target.running, running.proof.scheme != .none else { return [] }
    let (name, proof) = (target.place.text, running.proof)
    if proof.isProven {
      return target.key == nil
        ? [DiagnosisStep(.signedQuery, name, .ok, "tompiond has its answers proved (\(proof.text))")] : []
    }
    guard running.polls > 0 else { return [] }
    let reasons = [proof.refusal, running.lastError].first { !$0.isEmpty }.map { ": \($0)" } ?? ""
    return [
      DiagnosisStep(
        .signedQuery, name, .failed, "tompiond has no proof of its answers (\(proof.text))\(reasons)",
        faults: ["not-authenticated"],
        cause: "The provider of the scheme or its key is missing or another one: tompion providers, tompion events.")
    ]
  }

  private func askSigned(
    _ diagnosis: inout SourceDiagnosis, _ id: UInt32, _ address: SocketAddress, _ probe: ServerProbe,
    _ survey: HostSurvey
  ) {
    let files = keyFile.map { [KeyFileSetting(path: $0)] } ?? survey.configuration?.keyFiles ?? []
    guard !files.isEmpty else {
      return diagnosis.couldNotSign(
        "key \(id) is wanted, and no key file is named",
        cause: "Write key_files into [provider.ntp-symmetric], or give --key-file.")
    }
    for file in files {
      do throws(KernelError) {
        guard var key = try KeyFileAccess.read(file.path, file.format).keys.first(where: { $0.id == id }) else {
          continue
        }
        defer { key.wipe() }
        guard let judgement = probe.askSigned(address, key) else {
          return diagnosis.couldNotSign("key \(id) cannot sign", cause: "See tompion keys check \(file.path).")
        }
        return diagnosis.askedSigned(judgement, key: id)
      } catch {
        return diagnosis.couldNotSign(
          "\(file.path) cannot be read: \(KernelError.text(of: error.errno))",
          cause: "Run it as root or tompiond's user, to whom the key files belong.")
      }
    }
    diagnosis.couldNotSign(
      "key \(id) is in no key file (\(files.map(\.path).joined(separator: ", ")))",
      cause: "The number is wrong, or its line is: tompion keys check \(files[0].path).")
  }
}
