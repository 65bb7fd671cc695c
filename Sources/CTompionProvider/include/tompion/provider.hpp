// SPDX-License-Identifier: Apache-2.0
// A provider in C++17: derive from tompion::Provider, override what you need, and end one file with TOMPION_PLUGIN(YourType).
// It is a thin layer over the C headers beside it, which stay the reference; all of their structs and constants are used as they are.
//
// No exception crosses to the host: one that leaves a callback is caught, logged and becomes TOMPION_ERROR, or TOMPION_NO_MEMORY for
// std::bad_alloc. Throwing is for init, start and command; real-time callbacks must not throw, as they must not allocate.
#ifndef TOMPION_PROVIDER_HPP
#define TOMPION_PROVIDER_HPP

#include <atomic>
#include <cstring>
#include <cstdint>
#include <exception>
#include <iterator>
#include <new>
#include <optional>
#include <type_traits>
#include <string_view>
#include <utility>

#include "../CTompionProvider.h"

namespace tompion {

// The host as one provider sees it: a view that is copied freely and holds until the provider is destroyed. Each function may be
// called where the C function of that name may (see its header); a capability that the host lacks answers TOMPION_UNSUPPORTED.
class Host {
public:
  explicit Host(const tompion_host_t *table) noexcept
      : table_(table),
        log_(extension<tompion_log_t>(TOMPION_LOG_ID)),
        event_(extension<tompion_event_t>(TOMPION_EVENT_ID)),
        source_(extension<tompion_source_t>(TOMPION_SOURCE_ID)),
        settings_(extension<tompion_settings_t>(TOMPION_SETTINGS_ID)),
        timer_(extension<tompion_timer_t>(TOMPION_TIMER_ID)),
        packets_(extension<tompion_packet_io_t>(TOMPION_PACKET_IO_ID)),
        resolve_(extension<tompion_resolve_t>(TOMPION_RESOLVE_ID)) {}

  // The C table, for what this layer does not wrap.
  const tompion_host_t *table() const noexcept { return table_; }

  // The host's side of any capability, nullptr = absent: host.extension<tompion_clock_info_host_t>(TOMPION_CLOCK_INFO_ID).
  template <class Table> const Table *extension(const char *id) const noexcept {
    auto found = static_cast<const Table *>(table_->get_extension(table_, id));
    return found != nullptr && found->size >= sizeof(Table) ? found : nullptr;
  }

  bool publish(const tompion_sample_t &sample) const noexcept { return table_->publish(table_, &sample, 1) == 1; }
  std::int64_t now_raw() const noexcept { return table_->now_raw(table_); }
  std::optional<tompion_stamp_t> now(std::uint16_t clock = TOMPION_CLOCK_SYSTEM) const noexcept {
    tompion_stamp_t stamp{};
    if (table_->now(table_, clock, &stamp) != TOMPION_OK) return std::nullopt;
    return stamp;
  }
  void random(void *bytes, std::uint32_t count) const noexcept { table_->random(table_, bytes, count); }
  void request_poll() const noexcept { table_->request_poll(table_); }

  void log(std::uint32_t level, const char *text) const noexcept { if (log_) log_->write(table_, level, text); }
  void event(std::uint32_t number, std::uint32_t source, const char *text) const noexcept {
    if (event_) event_->raise(table_, number, source, text);
  }
  tompion_status arm(std::uint32_t timer, std::int64_t deadline_raw_ns) const noexcept {
    return timer_ ? timer_->arm(table_, timer, deadline_raw_ns) : TOMPION_UNSUPPORTED;
  }
  void disarm(std::uint32_t timer) const noexcept { if (timer_) timer_->disarm(table_, timer); }
  tompion_status resolve(const char *name, std::uint8_t family, std::uint64_t token) const noexcept {
    return resolve_ ? resolve_->start(table_, name, family, token) : TOMPION_UNSUPPORTED;
  }

  // Calls visit(setting, index) for each setting, in the file's order, until it answers something else than TOMPION_OK.
  template <class Visitor> tompion_status each_setting(Visitor &&visit) const {
    const std::uint32_t count = settings_ ? settings_->count(table_) : 0;
    for (std::uint32_t index = 0; index < count; ++index) {
      tompion_setting_t setting{};
      setting.size = sizeof setting;
      if (settings_->at(table_, index, &setting) != TOMPION_OK) continue;
      const tompion_status status = visit(static_cast<const tompion_setting_t &>(setting), index);
      if (status != TOMPION_OK) return status;
    }
    return TOMPION_OK;
  }
  // Says what would be right; returns TOMPION_INVALID, so that a visitor can `return host.refuse(...)`.
  tompion_status refuse(std::uint32_t index, const char *what_would_be_right) const noexcept {
    if (settings_) settings_->refuse(table_, index, what_would_be_right);
    return TOMPION_INVALID;
  }

  const tompion_source_t *sources() const noexcept { return source_; }
  const tompion_packet_io_t *packets() const noexcept { return packets_; }

private:
  const tompion_host_t *table_;
  const tompion_log_t *log_;
  const tompion_event_t *event_;
  const tompion_source_t *source_;
  const tompion_settings_t *settings_;
  const tompion_timer_t *timer_;
  const tompion_packet_io_t *packets_;
  const tompion_resolve_t *resolve_;
};

// Something of the host's that ends with the object that holds it. Moves, never copies; 0 = holds nothing.
template <class Releaser> class Handle {
public:
  Handle() noexcept = default;
  Handle(Host host, std::uint32_t number) noexcept : host_(host), number_(number) {}
  Handle(Handle &&other) noexcept : host_(other.host_), number_(std::exchange(other.number_, 0u)) {}
  Handle &operator=(Handle &&other) noexcept {
    if (this != &other) {
      reset();
      host_ = other.host_;
      number_ = std::exchange(other.number_, 0u);
    }
    return *this;
  }
  Handle(const Handle &) = delete;
  Handle &operator=(const Handle &) = delete;
  ~Handle() { reset(); }

  void reset() noexcept {
    if (number_ != 0) Releaser::release(*host_, std::exchange(number_, 0u));
  }
  std::uint32_t number() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ != 0; }

protected:
  std::optional<Host> host_;
  std::uint32_t number_ = 0;
};

struct RemoveSource {
  static void release(const Host &host, std::uint32_t source) noexcept { host.sources()->remove(host.table(), source); }
};

// A time source, which is removed when this is destroyed. `add` in init; keep `info` current and call `update`.
class Source : public Handle<RemoveSource> {
public:
  tompion_source_info_t info{};

  Source() noexcept { info.size = sizeof info; }
  // Copies a text into one of info's, cut where it is too long: set(source.info.name, "gps").
  template <std::size_t size> static void set(char (&field)[size], std::string_view text) noexcept {
    const std::size_t length = text.size() < size - 1 ? text.size() : size - 1;
    std::memcpy(field, text.data(), length);
    std::memset(field + length, 0, size - length);
  }
  tompion_status add(Host host) noexcept {
    reset();
    if (host.sources() == nullptr) return TOMPION_UNSUPPORTED;
    host_ = host;
    return host.sources()->add(host.table(), &info, &number_);
  }
  tompion_status update() const noexcept {
    return number_ == 0 ? TOMPION_WRONG_STATE : host_->sources()->update(host_->table(), number_, &info);
  }
};

struct CloseSocket {
  static void release(const Host &host, std::uint32_t socket) noexcept { host.packets()->close(host.table(), socket); }
};

// A socket, which is closed when this is destroyed. Open it in start and reset it in stop.
class Socket : public Handle<CloseSocket> {
public:
  tompion_status open(Host host, const tompion_socket_options_t &options) noexcept {
    reset();
    if (host.packets() == nullptr) return TOMPION_UNSUPPORTED;
    host_ = host;
    return host.packets()->open(host.table(), &options, &number_);
  }
  std::uint32_t send(const tompion_packet_t *packets, std::uint32_t count) const noexcept {
    return number_ == 0 ? 0 : host_->packets()->send(host_->table(), number_, packets, count);
  }
};

// What a provider overrides. `P(Host)` makes one; the destructor is the ABI's close. Roles and states are those of the C function of
// the same name; a call out of its state is answered by this layer and never arrives.
class Provider {
public:
  explicit Provider(Host host) noexcept : host(host) {}
  Provider(const Provider &) = delete;
  Provider &operator=(const Provider &) = delete;
  virtual ~Provider() = default;

  virtual tompion_status init() { return TOMPION_OK; }
  virtual tompion_status start() { return TOMPION_OK; }
  virtual void stop() {}
  virtual tompion_status command(const tompion_command_t &) { return TOMPION_UNSUPPORTED; }
  virtual void poll(std::int64_t /* now_raw_ns */) {}
  virtual void expired(std::uint32_t /* timer */, std::int64_t /* now_raw_ns */) {}
  virtual void receive(std::uint32_t /* socket */, tompion_packet_t * /* packets */, std::uint32_t /* count */) {}
  virtual void transmitted(const tompion_transmitted_t * /* transmitted */, std::uint32_t /* count */) {}
  virtual void failed(std::uint32_t /* socket */, tompion_status) {}
  virtual void resolved(std::uint64_t /* token */, tompion_status, const tompion_address_t * /* addresses */,
                        std::uint32_t /* count */, const char * /* text */) {}
  // The provider's side of a capability that this layer does not know. The table must live as long as the process.
  virtual const void *extension(const char * /* id */) { return nullptr; }

  const Host host;
};

// A descriptor and a setting, in one expression, as constants.
constexpr tompion_descriptor_t describe(std::uint32_t capabilities, const char *id, const char *name, const char *vendor,
                                        const char *version, const char *description) noexcept {
  return {sizeof(tompion_descriptor_t), capabilities, id, name, vendor, version, description};
}
// Numbers: `minimum` to `maximum`, both inclusive; minimum > maximum = unbounded.
constexpr tompion_setting_schema_t setting(const char *path, std::uint32_t type, const char *description,
                                           const char *default_text = "", double minimum = 1, double maximum = 0,
                                           const char *choices = "", bool required = false) noexcept {
  return {sizeof(tompion_setting_schema_t), type, path, description, default_text, minimum, maximum, choices,
          required ? 1u : 0u, 0};
}

}  // namespace tompion

#include "detail/plugin.hpp"

// Makes the one symbol of a plugin from provider types: TOMPION_PLUGIN(Gps, Pps). Each has `static constexpr tompion_descriptor_t
// descriptor = tompion::describe(...)` and, where it has settings, `static constexpr tompion_setting_schema_t settings[] = {tompion::setting(...)}`.
#define TOMPION_PLUGIN(...) \
  extern "C" TOMPION_EXPORT const tompion_module_t *tompion_module_v1(void) { \
    return tompion::detail::Plugin<__VA_ARGS__>::module(); \
  }

#endif
