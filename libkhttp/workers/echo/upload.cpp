/* SPDX-License-Identifier: MIT */
#include "upload.hpp"

#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace echo {

namespace {

constexpr std::size_t piece_size = 65536;

constexpr std::string_view too_large =
	"the body is too large to be echoed (16 MiB at most); "
	"digest=1 in the query gives its SHA-256 at any size";
constexpr std::string_view no_room =
	"too many large bodies are being echoed; try again, or put digest=1 "
	"into the query";

upload_result read_failed(const std::error_code &error)
{
	const auto is = [&error](int number) {
		return error == std::error_code{number, std::generic_category()};
	};

	if (is(EFBIG))
		return {413, "the body is over the limit of this service"};
	if (is(ETIMEDOUT))
		return {408, "the body stopped coming"};
	if (is(EBADMSG))
		return {400, "the body ended early or its framing is broken"};
	return {500, fmt::format("reading the body: {}", error.message())};
}

class sha256 {
public:
	sha256() : context_{EVP_MD_CTX_new(), EVP_MD_CTX_free}
	{
		if (!context_ ||
		    !EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr))
			throw std::runtime_error{"SHA-256 is not available"};
	}

	void add(std::string_view bytes)
	{
		if (!EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()))
			throw std::runtime_error{"SHA-256 failed"};
		length_ += bytes.size();
	}

	std::string hexadecimal()
	{
		std::array<unsigned char, EVP_MAX_MD_SIZE> raw;
		unsigned size = 0;
		std::string out;

		if (!EVP_DigestFinal_ex(context_.get(), raw.data(), &size))
			throw std::runtime_error{"SHA-256 failed"};
		for (unsigned i = 0; i < size; i++)
			out += fmt::format("{:02x}", raw[i]);
		return out;
	}

	std::uint64_t length() const noexcept { return length_; }

private:
	std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
	std::uint64_t length_ = 0;
};

} // namespace

bool body_budget::take(std::uint64_t bytes) noexcept
{
	if (held_.fetch_add(bytes) + bytes <= max_held)
		return true;
	held_ -= bytes;
	return false;
}

bool held_bytes::take(std::uint64_t bytes) noexcept
{
	if (!from_.take(bytes))
		return false;
	taken_ += bytes;
	return true;
}

khttp::task_of<upload_result> echo_body(khttp::async::request rq, report &out,
					held_bytes &held)
{
	/* Said before the first read: a client that waits for "100 Continue"
	 * then keeps its body. */
	if (rq.content_length().value_or(0) > max_body)
		co_return upload_result{413, std::string{too_large}};
	out.begin_body();
	if (rq.body_complete()) {
		out.add_body(rq.body_start());
		out.end_body();
		co_return upload_result{};
	}
	std::string piece(piece_size, '\0');
	std::uint64_t total = 0;

	for (;;) {
		const auto got = co_await rq.read(piece);

		if (got.error)
			co_return read_failed(got.error);
		if (got.size == 0)
			break;
		total += got.size;
		if (total > max_body)
			co_return upload_result{413, std::string{too_large}};
		/* As base64 it is a third more. */
		if (!held.take(got.size / 3 * 4 + 4))
			co_return upload_result{503, std::string{no_room}};
		out.add_body(std::string_view{piece}.substr(0, got.size));
	}
	out.end_body();
	co_return upload_result{};
}

khttp::task_of<upload_result> digest_body(khttp::async::request rq, report &out)
{
	sha256 hash;

	if (rq.body_complete()) {
		hash.add(rq.body_start());
	} else {
		std::string piece(piece_size, '\0');

		for (;;) {
			const auto got = co_await rq.read(piece);

			if (got.error)
				co_return read_failed(got.error);
			if (got.size == 0)
				break;
			hash.add(std::string_view{piece}.substr(0, got.size));
		}
	}
	out.body_digest(hash.hexadecimal(), hash.length());
	co_return upload_result{};
}

khttp::task_of<upload_result> echo_trailers(khttp::async::request rq,
					    report &out)
{
	std::vector<field_pair> fields;

	/* Only a chunked body has any; asking costs a system call. */
	if (!rq.has_body() || rq.content_length()) {
		out.trailers(fields);
		co_return upload_result{};
	}
	const auto got = co_await rq.trailers();

	if (got.error)
		co_return read_failed(got.error);
	for (const auto &[name, value] : got.fields)
		fields.emplace_back(name, value);
	out.trailers(fields);
	co_return upload_result{};
}

} // namespace echo
