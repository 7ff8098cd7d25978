/* SPDX-License-Identifier: MIT */
/* Which transport an engine gets: by option, environment, and what works. */
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "engine_ioctl.hpp"
#include "engine_uring.hpp"
#include "grant.hpp"

namespace khttp::detail {

namespace {

transport asked_for(const options &wanted)
{
	const char *text = std::getenv("KHTTP_TRANSPORT");

	if (wanted.transport != transport::automatic || !text || !*text)
		return wanted.transport;
	std::string_view name{text};
	if (name == "automatic")
		return transport::automatic;
	if (name == "ioctl")
		return transport::ioctl;
	if (name == "uring")
		return transport::uring;
	throw error(EINVAL, "KHTTP_TRANSPORT is '" + std::string{name} +
				    "'; use automatic, ioctl or uring");
}

/* Throws where it is refused. */
std::unique_ptr<ring> make_ring_for(const device &dev, const attachment &got)
{
	std::unique_ptr<ring> made;

	errno = EOPNOTSUPP;
	if (got.features & KHTTP_FEATURE_URING)
		made = make_ring(dev.fd(), uring_engine::commands(got.slots));
	if (made)
		return made;
	int code = errno;
	throw error(code, "io_uring is refused here (" +
				  std::string{std::strerror(code)} +
				  "); use the ioctl transport");
}

options checked(options wanted)
{
	if (wanted.slots < 1 || wanted.slots > KHTTP_SLOTS_MAX)
		throw error(EINVAL, "slots must be 1 to " +
					    std::to_string(KHTTP_SLOTS_MAX));
	if (wanted.batch < 1)
		throw error(EINVAL, "batch must be at least 1");
	wanted.transport = asked_for(wanted);
	wanted.grant = grant_socket(wanted);
	return wanted;
}

} // namespace

std::shared_ptr<engine> make_engine(const options &asked)
{
	options wanted = checked(asked);
	std::unique_ptr<device> dev = open_device(wanted.grant);
	attachment got = attach(*dev, wanted);

	/* Not asked for it is not taken: beside other things it costs more. */
	if (wanted.transport == transport::uring) {
		std::unique_ptr<ring> with = make_ring_for(*dev, got);

		return std::make_shared<uring_engine>(
			std::move(dev), std::move(with), got, wanted);
	}
	return std::make_shared<ioctl_engine>(std::move(dev), got, wanted);
}

} // namespace khttp::detail
