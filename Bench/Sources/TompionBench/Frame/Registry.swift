// SPDX-License-Identifier: Apache-2.0

/// Everything that can be measured, in the order in which it runs: the cheap first.
enum Registry {
  static var entries: [any Entry] {
    [
      RingSameCore(), RingCrossCore(), RingSharedMemory(),
      HotPath(), SampleCost(), MessageCodes(), ClockRead(), TimexRead(), HardwareClockRead(), ReceivePaths(),
      StampToSteer(),
      PlacementLatency(),
      SchedulingJitter(), IdleMemory(),
      FirstSync(), ServerSaturation(), ServerLatency(), ServerWorkers(), AuthenticatedServer(),
    ]
  }
}
