// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "batch.h"

#include <errno.h>
#include <time.h>

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

_Static_assert(sizeof(clinux_address_t) == 24, "address layout");
_Static_assert(sizeof(clinux_datagram_t) == 112, "datagram layout");
_Static_assert(sizeof(struct sock_extended_err) == 16, "extended error layout");
_Static_assert(sizeof(struct timespec) == 16, "64-bit time");

const uint8_t clinux_origin_local = SO_EE_ORIGIN_LOCAL, clinux_origin_icmp = SO_EE_ORIGIN_ICMP,
              clinux_origin_icmp6 = SO_EE_ORIGIN_ICMP6, clinux_origin_timestamping = SO_EE_ORIGIN_TIMESTAMPING;

void clinux_batch_destroy(clinux_batch_t *batch) {
  if (!batch) return;
  free(batch->datagrams);
  free(batch->headers);
  free(batch->vectors);
  free(batch->names);
  free(batch->controls);
  free(batch->order);
  free(batch->bytes);
  free(batch);
}

clinux_batch_t *clinux_batch_create(uint32_t slots, uint32_t capacity) {
  clinux_batch_t *batch = calloc(1, sizeof *batch);
  if (!batch || slots == 0) {
    free(batch);
    return NULL;
  }
  batch->slots = slots;
  batch->capacity = capacity;
  batch->datagrams = calloc(slots, sizeof *batch->datagrams);
  batch->headers = calloc(slots, sizeof *batch->headers);
  batch->vectors = calloc(slots, sizeof *batch->vectors);
  batch->names = calloc(slots, sizeof *batch->names);
  batch->controls = calloc(slots, CONTROL_STRIDE);
  batch->order = calloc(slots, sizeof *batch->order);
  batch->stride = ((capacity + 63) / 64 | 1) * 64;
  batch->bytes = calloc(slots, batch->stride);
  if (!batch->datagrams || !batch->headers || !batch->vectors || !batch->names || !batch->controls || !batch->order ||
      !batch->bytes) {
    clinux_batch_destroy(batch);
    return NULL;
  }
  for (uint32_t i = 0; i < slots; ++i) {
    batch->datagrams[i].capacity = capacity;
  }
  return batch;
}

clinux_datagram_t *clinux_batch_slot(clinux_batch_t *batch, uint32_t index) { return &batch->datagrams[index]; }
uint8_t *clinux_batch_bytes(clinux_batch_t *batch, uint32_t index) { return batch->bytes + (size_t)index * batch->stride; }
uint32_t clinux_batch_stride(const clinux_batch_t *batch) { return batch->stride; }

void clinux_import_name(const struct sockaddr *name, size_t length, clinux_address_t *address) {
  memset(address, 0, sizeof *address);
  if (length >= sizeof(struct sockaddr_in) && name->sa_family == AF_INET) {
    struct sockaddr_in in;
    memcpy(&in, name, sizeof in);
    memcpy(&address->high, &in.sin_addr, 4);
    address->port = ntohs(in.sin_port);
    address->family = 4;
  } else if (length >= sizeof(struct sockaddr_in6) && name->sa_family == AF_INET6) {
    struct sockaddr_in6 in6;
    memcpy(&in6, name, sizeof in6);
    memcpy(&address->high, &in6.sin6_addr, 16);
    address->scope = in6.sin6_scope_id;
    address->port = ntohs(in6.sin6_port);
    address->family = 6;
  }
}

static socklen_t export_name(const clinux_address_t *address, struct sockaddr_storage *name) {
  if (address->family == 4) {
    struct sockaddr_in *in = (struct sockaddr_in *)name;
    memset(in, 0, sizeof *in);
    in->sin_family = AF_INET;
    in->sin_port = htons(address->port);
    memcpy(&in->sin_addr, &address->high, 4);
    return sizeof *in;
  }
  if (address->family == 6) {
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)name;
    memset(in6, 0, sizeof *in6);
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(address->port);
    in6->sin6_scope_id = address->scope;
    memcpy(&in6->sin6_addr, &address->high, 16);
    return sizeof *in6;
  }
  return 0;
}

static int64_t nanoseconds(const struct timespec *time) { return time->tv_sec * INT64_C(1000000000) + time->tv_nsec; }

static void parse_stamps(const uint8_t *data, size_t length, clinux_datagram_t *slot) {
  struct timespec times[3];
  if (length < sizeof times) {
    slot->flags |= CLINUX_DATAGRAM_MALFORMED;
    return;
  }
  memcpy(times, data, sizeof times);
  if (times[0].tv_sec || times[0].tv_nsec) {
    slot->software_ns = nanoseconds(&times[0]);
    slot->flags |= CLINUX_DATAGRAM_SOFTWARE;
  }
  if (times[2].tv_sec || times[2].tv_nsec) {
    slot->hardware_ns = nanoseconds(&times[2]);
    slot->flags |= CLINUX_DATAGRAM_HARDWARE;
  }
}

static void parse_brief(const uint8_t *data, size_t length, clinux_datagram_t *slot) {
  struct timespec time;
  if (length < sizeof time) {
    slot->flags |= CLINUX_DATAGRAM_MALFORMED;
    return;
  }
  memcpy(&time, data, sizeof time);
  slot->software_ns = nanoseconds(&time);
  slot->flags |= CLINUX_DATAGRAM_SOFTWARE;
}

static void parse_error(const uint8_t *data, size_t length, clinux_datagram_t *slot) {
  struct sock_extended_err error;
  if (length < sizeof error) {
    slot->flags |= CLINUX_DATAGRAM_MALFORMED;
    return;
  }
  memcpy(&error, data, sizeof error);
  slot->error_origin = error.ee_origin;
  if (error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING) {
    slot->stamp_type = (uint8_t)error.ee_info;
    slot->transmit_id = error.ee_data;
    slot->flags |= CLINUX_DATAGRAM_STAMP_ID;
  } else {
    slot->error = (int32_t)error.ee_errno;
    slot->error_type = error.ee_type;
    slot->error_code = error.ee_code;
    slot->flags |= CLINUX_DATAGRAM_ERROR;
  }
}

static void parse_card(const uint8_t *data, size_t length, clinux_datagram_t *slot) {
  struct scm_ts_pktinfo info;
  if (length < sizeof info) {
    slot->flags |= CLINUX_DATAGRAM_MALFORMED;
    return;
  }
  memcpy(&info, data, sizeof info);
  slot->hardware_interface = info.if_index;
  slot->frame_length = info.pkt_length;
}

static void parse_info4(const uint8_t *data, size_t length, clinux_datagram_t *slot) {
  struct in_pktinfo info;
  if (length < sizeof info) {
    slot->flags |= CLINUX_DATAGRAM_MALFORMED;
    return;
  }
  memcpy(&info, data, sizeof info);
  // ipi_spec_dst is the address to answer from; ipi_addr would be a broadcast address for a broadcast.
  memcpy(&slot->local.high, &info.ipi_spec_dst, 4);
  slot->local.family = 4;
  slot->interface_index = info.ipi_ifindex > 0 ? (uint32_t)info.ipi_ifindex : 0;
}

static void parse_info6(const uint8_t *data, size_t length, clinux_datagram_t *slot) {
  struct in6_pktinfo info;
  if (length < sizeof info) {
    slot->flags |= CLINUX_DATAGRAM_MALFORMED;
    return;
  }
  memcpy(&info, data, sizeof info);
  memcpy(&slot->local.high, &info.ipi6_addr, 16);
  slot->local.family = 6;
  slot->local.scope = IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr) ? info.ipi6_ifindex : 0;
  slot->interface_index = info.ipi6_ifindex;
}

void clinux_control_parse(const void *control, size_t length, clinux_datagram_t *slot) {
  const uint8_t *bytes = control;
  size_t at = 0;
  while (length - at >= sizeof(struct cmsghdr)) {
    struct cmsghdr header;
    memcpy(&header, bytes + at, sizeof header);
    if (header.cmsg_len < CMSG_LEN(0) || header.cmsg_len > length - at) {
      slot->flags |= CLINUX_DATAGRAM_MALFORMED;
      return;
    }
    const uint8_t *data = bytes + at + CMSG_LEN(0);
    size_t data_length = header.cmsg_len - CMSG_LEN(0);
    if (header.cmsg_level == SOL_SOCKET && header.cmsg_type == SCM_TIMESTAMPING) parse_stamps(data, data_length, slot);
    else if (header.cmsg_level == SOL_SOCKET && header.cmsg_type == SCM_TIMESTAMPING_PKTINFO) parse_card(data, data_length, slot);
    else if (header.cmsg_level == SOL_SOCKET && header.cmsg_type == SCM_TIMESTAMPNS) parse_brief(data, data_length, slot);
    else if (header.cmsg_level == SOL_IP && header.cmsg_type == IP_RECVERR) parse_error(data, data_length, slot);
    else if (header.cmsg_level == SOL_IPV6 && header.cmsg_type == IPV6_RECVERR) parse_error(data, data_length, slot);
    else if (header.cmsg_level == SOL_IP && header.cmsg_type == IP_PKTINFO) parse_info4(data, data_length, slot);
    else if (header.cmsg_level == SOL_IPV6 && header.cmsg_type == IPV6_PKTINFO) parse_info6(data, data_length, slot);
    size_t step = CMSG_ALIGN(header.cmsg_len);
    if (step > length - at) return;
    at += step;
  }
}

size_t clinux_control_append(void *control, size_t capacity, size_t end, int32_t level, int32_t type, const void *data,
                             size_t length, size_t announced) {
  if (end > capacity || capacity - end < CMSG_SPACE(length)) return end;
  struct cmsghdr header;
  memset(&header, 0, sizeof header);
  header.cmsg_len = CMSG_LEN(announced);
  header.cmsg_level = level;
  header.cmsg_type = type;
  uint8_t *bytes = (uint8_t *)control + end;
  memset(bytes, 0, CMSG_SPACE(length));
  memcpy(bytes, &header, sizeof header);
  if (length) memcpy(bytes + CMSG_LEN(0), data, length);
  return end + CMSG_SPACE(length);
}

void clinux_clear_received(clinux_datagram_t *slot) {
  slot->length = 0;
  slot->send_length = 0;
  slot->flags = 0;
  slot->interface_index = 0;
  slot->transmit_id = 0;
  slot->hardware_interface = 0;
  slot->frame_length = 0;
  slot->software_ns = 0;
  slot->hardware_ns = 0;
  slot->error = 0;
  slot->error_origin = slot->error_type = slot->error_code = slot->stamp_type = 0;
  slot->token = 0;
  memset(&slot->peer, 0, sizeof slot->peer);
  memset(&slot->local, 0, sizeof slot->local);
}

static void finish_received(const struct msghdr *message, size_t length, clinux_datagram_t *slot) {
  slot->length = (uint32_t)(length < slot->capacity ? length : slot->capacity);
  if (message->msg_flags & MSG_TRUNC) slot->flags |= CLINUX_DATAGRAM_TRUNCATED;
  if (message->msg_flags & MSG_CTRUNC) slot->flags |= CLINUX_DATAGRAM_CONTROL_TRUNCATED;
  if (message->msg_name) clinux_import_name(message->msg_name, message->msg_namelen, &slot->peer);
  if (message->msg_control) clinux_control_parse(message->msg_control, message->msg_controllen, slot);
}

static void prepare_receive(clinux_batch_t *batch, uint32_t i) {
  clinux_datagram_t *slot = &batch->datagrams[i];
  clinux_clear_received(slot);
  batch->vectors[i].iov_base = clinux_batch_bytes(batch, i);
  batch->vectors[i].iov_len = slot->capacity;
  struct msghdr *message = &batch->headers[i].msg_hdr;
  message->msg_name = &batch->names[i];
  message->msg_namelen = sizeof batch->names[i];
  message->msg_iov = &batch->vectors[i];
  message->msg_iovlen = 1;
  message->msg_control = batch->controls + (size_t)i * CONTROL_STRIDE;
  message->msg_controllen = CONTROL_BYTES;
  message->msg_flags = 0;
}

int32_t clinux_batch_receive(clinux_batch_t *batch, int32_t fd, uint32_t count, int32_t plain) {
  if (count > batch->slots) count = batch->slots;
  if (count == 0) return 0;
  if (plain) {
    prepare_receive(batch, 0);
    ssize_t length = recvmsg(fd, &batch->headers[0].msg_hdr, 0);
    if (length < 0) return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    finish_received(&batch->headers[0].msg_hdr, (size_t)length, &batch->datagrams[0]);
    return 1;
  }
  for (uint32_t i = 0; i < count; ++i) prepare_receive(batch, i);
  int received = recvmmsg(fd, batch->headers, count, MSG_DONTWAIT, NULL);
  if (received < 0) return errno == EAGAIN || errno == EINTR ? 0 : -errno;
  for (int i = 0; i < received; ++i)
    finish_received(&batch->headers[i].msg_hdr, batch->headers[i].msg_len, &batch->datagrams[i]);
  return received;
}

static size_t send_control(const clinux_datagram_t *slot, int plain, uint8_t *control) {
  size_t end = 0;
  if (slot->local.family == 4) {
    struct in_pktinfo info;
    memset(&info, 0, sizeof info);
    memcpy(&info.ipi_spec_dst, &slot->local.high, 4);
    info.ipi_ifindex = (int)slot->interface_index;
    end = clinux_control_append(control, CONTROL_BYTES, end, SOL_IP, IP_PKTINFO, &info, sizeof info, sizeof info);
  } else if (slot->local.family == 6) {
    struct in6_pktinfo info;
    memset(&info, 0, sizeof info);
    memcpy(&info.ipi6_addr, &slot->local.high, 16);
    info.ipi6_ifindex = slot->interface_index;
    end = clinux_control_append(control, CONTROL_BYTES, end, SOL_IPV6, IPV6_PKTINFO, &info, sizeof info, sizeof info);
  }
  if ((slot->flags & CLINUX_DATAGRAM_WANT_STAMP) && !plain) {
    // A card's stamp that is asked for and not delivered would keep the kernel's from being told.
    uint32_t flags = SOF_TIMESTAMPING_TX_SOFTWARE;
    if (slot->flags & CLINUX_DATAGRAM_WANT_HARDWARE) flags |= SOF_TIMESTAMPING_TX_HARDWARE;
    end = clinux_control_append(control, CONTROL_BYTES, end, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags,
                                sizeof flags);
  }
  return end;
}

// Makes `header` the message that slot `i` wants to send.
static void prepare_send(clinux_batch_t *batch, uint32_t header, uint32_t i, int plain) {
  clinux_datagram_t *slot = &batch->datagrams[i];
  batch->order[header] = i;
  batch->vectors[header].iov_base = clinux_batch_bytes(batch, i);
  batch->vectors[header].iov_len = slot->send_length < slot->capacity ? slot->send_length : slot->capacity;
  struct msghdr *message = &batch->headers[header].msg_hdr;
  message->msg_namelen = export_name(&slot->peer, &batch->names[header]);
  message->msg_name = message->msg_namelen ? &batch->names[header] : NULL;
  message->msg_iov = &batch->vectors[header];
  message->msg_iovlen = 1;
  uint8_t *control = batch->controls + (size_t)header * CONTROL_STRIDE;
  message->msg_controllen = send_control(slot, plain, control);
  message->msg_control = message->msg_controllen ? control : NULL;
  message->msg_flags = 0;
}

int32_t clinux_batch_send(clinux_batch_t *batch, int32_t fd, uint32_t count, int32_t plain) {
  if (count > batch->slots) count = batch->slots;
  uint32_t headers = 0;
  for (uint32_t i = 0; i < count; ++i) {
    batch->datagrams[i].error = 0;
    if (batch->datagrams[i].send_length) prepare_send(batch, headers++, i, plain);
  }
  int32_t sent = 0;
  uint32_t at = 0;
  while (at < headers) {
    if (plain) {
      if (sendmsg(fd, &batch->headers[at].msg_hdr, 0) < 0) batch->datagrams[batch->order[at]].error = errno;
      else ++sent;
      ++at;
      continue;
    }
    int done = sendmmsg(fd, batch->headers + at, headers - at, MSG_DONTWAIT);
    if (done < 0) {
      if (errno == EINTR) continue;
      batch->datagrams[batch->order[at]].error = errno;
      ++at;
    } else {
      sent += done;
      at += (uint32_t)done;
    }
  }
  return sent;
}

int32_t clinux_error_receive(clinux_batch_t *batch, int32_t fd) {
  prepare_receive(batch, 0);
  ssize_t length = recvmsg(fd, &batch->headers[0].msg_hdr, MSG_ERRQUEUE);
  if (length < 0) return errno == EAGAIN || errno == EINTR ? 0 : -errno;
  finish_received(&batch->headers[0].msg_hdr, (size_t)length, &batch->datagrams[0]);
  return 1;
}

int32_t clinux_udp_bind(int32_t fd, const clinux_address_t *address) {
  struct sockaddr_storage name;
  socklen_t length = export_name(address, &name);
  if (!length) return -EAFNOSUPPORT;
  return bind(fd, (struct sockaddr *)&name, length) < 0 ? -errno : 0;
}

int32_t clinux_udp_connect(int32_t fd, const clinux_address_t *address) {
  struct sockaddr_storage name;
  socklen_t length = export_name(address, &name);
  if (!length) return -EAFNOSUPPORT;
  return connect(fd, (struct sockaddr *)&name, length) < 0 ? -errno : 0;
}

int32_t clinux_udp_local(int32_t fd, clinux_address_t *address) {
  struct sockaddr_storage name;
  socklen_t length = sizeof name;
  if (getsockname(fd, (struct sockaddr *)&name, &length) < 0) return -errno;
  clinux_import_name((struct sockaddr *)&name, length, address);
  return 0;
}
