// SPDX-License-Identifier: Apache-2.0
// Behind provider.hpp: the C tables of a provider type, its ladder of states, and the wall that no exception passes.
#ifndef TOMPION_DETAIL_PLUGIN_HPP
#define TOMPION_DETAIL_PLUGIN_HPP

namespace tompion::detail {

// Runs `body`; an exception is logged and becomes `fallback`.
template <class Result, class Body> Result guarded(const Host *host, Result fallback, Body &&body) noexcept {
#if defined(__cpp_exceptions)
  try {
    return body();
  } catch (const std::bad_alloc &) {
    if (host) host->log(TOMPION_LOG_ERROR, "out of memory");
    if constexpr (std::is_same_v<Result, tompion_status>) return TOMPION_NO_MEMORY;
  } catch (const std::exception &error) {
    if (host) host->log(TOMPION_LOG_ERROR, error.what());
  } catch (...) {
    if (host) host->log(TOMPION_LOG_ERROR, "an exception that says nothing");
  }
  return fallback;
#else
  (void)host, (void)fallback;
  return body();
#endif
}

// The schema of a provider type; of one without `settings`, an empty one.
template <class P, class = void> struct Schema {
  static constexpr tompion_settings_schema_t table = {sizeof(tompion_settings_schema_t), 0, nullptr};
};
template <class P> struct Schema<P, std::void_t<decltype(P::settings)>> {
  static constexpr tompion_settings_schema_t table = {
      sizeof(tompion_settings_schema_t), static_cast<std::uint32_t>(std::size(P::settings)), P::settings};
};

template <class P> class Instance {
public:
  static const tompion_provider_t *open(const tompion_host_t *table) noexcept {
    if (table == nullptr || table->size < sizeof(tompion_host_t) || table->abi_major != TOMPION_ABI_MAJOR) return nullptr;
    const Host host(table);
    Instance *self = take();
    if (self == nullptr) return nullptr;
    self->provider_ = guarded<P *>(&host, nullptr, [&] { return new P(host); });
    if (self->provider_ == nullptr) {
      give_back(self);
      return nullptr;
    }
    self->state_ = State::opened;
    return &self->table_;
  }

private:
  enum class State { closed, opened, inited, started, stopped };

  tompion_provider_t table_{};
  P *provider_ = nullptr;
  State state_ = State::closed;
  Instance *next_ = nullptr;

  // Closed instances are kept for the next open, so that a call after close finds a closed provider and not freed memory.
  static inline std::atomic_flag busy = ATOMIC_FLAG_INIT;
  static inline Instance *spare = nullptr;

  static Instance *take() noexcept {
    while (busy.test_and_set(std::memory_order_acquire)) {}
    Instance *self = spare;
    if (self) spare = self->next_;
    busy.clear(std::memory_order_release);
    if (self == nullptr) self = new (std::nothrow) Instance();
    if (self == nullptr) return nullptr;
    self->table_ = {sizeof(tompion_provider_t), 0, self, &P::descriptor, init, start, stop, close, command, poll, get_extension};
    return self;
  }
  static void give_back(Instance *self) noexcept {
    while (busy.test_and_set(std::memory_order_acquire)) {}
    self->next_ = spare;
    spare = self;
    busy.clear(std::memory_order_release);
  }

  static Instance &of(const tompion_provider_t *provider) noexcept { return *static_cast<Instance *>(provider->provider_data); }

  template <class Body> static tompion_status status(Instance &self, Body &&body) noexcept {
    return guarded<tompion_status>(&self.provider_->host, TOMPION_ERROR, std::forward<Body>(body));
  }
  // A callback of the started state.
  template <class Body> static void started(const tompion_provider_t *provider, Body &&body) noexcept {
    Instance &self = of(provider);
    if (self.state_ != State::started) return;
    guarded<int>(&self.provider_->host, 0, [&] { return body(*self.provider_), 0; });
  }

  static tompion_status init(const tompion_provider_t *provider) noexcept {
    Instance &self = of(provider);
    if (self.state_ != State::opened) return TOMPION_WRONG_STATE;
    const tompion_status result = status(self, [&] { return self.provider_->init(); });
    if (result == TOMPION_OK) self.state_ = State::inited;
    return result;
  }
  static tompion_status start(const tompion_provider_t *provider) noexcept {
    Instance &self = of(provider);
    if (self.state_ != State::inited && self.state_ != State::stopped) return TOMPION_WRONG_STATE;
    const tompion_status result = status(self, [&] { return self.provider_->start(); });
    if (result == TOMPION_OK) self.state_ = State::started;
    return result;
  }
  static void stop(const tompion_provider_t *provider) noexcept {
    Instance &self = of(provider);
    if (self.state_ != State::started) return;
    self.state_ = State::stopped;
    guarded<int>(&self.provider_->host, 0, [&] { return self.provider_->stop(), 0; });
  }
  static void close(const tompion_provider_t *provider) noexcept {
    Instance &self = of(provider);
    if (self.state_ == State::closed) return;
    stop(provider);
    self.state_ = State::closed;
    guarded<int>(nullptr, 0, [&] { return delete self.provider_, 0; });
    self.provider_ = nullptr;
    give_back(&self);
  }
  static tompion_status command(const tompion_provider_t *provider, const tompion_command_t *command) noexcept {
    Instance &self = of(provider);
    if (self.state_ == State::closed || self.state_ == State::opened) return TOMPION_WRONG_STATE;
    if (command == nullptr || command->size < sizeof(tompion_command_t)) return TOMPION_INVALID;
    return status(self, [&] { return self.provider_->command(*command); });
  }
  static void poll(const tompion_provider_t *provider, std::int64_t now) noexcept {
    started(provider, [&](P &p) { p.poll(now); });
  }

  static const void *get_extension(const tompion_provider_t *provider, const char *id) noexcept {
    static constexpr tompion_timer_receiver_t timers = {
        sizeof timers, 0, [](const tompion_provider_t *provider, std::uint32_t timer, std::int64_t now) {
          started(provider, [&](P &p) { p.expired(timer, now); });
        }};
    static constexpr tompion_packet_receiver_t packets = {
        sizeof packets, 0, nullptr, nullptr,
        [](const tompion_provider_t *provider, void *, std::uint32_t socket, tompion_packet_t *batch, std::uint32_t count) {
          started(provider, [&](P &p) { p.receive(socket, batch, count); });
        },
        [](const tompion_provider_t *provider, const tompion_transmitted_t *batch, std::uint32_t count) {
          started(provider, [&](P &p) { p.transmitted(batch, count); });
        },
        [](const tompion_provider_t *provider, std::uint32_t socket, tompion_status status) {
          started(provider, [&](P &p) { p.failed(socket, status); });
        }};
    static constexpr tompion_resolve_receiver_t names = {
        sizeof names, 0,
        [](const tompion_provider_t *provider, std::uint64_t token, tompion_status status, const tompion_address_t *addresses,
           std::uint32_t count, const char *text) {
          started(provider, [&](P &p) { p.resolved(token, status, addresses, count, text); });
        }};
    static constexpr tompion_settings_schema_t schema = Schema<P>::table;
    if (id == nullptr) return nullptr;
    const std::string_view wanted(id);
    if (wanted == TOMPION_TIMER_ID) return &timers;
    if (wanted == TOMPION_PACKET_IO_ID) return &packets;
    if (wanted == TOMPION_RESOLVE_ID) return &names;
    if (wanted == TOMPION_SETTINGS_SCHEMA_ID) return &schema;
    Instance &self = of(provider);
    if (self.state_ == State::closed) return nullptr;
    return guarded<const void *>(&self.provider_->host, nullptr, [&] { return self.provider_->extension(id); });
  }
};

template <class... Ps> struct Plugin {
  static const tompion_descriptor_t *descriptor(std::uint32_t index) noexcept {
    static constexpr const tompion_descriptor_t *all[] = {&Ps::descriptor...};
    return index < sizeof...(Ps) ? all[index] : nullptr;
  }
  static const tompion_provider_t *open(const char *id, const tompion_host_t *host) noexcept {
    if (id == nullptr) return nullptr;
    const std::string_view wanted(id);
    const tompion_provider_t *provider = nullptr;
    (void)((wanted == Ps::descriptor.id && (provider = Instance<Ps>::open(host), true)) || ...);
    return provider;
  }
  static const tompion_module_t *module() noexcept {
    static constexpr tompion_module_t table = {
        sizeof(tompion_module_t), TOMPION_ABI_MAJOR, TOMPION_ABI_MINOR, sizeof...(Ps), 0, descriptor, open};
    return &table;
  }
};

}  // namespace tompion::detail

#endif
