/* SPDX-License-Identifier: MIT */
/* From a request to what answers it: a file, a page, a redirect, a refusal. */
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <khttp/response.hpp>

#include "condition.hpp"
#include "mime.hpp"
#include "root.hpp"

namespace files {

struct settings {
	std::string directory;
	std::vector<std::string> index{"index.html", "index.htm"};
	std::string fallback; /* empty: none */
	std::string mime_types = "/etc/mime.types";
	std::string charset = "utf-8";
	std::chrono::seconds cache{60}; /* 0: never */
	khttp::flow_rate flow;		/* of each answer */
	bool listing = false;
	bool dotfiles = false;
	bool precompressed = false;
};

/* A selected representation: an open file, or a page made here. */
struct content {
	khttp::unique_fd fd;
	std::string page; /* instead of a file */
	std::uint64_t size = 0;
	validators state;
	std::string type;
	std::string_view coding; /* empty: none */
	bool varies = false;	 /* another Accept-Encoding, another answer */
	bool cacheable = true;	 /* as far as the content is concerned */
};

struct found {
	int status = 200; /* 200 content, 301 location, else a refusal */
	content what;
	std::string location;
	std::error_code error; /* what the system said, if it did */
};

class site {
public:
	/* Throws khttp::error when the directory, the fallback page or the
	 * table of types cannot be read. */
	explicit site(settings with);

	/* PATH, PREFIX and QUERY are those of a request. */
	found find(std::string_view path, std::string_view prefix,
		   std::string_view query,
		   const std::optional<std::string_view> &accept_encoding) const;

	const settings &set() const noexcept { return set_; }

private:
	using accepted = std::optional<std::string_view>;

	found find_file(const std::string &name, opened file,
			const accepted &accept_encoding) const;
	found find_in_directory(const std::string &name, opened directory,
				std::string_view path,
				const accepted &accept_encoding) const;
	found list(const std::string &name, const opened &directory,
		   std::string_view path) const;
	std::optional<found> find_fallback(const accepted &accept_encoding) const;
	void pick_coding(const std::string &name, content &plain,
			 const accepted &accept_encoding) const;

	settings set_;
	root root_;
	mime_table types_;
};

} // namespace files
