// SPDX-License-Identifier: Apache-2.0

import Cryptography
import KeyFiles
import LinuxKernel
import Report
import Settings

extension KeysCommand {
  func run() -> Main.Status {
    switch action {
    case .check(let file, let nist): check(file, nist: nist)
    case .generate(let file, let key): generate(file, key)
    case .show(let file, let ascii, let id): show(file, ascii: ascii, id: id)
    case .unused(let files, let days, let state): unused(files, days: days, state: state)
    }
  }

  // MARK: check

  private func check(_ file: String, nist: Bool) -> Main.Status {
    let read: KeyFile
    do throws(KernelError) {
      read = try KeyFileAccess.read(file, format)
    } catch {
      return unreadable(file, error)
    }
    let now = RealtimeClock.now().seconds
    var problems = read.problems
    if nist { problems += NISTRules.problems(of: read.keys).map { Self.losing($0) } }
    if read.keys.isEmpty, !problems.contains(where: \.losesKey) {
      problems.append(
        KeyFileProblem(
          line: 0, "there is no key in it", advice: "tompion keys generate makes a file with one; see Docs/keys.md"))
    }
    for key in read.keys {
      if key.isExpired(at: now) {
        problems.append(
          KeyFileProblem(
            line: key.line, id: key.id, losesKey: false, "its time is over", advice: "replace it, or remove the line"))
      }
      if key.algorithm.isDeprecated, !nist {
        problems.append(
          KeyFileProblem(
            line: key.line, id: key.id, losesKey: false,
            "\(key.algorithm.name) is not used unless allow_\(key.algorithm.name) says so",
            advice: "aes128-cmac is recommended (RFC 8573)"))
      }
    }
    problems.sort { ($0.line, $0.column) < ($1.line, $1.column) }
    let exposed = KeyFileAccess.exposure(file)
    let errors = problems.filter(\.losesKey)
    if json {
      Console.write(
        JSONValue.object([
          JSONMember("file", .string(file)), JSONMember("format", .string(read.format.rawValue)),
          JSONMember("valid", .boolean(errors.isEmpty)), JSONMember("keys", .array(read.keys.map(Self.json))),
          JSONMember("errors", .array(errors.map(Self.json))),
          JSONMember("warnings", .array(problems.filter { !$0.losesKey }.map(Self.json))),
          JSONMember("exposed", exposed.map { .string($0) } ?? .null),
        ]).encoded + "\n")
      return errors.isEmpty ? .done : .wrongConfiguration
    }
    if let exposed { say("warning: \(file): \(exposed)") }
    for problem in problems { say((problem.losesKey ? "" : "warning: ") + problem.text(file: file)) }
    let keys = read.keys.count == 1 ? "1 key" : "\(read.keys.count) keys"
    let result = errors.isEmpty ? "right" : errors.count == 1 ? "1 error" : "\(errors.count) errors"
    let line = "\(file): \(result): \(keys), read as a file of format \(read.format.rawValue)\n"
    Console.write(printable(line.dropLast().description) + "\n", to: errors.isEmpty ? Console.output : Console.error)
    return errors.isEmpty ? .done : .wrongConfiguration
  }

  /// What NIST refuses is an error to those who ask for NIST's rules.
  private static func losing(_ problem: KeyFileProblem) -> KeyFileProblem {
    var problem = problem
    problem.losesKey = true
    return problem
  }

  // MARK: generate

  private func generate(_ file: String, _ wanted: GeneratedKey) -> Main.Status {
    let now = RealtimeClock.now().seconds
    if let expiry = wanted.expiry, now >= expiry {
      return Main.fail(
        "no key was made: its time would be over already (--expires \(ExpiryDate(end: expiry).text)); name a day from "
          + "\(ExpiryDate(end: (now / 86_400 + 1) * 86_400).text), today, on; it counts to its end in UTC",
        .wrongConfiguration)
    }
    var secret = [UInt8](repeating: 0, count: wanted.algorithm.keyLength ?? 32)
    var key: SymmetricKey
    do throws(KernelError) {
      try KeyFileAccess.fillRandomly(&secret)
    } catch {
      return Main.fail("no key was made: \(error)", .refused)
    }
    key = SymmetricKey(
      id: wanted.id, algorithm: wanted.algorithm, secret: secret, addresses: wanted.addresses, expiry: wanted.expiry)
    secret.wipe()
    defer { key.wipe() }
    let written = format == .auto ? .tompion : format
    guard let line = key.fileLine(written) else {
      return Main.fail(
        "a file of format \(written.rawValue) cannot say that: ntpd's has no expiry and numbers up to 65535, chrony's no "
          + "expiry, no addresses and no hmac-sha256; leave --format out for our own", .usage)
    }
    var bytes = Array(((written == .tompion ? KeyFile.header + "\n" : "") + line).utf8)
    defer { bytes.wipe() }
    do throws(KernelError) {
      try SmallFile.create(file, with: bytes, mode: 0o600)
    } catch {
      return error.errno == KernelError.exists
        ? Main.fail("there is a \(file) already, and it is left as it is; choose another name", .refused)
        : Main.fail("cannot make \(file): \(error)", .refused)
    }
    if json {
      Console.write(
        JSONValue.object([
          JSONMember("file", .string(file)), JSONMember("format", .string(written.rawValue)),
          JSONMember("key", Self.json(key)),
        ]).encoded + "\n")
    } else {
      Console.write(
        "\(printable(file)): \(key), mode 0600. Bring it to the other side by a safe way, and give it to tompiond's user.\n"
      )
    }
    return .done
  }

  // MARK: show

  private func show(_ file: String, ascii: Bool, id: UInt32?) -> Main.Status {
    let read: KeyFile
    do throws(KernelError) {
      read = try KeyFileAccess.read(file, format)
    } catch {
      return unreadable(file, error)
    }
    for problem in read.problems where problem.losesKey { say(problem.text(file: file)) }
    let keys = read.keys.filter { id == nil || $0.id == id }
    if let id, keys.isEmpty { return Main.fail("\(file) has no key \(id)", .refused) }
    func text(_ key: SymmetricKey) -> (form: String, secret: String) {
      if ascii, let text = SecretText.ascii(key.secret) { return ("ascii", text) }
      return ("hex", SecretText.hexadecimal(key.secret))
    }
    if json {
      let list = keys.map { key in
        let (form, secret) = text(key)
        guard case .object(let members) = Self.json(key) else { return JSONValue.null }
        return JSONValue.object(members + [JSONMember(form, .string(secret))])
      }
      Console.write(JSONValue.object([JSONMember("keys", .array(list))]).encoded + "\n")
    } else {
      for key in keys {
        let (form, secret) = text(key)
        Console.write("\(key.id) \(key.algorithm.name) \(form):\(secret)\n")
      }
    }
    return read.problems.contains(where: \.losesKey) ? .wrongConfiguration : .done
  }

  // MARK: unused

  private func unused(_ files: [String], days: Int64, state: String?) -> Main.Status {
    var (files, state) = (files.map { KeyFileSetting(path: $0, format: format) }, state)
    if files.isEmpty || state == nil {
      guard let found = ConfigurationCheck(configuration).configuration else {
        return Main.fail(
          "\(configuration) cannot be read or is wrong; see tompion config check, or name the key files and --state",
          .wrongConfiguration)
      }
      if files.isEmpty { files = found.keyFiles }
      state = state ?? found.stateDirectory
      if files.isEmpty {
        return Main.fail(
          "\(configuration) names no key file ([provider.ntp-symmetric] key_files); name one here", .refused)
      }
    }
    var keys: [SymmetricKey] = []
    for file in files {
      do throws(KernelError) {
        keys += try KeyFileAccess.read(file.path, file.format).keys
      } catch {
        return unreadable(file.path, error)
      }
    }
    let record = "\(state ?? "")/providers/ntp-symmetric/\(KeyUse.name)"
    var use = KeyUse()
    do throws(KernelError) {
      use = KeyUse(reading: try SmallFile.read(record))
    } catch {
      // Without a record every key would look unused, and somebody would remove them.
      return Main.fail(
        "there is no record of use in \(record) (\(KernelError.text(of: error.errno))): tompiond has to run with the provider "
          + "ntp-symmetric for a while, and this user has to be allowed to read it", .refused)
    }
    let now = RealtimeClock.now().seconds
    let idle = use.unused(keys, days: days, now: now)
    if json {
      let list = idle.map { entry in
        guard case .object(let members) = Self.json(entry.key) else { return JSONValue.null }
        return JSONValue.object(members + [JSONMember("last_used", entry.last.map { .integer($0) } ?? .null)])
      }
      Console.write(
        JSONValue.object([
          JSONMember("days", .integer(days)), JSONMember("keys", .integer(Int64(keys.count))),
          JSONMember("unused", .array(list)),
        ]).encoded + "\n")
      return .done
    }
    for (key, last) in idle {
      let when =
        last.map { "last used \(UTCText.text(min($0, 9_000_000_000) * 1_000_000_000))" } ?? "no use is recorded"
      Console.write("\(key): \(when)\n")
    }
    Console.write("\(idle.count) of \(keys.count) \(keys.count == 1 ? "key" : "keys") unused for \(days) days\n")
    return .done
  }

  // MARK: all

  private func unreadable(_ file: String, _ error: KernelError) -> Main.Status {
    Main.fail("cannot read \(file): \(KernelError.text(of: error.errno))", .wrongConfiguration)
  }

  private func say(_ line: String) { Console.write(printable(line, limit: 2000) + "\n", to: Console.error) }

  private static func json(_ key: SymmetricKey) -> JSONValue {
    .object([
      JSONMember("id", .integer(Int64(key.id))), JSONMember("algorithm", .string(key.algorithm.name)),
      JSONMember("expires", key.expiry.map { .string(ExpiryDate(end: $0).text) } ?? .null),
      JSONMember("addresses", .array(key.addresses.map { .string($0.description) })),
    ])
  }

  private static func json(_ problem: KeyFileProblem) -> JSONValue {
    .object([
      JSONMember("line", .integer(Int64(problem.line))), JSONMember("column", .integer(Int64(problem.column))),
      JSONMember("id", problem.id.map { .integer(Int64($0)) } ?? .null),
      JSONMember("problem", .string(problem.problem)),
      JSONMember("advice", .string(problem.advice)),
    ])
  }
}
