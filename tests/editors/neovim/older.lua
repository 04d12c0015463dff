-- Neovim 0.7, with what the help says for it: it knows neither vim.lsp.config nor diagnostics that are asked for.
-- WORKSPACE names the folder of the files, PLUGIN that of the help.

local passed, failed = 0, 0

local function holds(what, check)
  local ok, reason = xpcall(check, debug.traceback)
  if ok then passed = passed + 1 else failed = failed + 1 end
  io.stdout:write('\n', ok and ('ok: ' .. what .. '\n') or ('FAILED: ' .. what .. ': ' .. reason .. '\n'))
end

local function wait(what, condition)
  assert(vim.wait(15000, condition, 20), 'waited in vain: ' .. what)
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

-- What the help says for this version is its last block. It takes the current folder for the project.
vim.cmd('cd ' .. vim.env.WORKSPACE)
local all = blocks()
assert(all[#all]:find('vim.lsp.start_client', 1, true), 'the help has no such block')
assert(loadstring(all[#all]))()

local function is_mended(file, filetype, rule, number, title, wanted)
  vim.cmd('edit ' .. vim.env.WORKSPACE .. '/' .. file)
  local buffer = vim.api.nvim_get_current_buf()
  -- Debian's 0.7 knows these types only with filetype detection by its Vim script.
  if vim.bo.filetype ~= filetype then vim.bo.filetype = filetype end
  local function found()
    return vim.tbl_filter(function(one) return one.user_data and one.user_data.lsp.code == rule or one.code == rule end,
      vim.diagnostic.get(buffer))
  end
  wait('the finding', function() return #found() == 1 end)
  assert(found()[1].lnum == number - 1, 'it is in line ' .. found()[1].lnum + 1)
  vim.api.nvim_win_set_cursor(0, { number, found()[1].col })
  local params = vim.lsp.util.make_range_params()
  params.context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(buffer, number - 1), only = { 'quickfix' } }
  local answers = assert(vim.lsp.buf_request_sync(buffer, 'textDocument/codeAction', params, 10000))
  local action
  for _, answer in pairs(answers) do
    for _, offered in ipairs(answer.result or {}) do
      if offered.title:match(title) then action = offered end
    end
  end
  assert(action and action.edit, 'no such action with an edit: ' .. vim.inspect(answers))
  vim.lsp.util.apply_workspace_edit(action.edit, vim.lsp.buf_get_clients(buffer)[1].offset_encoding)
  local line = vim.api.nvim_buf_get_lines(buffer, number - 1, number, false)[1]
  assert(line:match(wanted), line)
  wait('the finding is gone', function() return #found() == 0 end)
  vim.cmd('write')
end

holds('a Dockerfile', function()
  is_mended('Dockerfile', 'dockerfile', 'dockerfile/maintainer', 2, '^[Ss]ay it in a label$', '^LABEL org%.opencontainers%.image%.authors=')
end)
holds('a compose file', function() is_mended('compose.yaml', 'yaml', 'compose/obsolete-version', 1, '^[Rr]emove it$', '^services:') end)
holds('a manifest', function() is_mended('k8s/web.yaml', 'yaml', 'kubernetes/invalid-quantity', 23, '^[Ww]rite `64Mi`$', 'memory: 64Mi$') end)

io.stdout:write('\n', ('%d passed, %d failed, 0 skipped\n'):format(passed, failed))
vim.cmd(failed == 0 and 'qall!' or 'cquit 1')
