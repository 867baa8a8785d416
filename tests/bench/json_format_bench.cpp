// SPDX-License-Identifier: Apache-2.0
/// What one event costs as JSON: a bind with everything, then listen and release of the same claim.
#include "sinks/json_format.hpp"
#include "support/sample_events.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace bindwatch;

/// The mix of a storm: a third binds, a third listens, a third releases, by four processes in turn.
void storm(benchmark::State& state) {
    constexpr std::size_t flush_at = 64 << 10;
    std::vector<Event> events;
    for (const std::uint32_t pid : {2608U, 2609U, 2610U, 2611U}) {
        for (Event& event : sample::life_of_a_claim(pid)) {
            events.push_back(std::move(event));
        }
    }
    JsonFormatter formatter("web-1", "6f1b4a2e-6d0c-4b8e-9a53-0c8f6a1d2e3f");
    std::string out;
    std::uint64_t seq = 0;
    std::size_t bytes = 0;
    for (auto _ : state) { // NOLINT(clang-analyzer-deadcode.DeadStores)
        for (Event& event : events) {
            event.time_ns += 700;
            formatter.append(out, {.seq = ++seq}, event);
        }
        if (out.size() > flush_at) {
            bytes += out.size();
            out.clear();
        }
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(seq));
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
    state.counters["ns/event"] = benchmark::Counter(
        static_cast<double>(seq) / 1e9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(storm);

void one_kind(benchmark::State& state) {
    const std::vector<Event> events = sample::life_of_a_claim(2608);
    const Event& event = events.at(static_cast<std::size_t>(state.range(0)));
    JsonFormatter formatter("web-1", "6f1b4a2e-6d0c-4b8e-9a53-0c8f6a1d2e3f");
    std::string out;
    for (auto _ : state) { // NOLINT(clang-analyzer-deadcode.DeadStores)
        out.clear();
        formatter.append(out, {.seq = 1'000'000}, event);
        benchmark::DoNotOptimize(out.data());
    }
    state.counters["bytes"] = static_cast<double>(out.size());
}
BENCHMARK(one_kind)->ArgName("bind0_listen1_release2")->Arg(0)->Arg(1)->Arg(2);

/// What a stage pays for handing an event on by value.
void copy_of_event(benchmark::State& state) {
    const Event event = sample::life_of_a_claim(2608).at(1);
    for (auto _ : state) { // NOLINT(clang-analyzer-deadcode.DeadStores)
        Event copy = event;
        benchmark::DoNotOptimize(copy);
    }
}
BENCHMARK(copy_of_event);

} // namespace

BENCHMARK_MAIN();
