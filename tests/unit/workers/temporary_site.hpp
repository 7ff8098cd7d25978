/* SPDX-License-Identifier: MIT */
/* A directory that goes with the test. */
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "files/site.hpp"

class temporary_site {
public:
	temporary_site()
	{
		char name[] = "/tmp/khttp-site-XXXXXX";

		path_ = mkdtemp(name);
	}
	temporary_site(const temporary_site &) = delete;
	temporary_site &operator=(const temporary_site &) = delete;
	~temporary_site() { std::filesystem::remove_all(path_); }

	void write(const std::filesystem::path &name, std::string_view text) const
	{
		std::filesystem::create_directories((path_ / name).parent_path());
		std::ofstream{path_ / name, std::ios::binary} << text;
	}
	const std::filesystem::path &path() const { return path_; }

	files::settings settings() const
	{
		files::settings set;

		set.directory = path_;
		return set;
	}

private:
	std::filesystem::path path_;
};
