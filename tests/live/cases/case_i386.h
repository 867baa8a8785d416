/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls of the 32-bit x86 table, made by a 64-bit program with int 0x80: bind, listen and the old
 * socketcall(2). What they point to lies below 4 GiB. Elsewhere, and where the kernel has no such table, the
 * case is skipped.
 */
#ifndef BINDWATCH_CASE_I386_H
#define BINDWATCH_CASE_I386_H

#include "case.h"

/* Before any other. */
void case_i386_begin(void);
/* Each returns 0 or an errno. */
int case_i386_bind(int fd, const union case_address* address);
int case_i386_listen(int fd, int backlog);
int case_socketcall_bind(int fd, const union case_address* address);
int case_socketcall_listen(int fd, int backlog);

#endif
