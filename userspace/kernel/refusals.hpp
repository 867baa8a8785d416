// SPDX-License-Identifier: Apache-2.0
/// Why a kernel may refuse what bindwatch loads, asked one thing at a time.
#pragma once

namespace bindwatch {

/// The errno of bpf(2) with a command that does not exist: what is refused here is refused whatever the
/// program. ENOSYS: the kernel has none; EPERM, EACCES: not for this process; EINVAL: it answers.
[[nodiscard]] int bpf_call_error();

[[nodiscard]] bool has_btf();

/// lockdown=confidentiality. Asked of the verifier, since securityfs, where lockdown says what it is, need
/// not be mounted: false too where nothing may be loaded at all.
[[nodiscard]] bool kernel_memory_is_locked();

/// Before Linux 5.11, with a limit: the kernel's side is locked memory of the user's. From then on it is
/// charged to the cgroup.
[[nodiscard]] bool locked_memory_is_limited();

} // namespace bindwatch
