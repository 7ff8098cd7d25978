-- SPDX-License-Identifier: MIT
-- What wrk counted, exactly: its own output has hundredths of a second. With the
-- argument "pipeline N", N requests at once on each connection. Says when it has
-- been loaded, so that nobody measures how long that takes.

init = function(args)
	io.write("ready\n")
	io.flush()
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
