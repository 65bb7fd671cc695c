// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "receivers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/net_tstamp.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct thread {
  void (*body)(void *);
  void *context;
};

static void *begin(void *argument) {
  struct thread *thread = argument;
  thread->body(thread->context);
  return NULL;
}

int bench_on_thread(void (*body)(void *context), void *context) {
  struct thread thread = {body, context};
  pthread_t handle;
  int error = pthread_create(&handle, NULL, begin, &thread);
  if (!error) pthread_join(handle, NULL);
  return error;
}

int bench_pin(int cpu, int priority) {
  int refused = 0;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (pthread_setaffinity_np(pthread_self(), sizeof set, &set)) refused |= 1;
  struct sched_param parameters = {.sched_priority = priority};
  if (priority && pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters)) refused |= 2;
  return refused;
}

int bench_cpus(void) { return (int)sysconf(_SC_NPROCESSORS_ONLN); }

struct bench_link {
  int veth;
  pthread_t sender;
  pid_t sender_id;
  sem_t is_up, wanted, done;
  int failed, ending;
  uint16_t port;
  uint32_t count;
  uint64_t gap_ns, delay_ns;
};

#define RECEIVER_ADDRESS 0xc6120001u  // 198.18.0.1: for benchmarks (RFC 2544)

static void *send_on_demand(void *argument) {
  bench_link *link = argument;
  if (link->veth && unshare(CLONE_NEWNET)) link->failed = errno;
  link->sender_id = gettid();
  sem_post(&link->is_up);
  // The namespace gets its end of the pair meanwhile; the commands of its own run with the first request.
  int is_ready = !link->veth;
  if (is_ready) bench_pin(0, 50);
  for (;;) {
    while (sem_wait(&link->wanted)) {
    }
    if (link->ending) return NULL;
    if (!is_ready) {
      is_ready = 1;
      if (system("ip addr add 198.18.0.2/30 dev tompion-b && ip link set tompion-b up")) link->failed = EIO;
      bench_pin(0, 50);
      sem_post(&link->done);
      continue;
    }
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(link->port)};
    to.sin_addr.s_addr = htonl(bench_link_address(link));
    char packet[48] = {0x23};
    if (connect(fd, (struct sockaddr *)&to, sizeof to)) link->failed = errno;
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    uint64_t next = (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec + link->delay_ns;
    for (uint32_t i = 0; i < link->count; ++i, next += link->gap_ns) {
      at.tv_sec = (time_t)(next / 1000000000u);
      at.tv_nsec = (long)(next % 1000000000u);
      while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
      }
      if (send(fd, packet, sizeof packet, 0) < 0) link->failed = errno;
    }
    close(fd);
    sem_post(&link->done);
  }
}

static int command(const char *text) { return system(text) ? EIO : 0; }

static int join_namespaces(bench_link *link) {
  char text[200];
  if (command("ip link set lo up && ip link add tompion-a type veth peer name tompion-b")) return EIO;
  snprintf(text, sizeof text, "ip link set tompion-b netns /proc/%d/task/%d/ns/net 2>/dev/null || ip link set tompion-b netns %d",
           getpid(), link->sender_id, link->sender_id);
  if (command(text)) return EIO;
  if (command("ip addr add 198.18.0.1/30 dev tompion-a && ip link set tompion-a up")) return EIO;
  sem_post(&link->wanted);
  while (sem_wait(&link->done)) {
  }
  // The link comes up in its time.
  usleep(200000);
  return link->failed;
}

bench_link *bench_link_open(int veth, char *error, size_t size) {
  bench_link *link = calloc(1, sizeof *link);
  if (!link) return NULL;
  link->veth = veth;
  sem_init(&link->is_up, 0, 0);
  sem_init(&link->wanted, 0, 0);
  sem_init(&link->done, 0, 0);
  if (veth && unshare(CLONE_NEWNET)) {
    snprintf(error, size, "no new network namespace: %s", strerror(errno));
    free(link);
    return NULL;
  }
  if (pthread_create(&link->sender, NULL, send_on_demand, link)) {
    snprintf(error, size, "no thread");
    free(link);
    return NULL;
  }
  while (sem_wait(&link->is_up)) {
  }
  int failed = link->failed;
  if (!failed && veth) failed = join_namespaces(link);
  if (failed) {
    snprintf(error, size, "no veth pair between two namespaces: %s (is there an ip(8), and CAP_NET_ADMIN?)", strerror(failed));
    bench_link_close(link);
    return NULL;
  }
  return link;
}

void bench_link_close(bench_link *link) {
  link->ending = 1;
  sem_post(&link->wanted);
  pthread_join(link->sender, NULL);
  free(link);
}

uint32_t bench_link_address(const bench_link *link) { return link->veth ? RECEIVER_ADDRESS : 0x7f000001u; }

void bench_link_send(bench_link *link, uint16_t port, uint32_t count, uint64_t gap_ns, uint64_t delay_ns) {
  link->port = port;
  link->count = count;
  link->gap_ns = gap_ns;
  link->delay_ns = delay_ns;
  sem_post(&link->wanted);
}

void bench_link_wait(bench_link *link) {
  while (sem_wait(&link->done)) {
  }
}

int bench_socket(uint32_t address, uint16_t *port) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  int flags = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE;
  struct timeval patience = {.tv_usec = 500000};
  struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(address)};
  socklen_t length = sizeof name;
  if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags) ||
      setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) || bind(fd, (struct sockaddr *)&name, sizeof name) ||
      getsockname(fd, (struct sockaddr *)&name, &length)) {
    int error = errno;
    close(fd);
    return -error;
  }
  *port = ntohs(name.sin_port);
  return fd;
}

void bench_close(int fd) { close(fd); }

// One recvmsg; 1 = a stamped packet, 0 = one without a stamp, -1 = none. A ring that was closed before interrupts its task once
// more when its remains are cleared away.
static int take(int fd, int flags, int64_t *latency) {
  char packet[2048], control[512];
  struct sockaddr_storage peer;
  struct iovec vector = {packet, sizeof packet};
  struct msghdr message = {.msg_name = &peer, .msg_namelen = sizeof peer, .msg_iov = &vector, .msg_iovlen = 1,
                           .msg_control = control, .msg_controllen = sizeof control};
  if (recvmsg(fd, &message, flags) < 0) return errno == EINTR ? 0 : -1;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_TIMESTAMPING) continue;
    struct timespec stamp;
    memcpy(&stamp, CMSG_DATA(header), sizeof stamp);
    if (!stamp.tv_sec) return 0;
    *latency = (now.tv_sec - stamp.tv_sec) * 1000000000LL + now.tv_nsec - stamp.tv_nsec;
    return 1;
  }
  return 0;
}

int bench_receive_recvmsg(int fd, int64_t *latencies, int count) {
  int got = 0;
  while (got < count) {
    int result = take(fd, 0, &latencies[got]);
    if (result < 0) break;
    got += result;
  }
  return got;
}

int bench_receive_epoll(int fd, int64_t *latencies, int count) {
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  int got = 0;
  while (got < count) {
    int ready = epoll_wait(epoll, &event, 1, 500);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) break;
    int result = take(fd, MSG_DONTWAIT, &latencies[got]);
    if (result > 0) ++got;
  }
  close(epoll);
  return got;
}
