/* SPDX-License-Identifier: MIT */
#include <khttp/request.hpp>

#include <cerrno>

#include <arpa/inet.h>
#include <sys/socket.h>

#include <khttp/error.hpp>

#include "engine.hpp"
#include "readers.hpp"

namespace khttp {

using detail::code_of;
using detail::delivery;

namespace {

const khttp_slot &head(const delivery *d) noexcept
{
	return d->in.head();
}

endpoint from_uapi(const khttp_endpoint &from) noexcept
{
	endpoint to;

	std::copy(std::begin(from.addr), std::end(from.addr),
		  to.address.begin());
	to.port = from.port;
	to.scope_id = from.scope_id;
	to.ipv6 = from.family == AF_INET6;
	return to;
}

} // namespace

std::size_t field_list::size() const noexcept
{
	return of_->in.field_count();
}

field field_list::operator[](std::size_t index) const noexcept
{
	return of_->in.field_at(index);
}

std::string endpoint::host() const
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(ipv6 ? AF_INET6 : AF_INET, address.data(), text,
		  sizeof(text));
	return text;
}

std::string endpoint::to_string() const
{
	std::string at = ":" + std::to_string(port);

	return ipv6 ? "[" + host() + "]" + at : host() + at;
}

std::string_view request::method() const noexcept
{
	return of_->in.text(head(of_).method);
}

std::string_view request::scheme() const noexcept
{
	return of_->in.text(head(of_).scheme);
}

std::string_view request::authority() const noexcept
{
	return of_->in.text(head(of_).authority);
}

std::string_view request::target() const noexcept
{
	return of_->in.text(head(of_).target);
}

std::string_view request::path() const noexcept
{
	return of_->in.text(head(of_).path);
}

std::string_view request::query() const noexcept
{
	return of_->in.text(head(of_).query);
}

std::string_view request::prefix() const noexcept
{
	return of_->in.text(head(of_).prefix);
}

std::string_view request::version() const noexcept
{
	return head(of_).version == 0x0100 ? "1.0" : "1.1";
}

std::optional<std::string_view>
request::find(std::string_view name) const noexcept
{
	for (field f : fields())
		if (detail::same_name(f.name, name))
			return f.value;
	return {};
}

bool request::has_body() const noexcept
{
	return head(of_).flags & KHTTP_REQ_BODY;
}

bool request::body_complete() const noexcept
{
	return !(head(of_).flags & KHTTP_REQ_BODY_MORE);
}

std::string_view request::body_start() const noexcept
{
	return of_->in.text(head(of_).body);
}

std::optional<std::uint64_t> request::content_length() const noexcept
{
	std::uint64_t length = head(of_).content_length;

	if (!has_body() || length == KHTTP_LENGTH_UNKNOWN)
		return {};
	return length;
}

read_result request::read(std::span<char> buffer) const noexcept
{
	std::string_view start = of_->take_start(buffer.size());

	if (!start.empty()) {
		start.copy(buffer.data(), start.size());
		return {start.size(), {}};
	}
	if (buffer.empty() || of_->all_read())
		return {};
	long result = of_->home.read_wait(*of_, buffer, 0);
	if (result < 0)
		return {0, code_of(result)};
	return {static_cast<std::size_t>(result), {}};
}

read_result request::read(std::span<std::byte> buffer) const noexcept
{
	return read(std::span{reinterpret_cast<char *>(buffer.data()),
			      buffer.size()});
}

body_result request::body(std::size_t limit) const
{
	detail::body_reader into{*this, limit};

	while (into.wants_more())
		into.took(read(into.room()));
	return into.result();
}

bool request::has_trailers() const noexcept
{
	return head(of_).flags & KHTTP_REQ_TRAILERS;
}

trailers_result request::trailers() const
{
	detail::trailer_reader into{*this};

	while (into.wants_more())
		into.took(of_->home.read_wait(*of_, into.room(),
					      KHTTP_READ_TRAILERS));
	return into.result();
}

endpoint request::client() const noexcept
{
	return from_uapi(head(of_).client);
}

endpoint request::peer() const noexcept
{
	const khttp_slot &slot = head(of_);
	khttp_endpoint peer;

	/* Also what a kernel says that knows nothing of proxies */
	if (!slot.peer || !of_->in.copy(slot.peer, &peer, sizeof(peer)))
		return client();
	return from_uapi(peer);
}

endpoint request::local() const noexcept
{
	return from_uapi(head(of_).local);
}

std::uint64_t request::context() const noexcept
{
	return head(of_).context;
}

std::uint64_t request::connection() const noexcept
{
	return head(of_).connection;
}

std::uint64_t request::stream() const noexcept
{
	return head(of_).stream;
}

std::string request::id() const
{
	return request_id(connection(), stream());
}

std::string request_id(std::uint64_t connection, std::uint64_t stream)
{
	return std::to_string(connection) + '-' + std::to_string(stream);
}

std::chrono::system_clock::time_point request::received() const noexcept
{
	using std::chrono::system_clock;

	return system_clock::time_point{
		std::chrono::duration_cast<system_clock::duration>(
			std::chrono::nanoseconds{head(of_).received_ns})};
}

unsigned request::attempt() const noexcept
{
	return head(of_).attempt;
}

bool request::redelivered() const noexcept
{
	return head(of_).flags & KHTTP_REQ_REDELIVERED;
}

bool request::validates() const noexcept
{
	return head(of_).flags & KHTTP_REQ_VALIDATE;
}

bool request::gone() const noexcept
{
	if (!of_->watched.exchange(true))
		of_->home.watch(*of_);
	return of_->gone;
}

} // namespace khttp
