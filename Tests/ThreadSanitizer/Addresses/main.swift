// SPDX-License-Identifier: Apache-2.0
// A thread that opens and closes sockets, and one that asks for their addresses meanwhile, for ThreadSanitizer; compiled with
// Sources/ProviderHost/Kernel/SocketAddressTable.swift by Tests/Peers/sanitizers.py.

import Glibc

let rounds: UInt32 = 200_000
let places = 4

/// What the address of a handle is: no two words of two handles are alike, so that a mixed one is seen.
func words(_ handle: UInt32) -> SocketAddressTable.Words {
  SocketAddressTable.Words(high: UInt64(handle), low: UInt64(handle) &* 3, rest: UInt64(handle) &* 7)
}

final class Job: Sendable {
  let table = SocketAddressTable(count: places)

  func write() {
    for handle in 1...rounds {
      let place = Int(handle) % places
      table.clear(place)
      table.set(place, handle: handle, words(handle))
    }
  }
}

let job = Job()
var thread = pthread_t()
pthread_create(
  &thread, nil,
  {
    if let job = $0 { Unmanaged<Job>.fromOpaque(job).takeUnretainedValue().write() }
    return nil
  }, Unmanaged.passUnretained(job).toOpaque())
var found = 0
var wrong = 0
var handle: UInt32 = 1
// Until the last one is there: each handle is open for a while, and then never again.
while job.table.words(of: rounds) == nil {
  for next in handle..<(handle + 64) {
    guard let seen = job.table.words(of: next) else { continue }
    found += 1
    handle = next
    if seen != words(next) { wrong += 1 }
  }
  if job.table.words(of: handle) == nil { handle = handle &+ 64 > rounds ? 1 : handle &+ 64 }
}
pthread_join(thread, nil)
print("addresses: \(found) found, \(wrong) wrong")
exit(wrong == 0 ? 0 : 1)
