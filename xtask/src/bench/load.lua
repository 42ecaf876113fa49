-- For wrk: asks for the paths of a file in turn, as every reader together; prints one line at the end.

local paths = {}
local next_path = 0

function init(arguments)
   for path in io.lines(arguments[1]) do
      paths[#paths + 1] = path
   end
end

function request()
   next_path = next_path % #paths + 1
   return wrk.format("GET", paths[next_path])
end

function done(summary, latency)
   local errors = summary.errors
   local faults = errors.status + errors.connect + errors.read + errors.write + errors.timeout
   print(string.format("answers %d %d %d %d", summary.requests, summary.duration, latency:percentile(99), faults))
end
