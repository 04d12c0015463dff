;;; lsp-mode.el --- lsp-mode with what docs/editors.md says  -*- lexical-binding: t; -*-

;; What a user does in each of the three languages. WORKSPACE names the folder of the files, DOCUMENTATION the page, whose
;; block below the heading of lsp-mode is evaluated as it stands there.

(require 'cl-lib)
(require 'dockerfile-mode)
(require 'yaml-mode)

(defvar test-passed 0)
(defvar test-failed 0)
(defvar test-workspace (file-name-as-directory (getenv "WORKSPACE")))

(defun test-wait (what condition)
  "Wait until CONDITION holds, which is called WHAT."
  (let ((end (+ (float-time) 15)))
    (while (not (funcall condition))
      (when (> (float-time) end) (error "waited in vain: %s" what))
      (accept-process-output nil 0.05)
      ;; In batch mode no command ends and nobody is idle: changes are told to the server by timers.
      (run-hooks 'post-command-hook)
      (dolist (timer (copy-sequence timer-idle-list)) (timer-event-handler timer)))))

(defmacro test-holds (what &rest body)
  "Run BODY, which holds or does not, as WHAT."
  `(condition-case reason
       (progn ,@body
              (cl-incf test-passed)
              (princ (format "ok: %s\n" ,what)))
     (error (cl-incf test-failed)
            (princ (format "FAILED: %s: %s\n" ,what (error-message-string reason))))))

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
