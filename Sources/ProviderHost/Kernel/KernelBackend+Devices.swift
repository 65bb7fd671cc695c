// SPDX-License-Identifier: Apache-2.0

import CLinux
import CTompionProvider
import CardLines
import LinuxKernel
import TimeTypes

/// Serial lines, pulses, PTP clocks and NTP's shared memory (device-io/1). The owner's thread: [control] opens, [capture] reads.
extension KernelBackend {
  package func openDevice(_ options: DeviceOptions) -> SocketOpening {
    guard loop.profile == .full else { return .failed(TOMPION_UNSUPPORTED) }
    let devices = self.devices ?? HostedDevices()
    self.devices = devices
    guard devices.all.count < HostedDevices.limit else { return .failed(TOMPION_AGAIN) }
    guard !devices.isOpen(options.path) else { return .failed(TOMPION_ADDRESS_IN_USE) }
    let device = devices.add(options)
    do throws(KernelError) {
      try begin(device)
      return .opened(device.handle)
    } catch {
      release(device)
      devices.remove(device.handle)
      return .failed(Self.isOfAnotherKind(error) ? TOMPION_INVALID : tompion_status(errno: error.errno))
    }
  }

  /// ENODEV and ENOTTY: there is something of that path, and no such device.
  private static func isOfAnotherKind(_ error: KernelError) -> Bool { error.errno == 19 || error.errno == 25 }

  package func closeDevice(_ handle: UInt32) {
    guard let devices, let device = devices.find(handle) else { return }
    release(device)
    devices.remove(handle)
  }

  package func write(_ bytes: UnsafeRawBufferPointer, device handle: UInt32) -> UInt32 {
    guard let device = devices?.find(handle) else { return 0 }
    switch device.options.kind {
    case .serial:
      // Sound: the caller's bytes, borrowed for the call, here and below.
      guard let descriptor = device.descriptor else { return 0 }
      return unsafe UInt32(clamping: SerialPort.write(descriptor.rawValue, bytes))
    case .memory: return unsafe device.segment?.publish(bytes) == true ? UInt32(bytes.count) : 0
    case .pulses, .hardwareClock: return 0
    }
  }

  func closeDevices() {
    while let device = devices?.all.first { closeDevice(device.handle) }
  }

  // MARK: opening

  private func begin(_ device: HostedDevice) throws(KernelError) {
    let options = device.options
    if let unit = options.unit {
      device.segment = try opener.attach(
        unit: unit, isWritable: options.isWritable, trustsAnyOwner: options.trustsAnyOwner)
    } else {
      let descriptor = try opener.open(.device(options)).descriptor
      device.descriptor = descriptor
      if options.kind == .hardwareClock {
        var calls = markCalls.phc
        // It is open already, and closed by its owner.
        let number = descriptor.rawValue
        calls.open = { _, _ in number }
        calls.close = { _ in }
        device.phc = try PHCDevice(path: options.path, calls: calls)
      }
      let tellsOfItself = options.kind == .serial || (options.kind == .hardwareClock && !options.edges.isEmpty)
      if tellsOfItself { try loop.add(descriptor.rawValue, token: Token.make(number, Token.device, device.handle)) }
    }
    device.looked = rawNow()
    device.isLost = false
    guard armLook(device) else { throw KernelError("arm a timer", errno: KernelError.wouldBlock) }
  }

  private func release(_ device: HostedDevice) {
    loop.disarm(Token.make(number, Token.deviceLook, device.handle))
    if let descriptor = device.descriptor { loop.remove(descriptor.rawValue) }
    device.phc = nil
    device.descriptor = nil
    device.segment = nil
  }

  private func armLook(_ device: HostedDevice, at moment: RawInstant? = nil) -> Bool {
    guard !(device.options.kind == .memory && device.options.isWritable) else { return true }
    guard let moment = moment ?? device.nextLook(after: rawNow()) else { return true }
    return loop.arm(Token.make(number, Token.deviceLook, device.handle), at: moment)
  }

  /// Unplugged, or hung up: it is looked for once a second from now on.
  private func lose(_ device: HostedDevice) {
    release(device)
    let isNews = !device.isLost
    device.isLost = true
    device.line = CardLine()
    device.train = PulseTrain(device.options.edges)
    device.lastEdge = nil
    device.period = nil
    _ = armLook(device, at: rawNow() + reopening)
    if isNews { instance?.deviceChanged(device.handle, status: TOMPION_NOT_FOUND) }
  }

  // MARK: reading

  /// Something can be read, or the device failed.
  func deviceReady(_ handle: UInt32) {
    guard let device = devices?.find(handle), device.descriptor != nil else { return }
    if device.options.kind == .serial { readSerial(device) } else { readExternal(device) }
  }

  /// It is time to look at a device that does not tell of itself, or to look for one that was lost.
  func lookAt(_ handle: UInt32) {
    guard let device = devices?.find(handle) else { return }
    if device.isLost {
      do throws(KernelError) { try begin(device) } catch { return lose(device) }
      instance?.deviceChanged(handle, status: TOMPION_OK)
      return
    }
    switch device.options.kind {
    case .serial: return
    case .pulses: fetchPulses(device)
    case .hardwareClock: readClock(device, isTold: device.options.intervalMilliseconds > 0)
    case .memory: readMemory(device)
    }
    // The provider may have closed it, and `lose` arms by itself.
    guard let device = devices?.find(handle), !device.isLost else { return }
    _ = armLook(device)
  }

  private func readSerial(_ device: HostedDevice) {
    guard let devices, let descriptor = device.descriptor else { return }
    // Sound: the buffer is this thread's and lives as long as the table; the provider borrows it for the call. What made the loop wake
    // up was there by then.
    do throws(KernelError) {
      guard let count = try unsafe SerialPort.read(descriptor.rawValue, into: devices.bytes) else { return }
      guard count > 0 else { return lose(device) }
      let stamp = clocks.stamp(at: loop.lastWakeUp, kind: .user)
      unsafe instance?.deviceReceived(
        device.handle, UnsafeRawBufferPointer(rebasing: devices.bytes[..<count]), stamp: stamp)
    } catch {
      lose(device)
    }
  }

  private func readMemory(_ device: HostedDevice) {
    guard let devices, let segment = device.segment, let place = devices.all.firstIndex(where: { $0 === device }) else {
      return
    }
    let size = SharedSegment.bytes
    // Sound: both buffers are this thread's, and as long as that; a half-written copy is left for the next look.
    let copy = unsafe UnsafeMutableRawBufferPointer(rebasing: devices.bytes[..<size])
    guard unsafe segment.copy(into: copy) else { return }
    let before = unsafe UnsafeMutableRawBufferPointer(
      rebasing: devices.segmentBefore[(place * size)..<((place + 1) * size)])
    var isNew = device.sequence == 0
    for index in 0..<size where unsafe copy[index] != before[index] { isNew = true }
    guard isNew else { return }
    device.sequence = 1
    unsafe before.copyMemory(from: UnsafeRawBufferPointer(copy))
    unsafe instance?.deviceReceived(device.handle, UnsafeRawBufferPointer(copy), stamp: clocks.read(.system))
  }

  private func fetchPulses(_ device: HostedDevice) {
    guard let descriptor = device.descriptor else { return }
    var pulses = clinux_pulses_t()
    let before = rawNow()
    guard markCalls.pulses(descriptor.rawValue, &pulses) >= 0 else { return lose(device) }
    let notBefore = device.looked
    device.looked = before
    let (first, second) = device.train.take(pulses)
    var count = 0
    if let first { count = put(first, device, notBefore, at: count) }
    if let second { count = put(second, device, notBefore, at: count) }
    tell(count)
  }

  private func put(_ edge: PulseTrain.Edge, _ device: HostedDevice, _ notBefore: RawInstant, at place: Int) -> Int {
    guard let devices, let stamp = clocks.stamp(realtime: edge.nanoseconds, notBefore: notBefore) else { return place }
    if device.options.edges.rawValue == edge.kind.rawValue || edge.kind == .assert { device.note(edge: stamp.raw) }
    var mark = tompion_device_mark_t()
    mark.device = device.handle
    mark.edge = edge.kind.rawValue
    mark.sequence = edge.sequence
    mark.stamp = tompion_stamp_t(stamp)
    // Sound: at most two edges a look; the table holds 32.
    unsafe devices.marks[place] = mark
    return place + 1
  }

  private func readClock(_ device: HostedDevice, isTold: Bool) {
    guard let devices, var phc = device.phc else { return }
    let reading: PHCReading
    do throws(KernelError) { reading = try phc.read() } catch { return lose(device) }
    device.phc = phc
    device.read = rawNow()
    _ = device.line.take(reading)
    guard isTold, let stamp = clocks.stamp(at: reading.raw, kind: phc.method == .precise ? .hardware : .user) else {
      return
    }
    var mark = tompion_device_mark_t()
    mark.device = device.handle
    mark.channel = UInt32(phc.method.rawValue)
    mark.stamp = tompion_stamp_t(stamp)
    mark.device_ns = reading.device.nanoseconds
    mark.device_subns = UInt32(reading.device.subnanoseconds)
    mark.error_ns = reading.errorNanoseconds
    // Sound: the table holds 32.
    unsafe devices.marks[0] = mark
    tell(1)
  }

  private func readExternal(_ device: HostedDevice) {
    guard let devices, let descriptor = device.descriptor else { return }
    // The line is freshest where it is used.
    if device.read.map({ rawNow() - $0 > .milliseconds(500) }) ?? true { readClock(device, isTold: false) }
    guard !device.isLost else { return }
    var count = 0
    var external = clinux_external_stamp_t()
    for _ in 0..<HostedDevices.batch {
      let found = markCalls.external(descriptor.rawValue, &external)
      guard found >= 0 else { return lose(device) }
      guard found > 0 else { break }
      // Others may use other channels of the card.
      guard external.channel == device.options.channel else { continue }
      device.sequence &+= 1
      let time = TimeInterval(nanoseconds: external.device)
      guard let place = device.line.raw(of: time), let stamp = clocks.stamp(at: place.raw, kind: .hardware) else {
        continue
      }
      var mark = tompion_device_mark_t()
      mark.device = device.handle
      mark.edge = device.options.edges.rawValue
      mark.sequence = device.sequence
      mark.channel = external.channel
      mark.stamp = tompion_stamp_t(stamp)
      mark.device_ns = external.device
      mark.error_ns = place.errorNanoseconds
      // Sound: as many turns as places.
      unsafe devices.marks[count] = mark
      count += 1
    }
    tell(count)
  }

  private func tell(_ count: Int) {
    guard let devices, count > 0 else { return }
    // Sound: `count` marks were written just now.
    unsafe instance?.deviceMarked(UnsafeBufferPointer(rebasing: devices.marks[..<count]))
  }
}
