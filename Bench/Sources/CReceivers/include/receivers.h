// SPDX-License-Identifier: Apache-2.0
// The usual ways of receiving, in C, to compare with; and who sends: a thread of its own, over loopback or a veth pair between two
// namespaces that nobody else sees and that end with their threads.
#ifndef BENCH_RECEIVERS_H
#define BENCH_RECEIVERS_H
#include <stddef.h>
#include <stdint.h>

typedef struct bench_link bench_link;

// Runs `body` on a thread of its own and waits for it.
int bench_on_thread(void (*body)(void *context), void *context);
// Keeps the calling thread on a CPU and makes it SCHED_FIFO: bits of what was refused (1 CPU, 2 FIFO).
int bench_pin(int cpu, int priority);
int bench_cpus(void);

// Opens the way to this thread from a sender of its own; with `veth` this thread moves to a new network namespace. NULL: `error`
// says why.
bench_link *bench_link_open(int veth, char *error, size_t size);
void bench_link_close(bench_link *link);
// The IPv4 address to bind to, host order.
uint32_t bench_link_address(const bench_link *link);
// Has the sender send `count` datagrams of 48 bytes, one each `gap_ns`, after `delay_ns`.
void bench_link_send(bench_link *link, uint16_t port, uint32_t count, uint64_t gap_ns, uint64_t delay_ns);
void bench_link_wait(bench_link *link);

// A UDP socket with RX stamps, bound to address and a random port; or -errno.
int bench_socket(uint32_t address, uint16_t *port);
void bench_close(int fd);
// Each receives until `count` are there or nothing came for half a second; how many. Latencies from RX stamp to here, ns.
int bench_receive_recvmsg(int fd, int64_t *latencies, int count);
int bench_receive_epoll(int fd, int64_t *latencies, int count);
#endif
