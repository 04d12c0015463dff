-- Neovim 0.11 and later with editors/neovim on its runtimepath: what a user does in each of the three languages.
-- WORKSPACE names the folder of the files, PLUGIN that of lsp/rlint.lua.

local passed, failed = 0, 0

--- One thing that holds or does not.
local function holds(what, check)
  local ok, reason = xpcall(check, debug.traceback)
  if ok then passed = passed + 1 else failed = failed + 1 end
  io.stdout:write('\n', ok and ('ok: ' .. what .. '\n') or ('FAILED: ' .. what .. ': ' .. reason .. '\n'))
end

local function wait(what, condition)
  assert(vim.wait(15000, condition, 20), 'waited in vain: ' .. what)
end

local function open(name)
  vim.cmd.edit(vim.env.WORKSPACE .. '/' .. name)
  return vim.api.nvim_get_current_buf()
end

local function line(buffer, number)
  return vim.api.nvim_buf_get_lines(buffer, number - 1, number, false)[1]
end

--- The blocks of Lua in the help, in order.
local function blocks()
  local all, block = {}, nil
  for text in io.lines(vim.env.PLUGIN .. '/doc/rlint.txt') do
    if block and text:match('^%S') then
      all[#all + 1] = table.concat(block, '\n')
      block = nil
    elseif block then
      block[#block + 1] = text
    end
    if text:match('>lua$') then block = {} end
  end
  return all
end

--- Runs the block of the help that has a text in it.
local function follow_help(text)
  for _, block in ipairs(blocks()) do
    if block:find(text, 1, true) then return assert(loadstring(block))() end
  end
  error('the help has no block with ' .. text)
end

local function code_of(diagnostic)
  return tostring(diagnostic.code)
end

--- Opens a file with a finding, has it mended by its code action, and waits until the finding is gone.
local function is_mended(file, filetype, rule, number, column, wanted)
  local buffer = open(file)
  assert(vim.bo[buffer].filetype == filetype, 'the file type is ' .. vim.bo[buffer].filetype)
  local function found()
    return vim.tbl_filter(function(one) return code_of(one) == rule end, vim.diagnostic.get(buffer))
  end
  wait('the finding', function() return #found() == 1 end)
  local finding = found()[1]
  assert(finding.lnum == number - 1, 'it is in line ' .. finding.lnum + 1)
  assert(finding.source == 'rlint', 'it is from ' .. tostring(finding.source))
  local all = #vim.diagnostic.get(buffer)
  vim.api.nvim_win_set_cursor(0, { number, column })
  vim.lsp.buf.code_action({ apply = true, filter = function(action) return action.isPreferred end })
  wait('the fix', function() return line(buffer, number):match(wanted) ~= nil end)
  wait('the finding is gone', function() return #found() == 0 end)
  assert(#vim.diagnostic.get(buffer) == all - 1, 'another finding came or went')
  vim.cmd.write()
end

vim.opt.runtimepath:prepend(vim.env.PLUGIN)
follow_help("vim.lsp.enable('rlint')")

holds('a Dockerfile', function()
  is_mended('Dockerfile', 'dockerfile', 'dockerfile/maintainer', 2, 0, '^LABEL org%.opencontainers%.image%.authors=')
end)
holds('a compose file', function()
  is_mended('compose.yaml', 'yaml', 'compose/obsolete-version', 1, 0, '^services:')
end)
holds('a manifest', function()
  is_mended('k8s/web.yaml', 'yaml', 'kubernetes/invalid-quantity', 23, 20, 'memory: 64Mi$')
end)
holds('a finding in the manifest follows what is typed in the Dockerfile', function()
  local manifest = open('k8s/web.yaml')
  local dockerfile = open('Dockerfile')
  local function found()
    return vim.tbl_filter(function(one) return code_of(one) == 'project/non-root-needs-numeric-user' end,
      vim.diagnostic.get(manifest))
  end
  assert(#found() == 0, 'it is there before')
  vim.api.nvim_buf_set_lines(dockerfile, 4, 5, false, { 'USER root' })
  wait('the finding', function() return #found() == 1 end)
  vim.api.nvim_buf_set_lines(dockerfile, 4, 5, false, { 'USER 10001' })
  wait('the finding is gone', function() return #found() == 0 end)
end)
holds('the root is the folder of the configuration', function()
  local client = assert(vim.lsp.get_clients({ name = 'rlint' })[1], 'no client')
  assert(client.root_dir == vim.env.WORKSPACE, 'it is ' .. tostring(client.root_dir))
  assert(#vim.lsp.get_clients() == 1, 'there is more than one')
end)
holds('everything that is safe is mended at each save, with what the help says', function()
  follow_help('rlint.applyAutofix')
  local buffer = open('k8s/web.yaml')
  vim.api.nvim_buf_set_lines(buffer, 22, 23, false, { (line(buffer, 23):gsub('64Mi', '64MiB')) })
  assert(line(buffer, 23):match('64MiB$'), line(buffer, 23))
  vim.cmd.write()
  assert(line(buffer, 23):match('64Mi$'), line(buffer, 23))
  assert(not vim.bo[buffer].modified, 'it is saved')
end)
holds('the help is found', function()
  vim.cmd.helptags(vim.env.PLUGIN .. '/doc')
  local topics = vim.fn.getcompletion('rlint-', 'help')
  for _, topic in ipairs({ 'rlint-setup', 'rlint-settings', 'rlint-older' }) do
    assert(vim.tbl_contains(topics, topic), vim.inspect(topics))
  end
end)

io.stdout:write('\n', ('%d passed, %d failed, 0 skipped\n'):format(passed, failed))
vim.cmd(failed == 0 and 'qall!' or 'cquit 1')
