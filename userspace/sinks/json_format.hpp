// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sinks/json_writer.hpp"
#include "sinks/sink.hpp"
#include "sinks/utc_time.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bindwatch {

/// `-o json`: one object a line, keys always present and always in the order of docs/EVENTS.md, described by
/// docs/events.schema.json. Does not allocate once its buffer has the size of the longest line.
class JsonFormatter final : public Formatter {
  public:
    /// An empty boot id is not known: null.
    JsonFormatter(std::string_view host, std::string_view boot_id);

    void append(std::string& out, StreamPosition at, const Event& event) override;
    void append(std::string& out, StreamPosition at, const StartRecord& record) override;
    void append(std::string& out, StreamPosition at, const LostRecord& record) override;
    void append(std::string& out, StreamPosition at, const StopRecord& record) override;

  private:
    void begin(StreamPosition at, std::int64_t time_ns, std::string_view event);
    void end(std::string& out);
    void write_claim(const Event& event);
    void write_address(const Address& address);
    void write_process(const Process& process);
    void write_process_members(const Process& process);

    LineBuffer line_;
    JsonWriter json_;
    UtcTime time_;
    UtcTime start_time_; ///< of processes: apart, so that neither spoils the other's second
    std::string host_;   ///< JSON
    std::string boot_id_;

    /// The text of the last address: a claim's events follow each other.
    std::optional<Address> address_;
    std::string address_text_;

    /// The JSON of processes seen lately, one slot for each low part of a pid; used only for a process that
    /// is equal in every field, so it cannot be stale.
    struct KnownProcess {
        Process process;
        std::string json;
    };
    std::array<KnownProcess, 32> processes_;
};

} // namespace bindwatch
