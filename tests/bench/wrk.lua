-- SPDX-License-Identifier: MIT
-- What wrk counted, exactly: its own output has hundredths of a second. With the
-- argument "pipeline N", N requests at once on each connection; with "browser", the
-- fields that one sends. Says when it has been loaded, so that nobody measures how long
-- that takes.

local browser = {
	["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
	["Accept"] = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
	["Accept-Language"] = "en-US,en;q=0.5",
	["Accept-Encoding"] = "gzip, deflate, br",
	["Referer"] = "http://127.0.0.1/where/it/came/from.html",
	["Cookie"] = "session=0123456789abcdef0123456789abcdef; theme=dark",
}

init = function(args)
	io.write("ready\n")
	io.flush()
	if args[1] == "browser" then
		for name, value in pairs(browser) do
			wrk.headers[name] = value
		end
	end
	if args[1] == "pipeline" then
		local text = {}
		for i = 1, tonumber(args[2]) do
			text[i] = wrk.format()
		end
		local all = table.concat(text)
		request = function()
			return all
		end
	end
end

done = function(summary)
	local e = summary.errors
	io.write(string.format("{\"requests\": %d, \"us\": %d, \"bytes\": %d, \"errors\": %d}\n",
		summary.requests, summary.duration, summary.bytes,
		e.connect + e.read + e.write + e.status + e.timeout))
end
