// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sinks/sink.hpp"
#include "top/model.hpp"

#include <memory>

namespace bindwatch::top {

/// An output of the pipeline whose events go into the model; it writes nothing. The model must outlive it.
[[nodiscard]] std::unique_ptr<Sink> feed(Model& model);

} // namespace bindwatch::top
