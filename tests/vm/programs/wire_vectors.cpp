// SPDX-License-Identifier: MIT
//
// The vectors of tests/unit/vectors against the module itself.
//
//	wire-vectors PORT STRIDE FILE...
//
// PORT of 127.0.0.1 leads to khttp-echo. Each message is sent in one piece, byte
// by byte, and cut in two at every STRIDE-th point, always with one more request
// right behind it. What the pure code makes of the message says what has to come
// back: the status, the reason, whether the connection goes on, and so whether
// the request behind is answered. Says in the end how many requests the module
// must have looked at: one that is not answered must not have been read either.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "exchange.hpp"
#include "vectors.hpp"
#include "wire_vectors.hpp"

namespace {

constexpr std::string_view behind = "GET /behind HTTP/1.1\r\nHost: behind\r\n"
				    "Connection: close\r\n\r\n";
constexpr std::size_t at_once = 48; // connections
constexpr int patience_ms = 60000;

struct expectation {
	int status = 0; // 0: closed without an answer
	std::string word; // "": a worker's, or none
	bool keeps = false;
	bool half_close = false; // the message is not complete
	bool interim = false; // 100 (Continue) may come
	std::string method;
};

struct attempt {
	const request_vector *vector;
	const expectation *expected;
	std::string how;
	std::string bytes;
	std::vector<std::size_t> cuts; // where pieces end
	std::size_t piece = 0;
	int fd = -1;
	std::string got{};
	bool over = false;
	bool reset = false;
};

std::string value_of(const std::string &summary, const std::string &key)
{
	std::string text = "\n" + summary;
	auto at = text.find("\n" + key + ": ");

	if (at == std::string::npos)
		return "";
	at += key.size() + 3;
	return text.substr(at, text.find('\n', at) - at);
}

// "STATUS [WORD] [close] [open]", for what the pure code cannot know.
void override_by(const std::string &line, expectation *to)
{
	std::istringstream words{ line.substr(6) };
	std::string word;

	words >> to->status;
	to->keeps = true;
	to->word.clear();
	while (words >> word) {
		if (word == "close")
			to->keeps = false;
		else if (word == "open")
			to->half_close = false;
		else
			to->word = word;
	}
}

expectation expect(const request_vector &vector, const std::string &summary)
{
	std::string result = value_of(summary, "result");
	bool keep_alive = value_of(summary, "flags").find("keep-alive") != std::string::npos;
	expectation e;

	e.method = value_of(summary, "method");
	e.interim = value_of(summary, "flags").find("expect-100") != std::string::npos;
	if (result == "done") {
		e.status = 200;
		e.keeps = keep_alive;
	} else if (result == "more" || result == "body unfinished") {
		e.status = 400;
		e.word = "Incomplete";
		e.half_close = true;
	} else {
		e.word = result.substr(sizeof("refused ") - 1);
		khttp_reason reason = khttp_reason_lookup(e.word.c_str());

		e.status = khttp_reason_status(reason);
		e.keeps = keep_alive && !khttp_reason_closes(reason);
	}
	for (const std::string &line : vector.expected)
		if (line.starts_with("wire: "))
			override_by(line, &e);
	return e;
}

// What stands behind the request in some vectors would be part of the next one.
std::string message_of(const request_vector &vector, const std::string &summary,
		       const expectation &e)
{
	std::string message = vector.message;

	if (value_of(summary, "result") == "done")
		message.resize(message.size() - value_of(summary, "rest").size());
	return e.half_close ? message : message.append(behind);
}

class run {
public:
	explicit run(int port) : port_{ port } {}

	void add(attempt one)
	{
		waiting_.push_back(std::move(one));
		if (waiting_.size() == at_once)
			flush();
	}

	void flush();

	int wrong = 0;
	unsigned long attempts = 0;
	unsigned long requests = 0; // the module must have looked at

private:
	void open(attempt &one);
	bool send_piece(attempt &one);
	void collect();
	void receive(attempt &one);
	std::string judge(const attempt &one);

	int port_;
	std::vector<attempt> waiting_;
};

void need(const char *what, bool ok)
{
	if (ok)
		return;
	std::perror(what);
	std::exit(2);
}

// Addresses enough for a client that leaves thousands of ended connections.
void run::open(attempt &one)
{
	int yes = 1;
	sockaddr_in from{};
	sockaddr_in to{};

	from.sin_family = to.sin_family = AF_INET;
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + attempts % 200);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons(static_cast<std::uint16_t>(port_));
	one.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	need("socket", one.fd >= 0);
	need("setsockopt",
	     !setsockopt(one.fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof(yes)));
	need("setsockopt", !setsockopt(one.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)));
	need("bind", !bind(one.fd, reinterpret_cast<sockaddr *>(&from), sizeof(from)));
	need("connect", !connect(one.fd, reinterpret_cast<sockaddr *>(&to), sizeof(to)));
	attempts++;
}

// False: there was none left.
bool run::send_piece(attempt &one)
{
	std::size_t from = one.piece ? one.cuts[one.piece - 1] : 0;

	if (one.piece == one.cuts.size())
		return false;
	// A connection that was reset is told by what comes back.
	(void)!send(one.fd, one.bytes.data() + from, one.cuts[one.piece] - from, MSG_NOSIGNAL);
	if (++one.piece == one.cuts.size() && one.expected->half_close)
		shutdown(one.fd, SHUT_WR);
	return true;
}

void run::receive(attempt &one)
{
	char buffer[4096];
	ssize_t n = recv(one.fd, buffer, sizeof(buffer), 0);

	if (n > 0) {
		one.got.append(buffer, static_cast<std::size_t>(n));
		return;
	}
	one.reset = n < 0;
	one.over = true;
	close(one.fd);
}

void run::collect()
{
	for (attempt &one : waiting_) {
		while (!one.over) {
			pollfd p{ one.fd, POLLIN, 0 };

			if (poll(&p, 1, patience_ms) == 1) {
				receive(one);
				continue;
			}
			close(one.fd);
			break;
		}
	}
}

// "" or what is wrong.
std::string run::judge(const attempt &one)
{
	const expectation &e = *one.expected;
	std::vector<answer> answers;
	int interim;

	if (!one.over)
		return "the connection stays";
	if (one.reset)
		return "the connection is reset";
	answers = read_answers(one.got, { e.method, "GET" }, &interim);
	if (interim && !e.interim)
		return "100 that nobody asked for";
	requests += e.status != 0;
	requests += e.keeps;
	if (answers.size() != (e.status != 0) + std::size_t{ e.keeps })
		return std::to_string(answers.size()) + " answers";
	if (!e.status)
		return "";
	if (answers[0].status != e.status)
		return "status " + std::to_string(answers[0].status);
	if (answers[0].closes() == e.keeps)
		return e.keeps ? "it says close" : "it does not say close";
	if (!e.word.empty() && answers[0].body.find("khttp: " + e.word + "<") == std::string::npos)
		return "another reason: " + answers[0].body;
	if (e.keeps && answers[1].body.find("\"/behind\"") == std::string::npos)
		return "another answer behind: " + answers[1].body;
	return "";
}

void run::flush()
{
	bool more = true;

	for (attempt &one : waiting_)
		open(one);
	while (more) {
		more = false;
		for (attempt &one : waiting_)
			more |= send_piece(one);
	}
	collect();
	for (const attempt &one : waiting_) {
		std::string problem;

		try {
			problem = judge(one);
		} catch (const std::exception &e) {
			problem = e.what();
		}
		if (problem.empty())
			continue;
		wrong++;
		std::printf("%s, %s: expected %d %s%s, got: %s\n%s\n", one.vector->name.c_str(),
			    one.how.c_str(), one.expected->status, one.expected->word.c_str(),
			    one.expected->keeps ? "" : " close", problem.c_str(), one.got.c_str());
	}
	waiting_.clear();
}

void send_all_ways(run &to, const request_vector &vector, std::size_t stride, std::size_t first)
{
	std::string summary = run_request(vector.message, default_limits());
	expectation e = expect(vector, summary);
	attempt one{ &vector, &e, "whole", message_of(vector, summary, e), {} };
	std::size_t size = one.bytes.size();

	one.cuts = { size };
	to.add(one);
	// The request behind is cut off its head once, and comes whole else.
	for (std::size_t at = 1 + first % stride; at <= vector.message.size() && at < size;
	     at += stride) {
		one.how = "cut at " + std::to_string(at);
		one.cuts = { at, size };
		to.add(one);
	}
	one.how = "byte by byte";
	one.cuts.clear();
	for (std::size_t at = 1; at <= size; at++)
		one.cuts.push_back(at);
	to.add(one);
	to.flush();
}

} // namespace

int main(int argc, char **argv)
{
	// Whatever was sent is dealt with before we go on: pieces stay pieces.
	sched_param none{};
	std::size_t vectors = 0;

	if (argc < 4)
		return 2;
	need("sched_setscheduler", !sched_setscheduler(0, SCHED_IDLE, &none));
	std::size_t stride = std::stoul(argv[2]);
	run all{ std::atoi(argv[1]) };

	for (int i = 3; i < argc; i++)
		for (const request_vector &vector : load_vectors(argv[i]))
			send_all_ways(all, vector, stride, vectors++);
	std::printf("%zu vectors, %lu connections, %lu requests, %d wrong\n", vectors, all.attempts,
		    all.requests, all.wrong);
	return all.wrong ? 1 : 0;
}
