// SPDX-License-Identifier: Apache-2.0
#include "kernel/socket_diag.hpp"

#include <gtest/gtest.h>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>

#include <cerrno>
#include <span>
#include <vector>

namespace bindwatch {
namespace {

class Messages {
  public:
    /// `length`: what the head says; 0: the truth.
    template <typename Body>
    Messages& add(std::uint16_t type, const Body& body, std::uint32_t length = 0) {
        const nlmsghdr head{.nlmsg_len =
                                length != 0 ? length : std::uint32_t{sizeof(nlmsghdr) + sizeof(body)},
                            .nlmsg_type = type,
                            .nlmsg_flags = NLM_F_MULTI,
                            .nlmsg_seq = 0,
                            .nlmsg_pid = 0};
        append(head);
        append(body);
        return *this;
    }

    [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

  private:
    template <typename T>
    void append(const T& value) {
        const auto raw = std::as_bytes(std::span(&value, 1));
        bytes_.insert(bytes_.end(), raw.begin(), raw.end());
    }

    std::vector<std::byte> bytes_;
};

inet_diag_msg message(std::uint16_t port) {
    inet_diag_msg message{};
    message.idiag_family = AF_INET6;
    message.idiag_state = 10;
    message.id.idiag_sport = htons(port);
    message.id.idiag_cookie[0] = 0xdeadbeef;
    message.id.idiag_cookie[1] = 0x1;
    message.idiag_inode = 77;
    return message;
}

std::expected<bool, int> parse(const Messages& messages, std::vector<ListedSocket>& sockets) {
    return add_listed(messages.bytes(), IPPROTO_TCP, sockets);
}

std::expected<bool, int> parse(const Messages& messages) {
    std::vector<ListedSocket> sockets;
    return parse(messages, sockets);
}

TEST(SocketDiag, SocketsUntilTheEnd) {
    std::vector<ListedSocket> sockets;
    EXPECT_EQ(
        parse(Messages().add(SOCK_DIAG_BY_FAMILY, message(1683)).add(TCPDIAG_GETSOCK, message(443)), sockets),
        false);
    EXPECT_EQ(parse(Messages().add(NLMSG_DONE, 0), sockets), true);
    const ListedSocket first{
        .cookie = 0x1deadbeef, .inode = 77, .protocol = IPPROTO_TCP, .port = 1683, .family = AF_INET6};
    ListedSocket second = first;
    second.port = 443;
    EXPECT_EQ(sockets, (std::vector{first, second}));
}

TEST(SocketDiag, AttributesBehindASocketAreSkipped) {
    const struct {
        inet_diag_msg socket;
        nlattr head;
        std::uint8_t value; // the message ends one byte into four
    } __attribute__((packed)) long_message{message(1683), {sizeof(nlattr) + 1, INET_DIAG_SHUTDOWN}, 3};
    const Messages messages = Messages().add(SOCK_DIAG_BY_FAMILY, long_message);
    std::vector<std::byte> bytes(messages.bytes().begin(), messages.bytes().end());
    bytes.resize(NLMSG_ALIGN(bytes.size()));
    std::vector<ListedSocket> sockets;
    EXPECT_EQ(add_listed(bytes, IPPROTO_UDP, sockets), false);
    EXPECT_EQ(sockets.size(), 1U);
}

TEST(SocketDiag, AnErrorIsTheKernelsOwn) {
    EXPECT_EQ(parse(Messages().add(NLMSG_ERROR, nlmsgerr{.error = -ENOENT, .msg = {}})),
              std::unexpected(ENOENT));
    EXPECT_EQ(parse(Messages().add(NLMSG_DONE, -EINVAL)), std::unexpected(EINVAL));
}

TEST(SocketDiag, BytesAreNotTrusted) {
    const auto bad = std::unexpected(EBADMSG);
    EXPECT_EQ(parse(Messages().add(SOCK_DIAG_BY_FAMILY, std::uint32_t{0})), bad) << "shorter than a socket";
    EXPECT_EQ(parse(Messages().add(SOCK_DIAG_BY_FAMILY, message(1), 4)), bad) << "shorter than its head";
    EXPECT_EQ(parse(Messages().add(SOCK_DIAG_BY_FAMILY, message(1), 4096)), bad) << "longer than the batch";
    EXPECT_EQ(parse(Messages().add(NLMSG_ERROR, std::uint16_t{0})), bad) << "an error without its number";
    const Messages whole = Messages().add(SOCK_DIAG_BY_FAMILY, message(1683));
    for (std::size_t length = 1; length < whole.bytes().size(); ++length) {
        std::vector<ListedSocket> sockets;
        EXPECT_EQ(add_listed(whole.bytes().first(length), IPPROTO_TCP, sockets), bad) << length;
        EXPECT_TRUE(sockets.empty());
    }
}

} // namespace
} // namespace bindwatch
