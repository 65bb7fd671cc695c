// SPDX-License-Identifier: Apache-2.0

import Addresses
import Diagnosis
import KeyFiles
import LinuxKernel
import Settings

extension DiagnoseCommand {
  /// Asks with key `id`, if tompiond could: a key that only this program would use proves nothing of the source.
  func askSigned(
    _ diagnosis: inout SourceDiagnosis, _ id: UInt32, _ address: SocketAddress, _ probe: ServerProbe,
    _ survey: HostSurvey
  ) {
    let provider = survey.configuration?.provider(of: "symmetric")
    let files = keyFile.map { [KeyFileSetting(path: $0)] } ?? survey.configuration?.keyFiles ?? []
    guard !files.isEmpty else {
      return diagnosis.couldNotSign(
        "key \(id) is wanted, and no key file is named",
        cause: "Write key_files into [provider.ntp-symmetric], or give --key-file.")
    }
    if keyFile == nil, let obstacle = provider?.whyNoKeys {
      return diagnosis.couldNotSign(
        "tompiond has no keys: \(obstacle.finding)", fault: "key-provider", cause: obstacle.advice)
    }
    for file in files {
      do throws(KernelError) {
        guard var key = try KeyFileAccess.read(file.path, file.format).keys.first(where: { $0.id == id }) else {
          continue
        }
        defer { key.wipe() }
        let obstacle = KeyObstacle(
          key, peer: NumericAddress(address), now: RealtimeClock.now().seconds,
          allowed: provider?.allowedAlgorithms ?? Set(KeyAlgorithm.allCases))
        if let obstacle {
          return diagnosis.couldNotSign(
            "key \(id) \(obstacle.finding)", fault: obstacle.name, cause: obstacle.advice)
        }
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

extension ProviderConfiguration {
  /// Why no source can sign with the keys of this one; nil = nothing is in the way.
  fileprivate var whyNoKeys: (finding: String, advice: String)? {
    if !enabled {
      return ("the provider \(name) is disabled", "Write enabled = true into [provider.\(name)], or take the line out.")
    }
    if placement == .process {
      return (
        "the provider \(name) is in a process of its own (placement = \"process\"), and signs for nobody from there",
        "Write placement = \"in-process\" into [provider.\(name)], or take the line out."
      )
    }
    return nil
  }

  /// Deprecated ones that it may use.
  fileprivate var allowedAlgorithms: Set<KeyAlgorithm> {
    Set(
      KeyAlgorithm.allCases.filter { algorithm in
        values.contains { $0.path == "allow_\(algorithm.name)" && $0.value == .boolean(true) }
      })
  }
}

extension NumericAddress {
  /// nil = it is none.
  fileprivate init?(_ address: SocketAddress) {
    // The kernel's byte order in memory is the network's.
    let (high, low) = (UInt64(bigEndian: address.high), UInt64(bigEndian: address.low))
    switch address.family {
    case .ipv4: self.init(ipv4: UInt32(high >> 32))
    case .ipv6: self.init(ipv6High: high, low: low)
    case .none: return nil
    }
  }
}
