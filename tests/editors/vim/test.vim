" Vim with ALE and editors/vim/rlint.vim: findings come and go in each of the three languages. WORKSPACE names the folder
" of the files, PLUGIN the configuration.

set nocompatible hidden noswapfile
filetype on
" Not packadd!: under -u NONE the scripts of plugins are not loaded by themselves.
packadd ale
let g:ale_linters = {'dockerfile': ['rlint'], 'yaml': ['rlint']}
execute 'source' fnameescape($PLUGIN)

let s:passed = 0
let s:failed = 0
let s:lines = []

function! s:Wait(condition) abort
  for l:turn in range(150)
    if a:condition()
      return 1
    endif
    sleep 100m
  endfor
  return 0
endfunction

function! s:Found(text) abort
  return filter(getloclist(0), {_, one -> stridx(one.text, a:text) >= 0})
endfunction

" A file has a finding in a line; once another text stands there, it has none.
function! s:Check(what, file, text, line, mended) abort
  execute 'edit' fnameescape($WORKSPACE . '/' . a:file)
  ALELint
  let l:reason = ''
  if !s:Wait({-> len(s:Found(a:text)) == 1})
    let l:reason = 'the finding does not come: ' . string(getloclist(0))
  elseif s:Found(a:text)[0].lnum != a:line
    let l:reason = 'it is in line ' . s:Found(a:text)[0].lnum
  else
    call setline(a:line, a:mended)
    ALELint
    if !s:Wait({-> empty(s:Found(a:text))})
      let l:reason = 'the finding does not go: ' . string(getloclist(0))
    endif
  endif
  if empty(l:reason)
    let s:passed += 1
    call add(s:lines, 'ok: ' . a:what)
  else
    let s:failed += 1
    call add(s:lines, 'FAILED: ' . a:what . ': ' . l:reason)
  endif
endfunction

call s:Check('a Dockerfile', 'Dockerfile', '`MAINTAINER` is deprecated', 2, 'LABEL org.opencontainers.image.authors="Jane Doe"')
call s:Check('a compose file', 'compose.yaml', '`version` means nothing', 1, '# A comment')
call s:Check('a manifest', 'k8s/web.yaml', '`64MiB` is no quantity', 23, '          memory: 64Mi')

call add(s:lines, s:passed . ' passed, ' . s:failed . ' failed, 0 skipped')
call writefile(s:lines, $RESULT)
qall!
