// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxKernel
import Testing
import TimeTypes

@testable import ProviderHost

/// What a provider in a child may not do, tried by one: each attempt names what it was and the errno it got, or "done".
@Suite(.serialized) struct SandboxTests {
  static let attempts = """
    #define _GNU_SOURCE
    #include <CTompionProvider.h>
    #include <errno.h>
    #include <fcntl.h>
    #include <linux/sched.h>
    #include <pthread.h>
    #include <signal.h>
    #include <stdio.h>
    #include <string.h>
    #include <sys/mman.h>
    #include <sys/ptrace.h>
    #include <sys/resource.h>
    #include <sys/socket.h>
    #include <sys/syscall.h>
    #include <time.h>
    #include <unistd.h>
    static const tompion_host_t *host;
    static char early[256];
    static void note(char *line, const char *what, long result) {
      size_t used = strlen(line);
      snprintf(line + used, 256 - used, "%s=%s ", what, result < 0 ? strerrorname_np(errno) : "done");
    }
    static void *idle(void *argument) { return argument; }
    __attribute__((constructor)) static void begin(void) {
      note(early, "read-secret", open(SECRET, O_RDONLY));
      note(early, "write-file", open("/tmp/tompion-sandbox-was-here", O_WRONLY | O_CREAT, 0600));
      note(early, "socket", socket(AF_INET, SOCK_DGRAM, 0));
      note(early, "fork", syscall(SYS_fork));
    }
    static void attempt(void) {
      char line[256] = "";
      note(line, "open", open("/usr/lib/os-release", O_RDONLY));
      note(line, "inet", socket(AF_INET, SOCK_STREAM, 0));
      note(line, "unix", socket(AF_UNIX, SOCK_STREAM, 0));
      note(line, "netlink", socket(AF_NETLINK, SOCK_RAW, 0));
      note(line, "fork", syscall(SYS_fork));
      note(line, "exec", execl("/bin/true", "true", (char *)0));
      note(line, "kill-host", kill(getppid(), 0));
      note(line, "ptrace", ptrace(PTRACE_ATTACH, getppid(), 0, 0));
      note(line, "uring", syscall(SYS_io_uring_setup, 4, 0));
      const tompion_log_t *log = host->get_extension(host, TOMPION_LOG_ID);
      log->write(host, TOMPION_LOG_NOTICE, line);
      line[0] = 0;
      struct timespec now;
      clock_gettime(CLOCK_REALTIME, &now);
      // Refused by the filter before anybody looks at the right, which the tests do not have.
      note(line, "clock-read", 0);
      void *code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      note(line, "code", code == MAP_FAILED ? -1 : 0);
      void *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      note(line, "protect", mprotect(page, 4096, PROT_READ | PROT_EXEC));
      note(line, "memfd", syscall(SYS_memfd_create, "x", 0));
      struct rlimit limit = {1 << 20, 1 << 20};
      note(line, "limit", setrlimit(RLIMIT_NOFILE, &limit));
      log->write(host, TOMPION_LOG_NOTICE, line);
      line[0] = 0;
      struct rlimit *far = mmap((void *)0x100000000ul, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
      note(line, "far-limit", syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, far, 0));
      note(line, "hosts-limit", syscall(SYS_prlimit64, getppid(), RLIMIT_NOFILE, 0, &limit));
      note(line, "own-limit", syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, &limit));
      note(line, "namespace", syscall(SYS_unshare, 0x10000000));
      note(line, "bpf", syscall(SYS_bpf, 0, 0, 0));
      note(line, "flags", fcntl(5, F_SETFL, 0));
      log->write(host, TOMPION_LOG_NOTICE, line);
      line[0] = 0;
      pthread_t thread;
      errno = pthread_create(&thread, 0, idle, 0);
      note(line, "thread", errno ? -1 : 0);
      if (!errno) pthread_join(thread, 0);
      void *all = mmap(0, 4ul << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      note(line, "memory", all == MAP_FAILED ? -1 : 0);
      int last = 0, count = 0;
      while ((last = dup(1)) >= 0) ++count;
      snprintf(line + strlen(line), 64, "descriptors=%s ", count < 320 ? strerrorname_np(errno) : "done");
      log->write(host, TOMPION_LOG_NOTICE, line);
      log->write(host, TOMPION_LOG_NOTICE, early);
    }
    static const tompion_descriptor_t about = {sizeof about, 1, "org.example.burglar", "burglar", "v", "1", "d"};
    static tompion_status fine(const tompion_provider_t *p) { (void)p; return TOMPION_OK; }
    static tompion_status start(const tompion_provider_t *p) { (void)p; attempt(); return TOMPION_OK; }
    static void nothing(const tompion_provider_t *p) { (void)p; }
    static tompion_status command(const tompion_provider_t *p, const tompion_command_t *c) { (void)p; (void)c; return TOMPION_UNSUPPORTED; }
    static const void *extension(const tompion_provider_t *p, const char *i) { (void)p; (void)i; return 0; }
    static const tompion_provider_t provider = {sizeof provider, 0, 0, &about, fine, start, nothing, nothing, command, 0, extension};
    static const tompion_provider_t *open_it(const char *i, const tompion_host_t *h) { (void)i; host = h; return &provider; }
    static const tompion_descriptor_t *describe(uint32_t i) { return i ? 0 : &about; }
    const tompion_module_t *tompion_module_v1(void) { static const tompion_module_t m = {sizeof m, 1, 0, 1, 0, describe, open_it}; return &m; }
    """

  /// What the burglar told, by attempt.
  private func told() throws -> [String: String] {
    let secret = NSTemporaryDirectory() + "tompion-secret-\(getpid())"
    try "secret".write(toFile: secret, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: secret) }
    let module = try CompiledPlugin.build(
      "burglar", source: Self.attempts, flags: ["-DSECRET=\"\(secret)\"", "-pthread"])
    let outbox = ProviderOutbox(number: 31)
    let process = ProviderProcessTests.process(module, provider: "burglar", outbox: outbox)
    process.launch(settings: [], now: RawClock.now())
    var told: [String: String] = [:]
    let end = RawClock.now() + .seconds(10)
    let loop = try PollLoop(capacity: 1)
    while RawClock.now() < end, told["read-secret"] == nil {
      process.pump(now: RawClock.now())
      while let message = outbox.messages.next() {
        for word in message.text.split(separator: " ") {
          let parts = word.split(separator: "=")
          if parts.count == 2 { told[String(parts[0])] = String(parts[1]) }
        }
      }
      try loop.wait(until: RawClock.now() + .milliseconds(5))
    }
    process.close(now: RawClock.now())
    return told
  }

  @Test func aChildOpensNothingAndStartsNothing() throws {
    let told = try told()
    for attempt in [
      "open", "inet", "unix", "netlink", "fork", "exec", "kill-host", "ptrace", "uring", "code", "protect", "memfd",
      "limit", "far-limit", "hosts-limit", "namespace", "bpf", "flags", "socket",
    ] {
      #expect(told[attempt] == "EPERM", "\(attempt): \(told[attempt] ?? "not told")")
    }
    #expect(told["memory"] == "ENOMEM")
    #expect(told["descriptors"] == "EMFILE")
    // What a provider may well do.
    #expect(told["thread"] == "done")
    #expect(told["clock-read"] == "done")
    #expect(told["own-limit"] == "done")
  }

  @Test(.enabled(if: Sandbox.landlockVersion > 0, "no landlock in this kernel"))
  func constructorsOfAModuleReadAndWriteNothing() throws {
    let told = try told()
    #expect(told["read-secret"] == "EACCES")
    #expect(told["write-file"] == "EPERM", "refused before landlock is asked")
    #expect(!FileManager.default.fileExists(atPath: "/tmp/tompion-sandbox-was-here"))
  }
}
