/* SPDX-License-Identifier: MIT */
#include "reader.hpp"

#include <cerrno>
#include <cstring>

#include <khttp/error.hpp>

namespace khttpctl::access {

namespace {

/* What make_binary() put between the records */
void take_name(std::string_view bytes, const receiver &to)
{
	khttp_log_lost head{};

	if (bytes.size() < sizeof(head) || !to.name)
		return;
	std::memcpy(&head, bytes.data(), sizeof(head));
	if (head.type == type_group_name && head.head >= sizeof(head))
		to.name(head.lost,
			std::string{bytes.substr(sizeof(head), head.head - sizeof(head))});
}

} // namespace

std::size_t take_records(std::string_view bytes, const receiver &to)
{
	const char *pos = bytes.data(), *end = pos + bytes.size();

	for (;;) {
		const char *begin = pos;
		khttp_log_entry e;

		switch (khttp_log_next(&pos, end, &e)) {
		case KHTTP_LOG_GOT_REQUEST:
			to.record(e);
			break;
		case KHTTP_LOG_GOT_LOST:
			to.lost(e.lost);
			break;
		case KHTTP_LOG_GOT_OTHER:
			take_name({begin, static_cast<std::size_t>(pos - begin)}, to);
			break;
		case KHTTP_LOG_MORE:
			return static_cast<std::size_t>(pos - bytes.data());
		case KHTTP_LOG_BROKEN:
			throw khttp::error(EINVAL, "this is no record of a khttp access log");
		}
	}
}

void live_groups::ask()
{
	for (const khttp::group_info &group : ctx_.control().groups())
		names_[group.id] = group.name;
	/* Its socket would keep a namespace that ends */
	ctx_.session.reset();
}

std::string live_groups::name(std::uint64_t id)
{
	if (!names_.contains(id) && !gone_.contains(id)) {
		try {
			ask();
		} catch (const khttp::error &) {
			/* A record without a name is better than none; the next one asks again */
			ctx_.session.reset();
			return {};
		}
		/* An id is not used again */
		if (!names_.contains(id))
			gone_.insert(id);
	}
	auto found = names_.find(id);
	return found == names_.end() ? std::string{} : found->second;
}

} // namespace khttpctl::access
