// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Diagnosis
import KeyFiles
import LinuxKernel
import TimeTypes

/// Asks a server over the network: what `SourceDiagnosis` wants done.
struct ServerProbe {
  /// For one answer, s.
  var timeout: Int64
  /// A request that got lost is asked again once.
  private static let tries = 2

  enum Resolution {
    case addresses([SocketAddress])
    case failed(String, isTemporary: Bool)
  }

  func resolve(_ place: ServerPlace) -> Resolution {
    do throws(NameResolution.Failure) {
      return .addresses(try NameResolution.resolve(place.host).map { $0.with(port: place.port) })
    } catch {
      switch error {
      case .notFound(let text): return .failed(text, isTemporary: false)
      case .tryAgain(let text), .failed(let text): return .failed(text, isTemporary: true)
      }
    }
  }

  /// A plain query to the first of the addresses that can be reached at all.
  func ask(_ addresses: [SocketAddress]) -> (address: SocketAddress, query: Query, outcome: QueryOutcome) {
    var last = (address: SocketAddress.none, query: Query(nonce: 1), outcome: QueryOutcome.notSent("it has no address"))
    for address in addresses.prefix(4) {
      last = ask(address) { $0.request }
      switch last.outcome {
      case .unreachable, .notSent: continue
      case .refused, .silent, .answered: return last
      }
    }
    return last
  }

  /// `make` gives the datagram of a query; another one for each try, so that a late answer is no second one.
  func ask(
    _ address: SocketAddress, _ make: (Query) -> [UInt8]
  ) -> (address: SocketAddress, query: Query, outcome: QueryOutcome) {
    var query = Query(nonce: 1)
    for _ in 0..<Self.tries {
      var nonce: UInt64 = 0
      do throws(KernelError) {
        try LinuxKernel.RandomBytes.fill(&nonce)
      } catch {
        return (address, query, .notSent("\(error)"))
      }
      query = Query(nonce: nonce)
      let outcome = DatagramExchange.run(
        make(query), to: address, timeout: .seconds(timeout), linger: .milliseconds(300))
      switch outcome {
      case .silent: continue
      case .refused: return (address, query, .refused)
      case .unreachable(let error): return (address, query, .unreachable(KernelError.text(of: error.errno)))
      case .notSent(let error): return (address, query, .notSent(KernelError.text(of: error.errno)))
      case .answered(let answers, let sent):
        return (address, query, .answered(answers.map { QueryReply($0.bytes, received: $0.received) }, sent: sent))
      }
    }
    return (address, query, .silent(seconds: timeout * Int64(Self.tries)))
  }

  /// A signed query; nil = the key cannot sign.
  func askSigned(_ address: SocketAddress, _ key: SymmetricKey) -> Query.Judgement? {
    guard let code = MessageCode(Self.algorithm(key.algorithm), key: key.secret.span) else { return nil }
    let length = key.algorithm.digestLength
    func sign(_ message: [UInt8]) -> [UInt8]? {
      var digest = [UInt8](repeating: 0, count: length)
      var span = digest.mutableSpan
      return code.sign(message.span, into: &span) ? digest : nil
    }
    let asked = ask(address) { $0.signedRequest(key: key.id, sign: sign) ?? $0.request }
    return asked.query.judgeSigned(asked.outcome, key: key.id) { message, given in
      // The whole code, or its first 20 bytes, as NTPv4 has them.
      (given.count == length || given.count == min(length, 20)) && code.verify(message.span, given.span)
    }
  }

  private static func algorithm(_ algorithm: KeyAlgorithm) -> MessageCode.Algorithm {
    switch algorithm {
    case .md5: .md5
    case .sha1: .sha1
    case .sha256: .sha256
    case .sha384: .sha384
    case .sha512: .sha512
    case .hmacSHA256: .hmacSHA256
    case .aes128CMAC: .aes128CMAC
    case .aes256CMAC: .aes256CMAC
    }
  }
}
