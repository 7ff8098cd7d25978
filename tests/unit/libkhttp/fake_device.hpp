/* SPDX-License-Identifier: MIT */
/*
 * The kernel's side of /dev/khttp as far as the library can tell: slots, a
 * queue of requests, a send window per request. Both transports run on it.
 */
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <khttp/fd.hpp>

#include "device.hpp"
#include "ring.hpp"

struct fake_request {
	std::string method = "GET";
	std::string path = "/";
	std::vector<std::pair<std::string, std::string>> fields = {};
	std::string body = {};	 /* what comes */
	std::size_t in_slot = 0; /* of it; the rest is for READ */
	bool body_ends = true;	 /* or more may be fed */
	bool upgrade = false;	 /* it asks for one: what is fed comes after 101 */
	std::string trailers = {}; /* a field block */
	std::uint16_t peer_port = 0; /* of a proxy at 127.0.0.1, if it came by one */
	std::uint32_t peer_at = 0;   /* what the slot says instead of where that is */
	std::uint64_t length = KHTTP_LENGTH_UNKNOWN; /* of the body, as announced */
	std::string authority = "host:80";
	std::string prefix = "http://+:80/";
};

struct fake_answer {
	unsigned status = 0;
	unsigned heads = 0; /* commits that carried one */
	std::vector<std::pair<std::string, std::string>> fields;
	std::vector<std::pair<std::string, std::string>> trailers;
	std::vector<std::pair<std::string, std::string>> said; /* for the log */
	std::string body;
	std::uint64_t taken = 0; /* the word, when the head came */
	std::uint32_t ttl = 0;
	khttp_flow flow{};
	std::uint32_t flags = 0; /* of the first commit */
	std::uint64_t length = 0;
	bool shut = false; /* KHTTP_REPLY_SHUT came */
	bool complete = false;
	bool cancelled = false;
	std::string delegated; /* to that queue */
};

class fake_device : public khttp::detail::device {
public:
	fake_device(unsigned slots, std::uint32_t area = 8192);

	/* the test's side */
	std::size_t add(fake_request rq);
	fake_answer answer(std::size_t number) const;
	void wait_complete(std::size_t number);
	/* Bytes a request takes before it says -EAGAIN; no limit at first. */
	void set_room(std::size_t number, std::uint64_t room);
	void feed(std::size_t number, const std::string &bytes, bool end);
	void disconnect(std::size_t number);
	/* As soon as a commit waits for room; the next call for it finds that out. */
	void disconnect_blocked(std::size_t number);
	void refuse_next_commit(int code);
	/* What commits that ask are told from now on: a khttp_stored. */
	void set_stored(std::uint8_t what);
	void drop_fragments();
	void end_worker(int code); /* queue deleted, module error, ... */
	unsigned runs() const;
	unsigned commands() const; /* of its ring, so far */
	khttp::detail::attachment attachment() const;

	/* device */
	int fd() const noexcept override { return readable_.get(); }
	long call(unsigned long request, void *argument) noexcept override;
	int map(std::size_t length) noexcept override;
	std::byte *memory() const noexcept override;

private:
	friend class fake_ring;
	enum { idle, waits_commit, waits_read };
	struct flight {
		fake_request rq;
		fake_answer out;
		std::uint64_t id = 0;
		std::uint32_t slot = 0;
		std::size_t read = 0;
		std::uint64_t room = ~0ULL;
		std::string fragment = {}; /* while a piece of it is taken */
		bool gone = false;
		bool wants_room = false;
		bool wants_body = false;
		std::uint32_t events = 0; /* to be reported by RUN */
	};

	flight *find(std::uint64_t id);
	bool deliver(flight &f);
	bool deliver_next(std::uint32_t &slot);
	long commit(std::uint64_t id);
	long open_fragment(flight &f, khttp_reply &r, const char *base);
	long call_fragment(unsigned long request, void *argument);
	long take_body(flight &f, const khttp_reply &r, const char *base);
	void take_head(flight &f, const khttp_reply &r, const char *base);
	long read(khttp_read &ask);
	long run(khttp_run &ask, std::unique_lock<std::mutex> &guard);
	long collect(khttp_event *into, std::size_t room);
	void forget(flight &f);
	void changed();
	bool has_event() const;

	khttp::unique_fd readable_;
	const unsigned slots_;
	const khttp::detail::slot_layout layout_;
	std::unique_ptr<std::byte[]> memory_;

	mutable std::mutex lock_; /* guards the rest */
	std::condition_variable news_;
	std::deque<flight> all_;
	std::size_t delivered_ = 0;
	std::vector<bool> used_;
	std::uint64_t generation_ = 0;
	bool draining_ = false;
	bool drain_told_ = false;
	int ended_ = 0;
	int refusal_ = 0;
	std::uint8_t stored_ = 0;
	std::map<std::string, std::string> fragments_;
	unsigned runs_ = 0;
	unsigned commands_ = 0;
};

/* An io_uring whose commands the fake device carries out. */
class fake_ring final : public khttp::detail::ring {
public:
	explicit fake_ring(fake_device &dev) : dev_{dev} {}

	int fd() const noexcept override { return dev_.fd(); }
	int push(const khttp::detail::ring_command &command) noexcept override;
	int push_poll(int fd, std::uint64_t tag) noexcept override;
	int enter(bool wait) noexcept override;
	std::size_t
	reap(std::span<khttp::detail::ring_result> into) noexcept override;

private:
	struct pending {
		khttp::detail::ring_command command;
		bool fetching = false; /* COMMIT_AND_FETCH: committed */
	};
	bool attempt(pending &p, std::int32_t &value);
	bool attempt_commit(pending &p, std::int32_t &value);
	bool attempt_fetch(std::int32_t &value);
	void progress();

	fake_device &dev_;
	std::deque<pending> waiting_;
	std::deque<khttp::detail::ring_result> done_;
	int poll_fd_ = -1;
	std::uint64_t poll_tag_ = 0;
};
