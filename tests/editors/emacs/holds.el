;;; holds.el --- what the tests of both clients are made of  -*- lexical-binding: t; -*-

(require 'cl-lib)

(defvar test-passed 0)
(defvar test-failed 0)
(defvar test-workspace (file-name-as-directory (getenv "WORKSPACE")))

(defun test-wait (what condition)
  "Wait until CONDITION holds, which is called WHAT."
  (let ((end (+ (float-time) 15)))
    (while (not (funcall condition))
      (when (> (float-time) end) (error "waited in vain: %s" what))
      (accept-process-output nil 0.05)
      ;; In batch mode no command ends, no window changes and nobody is idle. Eglot connects after the first, Flymake
      ;; begins after the second, and changes are told to the server in the third.
      (run-hooks 'post-command-hook)
      (run-window-configuration-change-hook)
      (dolist (timer (copy-sequence timer-idle-list)) (timer-event-handler timer)))))

(defmacro test-holds (what &rest body)
  "Run BODY, which holds or does not, as WHAT."
  `(condition-case reason
       (progn ,@body
              (cl-incf test-passed)
              (princ (format "ok: %s\n" ,what)))
     (error (cl-incf test-failed)
            (princ (format "FAILED: %s: %s\n" ,what (error-message-string reason))))))

;;; holds.el ends here
