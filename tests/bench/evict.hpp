/* SPDX-License-Identifier: MIT */
/*
 * Two caches of one budget, one of which makes room by the kernel's own decisions
 * (kmod/s3fifo.c) and the other by LRU; and traces that both get.
 */
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <list>
#include <random>
#include <unordered_map>
#include <vector>

extern "C" {
#include "s3fifo.h"
}

namespace evict {

/* A response, as far as it matters who has to go */
struct object {
	std::uint64_t key = 0;
	std::uint64_t size = 0;
	std::uint8_t freq = 0;
	std::uint8_t fifo = 0;
};

/* splitmix64: what the kernel's keyed hash does to a URL */
inline std::uint64_t hash_of(std::uint64_t key)
{
	key += 0x9e3779b97f4a7c15;
	key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9;
	key = (key ^ (key >> 27)) * 0x94d049bb133111eb;
	return key ^ (key >> 31);
}

/* Bytes of a key's response: 1 to 64 KiB, as many of each power of two */
inline std::uint64_t size_of(std::uint64_t key)
{
	std::uint64_t hash = hash_of(~key);

	return (1024 + (hash >> 32) % 1024) << hash % 6;
}

class lru {
public:
	explicit lru(std::uint64_t budget) : budget_(budget) {}

	/* True: it was there. Else it is now */
	bool ask(std::uint64_t key)
	{
		auto found = at_.find(key);

		if (found != at_.end()) {
			order_.splice(order_.begin(), order_, found->second);
			return true;
		}
		bytes_ += size_of(key);
		while (bytes_ > budget_ && !order_.empty()) {
			bytes_ -= size_of(order_.back());
			at_.erase(order_.back());
			order_.pop_back();
		}
		order_.push_front(key);
		at_[key] = order_.begin();
		return false;
	}

private:
	std::uint64_t budget_, bytes_ = 0;
	std::list<std::uint64_t> order_;
	std::unordered_map<std::uint64_t, std::list<std::uint64_t>::iterator> at_;
};

/* What kmod/cache_evict.c does with the decisions, without its locks and lives */
class s3fifo {
public:
	explicit s3fifo(std::uint64_t budget)
		: budget_(budget), places_(khttp_ghost_places(budget)),
		  ghosts_{places_.data(), static_cast<std::uint32_t>(places_.size() - 1)}
	{
	}

	bool ask(std::uint64_t key)
	{
		auto found = at_.find(key);

		if (found != at_.end()) {
			std::uint8_t &freq = found->second->freq;
			freq = std::min<std::uint8_t>(freq + 1, KHTTP_FREQ_MAX);
			return true;
		}
		used_ += size_of(key);
		while (used_ > budget_ && !at_.empty())
			look();
		bool known = khttp_ghost_take(&ghosts_, clock_, len_[KHTTP_FIFO_MAIN],
					      hash_of(key));
		std::list<object> made{ { key, size_of(key) } };

		add(made, known ? KHTTP_FIFO_MAIN : KHTTP_FIFO_SMALL);
		at_[key] = fifo_[known ? KHTTP_FIFO_MAIN : KHTTP_FIFO_SMALL].begin();
		return false;
	}

private:
	/* One look at one entry */
	void look()
	{
		auto which = khttp_s3fifo_next(len_, bytes_[KHTTP_FIFO_SMALL], budget_);
		auto oldest = std::prev(fifo_[which].end());
		auto fate = khttp_s3fifo_judge(which, &oldest->freq, false);
		std::list<object> taken;

		taken.splice(taken.begin(), fifo_[which], oldest);
		len_[which]--;
		bytes_[which] -= oldest->size;
		if (fate != KHTTP_FATE_GOES) {
			add(taken, fate == KHTTP_FATE_RISES ? KHTTP_FIFO_MAIN : which);
			return;
		}
		if (which == KHTTP_FIFO_SMALL)
			khttp_ghost_add(&ghosts_, &clock_, hash_of(oldest->key));
		used_ -= oldest->size;
		at_.erase(oldest->key);
	}

	/* The one of @from, as the newest */
	void add(std::list<object> &from, int which)
	{
		len_[which]++;
		bytes_[which] += from.front().size;
		fifo_[which].splice(fifo_[which].begin(), from);
	}

	std::uint64_t budget_, used_ = 0;
	std::vector<khttp_ghost> places_;
	khttp_ghosts ghosts_;
	std::uint32_t clock_ = KHTTP_GHOST_EPOCH;
	std::list<object> fifo_[KHTTP_FIFO_COUNT];
	std::uint32_t len_[KHTTP_FIFO_COUNT] = {};
	std::uint64_t bytes_[KHTTP_FIFO_COUNT] = {};
	std::unordered_map<std::uint64_t, std::list<object>::iterator> at_;
};

/*
 * Requests for keys whose popularity is that of their rank to the power of -alpha;
 * and, after each @scan_every of them, so many keys in a row that nobody asked for
 * before nor will again.
 */
struct shape {
	double alpha = 1.0;
	std::uint64_t keys = 0;
	std::uint64_t requests = 0; /* without the scans */
	std::uint64_t scan_every = 0; /* 0: never */
	std::uint64_t scan_length = 0;
	std::uint64_t seed = 1;
};

class trace {
public:
	explicit trace(const shape &s) : shape_(s), random_(s.seed), until_(s.keys)
	{
		double sum = 0;

		for (std::uint64_t rank = 0; rank < s.keys; rank++)
			until_[rank] = sum += std::pow(static_cast<double>(rank + 1), -s.alpha);
	}

	/* Calls @ask with each key */
	template <typename F> void run(F ask)
	{
		std::uint64_t scanned = shape_.keys;

		for (std::uint64_t i = 1; i <= shape_.requests; i++) {
			ask(popular());
			if (!shape_.scan_every || i % shape_.scan_every)
				continue;
			for (std::uint64_t n = 0; n < shape_.scan_length; n++)
				ask(scanned++);
		}
	}

private:
	std::uint64_t popular()
	{
		double unit = static_cast<double>(random_() >> 11) * 0x1p-53;
		auto at = std::ranges::upper_bound(until_, unit * until_.back());

		return static_cast<std::uint64_t>(at - until_.begin());
	}

	shape shape_;
	std::mt19937_64 random_;
	std::vector<double> until_; /* sum of the weights up to each rank */
};

/* Bytes of all keys that are not scanned */
inline std::uint64_t footprint(const shape &s)
{
	std::uint64_t bytes = 0;

	for (std::uint64_t key = 0; key < s.keys; key++)
		bytes += size_of(key);
	return bytes;
}

/* Hits of all requests, the scans' too, from 0 to 1 */
template <typename cache> double hit_ratio(const shape &s, std::uint64_t budget)
{
	std::uint64_t hits = 0, asked = 0;
	cache c{ budget };

	trace{ s }.run([&](std::uint64_t key) {
		hits += c.ask(key);
		asked++;
	});
	return static_cast<double>(hits) / static_cast<double>(asked);
}

} // namespace evict
