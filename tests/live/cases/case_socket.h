/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of a socket, as parts of a line. */
#ifndef BINDWATCH_CASE_SOCKET_H
#define BINDWATCH_CASE_SOCKET_H

#include "case.h"
#include "case_json.h"

int case_option_of(int fd, int level, int name);
/* ,"transport" to "port"; without an address these are null. */
void case_put_where(struct case_line* line, int fd, const union case_address* address);
/* "cookie" and the options, without the braces around them. */
void case_put_socket(struct case_line* line, const struct case_claim* claim);
/* What became of a listen's backlog. */
unsigned case_backlog(int fd, int asked);

#endif
