// SPDX-License-Identifier: Apache-2.0
#include "case_i386.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __x86_64__

/* arch/x86/entry/syscalls/syscall_32.tbl, include/uapi/linux/net.h */
enum {
    I386_GETPID = 20,
    I386_SOCKETCALL = 102,
    I386_BIND = 361,
    I386_LISTEN = 363,
    CALL_BIND = 2,
    CALL_LISTEN = 4
};

struct low_memory {
    union case_address address;
    uint32_t arguments[6];
};

static struct low_memory* low;

static int call(int number, uint32_t first, uint32_t second, uint32_t third) {
    int result = 0;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(number), "b"(first), "c"(second), "d"(third)
                     : "memory", "r8", "r9", "r10", "r11");
    return result;
}

/* A kernel without the table ends the process with SIGSEGV. */
static bool has_table(void) {
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        _exit(call(I386_GETPID, 0, 0, 0) == getpid() ? 0 : 1);
    }
    case_require(child > 0 && waitpid(child, &status, 0) == child, "fork");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void case_i386_begin(void) {
    if (!has_table()) {
        case_skip("this kernel takes no 32-bit system calls (CONFIG_IA32_EMULATION)");
    }
    low = mmap(NULL, sizeof(*low), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    case_require(low != MAP_FAILED, "memory below 4 GiB");
}

static uint32_t low_address(const void* at) {
    return (uint32_t)(uintptr_t)at;
}

int case_i386_bind(int fd, const union case_address* address) {
    low->address = *address;
    return -call(I386_BIND, (uint32_t)fd, low_address(&low->address), case_size(address));
}

int case_i386_listen(int fd, int backlog) {
    return -call(I386_LISTEN, (uint32_t)fd, (uint32_t)backlog, 0);
}

int case_socketcall_bind(int fd, const union case_address* address) {
    low->address = *address;
    low->arguments[0] = (uint32_t)fd;
    low->arguments[1] = low_address(&low->address);
    low->arguments[2] = case_size(address);
    return -call(I386_SOCKETCALL, CALL_BIND, low_address(low->arguments), 0);
}

int case_socketcall_listen(int fd, int backlog) {
    low->arguments[0] = (uint32_t)fd;
    low->arguments[1] = (uint32_t)backlog;
    return -call(I386_SOCKETCALL, CALL_LISTEN, low_address(low->arguments), 0);
}

#else

void case_i386_begin(void) {
    case_skip("only x86 has a second table of system calls that a 64-bit program can use");
}

int case_i386_bind(int fd, const union case_address* address) {
    (void)fd;
    (void)address;
    return ENOSYS;
}

int case_i386_listen(int fd, int backlog) {
    (void)fd;
    (void)backlog;
    return ENOSYS;
}

int case_socketcall_bind(int fd, const union case_address* address) {
    return case_i386_bind(fd, address);
}

int case_socketcall_listen(int fd, int backlog) {
    return case_i386_listen(fd, backlog);
}

#endif
