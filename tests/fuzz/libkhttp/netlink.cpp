/* SPDX-License-Identifier: MIT */
/*
 * What libkhttp reads from a netlink socket. The input's first byte chooses how
 * it is read, the rest comes in datagrams, each behind its length in one byte
 * (times 4). Malformed input gives khttp::error, and nothing else; texts are
 * not longer than what they came in.
 */
#include <stdexcept>

#include <khttp/error.hpp>

#include "codec.hpp"
#include "fuzz.hpp"
#include "netlink.hpp"

using namespace khttp::detail;

namespace {

constexpr std::uint16_t family = 0x42;

/* The input ends in the middle of an answer: the kernel's never does */
struct silence : std::runtime_error {
	silence() : std::runtime_error("nothing more comes") {}
};

byte_vector bytes_of(std::string_view text)
{
	auto *begin = reinterpret_cast<const std::byte *>(text.data());

	return {begin, begin + text.size()};
}

class told_port : public netlink_port {
public:
	explicit told_port(chooser input) : input_(input) {}

	void send(byte_view) override {}
	byte_vector receive() override
	{
		if (input_.rest().empty())
			throw silence();
		std::size_t size = std::size_t{input_.byte()} * 4;

		return bytes_of(input_.take(size));
	}
	int fd() const noexcept override { return -1; }

private:
	chooser input_;
};

template <typename T>
void decode(byte_view attributes)
{
	T out;

	from_uapi(attributes, out);
}

using decoder = void (*)(byte_view);

void decode_listener(byte_view attributes)
{
	khttp::listener_info out;

	from_uapi(attributes, out);
	MUST(out.address.size() == 16);
}

void decode_event(byte_view attributes)
{
	khttp::event_info out;

	from_uapi(attributes, out);
	if (out.url)
		MUST(out.url->size() <= attributes.size());
	if (out.queue)
		MUST(out.queue->size() <= attributes.size());
}

void decode_queue(byte_view attributes)
{
	khttp::queue_info out;

	from_uapi(attributes, out);
	MUST(!out.name.empty() && out.name.size() <= attributes.size());
}

void decode_error(byte_view attributes)
{
	khttp::error_records out;

	from_uapi(attributes, out);
	for (const khttp::error_record &r : out.records)
		MUST(r.target.size() <= r.target_length && !r.reason.empty());
}

constexpr decoder decoders[] = {
	decode_queue,
	decode<khttp::group_info>,
	decode<khttp::url_info>,
	decode_listener,
	decode<khttp::worker_info>,
	decode<khttp::cache_entry_info>,
	decode<khttp::limit_info>,
	decode<khttp::stat_info>,
	decode<khttp::feature_info>,
	decode_event,
	decode<khttp::latency_info>,
	decode_error,
};

/* As event_stream::next() does */
void read_events(byte_view rest)
{
	while (auto msg = next_message(rest))
		if (msg->type == family)
			decode_event(attributes_of(*msg));
}

void talk(chooser input, decoder decode_one, bool dump)
{
	netlink_session session(std::make_unique<told_port>(input), family);
	message request = dump ? session.dump_request(1) : session.request(1);

	if (!dump)
		decode_one(session.call(request));
	else
		static_cast<void>(session.dump(request, decode_one));
}

void read_as(unsigned how, chooser input)
{
	decoder one = decoders[(how >> 2) % std::size(decoders)];

	switch (how & 3) {
	case 0:
		one(bytes_of(input.rest()));
		break;
	case 1:
		talk(input, one, false);
		break;
	case 2:
		talk(input, one, true);
		break;
	case 3:
		read_events(bytes_of(input.rest()));
		break;
	}
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data,
				      std::size_t size)
{
	chooser input{data, size};
	unsigned how = input.byte();

	try {
		read_as(how, input);
	} catch (const khttp::error &) {
	} catch (const silence &) {
	}
	return 0;
}
