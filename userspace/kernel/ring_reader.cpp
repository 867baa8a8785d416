// SPDX-License-Identifier: Apache-2.0
#include "kernel/ring_reader.hpp"

#include <bpf/libbpf.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace bindwatch {
namespace {

std::size_t page_bytes() {
    return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

int hand_over(void* context, void* data, std::size_t bytes) {
    const auto& on_record = *static_cast<RingReader::OnRecord*>(context);
    return on_record({static_cast<const std::byte*>(data), bytes}) ? 0 : -ECANCELED;
}

} // namespace

Result<RingReader> RingReader::open(int ring_fd, int counts_fd, std::uint32_t counts, OnRecord on_record) {
    RingReader reader;
    reader.on_record_ = std::make_unique<OnRecord>(std::move(on_record));
    const std::size_t bytes = (counts * sizeof(bw_loss) + page_bytes() - 1) / page_bytes() * page_bytes();
    void* const pages = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, counts_fd, 0);
    if (pages == MAP_FAILED) { // NOLINT(performance-no-int-to-ptr): the system's macro
        return fail(ExitCode::failure, std::string("cannot map the loss counters: ") + strerror(errno));
    }
    reader.counts_ = {static_cast<const bw_loss*>(pages), Unmap{bytes}};
    reader.cpus_ = counts - 1;
    reader.ring_.reset(ring_buffer__new(ring_fd, &hand_over, reader.on_record_.get(), nullptr));
    if (!reader.ring_) {
        return fail(ExitCode::failure, std::string("cannot map the ring buffer: ") + strerror(errno));
    }
    return reader;
}

int RingReader::poll_fd() const {
    return ring_buffer__epoll_fd(ring_.get());
}

int RingReader::drain() {
    return ring_buffer__consume(ring_.get());
}

std::uint64_t RingReader::lost() const {
    // Not to be read ahead of time: the kernel writes the CPUs' counts before their sum.
    return __atomic_load_n(&counts_->count[0], __ATOMIC_ACQUIRE);
}

std::span<const bw_loss> RingReader::losses() const {
    return {counts_.get() + 1, cpus_};
}

void RingReader::FreeRing::operator()(ring_buffer* ring) const {
    ring_buffer__free(ring);
}

void RingReader::Unmap::operator()(const bw_loss* counts) const {
    munmap(const_cast<bw_loss*>(counts), bytes); // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

} // namespace bindwatch
