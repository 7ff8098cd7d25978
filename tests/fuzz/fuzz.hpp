// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

// Not assert(): it has to hold in every build.
#define MUST(condition) \
	do { \
		if (!(condition)) \
			std::abort(); \
	} while (0)

// A copy on the heap of exactly this size, so that ASan sees reading behind it.
inline std::vector<char> exact(std::string_view bytes)
{
	std::vector<char> copy(bytes.begin(), bytes.end());

	copy.shrink_to_fit();
	// An empty span still has an address, as it has everywhere else.
	if (copy.empty())
		copy.reserve(1);
	return copy;
}

// Cuts the front of the input off as choices; 0 when there is nothing left.
class chooser {
public:
	chooser(const std::uint8_t *data, std::size_t size)
		: rest_(reinterpret_cast<const char *>(data), size)
	{
	}

	std::uint8_t byte()
	{
		if (rest_.empty())
			return 0;
		auto value = static_cast<std::uint8_t>(rest_[0]);

		rest_.remove_prefix(1);
		return value;
	}

	std::string_view rest() const { return rest_; }

	// Up to @n bytes.
	std::string_view take(std::size_t n)
	{
		std::string_view piece = rest_.substr(0, n);

		rest_.remove_prefix(piece.size());
		return piece;
	}

private:
	std::string_view rest_;
};

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
				      std::size_t size);
