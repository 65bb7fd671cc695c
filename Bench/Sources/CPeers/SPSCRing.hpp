// SPDX-License-Identifier: Apache-2.0
// The C++ ring that SampleRing is measured against: E. Rigtorp's SPSCQueue design, written anew. Each index has a pair of cache
// lines of its own, and so has what each side last saw of the other's index; the slots are padded at both ends.
#pragma once
#include <atomic>
#include <cstddef>
#include <new>

namespace bench {

template <typename T>
class SPSCRing {
 public:
  // `capacity` must be a power of two, as SampleRing's is.
  explicit SPSCRing(std::size_t capacity)
      : mask_(capacity - 1),
        memory_(static_cast<T *>(::operator new((capacity + 2 * padding) * sizeof(T), std::align_val_t(line)))),
        slots_(memory_ + padding) {}

  ~SPSCRing() { ::operator delete(memory_, std::align_val_t(line)); }
  SPSCRing(const SPSCRing &) = delete;
  SPSCRing &operator=(const SPSCRing &) = delete;

  bool try_push(const T &value) noexcept {
    const std::size_t write = write_.load(std::memory_order_relaxed);
    if (write - read_cache_ > mask_) {
      read_cache_ = read_.load(std::memory_order_acquire);
      if (write - read_cache_ > mask_) return false;
    }
    new (&slots_[write & mask_]) T(value);
    write_.store(write + 1, std::memory_order_release);
    return true;
  }

  const T *front() noexcept {
    const std::size_t read = read_.load(std::memory_order_relaxed);
    if (read == write_cache_) {
      write_cache_ = write_.load(std::memory_order_acquire);
      if (read == write_cache_) return nullptr;
    }
    return &slots_[read & mask_];
  }

  void pop() noexcept {
    read_.store(read_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  // Takes the oldest out, which is what SampleRing's `pop` does: the slot is the producer's again at once.
  bool try_pop(T &value) noexcept {
    const T *oldest = front();
    if (!oldest) return false;
    value = *oldest;
    pop();
    return true;
  }

 private:
  static constexpr std::size_t line = 128;
  static constexpr std::size_t padding = (line - 1) / sizeof(T) + 1;

  const std::size_t mask_;
  T *const memory_;
  T *const slots_;
  alignas(line) std::atomic<std::size_t> write_{0};
  alignas(line) std::size_t read_cache_ = 0;
  alignas(line) std::atomic<std::size_t> read_{0};
  alignas(line) std::size_t write_cache_ = 0;
  char end_[line - sizeof(std::size_t)] = {};
};

}  // namespace bench
