// SPDX-License-Identifier: Apache-2.0
// example-clock: one time source, measured once a second. `measure` is the place for your device or protocol; everything else is
// what any provider does. What each function may do, and when, is in tompion/*.h.
#include <tompion/provider.hpp>

class ExampleClockProvider final : public tompion::Provider {
public:
  static constexpr tompion_descriptor_t descriptor =
      tompion::describe(TOMPION_CAPABILITY_INPUT, "org.example.example-clock", "example-clock", "example.org", "0.1.0",
                        "Reads the host's clock and adds a set offset");
  // The keys that may stand under [provider.example-clock]. The host checks types and ranges before anything starts.
  static constexpr tompion_setting_schema_t settings[] = {
      tompion::setting("offset", TOMPION_SETTING_REAL, "reference minus clock, s", "0.0", -10, 10),
      tompion::setting("noselect", TOMPION_SETTING_BOOLEAN, "only look at the source, do not follow it", "true"),
  };

  using Provider::Provider;

  tompion_status init() override {
    tompion::Source::set(source_.info.name, "example-clock");
    tompion::Source::set(source_.info.address, "local");
    source_.info.stratum = 1;
    source_.info.reference_id = 0x58504c31;
    const tompion_status status = read_settings();
    return status != TOMPION_OK ? status : source_.add(host);
  }

  tompion_status start() override {
    host.request_poll();
    return TOMPION_OK;
  }

  tompion_status command(const tompion_command_t &command) override {
    switch (command.kind) {
      case TOMPION_COMMAND_UPDATE_CONFIG: {
        const tompion_status status = read_settings();
        return status != TOMPION_OK ? status : source_.update();
      }
      case TOMPION_COMMAND_QUERY:
      case TOMPION_COMMAND_POLL_NOW:
      case TOMPION_COMMAND_POLL_INTERVAL_CHANGED:
      case TOMPION_COMMAND_TIME_JUMPED:
      case TOMPION_COMMAND_NETWORK_CHANGED:
      case TOMPION_COMMAND_SHUTDOWN: return TOMPION_OK;
      default: return TOMPION_UNSUPPORTED;
    }
  }

  // About once a second. Real-time: nothing here allocates, locks, blocks or throws.
  void poll(std::int64_t) override {
    const auto now = host.now();
    if (!now) return;
    tompion_sample_t sample{};
    sample.size = sizeof sample;
    sample.source = source_.number();
    sample.sequence = sequence_++;
    sample.flags = TOMPION_SAMPLE_ONE_WAY | TOMPION_SAMPLE_REPLY;
    sample.local_ns = now->nanoseconds;
    sample.local_subns = now->subns;
    sample.reference_ns = measure(*now);
    sample.reference_subns = now->subns;
    sample.raw_ns = now->raw_nanoseconds;
    sample.era = now->era;
    sample.clock = now->clock;
    sample.dispersion_ns = 1000000;  // how wrong a measurement can be; be honest, the clock's bounds rest on it
    sample.asymmetry_bound_ns = UINT64_MAX;
    sample.timescale = TOMPION_TIMESCALE_UTC;
    sample.stratum = 1;
    sample.precision = -20;
    sample.reference_id = source_.info.reference_id;
    sample.rx_kind = sample.tx_kind = now->kind;
    source_.info.polls += 1;
    if (host.publish(sample)) {
      source_.info.replies += 1;
      source_.info.last_reply_raw_ns = now->raw_nanoseconds;
    }
    source_.info.reach = static_cast<std::uint8_t>(source_.info.reach << 1 | 1);
    source_.update();
  }

private:
  // What the reference says at the moment at which the clock was read as `now`. Here: the clock itself, off by a setting.
  std::int64_t measure(const tompion_stamp_t &now) const { return now.nanoseconds + offset_ns_; }

  tompion_status read_settings() {
    double offset = 0.0;
    std::uint32_t flags = TOMPION_SOURCE_NOSELECT;
    const tompion_status status = host.each_setting([&](const tompion_setting_t &setting, std::uint32_t index) -> tompion_status {
      const std::string_view path(setting.path);
      if (path == "offset") {
        const bool is_number = setting.type == TOMPION_SETTING_REAL || setting.type == TOMPION_SETTING_INTEGER;
        // Written so that not-a-number fails, too.
        if (!is_number || !(setting.real >= -10 && setting.real <= 10)) return host.refuse(index, "a number of seconds from -10 to 10");
        offset = setting.real;
      } else if (path == "noselect") {
        if (setting.type != TOMPION_SETTING_BOOLEAN) return host.refuse(index, "true or false");
        flags = setting.integer ? TOMPION_SOURCE_NOSELECT : 0;
      } else {
        return host.refuse(index, "one of: offset, noselect");
      }
      return TOMPION_OK;
    });
    if (status != TOMPION_OK) return status;
    offset_ns_ = static_cast<std::int64_t>(offset * 1e9);
    source_.info.flags = flags;
    return TOMPION_OK;
  }

  tompion::Source source_;  // removed with the provider
  std::uint32_t sequence_ = 0;
  std::int64_t offset_ns_ = 0;
};

TOMPION_PLUGIN(ExampleClockProvider)
