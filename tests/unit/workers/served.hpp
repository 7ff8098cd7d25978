/* SPDX-License-Identifier: MIT */
/* A worker's handler behind a server on a device that is no kernel. */
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include <khttp/server.hpp>

#include "common/text.hpp"

#include "../libkhttp/world.hpp"

class served {
public:
	template <typename F>
	explicit served(khttp::transport transport, F handler,
			std::function<std::unique_ptr<khttp::companion>()> beside = {})
		: server_{fresh(transport)}
	{
		server_.handle(std::move(handler));
		server_.beside(std::move(beside));
		thread_ = std::thread{[this] { server_.run(); }};
	}
	~served()
	{
		server_.stop();
		thread_.join();
	}

	fake_device &device() { return world::now().device(); }
	fake_answer ask(fake_request rq)
	{
		const auto number = device().add(std::move(rq));

		device().wait_complete(number);
		return device().answer(number);
	}

private:
	khttp::server server_;
	std::thread thread_;
};

/* The value of the field NAME, in lower case, or "-". */
inline std::string field_of(const fake_answer &answer, std::string_view name)
{
	for (const auto &[known, value] : answer.fields)
		if (text::lower(known) == name)
			return value;
	return "-";
}
