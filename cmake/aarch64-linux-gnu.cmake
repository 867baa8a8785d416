# SPDX-License-Identifier: Apache-2.0
# Toolchain file: Debian's cross compiler for arm64. Headers are those of this machine; the static libraries of arm64
# lie in BINDWATCH_SYSROOT, where tests/vm/cross.py unpacks Debian's packages.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)

list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES BINDWATCH_SYSROOT)
set(triplet aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH ${BINDWATCH_SYSROOT} /usr/${triplet})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${BINDWATCH_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${BINDWATCH_SYSROOT}/usr/lib/${triplet}/pkgconfig)
set(CMAKE_EXE_LINKER_FLAGS_INIT -L${BINDWATCH_SYSROOT}/usr/lib/${triplet})
