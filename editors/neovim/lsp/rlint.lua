-- rlint, for Dockerfiles, compose files and Kubernetes manifests. Neovim 0.11 and later: vim.lsp.enable('rlint').
-- See :help rlint.

---@type vim.lsp.Config
return {
  cmd = { 'rlint', 'server' },
  -- Which files are ours the server decides by path and content; it is silent on other YAML.
  filetypes = { 'dockerfile', 'yaml', 'yaml.docker-compose', 'helm' },
  -- The same folders as on the command line: that of the configuration, else the repository.
  root_markers = { '.rlint.yaml', '.git' },
  -- A file that lies in no project is checked too.
  workspace_required = false,
  settings = {
    -- All keys: :help rlint-settings
    rlint = {},
  },
}
