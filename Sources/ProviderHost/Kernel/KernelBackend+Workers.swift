// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel

/// A socket that several workers have.
struct SharedSocket {
  var handle: UInt32
  var options: UDPSocketOptions
  var workers: Int
}

/// The other workers of a provider that receives on several. They run while it is started, and stand still while sockets are opened
/// and closed. [control, on the owner's thread]
extension KernelBackend {
  package func started() { startWorkers() }
  package func stopping() { stopWorkers() }

  /// The owner's socket is open: the others open theirs as they start.
  func share(_ handle: UInt32, _ options: UDPSocketOptions, _ workers: Int) {
    var wanted = options
    wanted.isFirstOfPort = false
    // A port of the system's choice is the same for all.
    if let local = socket(handle)?.local { wanted.local = local }
    shared.append(SharedSocket(handle: handle, options: wanted, workers: workers))
    if !others.isEmpty {
      stopWorkers()
      startWorkers()
    }
  }

  func unshare(_ handle: UInt32) {
    guard let index = shared.firstIndex(where: { $0.handle == handle }) else { return }
    let ran = !others.isEmpty
    stopWorkers()
    shared.remove(at: index)
    if ran { startWorkers() }
  }

  private func startWorkers() {
    guard worker == 0, others.isEmpty, let instance, instance.state == .started else { return }
    let wanted = shared.reduce(1) { max($0, $1.workers) }
    guard wanted > 1 else { return }
    let count = instance.openWorkers(wanted)
    for index in 1..<max(count, 1) {
      do throws(KernelError) {
        let other = try ReceiveWorker(index: index, of: self, instance: instance)
        for socket in shared where socket.workers > index {
          guard case .opened = other.backend.open(socket.options, handle: socket.handle) else {
            throw KernelError("open its socket", errno: KernelError.addressInUse)
          }
        }
        for warning in try other.launch(workerOptions) { instance.log(.warning, warning.description) }
        others.append(other)
      } catch {
        // Its sockets close with it, so that no client is sent there.
        instance.log(.warning, "worker \(index) does not run: \(error.description)")
        return
      }
    }
  }

  func stopWorkers() {
    for other in others where !other.end() {
      instance?.log(.error, "worker \(other.backend.worker) does not return from a call: its sockets stay open")
    }
    others = []
  }
}
