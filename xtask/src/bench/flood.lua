-- For wrk: attempts to sign in, each under a name of its own, so that no account's limit stops them.

local n = 0
local headers = { ["Content-Type"] = "application/x-www-form-urlencoded" }

function request()
   n = n + 1
   return wrk.format("POST", "/sign-in", headers, "sign_in=nobody" .. n .. "&password=not-the-passphrase")
end
