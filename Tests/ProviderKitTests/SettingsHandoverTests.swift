// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Testing

/// Settings between control and capture.
struct SettingsHandoverTests {
  @Test func beforeTheStartTheyAreInForceAtOnce() {
    let handover = SettingsHandover<Int>()
    var used: [Int] = []
    #expect(handover.update(isRunning: false, read: { 7 }, use: { used.append($0) }) == .ok)
    #expect(used == [7] && !handover.isWaiting && handover.take() == nil)
  }

  @Test func whileRunningTheyWaitAndAreTakenOnce() {
    let handover = SettingsHandover<Int>()
    #expect(handover.update(isRunning: true, read: { 7 }, use: { _ in Issue.record("used by control") }) == .ok)
    #expect(handover.isWaiting)
    #expect(handover.take() == 7)
    #expect(!handover.isWaiting && handover.take() == nil)
  }

  @Test func theNextAreNotReadBeforeTheLastAreTaken() {
    let handover = SettingsHandover<Int>()
    #expect(handover.update(isRunning: true, read: { 1 }, use: { _ in }) == .ok)
    var wasRead = false
    let status = handover.update(
      isRunning: true,
      read: {
        wasRead = true
        return 2
      }, use: { _ in })
    #expect(status == .again && !wasRead)
    #expect(handover.take() == 1)
    #expect(handover.update(isRunning: true, read: { 2 }, use: { _ in }) == .ok)
    #expect(handover.take() == 2)
  }

  @Test(arguments: [false, true])
  func whatIsRefusedChangesNothing(isRunning: Bool) {
    let handover = SettingsHandover<Int>()
    let status = handover.update(isRunning: isRunning, read: { nil }, use: { _ in Issue.record("used") })
    #expect(status == .invalid && !handover.isWaiting && handover.take() == nil)
  }
}
