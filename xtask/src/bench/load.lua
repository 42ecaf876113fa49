-- For wrk: asks for the paths of a file in turn, as every reader together; prints one line at the end.
-- Arguments: the file, and the cookie (empty for none).

local paths = {}
local headers = {}
local next_path = 0

function init(arguments)
   for path in io.lines(arguments[1]) do
      paths[#paths + 1] = path
   end
   if arguments[2] and arguments[2] ~= "" then
      headers["Cookie"] = arguments[2]
   end
end

function request()
   next_path = next_path % #paths + 1
   return wrk.format("GET", paths[next_path], headers)
end

function done(summary, latency)
   local errors = summary.errors
   local faults = errors.status + errors.connect + errors.read + errors.write + errors.timeout
   print(string.format("answers %d %d %d %d", summary.requests, summary.duration, latency:percentile(99), faults))
end
