;;; lsp-mode.el --- lsp-mode with what docs/editors.md says  -*- lexical-binding: t; -*-

;; What a user does in each of the three languages. WORKSPACE names the folder of the files, DOCUMENTATION the page, whose
;; block below the heading of lsp-mode is evaluated as it stands there.

(require 'dockerfile-mode)
(require 'yaml-mode)
(load (expand-file-name "holds" (file-name-directory load-file-name)) nil t)

(defun test-evaluate-block (heading)
  "Evaluate the first block below HEADING of the page."
  (with-temp-buffer
    (insert-file-contents (getenv "DOCUMENTATION"))
    (goto-char (point-min))
    (re-search-forward (concat "^#+ " (regexp-quote heading) "$"))
    (re-search-forward "^```elisp\n")
    (let ((start (point)))
      (re-search-forward "^```$")
      (eval (car (read-from-string (concat "(progn " (buffer-substring start (match-beginning 0)) "\n)"))) t))))

(defun test-findings (text)
  "The findings in the file of the buffer whose message has TEXT."
  (cl-remove-if-not (lambda (found) (string-match-p (regexp-quote text) (lsp:diagnostic-message found)))
                    (append (gethash (buffer-file-name) (lsp-diagnostics t)) nil)))

(defun test-is-mended (file text title number wanted)
  "Wait for the finding with TEXT in FILE, choose TITLE, expect WANTED in line NUMBER and no finding."
  (find-file (concat test-workspace file))
  (test-wait "the finding" (lambda () (test-findings text)))
  (goto-char (lsp--position-to-point (lsp:range-start (lsp:diagnostic-range (car (test-findings text))))))
  (unless (= (line-number-at-pos) number) (error "it is in line %d" (line-number-at-pos)))
  (let* ((offered (append (lsp-code-actions-at-point) nil))
         (action (cl-find title offered :key #'lsp:code-action-title :test #'string-equal)))
    (unless action (error "offered are %S" (mapcar #'lsp:code-action-title offered)))
    (lsp-execute-code-action action))
  (goto-char (point-min))
  (forward-line (1- number))
  (unless (looking-at wanted) (error "the line is %S" (buffer-substring (point) (line-end-position))))
  (test-wait "the finding is gone" (lambda () (null (test-findings text))))
  (save-buffer))

(test-evaluate-block "lsp-mode")
;; Without its generated files a package loads nothing by itself.
(mapc #'require '(lsp-mode lsp-diagnostics lsp-headerline lsp-modeline flycheck))
(setq lsp-auto-guess-root t
      lsp-eldoc-enable-hover nil
      lsp-enable-file-watchers nil
      lsp-enable-snippet nil
      lsp-session-file (expand-file-name ".lsp-session" test-workspace)
      make-backup-files nil
      create-lockfiles nil)

(test-holds "a Dockerfile"
            (test-is-mended "Dockerfile" "`MAINTAINER` is deprecated" "Say it in a label" 2
                            "^LABEL org\\.opencontainers\\.image\\.authors="))
(test-holds "a compose file"
            (test-is-mended "compose.yaml" "`version` means nothing" "Remove it" 1 "^services:"))
(test-holds "a manifest"
            (test-is-mended "k8s/web.yaml" "`64MiB` is no quantity" "Write `64Mi`" 23 ".*memory: 64Mi$"))

(princ (format "%d passed, %d failed, 0 skipped\n" test-passed test-failed))
(kill-emacs (if (zerop test-failed) 0 1))
;;; lsp-mode.el ends here
