/* SPDX-License-Identifier: MIT */
#include "device.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <khttp/error.hpp>
#include <khttp/fd.hpp>

#include "grant.hpp"

namespace khttp::detail {

namespace {

class kernel_device final : public device {
public:
	explicit kernel_device(unique_fd fd) noexcept : fd_{std::move(fd)} {}
	~kernel_device() override
	{
		if (memory_)
			munmap(memory_, length_);
	}

	int fd() const noexcept override { return fd_.get(); }
	long call(unsigned long request, void *argument) noexcept override;
	int map(std::size_t length) noexcept override;
	std::byte *memory() const noexcept override
	{
		return static_cast<std::byte *>(memory_);
	}

private:
	unique_fd fd_;
	void *memory_ = nullptr;
	std::size_t length_ = 0;
};

long kernel_device::call(unsigned long request, void *argument) noexcept
{
	int result = ioctl(fd_.get(), request, argument);

	return result < 0 ? -errno : result;
}

int kernel_device::map(std::size_t length) noexcept
{
	void *at = mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED,
			fd_.get(), 0);

	if (at == MAP_FAILED)
		return -errno;
	memory_ = at;
	length_ = length;
	return 0;
}

std::string attach_advice(int code, const options &wanted)
{
	std::string queue = wanted.grant.empty() ? "queue '" + wanted.queue + "'"
						  : "grant of " + wanted.grant;

	switch (code) {
	case ENOENT:
		return queue + " does not exist in this network namespace; "
			       "create it with 'khttpctl queue add " +
		       wanted.queue + "'";
	case EACCES:
	case EPERM:
		return queue + " does not let uid " +
		       std::to_string(geteuid()) + ", gid " +
		       std::to_string(getegid()) +
		       " attach; ask its owner, or allow it with 'khttpctl "
		       "queue set " +
		       wanted.queue + " owner USER:GROUP mode 0660'";
	case E2BIG:
	case EINVAL:
		return queue + ": " + std::to_string(wanted.slots) +
		       " slots with these areas are refused; at most " +
		       std::to_string(KHTTP_SLOTS_MAX) + " slots and " +
		       std::to_string(KHTTP_SLOTS_BYTES_MAX >> 20) +
		       " MiB together, areas of 8 to 256 KiB in whole pages";
	case ENOMEM:
		return queue + ": no memory for " +
		       std::to_string(wanted.slots) +
		       " slots; use fewer, or raise the memory limit";
	case EKEYREVOKED:
		return queue + " was revoked; ask who owns the queue";
	case EUSERS:
		return queue + " has as many workers as it may: use fewer threads, or "
			       "see --workers of 'khttpctl queue grant'";
	case ESHUTDOWN:
		return queue + " is being deleted";
	default:
		return queue + ": cannot attach: " + std::strerror(code);
	}
}

} // namespace

std::string open_advice(int code)
{
	std::string text = "cannot open " KHTTP_DEVICE ": ";

	switch (code) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		return text + "is the khttp module loaded? Try 'modprobe khttp'";
	case EACCES:
	case EPERM:
		return text + "permission denied; its mode should be 0666, which "
			      "khttp's udev rule sets (in a container pass the "
			      "device in, or serve by a grant: KHTTP_GRANT)";
	default:
		return text + std::strerror(code);
	}
}

long device::commit(std::uint64_t id, std::uint32_t flags) noexcept
{
	khttp_commit what{.id = id, .flags = flags, .reserved = 0};

	return call(KHTTP_IOC_COMMIT, &what);
}

long device::cancel(std::uint64_t id) noexcept
{
	khttp_cancel what{.id = id, .flags = 0, .reserved = 0};

	return call(KHTTP_IOC_CANCEL, &what);
}

std::unique_ptr<device> open_device(const std::string &socket)
{
	if (!socket.empty())
		return std::make_unique<kernel_device>(open_granted(grant::receive(socket)));
	unique_fd fd{open(KHTTP_DEVICE, O_RDWR | O_CLOEXEC)};

	if (!fd)
		throw error(errno, open_advice(errno));
	return std::make_unique<kernel_device>(std::move(fd));
}

namespace {

/* A kernel that does not know a flag refuses it, and does not ask what it is for. */
long try_attach(device &dev, khttp_attach &ask, bool validates)
{
	const khttp_attach plain = ask;

	if (validates) {
		ask.flags = KHTTP_ATTACH_VALIDATES;
		const long result = dev.call(KHTTP_IOC_ATTACH, &ask);
		if (result != -EINVAL)
			return result;
	}
	ask = plain;
	return dev.call(KHTTP_IOC_ATTACH, &ask);
}

} // namespace

attachment attach(device &dev, const options &wanted)
{
	khttp_attach ask{};
	const bool by_grant = !wanted.grant.empty();

	if (!by_grant && (wanted.queue.empty() || wanted.queue.size() >= sizeof(ask.queue)))
		throw error(EINVAL, "a queue's name has 1 to " +
					    std::to_string(sizeof(ask.queue) - 1) +
					    " characters");
	/* A grant says itself what it is for */
	if (!by_grant)
		wanted.queue.copy(ask.queue, wanted.queue.size());
	ask.role = KHTTP_ROLE_WORKER;
	ask.slots = wanted.slots;
	ask.request_area = wanted.request_area;
	ask.reply_area = wanted.reply_area;

	long result = try_attach(dev, ask, wanted.validates);
	if (result == 0)
		result = dev.map(ask.map_length);
	if (result < 0)
		throw error(static_cast<int>(-result),
			    attach_advice(static_cast<int>(-result), wanted));

	attachment got{.layout = {ask.request_area, ask.reply_area},
		       .slots = ask.slots,
		       .worker = ask.worker,
		       .features = ask.features};
	if (ask.request_area < sizeof(khttp_slot) ||
	    ask.reply_area < sizeof(khttp_reply) ||
	    ask.map_length / got.layout.size() < got.slots)
		throw error(EPROTO, "the khttp module's slots do not fit this "
				    "library: install matching versions");
	return got;
}

} // namespace khttp::detail
