// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import TimeTypes

/// Waiting, and what is told after it.
extension UringLoop {
  /// Waits until something is ready, a timer is due, a wake-up or `deadline` comes, or a signal; at most one second.
  /// Then take the events with `next()` until nil.
  package func wait(until deadline: RawInstant? = nil) throws(KernelError) {
    _ = try KernelError.check(queue.enable(), "use the io_uring")
    let asked = max(busyPoll ?? 0, busyPollOfSockets)
    if asked != busyPollTold {
      busyPollTold = asked
      queue.busyPoll(microseconds: UInt32(clamping: asked / 1000))
    }
    let spinning = max(asked, busyPoll == nil ? shortWaits.spin : 0)
    if mustUnregister { unregisterLeftovers() }
    let began = RawClock.now()
    var limit = began + TimeInterval(nanoseconds: longestWait)
    if let deadline { limit = min(limit, deadline) }
    if let earliest = timers.earliest { limit = min(limit, earliest) }
    var isReady = carryOver()
    var patience = 3
    var sleptFrom: RawInstant?
    repeat {
      arm()
      offer()
      lookedAt = RawClock.now()
      sinceLook = 0
      let left = isReady ? 0 : max((limit - lookedAt).nanoseconds, 0)
      var mustSleep = left > 0
      // What the spinning found is fetched without preparing to sleep.
      if mustSleep, spinning > 0 {
        mustSleep = !spin(until: min(limit, lookedAt + TimeInterval(nanoseconds: spinning)))
      }
      if mustSleep, sleptFrom == nil { sleptFrom = lookedAt + TimeInterval(nanoseconds: spinning) }
      let result = queue.enter(sleeps: mustSleep, timeout: left)
      let taken = reap()
      if result < 0 {
        // EBADR: completions were lost. EBUSY, EAGAIN: too many wait; they have been taken just now.
        let error = 0 &- result
        patience -= 1
        guard patience > 0, error == EBADR || error == EBUSY || error == EAGAIN || error == ENOMEM else {
          throw KernelError("wait with io_uring", errno: error)
        }
      }
      if try mustRebuild() { continue }
      isReady = isReady || isWoken || hasReady
      // Completions that tell nothing (a cancelled request, a reception to be begun again) do not end the wait.
      if taken == 0 && result >= 0 { break }
    } while !isReady && RawClock.now() < limit
    if counters != reported {
      reported = counters
      report.store(counters)
    }
    cursor = 0
    let ended = RawClock.now()
    shortWaits.waited(
      worked: (began - now).nanoseconds, lasted: (ended - began).nanoseconds,
      slept: sleptFrom.map { (ended - $0).nanoseconds } ?? 0)
    now = ended
  }

  private var hasReady: Bool {
    for i in 0..<bound where slots[i].ready != 0 { return true }
    return false
  }

  /// What was not fetched yet is told again.
  private func carryOver() -> Bool {
    var isReady = isWoken
    for i in 0..<bound {
      slots[i].ready = 0
      guard slots[i].isDatagram else { continue }
      if !slots[i].datagrams.isEmpty { slots[i].ready |= Int16(CLINUX_POLL_IN) }
      if !slots[i].transmitted.isEmpty || slots[i].error != 0 { slots[i].ready |= Int16(CLINUX_POLL_ERR) }
      if slots[i].ready != 0 { isReady = true }
    }
    return isReady
  }

  /// Waits without sleeping until the ring has something; false = it has nothing.
  private func spin(until limit: RawInstant) -> Bool {
    // What is to be submitted has to be there first.
    _ = queue.enter()
    repeat {
      // Looking costs a load, the clock a hundred times that.
      for _ in 0..<16 where queue.isPending { return true }
    } while RawClock.now() < limit
    return false
  }

  /// The next thing that happened; nil = all told. Error queues come before what can be read, timers last.
  package func next() -> PollEvent? {
    if isWoken {
      isWoken = false
      waker?.clear()
      return .woken
    }
    while cursor < bound {
      let ready = Int32(slots[cursor].ready)
      if ready == 0 {
        cursor += 1
        continue
      }
      let token = slots[cursor].token
      if ready & (CLINUX_POLL_ERR | CLINUX_POLL_PRI | CLINUX_POLL_INVALID) != 0 {
        slots[cursor].ready &= Int16(CLINUX_POLL_IN | CLINUX_POLL_OUT | CLINUX_POLL_HUP)
        return .errorQueue(token: token)
      }
      if ready & (CLINUX_POLL_IN | CLINUX_POLL_HUP) != 0 {
        slots[cursor].ready &= Int16(CLINUX_POLL_OUT)
        return .readable(token: token)
      }
      slots[cursor].ready = 0
      cursor += 1
      if ready & CLINUX_POLL_OUT != 0 { return .writable(token: token) }
    }
    if let token = timers.takeDue(now) { return .timer(token: token) }
    return nil
  }

  /// When the last wait ended.
  package var lastWakeUp: RawInstant { now }
}
