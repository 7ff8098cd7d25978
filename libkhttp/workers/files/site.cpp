/* SPDX-License-Identifier: MIT */
#include "site.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <fmt/format.h>
#include <openssl/evp.h>

#include <khttp/error.hpp>

#include "encoding.hpp"
#include "listing.hpp"
#include "path.hpp"

namespace files {

namespace {

found refusal(int status, std::error_code error = {})
{
	found none;

	none.status = status;
	none.error = error;
	return none;
}

/* EXDEV: a symbolic link leads out of the site. */
found refusal(const std::error_code &error)
{
	switch (error.value()) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
		return refusal(404);
	case EACCES:
	case EPERM:
	case EXDEV:
	case ELOOP:
		return refusal(403);
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EAGAIN:
		return refusal(503, error);
	default:
		return refusal(500, error);
	}
}

void set_file(content &to, opened file)
{
	to.size = static_cast<std::uint64_t>(file.st.st_size);
	to.state.etag = etag_of(file.st);
	to.state.modified = static_cast<std::uint64_t>(
		std::max<time_t>(file.st.st_mtim.tv_sec, 0));
	to.fd = std::move(file.fd);
}

/* A page has no file whose state could name it. */
std::string etag_of_page(std::string_view page)
{
	std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
	std::string out = "\"";

	if (!EVP_Digest(page.data(), page.size(), digest.data(), nullptr,
			EVP_sha256(), nullptr))
		throw khttp::error{EIO, "SHA-256 is not available"};
	for (std::size_t i = 0; i < 16; i++)
		out += fmt::format("{:02x}", digest[i]);
	return out + '"';
}

mime_table load_types(const settings &set)
{
	try {
		return mime_table::load(set.mime_types, set.charset);
	} catch (const std::system_error &error) {
		throw khttp::error{error.code(),
			fmt::format("cannot read '{}': {}; name another table "
				    "with --mime-types", set.mime_types,
				    error.code().message())};
	}
}

} // namespace

site::site(settings with)
	: set_{std::move(with)}, root_{set_.directory}, types_{load_types(set_)}
{
	if (set_.fallback.empty())
		return;
	const auto file = root_.open(set_.fallback);

	if (!file || !file.regular())
		throw khttp::error{file.error ? file.error.value() : EISDIR,
			fmt::format("--fallback {}: no such file to be read "
				    "below '{}'", set_.fallback,
				    set_.directory)};
}

found site::find(std::string_view path, std::string_view prefix,
		 std::string_view query, const accepted &accept_encoding) const
{
	const auto where = locate(path, prefix, set_.dotfiles);

	/* Not for the fallback page: who asks for "/.git/config" is to be told
	 * that there is nothing. */
	if (!where)
		return refusal(404);
	auto file = root_.open(where->name);
	auto result = refusal(404);

	if (!file) {
		result = refusal(file.error);
	} else if (file.directory() && !where->directory) {
		result.status = 301;
		result.location = directory_location(path, query);
	} else if (file.directory()) {
		result = find_in_directory(where->name, std::move(file), path,
					   accept_encoding);
	} else if (!where->directory) {
		result = find_file(where->name, std::move(file),
				   accept_encoding);
	}
	if (result.status == 404)
		if (auto page = find_fallback(accept_encoding))
			return std::move(*page);
	return result;
}

found site::find_file(const std::string &name, opened file,
		      const accepted &accept_encoding) const
{
	found result;

	result.what.type = types_.type_of(name);
	set_file(result.what, std::move(file));
	if (set_.precompressed)
		pick_coding(name, result.what, accept_encoding);
	return result;
}

found site::find_in_directory(const std::string &name, opened directory,
			      std::string_view path,
			      const accepted &accept_encoding) const
{
	for (const auto &index : set_.index) {
		const auto inside = name == "." ? index : name + '/' + index;
		auto file = root_.open(inside);

		if (file && file.regular())
			return find_file(inside, std::move(file),
					 accept_encoding);
		/* An index page that is there and cannot be read must not
		 * turn into a listing. */
		if (file.error && file.error.value() != ENOENT)
			return refusal(file.error);
	}
	if (set_.listing)
		return list(name, directory, path);
	return refusal(set_.fallback.empty() ? 403 : 404);
}

found site::list(const std::string &name, const opened &directory,
		 std::string_view path) const
{
	found result;

	try {
		result.what.page = render_listing(
			read_listing(root_, name, directory.fd.get(),
				     set_.dotfiles),
			path, name != ".");
	} catch (const std::system_error &error) {
		return refusal(error.code());
	}
	result.what.type = "text/html; charset=utf-8";
	result.what.size = result.what.page.size();
	result.what.state.etag = etag_of_page(result.what.page);
	return result;
}

std::optional<found> site::find_fallback(const accepted &accept_encoding) const
{
	if (set_.fallback.empty())
		return std::nullopt;
	auto file = root_.open(set_.fallback);

	if (!file || !file.regular())
		return std::nullopt;
	auto result = find_file(set_.fallback, std::move(file), accept_encoding);

	/* Every path there is would fill the cache with the same page. */
	result.what.cacheable = false;
	return result;
}

void site::pick_coding(const std::string &name, content &plain,
		       const accepted &accept_encoding) const
{
	std::array<opened, codings.size()> files;
	std::array<bool, codings.size()> available{};

	for (std::size_t i = 0; i < codings.size(); i++) {
		files[i] = root_.open(name + std::string{codings[i].suffix});
		available[i] = files[i] && files[i].regular();
		plain.varies |= available[i];
	}
	const auto chosen = choose_coding(accept_encoding, available);

	if (!chosen)
		return;
	const auto index = static_cast<std::size_t>(chosen - codings.data());

	set_file(plain, std::move(files[index]));
	plain.coding = chosen->name;
}

} // namespace files
