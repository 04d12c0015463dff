;;; test.el --- Eglot with editors/emacs/rlint.el  -*- lexical-binding: t; -*-

;; What a user does in each of the three languages. WORKSPACE names the folder of the files.

(require 'flymake)
(require 'project)
(require 'dockerfile-mode)
(require 'yaml-mode)
(require 'rlint)
(load (expand-file-name "holds" (file-name-directory load-file-name)) nil t)

(defun test-findings (text)
  "The findings of the buffer whose message has TEXT."
  (cl-remove-if-not (lambda (found) (string-match-p (regexp-quote text) (flymake-diagnostic-text found)))
                    (flymake-diagnostics)))

(defun test-line (number)
  "The text of line NUMBER."
  (save-excursion
    (goto-char (point-min))
    (forward-line (1- number))
    (buffer-substring-no-properties (line-beginning-position) (line-end-position))))

(defun test-is-mended (file text title number wanted)
  "Wait for the finding with TEXT in FILE, choose TITLE, expect WANTED in line NUMBER and no finding."
  (find-file (concat test-workspace file))
  (unless (memq #'eglot-ensure (symbol-value (rlint--hook major-mode))) (error "no hook of %s" major-mode))
  ;; A command has ended: Eglot connects, where it has not.
  (test-wait "the server" #'eglot-managed-p)
  (test-wait "the finding" (lambda () (test-findings text)))
  (goto-char (flymake-diagnostic-beg (car (test-findings text))))
  (unless (= (line-number-at-pos) number) (error "it is in line %d" (line-number-at-pos)))
  (let ((last-nonmenu-event ?a) offered)
    (cl-letf (((symbol-function 'completing-read)
               (lambda (_prompt choices &rest _)
                 (setq offered (all-completions "" choices))
                 (or (cl-find title offered :test #'string-equal) (error "offered are %S" offered)))))
      (eglot-code-actions (point) (point) nil t)))
  (unless (string-match-p wanted (test-line number)) (error "the line is %S" (test-line number)))
  (test-wait "the finding is gone" (lambda () (null (test-findings text))))
  (save-buffer))

(setq eglot-confirm-server-initiated-edits nil
      make-backup-files nil
      create-lockfiles nil)
(rlint-setup)

(test-holds "a Dockerfile"
            (test-is-mended "Dockerfile" "`MAINTAINER` is deprecated" "Say it in a label" 2
                            "^LABEL org\\.opencontainers\\.image\\.authors="))
(test-holds "a compose file"
            (test-is-mended "compose.yaml" "`version` means nothing" "Remove it" 1 "^services:"))
(test-holds "a manifest"
            (test-is-mended "k8s/web.yaml" "`64MiB` is no quantity" "Write `64Mi`" 23 "memory: 64Mi$"))

(princ (format "%d passed, %d failed, 0 skipped\n" test-passed test-failed))
(kill-emacs (if (zerop test-failed) 0 1))
;;; test.el ends here
