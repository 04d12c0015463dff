;;; rlint.el --- Eglot starts rlint for Dockerfiles and YAML  -*- lexical-binding: t; -*-

;;; Commentary:

;; Put this file on the `load-path', and into init.el:
;;
;;   (require 'rlint)
;;   (rlint-setup)
;;
;; Findings are those of Flymake; `eglot-code-actions' mends them.
;; Eglot comes with Emacs 29; for older ones install it from ELPA.

;;; Code:

(require 'eglot)

(defgroup rlint nil
  "Findings and fixes for Dockerfiles, compose files and Kubernetes manifests."
  :group 'tools)

(defcustom rlint-command '("rlint" "server")
  "The program that is started, and its arguments."
  :type '(repeat string))

(defcustom rlint-modes
  '(dockerfile-mode dockerfile-ts-mode yaml-mode yaml-ts-mode)
  "The major modes of files that the server is told of.
Which of them are its business the server decides by path and content."
  :type '(repeat symbol))

(defun rlint--hook (mode)
  "The hook of MODE."
  (intern (format "%s-hook" mode)))

;;;###autoload
(defun rlint-setup ()
  "Have Eglot start rlint in the modes of `rlint-modes'."
  (add-to-list 'eglot-server-programs (cons rlint-modes rlint-command))
  (dolist (mode rlint-modes)
    (add-hook (rlint--hook mode) #'eglot-ensure)))

(provide 'rlint)
;;; rlint.el ends here
