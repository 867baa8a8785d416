/* SPDX-License-Identifier: Apache-2.0 */
/* One line of JSON, built in place and written with one write(2), so that lines of several processes never
 * mix. */
#ifndef BINDWATCH_CASE_JSON_H
#define BINDWATCH_CASE_JSON_H

#include <stddef.h>

struct case_line {
    size_t length;
    char text[65536];
};

void case_put(struct case_line* line, const char* format, ...) __attribute__((format(printf, 2, 3)));
/* A JSON string, or {"hex":"…"} if a byte is not printable ASCII. */
void case_put_bytes(struct case_line* line, const char* bytes, size_t length);
/* Adds the newline and writes the line to stdout. */
void case_flush(struct case_line* line);
/* What the line holds so far, as a string that is never freed; then the line is empty. */
const char* case_keep(struct case_line* line);

#endif
