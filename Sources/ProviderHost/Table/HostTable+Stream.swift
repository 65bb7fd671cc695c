// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// stream/1: connections and Unix datagrams that the backend owns.
extension HostTable {
  // Every closure: pointers are the caller's, borrowed for the call and checked for null before use.
  static var stream: tompion_stream_t {
    var table = tompion_stream_t()
    table.size = UInt32(MemoryLayout<tompion_stream_t>.size)
    unsafe table.open = { host, options, stream in
      guard let instance = unsafe HostTable.instance(host), let options = unsafe options, let stream = unsafe stream
      else {
        return TOMPION_INVALID
      }
      guard instance.isOnOwnersThread() else { return TOMPION_WRONG_ROLE }
      guard instance.permits(instance.state.isInited) else { return TOMPION_WRONG_STATE }
      guard unsafe instance.isWhole(options.pointee.size, tompion_stream_options_t.self) else { return TOMPION_INVALID }
      var status = TOMPION_INVALID
      guard
        let wanted = unsafe StreamOptions(options.pointee, path: CText.path(options.pointee.path), status: &status)
      else { return status }
      guard instance.isGranted(instance.grants.permits(wanted)) else { return TOMPION_PERMISSION }
      return unsafe instance.answer(instance.backend.openStream(wanted), stream)
    }
    unsafe table.close = { host, stream, abort in
      guard let instance = unsafe HostTable.instance(host), instance.isOnOwnersThread(),
        instance.permits(instance.state.isInited)
      else { return }
      instance.backend.closeStream(stream, aborts: abort != 0)
    }
    unsafe table.send = { host, stream, bytes, count in
      guard let instance = unsafe HostTable.instance(host), let bytes = unsafe bytes, count > 0 else { return 0 }
      guard instance.isOnOwnersThread(), instance.permits(instance.state == .started) else { return 0 }
      return unsafe instance.backend.send(UnsafeRawBufferPointer(start: bytes, count: Int(count)), stream: stream)
    }
    unsafe table.end = { host, stream in
      guard let instance = unsafe HostTable.instance(host) else { return TOMPION_INVALID }
      guard instance.isOnOwnersThread() else { return TOMPION_WRONG_ROLE }
      guard instance.permits(instance.state == .started) else { return TOMPION_WRONG_STATE }
      return instance.backend.endStream(stream)
    }
    unsafe table.peer_credentials = { host, stream, pid, uid, gid in
      guard let instance = unsafe HostTable.instance(host), let pid = unsafe pid, let uid = unsafe uid,
        let gid = unsafe gid
      else { return TOMPION_INVALID }
      guard instance.isOnOwnersThread() else { return TOMPION_WRONG_ROLE }
      guard let peer = instance.backend.streamCredentials(stream) else { return TOMPION_UNSUPPORTED }
      unsafe pid.pointee = UInt32(bitPattern: peer.pid)
      unsafe uid.pointee = peer.user
      unsafe gid.pointee = peer.group
      return TOMPION_OK
    }
    unsafe table.local_address = { host, stream, address in
      guard let instance = unsafe HostTable.instance(host), let address = unsafe address else { return TOMPION_INVALID }
      guard instance.isOnOwnersThread() else { return TOMPION_WRONG_ROLE }
      guard let found = instance.backend.streamAddress(stream) else { return TOMPION_NOT_FOUND }
      unsafe address.pointee = found
      return TOMPION_OK
    }
    return table
  }
}
