// SPDX-License-Identifier: Apache-2.0
// The yardstick of the server entries: the least that answers NTP in batches. recvmmsg(2) with kernel stamps, a reply in place
// with one reading of the clock for each batch, sendmmsg(2). No access rules, no limits, no counters.
//   ServerResponder PORT SECONDS   answers on 127.0.0.1:PORT, ends by itself
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define CONTROL 128
#define CAPACITY 2048

static uint64_t ntp_time(const struct timespec *time) {
  uint64_t fraction = ((uint64_t)time->tv_nsec << 32) / 1000000000u;
  return htobe64(((uint64_t)time->tv_sec + 2208988800u) << 32 | fraction);
}

static struct timespec stamp_of(struct msghdr *message, const struct timespec *otherwise) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPING) continue;
    struct timespec stamp;
    memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
    return stamp;
  }
  return *otherwise;
}

int main(int count, char **arguments) {
  static uint8_t bytes[BATCH][CAPACITY], controls[BATCH][CONTROL];
  static struct sockaddr_in names[BATCH];
  static struct iovec vectors[BATCH];
  static struct mmsghdr in[BATCH], out[BATCH];
  if (count != 3) return 2;
  alarm((unsigned)atoi(arguments[2]));
  int fd = socket(AF_INET, SOCK_DGRAM, 0), flags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  int room = 1 << 20;
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1])),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags) || bind(fd, (struct sockaddr *)&own, sizeof own)) {
    perror("ServerResponder");
    return 1;
  }
  for (;;) {
    for (int i = 0; i < BATCH; ++i) {
      vectors[i] = (struct iovec){bytes[i], CAPACITY};
      in[i].msg_hdr = (struct msghdr){&names[i], sizeof names[i], &vectors[i], 1, controls[i], CONTROL, 0};
    }
    int got = recvmmsg(fd, in, BATCH, MSG_WAITFORONE, NULL);
    if (got < 0 && errno != EINTR) return 1;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t transmit = ntp_time(&now);
    int replies = 0;
    for (int i = 0; i < got; ++i) {
      uint8_t *p = bytes[i];
      if (in[i].msg_len < 48 || (p[0] & 7) != 3) continue;
      struct timespec received = stamp_of(&in[i].msg_hdr, &now);
      uint64_t receive = ntp_time(&received);
      p[0] = (uint8_t)((p[0] & 0x38) | 4);
      p[1] = 1;
      p[3] = (uint8_t)-24;
      memset(p + 4, 0, 8);
      memcpy(p + 12, "LOCL", 4);
      memcpy(p + 16, &transmit, 8);
      memcpy(p + 24, p + 40, 8);
      memcpy(p + 32, &receive, 8);
      memcpy(p + 40, &transmit, 8);
      vectors[i].iov_len = 48;
      out[replies].msg_hdr = (struct msghdr){&names[i], sizeof names[i], &vectors[i], 1, NULL, 0, 0};
      ++replies;
    }
    for (int at = 0; at < replies;) {
      int done = sendmmsg(fd, out + at, (unsigned)(replies - at), 0);
      at += done > 0 ? done : 1;
    }
  }
}
