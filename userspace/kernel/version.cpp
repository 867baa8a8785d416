// SPDX-License-Identifier: Apache-2.0
#include "kernel/version.hpp"

#include <bpf/libbpf.h>

namespace bindwatch {

std::string libbpf_version() {
    return std::to_string(libbpf_major_version()) + "." + std::to_string(libbpf_minor_version());
}

} // namespace bindwatch
