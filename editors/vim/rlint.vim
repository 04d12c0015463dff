" rlint as a linter of ALE, for Dockerfiles, compose files and Kubernetes manifests.
" Source this file from your vimrc, after ALE is on the 'runtimepath'.

let g:rlint_executable = get(g:, 'rlint_executable', 'rlint')

" The folder of the configuration, else the repository, else where the file is.
function! RlintProjectRoot(buffer) abort
  for l:marker in ['.rlint.yaml', '.git']
    let l:found = ale#path#FindNearestFile(a:buffer, l:marker)
    if empty(l:found)
      let l:found = ale#path#FindNearestDirectory(a:buffer, l:marker)
    endif
    if !empty(l:found)
      return fnamemodify(substitute(l:found, '/$', '', ''), ':h')
    endif
  endfor
  return fnamemodify(bufname(a:buffer), ':p:h')
endfunction

for s:type in ['dockerfile', 'yaml', 'helm']
  call ale#linter#Define(s:type, {
  \   'name': 'rlint',
  \   'lsp': 'stdio',
  \   'executable': {buffer -> g:rlint_executable},
  \   'command': '%e server',
  \   'project_root': function('RlintProjectRoot'),
  \})
endfor
unlet s:type
