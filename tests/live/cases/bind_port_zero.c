// SPDX-License-Identifier: Apache-2.0
/* bind to port 0: the port shown is the one that the kernel chose. */
#include "case.h"

#include <netinet/in.h>

int main(void) {
    const struct {
        int family;
        int type;
        const char* address;
    } kinds[] = {
        {AF_INET, SOCK_STREAM, "127.0.0.1"}, {AF_INET, SOCK_DGRAM, "127.0.0.1"},
        {AF_INET6, SOCK_STREAM, "::1"},      {AF_INET6, SOCK_DGRAM, "::1"},
        {AF_INET, SOCK_STREAM, "0.0.0.0"},   {AF_INET6, SOCK_DGRAM, "::"},
    };
    case_begin();
    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); ++i) {
        struct case_claim claim = case_open(kinds[i].family, kinds[i].type, 0);
        case_bind(&claim, kinds[i].address, 0);
        case_close(&claim);
    }
    return 0;
}
