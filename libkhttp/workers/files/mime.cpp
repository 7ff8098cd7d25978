/* SPDX-License-Identifier: MIT */
#include "mime.hpp"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include <unistd.h>

#include "common/text.hpp"

namespace files {

namespace {

constexpr std::string_view default_type = "application/octet-stream";

/* In the table's own format, for systems without the package media-types. */
constexpr const char *common_types = R"(
text/html			html htm
text/css			css
text/javascript			js mjs
text/plain			txt
text/markdown			md
text/csv			csv
application/json		json map
application/manifest+json	webmanifest
application/xml			xml
application/wasm		wasm
application/pdf			pdf
application/gzip		gz
application/zip			zip
image/svg+xml			svg
image/png			png
image/jpeg			jpg jpeg
image/gif			gif
image/webp			webp
image/avif			avif
image/vnd.microsoft.icon	ico
font/woff			woff
font/woff2			woff2
font/ttf			ttf
font/otf			otf
audio/mpeg			mp3
audio/ogg			ogg
video/mp4			mp4
video/webm			webm
)";

/* Only these say how their bytes become characters; JSON and XML have their
 * own rules. */
bool is_text(std::string_view type)
{
	return type.starts_with("text/") || type == "application/javascript";
}

} // namespace

mime_table mime_table::parse(std::istream &lines, std::string charset)
{
	mime_table table{std::move(charset)};
	std::string line;

	while (std::getline(lines, line)) {
		std::istringstream words{line.substr(0, line.find('#'))};
		std::string type;
		std::string extension;

		words >> type;
		while (words >> extension)
			table.types_.try_emplace(text::lower(extension), type);
	}
	return table;
}

mime_table mime_table::load(const std::string &path, std::string charset)
{
	std::ifstream file{path};

	if (file) {
		auto table = parse(file, std::move(charset));

		if (file.bad())
			throw std::system_error{EIO, std::generic_category(), path};
		return table;
	}
	if (access(path.c_str(), F_OK) == 0)
		throw std::system_error{EACCES, std::generic_category(), path};
	std::istringstream common{common_types};

	return parse(common, std::move(charset));
}

std::string mime_table::type_of(std::string_view file_name) const
{
	const auto name = file_name.substr(file_name.rfind('/') + 1);
	const auto dot = name.rfind('.');

	/* ".profile" is a name without extension. */
	if (dot == std::string_view::npos || dot == 0)
		return std::string{default_type};
	const auto found = types_.find(text::lower(name.substr(dot + 1)));

	if (found == types_.end())
		return std::string{default_type};
	if (!is_text(found->second) || charset_.empty())
		return found->second;
	return found->second + "; charset=" + charset_;
}

} // namespace files
