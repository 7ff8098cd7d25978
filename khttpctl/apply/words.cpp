/* SPDX-License-Identifier: MIT */
#include "words.hpp"

#include "../command.hpp"
#include "../people.hpp"
#include "../rules.hpp"
#include "../settings.hpp"
#include "../text.hpp"

namespace khttpctl::configuration {

namespace {

/* Keys and texts, as words of a command line; but for lists, which get commas */
std::vector<std::string> line_of(const object &keys)
{
	std::vector<std::string> words;

	for (const auto &[key, v] : keys) {
		words.push_back(key);
		words.push_back(v.text.empty() ? join(v.list, ",") : v.text);
	}
	return words;
}

} // namespace

khttp::queue_settings queue_words(const object &keys)
{
	return queue_settings_from(parse_keywords(line_of(keys), queue_keywords));
}

khttp::listener_settings listener_words(object keys)
{
	for (const char *key : {"trusted", "address"})
		if (keys[key].list.empty())
			keys[key].text = key == std::string("trusted") ? "none" : "all";
	return listener_settings_from(parse_keywords(line_of(keys), listener_keywords));
}

khttp::rate_settings rate_words(object keys)
{
	khttp::rate_settings settings;

	parse_rate(keys["rate"].text, settings);
	keys.erase("rate");
	const keyword_values values = parse_keywords(line_of(keys), rate_keywords);
	settings.burst = values.number32("burst");
	settings.ipv4_bits = values.number32("ipv4");
	settings.ipv6_bits = values.number32("ipv6");
	settings.addresses = values.number32("addresses");
	return settings;
}

khttp::reservation_settings reservation_words(const object &keys)
{
	khttp::reservation_settings to;

	if (const value *user = find_key(keys, "user"))
		to.uid = person_named(user->text).uid;
	if (const value *group = find_key(keys, "group"))
		to.gid = parse_owner(":" + group->text).gid;
	to.listen = keys.at("listen").text == "on";
	to.delegate = keys.at("delegate").text == "on";
	return to;
}

} // namespace khttpctl::configuration
