// SPDX-License-Identifier: Apache-2.0
#include "case_json.h"

#include "case.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void case_put(struct case_line* line, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const size_t room = sizeof(line->text) - line->length;
    const int written = vsnprintf(line->text + line->length, room, format, arguments);
    va_end(arguments);
    case_require(written >= 0 && (size_t)written < room, "a line of truth fits its buffer");
    line->length += (size_t)written;
}

void case_put_bytes(struct case_line* line, const char* bytes, size_t length) {
    bool plain = true;
    for (size_t i = 0; i < length; ++i) {
        plain = plain && bytes[i] >= ' ' && bytes[i] <= '~' && bytes[i] != '"' && bytes[i] != '\\';
    }
    if (plain) {
        case_put(line, "\"%.*s\"", (int)length, bytes);
        return;
    }
    case_put(line, "{\"hex\":\"");
    for (size_t i = 0; i < length; ++i) {
        case_put(line, "%02x", (unsigned char)bytes[i]);
    }
    case_put(line, "\"}");
}

void case_flush(struct case_line* line) {
    case_put(line, "\n");
    size_t done = 0;
    while (done < line->length) {
        const ssize_t written = write(STDOUT_FILENO, line->text + done, line->length - done);
        case_require(written > 0, "the truth can be written");
        done += (size_t)written;
    }
    line->length = 0;
}

const char* case_keep(struct case_line* line) {
    const char* text = strndup(line->text, line->length);
    case_require(text != NULL, "memory for a line");
    line->length = 0;
    return text;
}
