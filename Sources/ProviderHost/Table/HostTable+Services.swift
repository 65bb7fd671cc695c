// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import TimeTypes

/// timer/1, log/1, event/1, clock-info/1, realtime/1, resolve/1 and settings/1.
extension HostTable {
  // Every closure: pointers are the caller's, borrowed for the call and checked for null before use.
  static var timer: tompion_timer_t {
    var table = tompion_timer_t()
    table.size = UInt32(MemoryLayout<tompion_timer_t>.size)
    unsafe table.arm = { host, timer, deadline in
      guard let instance = unsafe HostTable.instance(host), timer <= 65535 else { return TOMPION_INVALID }
      guard instance.isOnOwnersThread() else { return TOMPION_WRONG_ROLE }
      guard instance.permits(instance.state.isInited) else { return TOMPION_WRONG_STATE }
      return instance.backend.arm(timer: timer, deadline: RawInstant(nanoseconds: deadline))
        ? TOMPION_OK : TOMPION_AGAIN
    }
    unsafe table.disarm = { host, timer in
      guard let instance = unsafe HostTable.instance(host), instance.isOnOwnersThread(),
        instance.permits(instance.state.isInited)
      else { return }
      instance.backend.disarm(timer: timer)
    }
    return table
  }

  static var log: tompion_log_t {
    var table = tompion_log_t()
    table.size = UInt32(MemoryLayout<tompion_log_t>.size)
    unsafe table.write = { host, level, text in
      guard let instance = unsafe HostTable.instance(host), let text = unsafe text else { return }
      if unsafe !instance.outbox.messages.pushLog(level: min(level, UInt32(TOMPION_LOG_DEBUG)), text) {
        instance.outbox.counters.countDroppedMessage()
      }
    }
    return table
  }

  static var event: tompion_event_t {
    var table = tompion_event_t()
    table.size = UInt32(MemoryLayout<tompion_event_t>.size)
    unsafe table.raise = { host, number, source, text in
      guard let instance = unsafe HostTable.instance(host), let text = unsafe text else { return }
      if unsafe !instance.outbox.messages.pushEvent(number: number, source: source, text) {
        instance.outbox.counters.countDroppedMessage()
      }
    }
    return table
  }

  static var clockInfo: tompion_clock_info_host_t {
    var table = tompion_clock_info_host_t()
    table.size = UInt32(MemoryLayout<tompion_clock_info_host_t>.size)
    unsafe table.page = { host, clock in
      unsafe HostTable.instance(host)?.backend.clockPage(ClockID(rawValue: clock))
    }
    return table
  }

  static var realtime: tompion_realtime_t {
    var table = tompion_realtime_t()
    table.size = UInt32(MemoryLayout<tompion_realtime_t>.size)
    unsafe table.stamp = { host, realtime, stamp in
      guard let instance = unsafe HostTable.instance(host), let stamp = unsafe stamp else { return TOMPION_INVALID }
      guard instance.isOnOwnersThread() else { return TOMPION_WRONG_ROLE }
      guard let found = instance.backend.stamp(realtime: realtime) else { return TOMPION_NOT_FOUND }
      unsafe stamp.pointee = tompion_stamp_t(found)
      return TOMPION_OK
    }
    return table
  }

  static var resolve: tompion_resolve_t {
    var table = tompion_resolve_t()
    table.size = UInt32(MemoryLayout<tompion_resolve_t>.size)
    unsafe table.start = { host, name, family, token in
      guard let instance = unsafe HostTable.instance(host), let name = unsafe CText.string(name), !name.isEmpty else {
        return TOMPION_INVALID
      }
      guard instance.isOnOwnersThread() else { return TOMPION_WRONG_ROLE }
      guard instance.permits(instance.state.isInited) else { return TOMPION_WRONG_STATE }
      instance.noteQuestion(name, token: token)
      return instance.backend.startResolve(name, family: family, token: token)
    }
    return table
  }

  static var settings: tompion_settings_t {
    var table = tompion_settings_t()
    table.size = UInt32(MemoryLayout<tompion_settings_t>.size)
    unsafe table.count = { host in UInt32(unsafe HostTable.instance(host)?.settings.count ?? 0) }
    unsafe table.at = { host, index, setting in
      guard let instance = unsafe HostTable.instance(host), let setting = unsafe setting else { return TOMPION_INVALID }
      guard Int(index) < instance.settings.count else { return TOMPION_NOT_FOUND }
      unsafe setting.pointee = instance.settings.entries[Int(index)]
      return TOMPION_OK
    }
    unsafe table.refuse = { host, index, text in
      guard let instance = unsafe HostTable.instance(host) else { return }
      let words = unsafe CText.string(text) ?? "not accepted"
      guard instance.refusals.count < 1000 else { return }
      instance.refusals.append(
        SettingRefusal(index: Int(index) < instance.settings.count ? Int(index) : nil, text: words))
    }
    return table
  }
}
