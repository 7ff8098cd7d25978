/* SPDX-License-Identifier: MIT */
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace khttp {

template <typename T> class task_of;

namespace detail {

struct task_promise_base {
	/* Control goes straight back to whoever awaited, without a loop in
	 * between, so that a chain of tasks does not grow the stack. */
	struct final_awaiter {
		bool await_ready() const noexcept { return false; }
		template <typename P>
		std::coroutine_handle<>
		await_suspend(std::coroutine_handle<P> self) const noexcept
		{
			return self.promise().continuation;
		}
		void await_resume() const noexcept {}
	};

	std::suspend_always initial_suspend() const noexcept { return {}; }
	final_awaiter final_suspend() const noexcept { return {}; }
	void unhandled_exception() noexcept { thrown = std::current_exception(); }

	std::coroutine_handle<> continuation = std::noop_coroutine();
	std::exception_ptr thrown;
};

template <typename T> struct task_promise : task_promise_base {
	task_of<T> get_return_object() noexcept;
	template <typename U> void return_value(U &&from)
	{
		value.emplace(std::forward<U>(from));
	}
	T take() { return std::move(*value); }

	std::optional<T> value;
};

template <> struct task_promise<void> : task_promise_base {
	task_of<void> get_return_object() noexcept;
	void return_void() const noexcept {}
	void take() const noexcept {}
};

} // namespace detail

/*
 * A coroutine that starts when it is awaited and gives its result, or its
 * exception, to the one that awaits it.
 */
template <typename T> class [[nodiscard]] task_of {
public:
	using promise_type = detail::task_promise<T>;
	using handle = std::coroutine_handle<promise_type>;

	task_of(task_of &&other) noexcept
		: self_{std::exchange(other.self_, {})}
	{
	}
	task_of &operator=(task_of &&other) noexcept
	{
		std::swap(self_, other.self_);
		return *this;
	}
	~task_of()
	{
		if (self_)
			self_.destroy();
	}

	bool await_ready() const noexcept { return false; }
	std::coroutine_handle<>
	await_suspend(std::coroutine_handle<> waiting) noexcept
	{
		self_.promise().continuation = waiting;
		return self_;
	}
	T await_resume()
	{
		if (self_.promise().thrown)
			std::rethrow_exception(self_.promise().thrown);
		return self_.promise().take();
	}

private:
	friend promise_type;
	explicit task_of(handle self) noexcept : self_{self} {}

	handle self_;
};

using task = task_of<void>;

template <typename T>
task_of<T> detail::task_promise<T>::get_return_object() noexcept
{
	return task_of<T>{task_of<T>::handle::from_promise(*this)};
}

inline task_of<void>
detail::task_promise<void>::get_return_object() noexcept
{
	return task_of<void>{task_of<void>::handle::from_promise(*this)};
}

} // namespace khttp
