/* SPDX-License-Identifier: MIT */
/* The upstream's answer without its body, line by line. Pure. */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace proxy {

struct answer_field {
	std::string name;
	std::string value;
};

class answer_head {
public:
	/* Bytes of one head, and of the trailers. */
	static constexpr std::size_t most_bytes = std::size_t{30} << 10;

	/* One line with its end: status line, field, blank line, again for each
	 * interim answer, which is forgotten; then trailers. False: problem()
	 * says why no answer can be made of it. */
	bool take(std::string_view line);
	std::string_view problem() const noexcept { return problem_; }

	/* That of the final answer is whole; what follows are trailers. */
	bool complete() const noexcept { return complete_; }
	int status() const noexcept { return status_; }
	/* "1.1" */
	std::string_view version() const noexcept { return version_; }
	/* What it announces; not where the body is chunked. */
	std::optional<std::uint64_t> length() const noexcept { return length_; }

	/*
	 * The fields that go on to the client, Via not added. Without a value
	 * problem() says why not.
	 */
	std::optional<std::vector<answer_field>> passed();
	/* The same for trailers; what may not stand there is left out. */
	std::vector<answer_field> trailers() const;

private:
	bool fail(std::string_view why) noexcept;
	bool take_status(std::string_view line);
	bool take_field(std::string_view line);
	bool end_head();
	bool note_framing(const answer_field &field);

	std::size_t bytes_ = 0;
	bool begun_ = false; /* the status line came */
	bool complete_ = false;
	bool chunked_ = false;
	int status_ = 0;
	std::string version_;
	std::optional<std::uint64_t> length_;
	std::vector<answer_field> fields_;
	std::vector<answer_field> trailers_;
	std::string_view problem_;
};

} // namespace proxy
