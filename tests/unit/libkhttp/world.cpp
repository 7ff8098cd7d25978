/* SPDX-License-Identifier: MIT */
#include "world.hpp"

#include "engine_ioctl.hpp"
#include "engine_uring.hpp"

namespace {

/* The engine owns this; the test keeps the device behind it. */
class shared_device final : public khttp::detail::device {
public:
	explicit shared_device(std::shared_ptr<fake_device> to)
		: to_{std::move(to)}
	{
	}
	int fd() const noexcept override { return to_->fd(); }
	long call(unsigned long request, void *argument) noexcept override
	{
		return to_->call(request, argument);
	}
	int map(std::size_t length) noexcept override
	{
		return to_->map(length);
	}
	std::byte *memory() const noexcept override { return to_->memory(); }

private:
	std::shared_ptr<fake_device> to_;
};

} // namespace

world &world::now()
{
	static world only;

	return only;
}

void world::begin(unsigned with_slots)
{
	slots = with_slots;
	lacks = 0;
	devices.clear();
}

khttp::options fresh(khttp::transport transport, unsigned slots)
{
	khttp::options wanted;

	world::now().begin(slots);
	wanted.queue = "app";
	wanted.threads = 1;
	wanted.transport = transport;
	wanted.handle_signals = false;
	return wanted;
}

std::shared_ptr<khttp::detail::engine>
khttp::detail::make_engine(const options &wanted)
{
	auto dev = std::make_shared<fake_device>(world::now().slots);
	auto own = std::make_unique<shared_device>(dev);
	khttp::detail::attachment got = dev->attachment();

	got.features &= ~world::now().lacks;
	world::now().devices.push_back(dev);
	if (wanted.transport == transport::uring)
		return std::make_shared<uring_engine>(
			std::move(own), std::make_unique<fake_ring>(*dev), got,
			wanted);
	return std::make_shared<ioctl_engine>(std::move(own), got, wanted);
}
