// SPDX-License-Identifier: Apache-2.0
// The load of the server entries: requests of many client addresses (127.1.0.x, one socket that writes its source address into
// each message), by sendmmsg(2), and what comes back. Prints one line of JSON.
//   ServerLoad PORT PID SECONDS closed OUTSTANDING   as many requests on their way as that, always
//   ServerLoad PORT PID SECONDS open RATE            so many requests a second, whatever comes back
//   … ALGORITHM NUMBER KEY                           every request signed with that key ("sha256" or "aes128-cmac", hexadecimal)
// PID is the server: its processor time is read around the measurement.
#define _GNU_SOURCE
#include "signing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS 100
#define BATCH 64
#define ROOM (1u << 16)  // requests that are remembered
#define BUCKETS 65536    // of 100 ns
// Where the server is to be saturated, a client's requests come in fours: the kernel cuts one message into them (UDP_SEGMENT), or
// one core could not make as many as the other answers.
#define SEGMENTS 4

static int fd;
static uint64_t tag;
// A request's bytes, signed or not. Signed ones are made beforehand, as many as may be on their way, so that signing costs the load
// nothing while it measures: their nonces come again.
static int length = 48;
static uint8_t (*made)[72];
static int64_t sent_at[ROOM];
static uint8_t is_out[ROOM];
static uint64_t sequence, sent, received, strange, lost;
static uint32_t latencies[BUCKETS];
static int64_t measure_from, measure_to, longest;
static uint64_t measured_sent, measured_received;

static int64_t now(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time)) return 0;
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static struct mmsghdr out[BATCH], in[BATCH];
static struct sockaddr_in server;
static uint8_t requests[BATCH][SEGMENTS * 72], replies[BATCH][256];
static struct iovec out_vectors[BATCH], in_vectors[BATCH];
static union {
  char bytes[CMSG_SPACE(sizeof(struct in_pktinfo)) + CMSG_SPACE(sizeof(uint16_t))];
  struct cmsghdr align;
} controls[BATCH];

static void prepare(int segments) {
  for (int i = 0; i < BATCH; ++i) {
    out_vectors[i] = (struct iovec){requests[i], (size_t)(segments * length)};
    in_vectors[i] = (struct iovec){replies[i], sizeof replies[i]};
    size_t control = segments > 1 ? sizeof controls[i] : CMSG_SPACE(sizeof(struct in_pktinfo));
    out[i].msg_hdr = (struct msghdr){&server, sizeof server, &out_vectors[i], 1, &controls[i], control, 0};
    in[i].msg_hdr = (struct msghdr){NULL, 0, &in_vectors[i], 1, NULL, 0, 0};
    controls[i].align.cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
    controls[i].align.cmsg_level = SOL_IP;
    controls[i].align.cmsg_type = IP_PKTINFO;
    struct cmsghdr *cut = (struct cmsghdr *)(controls[i].bytes + CMSG_SPACE(sizeof(struct in_pktinfo)));
    cut->cmsg_len = CMSG_LEN(sizeof(uint16_t));
    cut->cmsg_level = SOL_UDP;
    cut->cmsg_type = UDP_SEGMENT;
    uint16_t size = (uint16_t)length;
    memcpy(CMSG_DATA(cut), &size, sizeof size);
    for (int s = 0; s < SEGMENTS; ++s) requests[i][s * length] = 4 << 3 | 3;
  }
}

static int make_signed(const char *algorithm, const char *number, const char *key) {
  int mac = signing_begin(algorithm, number, key);
  made = mac ? calloc(ROOM, sizeof *made) : NULL;
  if (!made) return 0;
  length = 48 + mac;
  for (uint64_t i = 0; i < ROOM; ++i) {
    uint64_t nonce = tag ^ i;
    made[i][0] = 4 << 3 | 3;
    memcpy(made[i] + 40, &nonce, 8);
    signing_sign(made[i]);
  }
  return 1;
}

// The request that a reply is to; -1 = it is to none that is on its way, or is no good reply.
static int64_t asked(const uint8_t *reply, uint32_t count) {
  uint64_t nonce;
  memcpy(&nonce, reply + 24, 8);
  uint64_t number = nonce ^ tag;
  // A reply in server mode, of a synchronized clock.
  if (count != (uint32_t)length || (reply[0] & 7) != 4 || reply[1] == 0 || reply[1] > 15) return -1;
  if (made) {
    // One in 256 is looked at as a client would.
    if (number >= ROOM || !is_out[number] || (number % 256 == 0 && !signing_verify(reply))) return -1;
    return (int64_t)number;
  }
  if (number >= sequence || sequence - number > ROOM || !is_out[number % ROOM]) return -1;
  return (int64_t)(number % ROOM);
}

static void send_batch(int count, int segments, int64_t moment) {
  for (int i = 0; i < count; ++i) {
    struct in_pktinfo info = {0};
    info.ipi_spec_dst.s_addr = htonl(0x7f010001u + (uint32_t)(sequence / (uint64_t)segments % CLIENTS));
    memcpy(CMSG_DATA(&controls[i].align), &info, sizeof info);
    for (int s = 0; s < segments; ++s) {
      uint64_t number = sequence++, nonce = tag ^ number;
      if (made) memcpy(requests[i] + s * length, made[number % ROOM], (size_t)length);
      else memcpy(requests[i] + s * length + 40, &nonce, 8);
      if (is_out[number % ROOM]) ++lost;
      is_out[number % ROOM] = 1;
      sent_at[number % ROOM] = moment;
    }
  }
  for (int at = 0; at < count;) {
    int done = sendmmsg(fd, out + at, (unsigned)(count - at), 0);
    if (done <= 0) {
      perror("ServerLoad: sendmmsg");
      exit(1);
    }
    at += done;
  }
  sent += (uint64_t)(count * segments);
  if (moment >= measure_from && moment < measure_to) measured_sent += (uint64_t)(count * segments);
}

static int receive_batch(int wait) {
  int got = recvmmsg(fd, in, BATCH, wait ? MSG_WAITFORONE : MSG_DONTWAIT, NULL);
  if (got <= 0) return 0;
  int64_t moment = now(CLOCK_MONOTONIC);
  int taken = 0;
  for (int i = 0; i < got; ++i) {
    int64_t place = asked(replies[i], in[i].msg_len);
    if (place < 0) {
      ++strange;
      continue;
    }
    is_out[place] = 0;
    int64_t begin = sent_at[place], took = moment - begin;
    ++received;
    ++taken;
    if (moment >= measure_from && moment < measure_to) ++measured_received;
    if (begin >= measure_from && begin < measure_to) {
      ++latencies[took / 100 < BUCKETS ? took / 100 : BUCKETS - 1];
      if (took > longest) longest = took;
    }
  }
  return taken;
}

static void closed(int64_t end, int outstanding) {
  static int64_t on_their_way = 0;
  while (now(CLOCK_MONOTONIC) < end) {
    while (on_their_way + SEGMENTS <= outstanding) {
      int64_t count = (outstanding - on_their_way) / SEGMENTS;
      if (count > BATCH) count = BATCH;
      send_batch((int)count, SEGMENTS, now(CLOCK_MONOTONIC));
      on_their_way += count * SEGMENTS;
    }
    int got = receive_batch(1);
    // Nothing for 20 ms (SO_RCVTIMEO): what is on its way is lost.
    if (got == 0) on_their_way = 0;
    on_their_way -= got;
    if (on_their_way < 0) on_their_way = 0;
  }
}

// Never sleeps: its core is its own, and a generator that waits for replies would send when the server lets it. Requests are due at
// even distances, and one that is sent late counts from when it was due.
static void open_loop(int64_t end, double rate) {
  double gap = 1e9 / rate, due = (double)now(CLOCK_MONOTONIC) + gap;
  for (;;) {
    int64_t moment = now(CLOCK_MONOTONIC);
    if (moment >= end) return;
    // One that was kept from running for longer than a millisecond does not make up for it with a burst.
    if ((double)moment - due > 1e6) due = (double)moment;
    for (; (double)moment >= due; due += gap) send_batch(1, 1, (int64_t)due);
    while (receive_batch(0)) {}
  }
}

int main(int count, char **arguments) {
  if (count != 6 && count != 9) return 2;
  double seconds = atof(arguments[3]);
  int is_open = !strcmp(arguments[4], "open");
  int room = 4 << 20;
  struct timeval patience = {0, 20000};
  clockid_t clock;
  alarm((unsigned)seconds + 10);
  if (clock_getcpuclockid((pid_t)atoi(arguments[2]), &clock)) return 2;
  fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in own = {.sin_family = AF_INET};
  server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1])),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (bind(fd, (struct sockaddr *)&own, sizeof own)) return 1;
  tag = (uint64_t)now(CLOCK_REALTIME) * UINT64_C(0x9e3779b97f4a7c15);
  if (count == 9 && !make_signed(arguments[6], arguments[7], arguments[8])) {
    fputs("ServerLoad: libcrypto has no such algorithm\n", stderr);
    return 1;
  }
  prepare(is_open ? 1 : SEGMENTS);
  // A tenth of the time to warm up, in which nothing is counted.
  int64_t begin = now(CLOCK_MONOTONIC), span = (int64_t)(seconds * 1e9);
  measure_from = INT64_MAX;
  measure_to = INT64_MAX;
  if (is_open) open_loop(begin + span / 10, atof(arguments[5]));
  else closed(begin + span / 10, atoi(arguments[5]));
  measure_from = now(CLOCK_MONOTONIC);
  int64_t cpu = now(clock), own_cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  if (is_open) open_loop(measure_from + span, atof(arguments[5]));
  else closed(measure_from + span, atoi(arguments[5]));
  measure_to = now(CLOCK_MONOTONIC);
  cpu = now(clock) - cpu;
  own_cpu = now(CLOCK_PROCESS_CPUTIME_ID) - own_cpu;
  // What is still on its way.
  int64_t end = measure_to + 50000000;
  while (now(CLOCK_MONOTONIC) < end) receive_batch(1);
  uint64_t total = 0, seen = 0;
  double p50 = 0, p99 = 0;
  for (int i = 0; i < BUCKETS; ++i) total += latencies[i];
  for (int i = 0; i < BUCKETS; ++i) {
    seen += latencies[i];
    if (!p50 && seen * 2 >= total) p50 = (i + 1) / 10.0;
    if (!p99 && seen * 100 >= total * 99) p99 = (i + 1) / 10.0;
  }
  double wall = (double)(measure_to - measure_from) / 1e9;
  printf("{\"seconds\":%.4f,\"replies\":%llu,\"requests\":%llu,\"answered\":%llu,\"strange\":%llu,\"per_second\":%.0f,"
         "\"cpu_ns\":%.1f,\"cpu_share\":%.3f,\"load_share\":%.3f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}\n",
         wall, (unsigned long long)measured_received, (unsigned long long)measured_sent, (unsigned long long)total,
         (unsigned long long)strange, (double)measured_received / wall,
         measured_received ? (double)cpu / (double)measured_received : 0, (double)cpu / 1e9 / wall,
         (double)own_cpu / 1e9 / wall, p50, p99, (double)longest / 1e3);
  return 0;
}
