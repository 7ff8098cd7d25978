// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <deque>
#include <vector>

#include "guard_page.hpp"
#include "http.hpp"

namespace {

using strings = std::vector<std::string>;

khttp_prefix prefix_of(std::string_view text)
{
	khttp_prefix prefix;
	const char *error = khttp_prefix_parse(
		text.data(), static_cast<u32>(text.size()), &prefix);

	INFO(text << ": " << (error ? error : ""));
	REQUIRE(error == nullptr);
	return prefix;
}

class table {
public:
	explicit table(const strings &texts) : texts_(texts)
	{
		for (const std::string &text : texts_)
			list_.push_back(prefix_of(text));
	}

	std::string route(std::string_view host, std::string_view path,
			  std::string_view local = "10.0.0.1", u16 port = 80)
	{
		khttp_route_query query{};
		khttp_host parsed;

		query.scheme = KHTTP_SCHEME_HTTP;
		query.port = port;
		query.path = span_of(path);
		if (khttp_host_parse(host.data(),
				     static_cast<u32>(host.size()), &parsed)) {
			query.host_kind = parsed.kind;
			query.host = span_of(host.substr(parsed.off,
							 parsed.len));
		}
		REQUIRE(khttp_host_parse(local.data(),
					 static_cast<u32>(local.size()),
					 &parsed));
		query.local_kind = parsed.kind;
		memcpy(query.local, parsed.addr, sizeof(query.local));

		int best = khttp_prefix_match(
			list_.data(), static_cast<u32>(list_.size()), &query);

		return best < 0 ? "none" : texts_[static_cast<u32>(best)];
	}

private:
	strings texts_;
	std::vector<khttp_prefix> list_;
};

strings walk(std::string_view path, u32 seed = 7)
{
	guard_page guard(4096);
	khttp_span span = khttp_span_of(guard.put(path),
					static_cast<u32>(path.size()));
	khttp_path_walk walk;
	strings keys;

	khttp_path_walk_init(&walk, span, seed);
	while (khttp_path_walk_next(&walk)) {
		CHECK(walk.hash == khttp_hash_fold(walk.key, seed));
		CHECK(walk.depth == keys.size());
		keys.push_back(text_of(walk.key));
	}
	return keys;
}

}  // namespace

TEST_CASE("match: the buckets' order decides before the path's length")
{
	table t({ "http://+:80/vroot/", "http://adatum.com:80/",
		  "http://*:80/" });

	CHECK(t.route("adatum.com", "/vroot/x") == "http://+:80/vroot/");
	CHECK(t.route("adatum.com", "/default.htm") == "http://adatum.com:80/");
	CHECK(t.route("other", "/file.htm") == "http://*:80/");
	CHECK(t.route("", "/file.htm") == "http://*:80/");
	CHECK(t.route("other", "/", "10.0.0.1", 81) == "none");
}

TEST_CASE("match: a lower bucket with a longer path is not looked at")
{
	table t({ "http://a.b:80/", "http://*.b:80/x/", "http://10.0.0.1:80/x/",
		  "http://*:80/x/y/" });

	CHECK(t.route("a.b", "/x/y/z") == "http://a.b:80/");
	CHECK(t.route("c.b", "/x/y/z") == "http://*.b:80/x/");
	CHECK(t.route("c.b", "/") == "none");
	CHECK(t.route("c", "/x/y/z") == "http://10.0.0.1:80/x/");
	CHECK(t.route("c", "/x/y/z", "10.0.0.2") == "http://*:80/x/y/");
	CHECK(t.route("10.0.0.1", "/x/y/z", "10.0.0.2") == "http://*:80/x/y/");
}

TEST_CASE("match: paths are whole segments without case")
{
	table t({ "http://*:80/", "http://*:80/dir/sna/", "http://*:80/2/",
		  "http://*:80/2/3/", "http://*:80/basepath/" });

	CHECK(t.route("a", "/dir/sna/x") == "http://*:80/dir/sna/");
	CHECK(t.route("a", "/DIR/Sna/") == "http://*:80/dir/sna/");
	CHECK(t.route("a", "/dir/sna") == "http://*:80/dir/sna/");
	CHECK(t.route("a", "/dir/snafu") == "http://*:80/");
	CHECK(t.route("a", "/dir/app.htm") == "http://*:80/");
	CHECK(t.route("a", "/basepath") == "http://*:80/basepath/");
	CHECK(t.route("a", "/2/3") == "http://*:80/2/3/");
	CHECK(t.route("a", "/2/") == "http://*:80/2/");
	CHECK(t.route("a", "/2/33") == "http://*:80/2/");
	CHECK(t.route("a", "/random") == "http://*:80/");
	CHECK(t.route("a", "///2/3/4") == "http://*:80/2/3/");
	CHECK(t.route("a", "/2//3") == "http://*:80/2/");
	CHECK(t.route("a", "*") == "http://*:80/");
}

TEST_CASE("match: of sub-domains the longest name, and never the name itself")
{
	table t({ "http://*.b.c:80/", "http://*.c:80/x/",
		  "http://*.a.b.c:80/" });

	CHECK(t.route("z.a.b.c", "/") == "http://*.a.b.c:80/");
	CHECK(t.route("y.z.a.b.C", "/x/") == "http://*.a.b.c:80/");
	CHECK(t.route("a.b.c", "/") == "http://*.b.c:80/");
	CHECK(t.route("b.c", "/x/") == "http://*.c:80/x/");
	CHECK(t.route("b.c", "/") == "none");
	CHECK(t.route("ab.c", "/x") == "http://*.c:80/x/");
	CHECK(t.route("c", "/x") == "none");
	CHECK(t.route("xb.c", "/") == "none");
}

TEST_CASE("match: an IPv6 prefix is the local address, however written")
{
	table t({ "http://[2001:db8:0:0::1]:80/" });

	CHECK(t.route("a", "/", "[2001:db8::1]") ==
	      "http://[2001:db8:0:0::1]:80/");
	CHECK(t.route("[2001:db8::1]", "/", "[2001:db8::2]") == "none");
}

TEST_CASE("match: equal prefixes are found equal")
{
	khttp_prefix a = prefix_of("http://A.b:80/X/y/");
	khttp_prefix b = prefix_of("http://a.B:80/x/Y/");
	khttp_prefix outer = prefix_of("http://a.b:80/x/");
	khttp_prefix other = prefix_of("http://a.b:81/x/y/");
	khttp_prefix six = prefix_of("http://[::1]:80/");
	khttp_prefix same = prefix_of("http://[0::0:1]:80/");

	CHECK(khttp_prefix_eq(&a, &b));
	CHECK_FALSE(khttp_prefix_eq(&a, &outer));
	CHECK(khttp_prefix_eq(&six, &same));
	CHECK_FALSE(khttp_prefix_eq(&a, &other));
	CHECK_FALSE(khttp_prefix_eq(&a, &six));
}

TEST_CASE("match: a walk names every whole-segment boundary")
{
	CHECK(walk("/") == strings{ "" });
	CHECK(walk("") == strings{ "" });
	CHECK(walk("*") == strings{ "" });
	CHECK(walk("/a") == strings{ "", "/a" });
	CHECK(walk("/a/") == strings{ "", "/a" });
	CHECK(walk("/a/bc/d") == strings{ "", "/a", "/a/bc", "/a/bc/d" });
	CHECK(walk("///a") == strings{ "", "/a" });
	CHECK(walk("///") == strings{ "" });
	CHECK(walk("/a//b") == strings{ "", "/a", "/a/", "/a//b" });
	CHECK(walk("/a//") == strings{ "", "/a", "/a/" });
}

TEST_CASE("match: a walk over a prefix's path ends at the prefix's key")
{
	auto path = GENERATE("/", "/a/", "/a/b/", "/A/caf\xc3\xa9/x y/");
	std::string key = text_of(khttp_path_key(span_of(path)));

	CHECK(walk(path).back() == key);
	CHECK(walk(key).back() == key);
}

TEST_CASE("match: hashes ignore case, and nothing else")
{
	auto hash = [](std::string_view text, u32 seed) {
		return khttp_hash_fold(span_of(text), seed);
	};

	CHECK(hash("/Abc", 1) == hash("/aBC", 1));
	CHECK(hash("/abc", 1) != hash("/abd", 1));
	CHECK(hash("/abc", 1) != hash("/abc", 2));
	CHECK(hash("@", 1) != hash("`", 1));
	CHECK(hash("\xc3\x89", 1) != hash("\xc3\xa9", 1));
}

TEST_CASE("match: the domains above a name come one by one")
{
	std::string name = "a.bc.d";
	khttp_span span = span_of(name);

	CHECK(khttp_host_parent(&span));
	CHECK(text_of(span) == "bc.d");
	CHECK(khttp_host_parent(&span));
	CHECK(text_of(span) == "d");
	CHECK_FALSE(khttp_host_parent(&span));
}

TEST_CASE("match: every bucket has a name")
{
	for (int i = 0; i < KHTTP_BUCKET__COUNT; i++)
		CHECK(std::string(khttp_bucket_name(
			static_cast<khttp_bucket>(i))) != "");
	CHECK(std::string(khttp_bucket_name(KHTTP_BUCKET__COUNT)) == "");
}
