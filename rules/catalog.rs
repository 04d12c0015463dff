//! Every rule. Written by `cargo test` from the pages in the folders beside this file; do not edit.

use std::borrow::Cow::Borrowed;

#[allow(unused_imports, reason = "some kinds of metadata no rule may have")]
use crate::lint::{Applicability, Category, Declined, Preset, Rule, RuleOption, Severity};

#[path = "compose/bad_port.rs"]
mod compose_bad_port;

#[path = "compose/depends_on_ignores_healthcheck.rs"]
mod compose_depends_on_ignores_healthcheck;

#[path = "compose/digest_pin.rs"]
mod compose_digest_pin;

#[path = "compose/docker_socket.rs"]
mod compose_docker_socket;

#[path = "compose/host_namespace.rs"]
mod compose_host_namespace;

#[path = "compose/latest_tag.rs"]
mod compose_latest_tag;

#[path = "compose/missing_healthcheck.rs"]
mod compose_missing_healthcheck;

#[path = "compose/missing_limits.rs"]
mod compose_missing_limits;

#[path = "compose/obsolete_version.rs"]
mod compose_obsolete_version;

#[path = "compose/privileged.rs"]
mod compose_privileged;

#[path = "compose/root_user.rs"]
mod compose_root_user;

#[path = "compose/undefined_reference.rs"]
mod compose_undefined_reference;

#[path = "compose/unknown_key.rs"]
mod compose_unknown_key;

#[path = "compose/untagged_image.rs"]
mod compose_untagged_image;

#[path = "compose/untrusted_image.rs"]
mod compose_untrusted_image;

#[path = "compose/untrusted_registry.rs"]
mod compose_untrusted_registry;

#[path = "dockerfile/add_instead_of_copy.rs"]
mod dockerfile_add_instead_of_copy;

#[path = "dockerfile/and_or_as_if.rs"]
mod dockerfile_and_or_as_if;

#[path = "dockerfile/apk_no_cache.rs"]
mod dockerfile_apk_no_cache;

#[path = "dockerfile/apk_pin.rs"]
mod dockerfile_apk_pin;

#[path = "dockerfile/apk_virtual.rs"]
mod dockerfile_apk_virtual;

#[path = "dockerfile/apt_get_pin.rs"]
mod dockerfile_apt_get_pin;

#[path = "dockerfile/apt_get_yes.rs"]
mod dockerfile_apt_get_yes;

#[path = "dockerfile/apt_lists_cleanup.rs"]
mod dockerfile_apt_lists_cleanup;

#[path = "dockerfile/apt_no_recommends.rs"]
mod dockerfile_apt_no_recommends;

#[path = "dockerfile/apt_tool.rs"]
mod dockerfile_apt_tool;

#[path = "dockerfile/backticks.rs"]
mod dockerfile_backticks;

#[path = "dockerfile/bad_image_reference.rs"]
mod dockerfile_bad_image_reference;

#[path = "dockerfile/base_platform_mismatch.rs"]
mod dockerfile_base_platform_mismatch;

#[path = "dockerfile/bash_only_syntax.rs"]
mod dockerfile_bash_only_syntax;

#[path = "dockerfile/blank_after_escape.rs"]
mod dockerfile_blank_after_escape;

#[path = "dockerfile/cache_mount_preferred.rs"]
mod dockerfile_cache_mount_preferred;

#[path = "dockerfile/cd_in_run.rs"]
mod dockerfile_cd_in_run;

#[path = "dockerfile/changing_argument_before_install.rs"]
mod dockerfile_changing_argument_before_install;

#[path = "dockerfile/chmod_777.rs"]
mod dockerfile_chmod_777;

#[path = "dockerfile/chown_flag_used.rs"]
mod dockerfile_chown_flag_used;

#[path = "dockerfile/chpasswd.rs"]
mod dockerfile_chpasswd;

#[path = "dockerfile/comment_swallows_command.rs"]
mod dockerfile_comment_swallows_command;

#[path = "dockerfile/consecutive_run.rs"]
mod dockerfile_consecutive_run;

#[path = "dockerfile/copy_after_user_no_chown.rs"]
mod dockerfile_copy_after_user_no_chown;

#[path = "dockerfile/copy_archive_then_extract.rs"]
mod dockerfile_copy_archive_then_extract;

#[path = "dockerfile/copy_before_install.rs"]
mod dockerfile_copy_before_install;

#[path = "dockerfile/copy_chmod_merge.rs"]
mod dockerfile_copy_chmod_merge;

#[path = "dockerfile/copy_everything.rs"]
mod dockerfile_copy_everything;

#[path = "dockerfile/copy_from_empty_scratch.rs"]
mod dockerfile_copy_from_empty_scratch;

#[path = "dockerfile/copy_from_self.rs"]
mod dockerfile_copy_from_self;

#[path = "dockerfile/copy_from_unknown.rs"]
mod dockerfile_copy_from_unknown;

#[path = "dockerfile/copy_heredoc.rs"]
mod dockerfile_copy_heredoc;

#[path = "dockerfile/copy_ignored_file.rs"]
mod dockerfile_copy_ignored_file;

#[path = "dockerfile/copy_relative_dest.rs"]
mod dockerfile_copy_relative_dest;

#[path = "dockerfile/copy_whole_filesystem.rs"]
mod dockerfile_copy_whole_filesystem;

#[path = "dockerfile/curl_fail.rs"]
mod dockerfile_curl_fail;

#[path = "dockerfile/curl_location.rs"]
mod dockerfile_curl_location;

#[path = "dockerfile/curl_then_extract.rs"]
mod dockerfile_curl_then_extract;

#[path = "dockerfile/definition_description.rs"]
mod dockerfile_definition_description;

#[path = "dockerfile/digest_pin.rs"]
mod dockerfile_digest_pin;

#[path = "dockerfile/directive_casing.rs"]
mod dockerfile_directive_casing;

#[path = "dockerfile/dnf_clean.rs"]
mod dockerfile_dnf_clean;

#[path = "dockerfile/dnf_pin.rs"]
mod dockerfile_dnf_pin;

#[path = "dockerfile/dnf_yes.rs"]
mod dockerfile_dnf_yes;

#[path = "dockerfile/dockerignore_bad_pattern.rs"]
mod dockerfile_dockerignore_bad_pattern;

#[path = "dockerfile/dockerignore_dead_pattern.rs"]
mod dockerfile_dockerignore_dead_pattern;

#[path = "dockerfile/dockerignore_inline_comment.rs"]
mod dockerfile_dockerignore_inline_comment;

#[path = "dockerfile/dockerignore_missing.rs"]
mod dockerfile_dockerignore_missing;

#[path = "dockerfile/duplicate_stage.rs"]
mod dockerfile_duplicate_stage;

#[path = "dockerfile/echo_escape.rs"]
mod dockerfile_echo_escape;

#[path = "dockerfile/empty_continuation.rs"]
mod dockerfile_empty_continuation;

#[path = "dockerfile/empty_password.rs"]
mod dockerfile_empty_password;

#[path = "dockerfile/entrypoint_missing.rs"]
mod dockerfile_entrypoint_missing;

#[path = "dockerfile/escape_at_end.rs"]
mod dockerfile_escape_at_end;

#[path = "dockerfile/expose_host_mapping.rs"]
mod dockerfile_expose_host_mapping;

#[path = "dockerfile/expose_missing.rs"]
mod dockerfile_expose_missing;

#[path = "dockerfile/expose_proto_casing.rs"]
mod dockerfile_expose_proto_casing;

#[path = "dockerfile/file_too_long.rs"]
mod dockerfile_file_too_long;

#[path = "dockerfile/first_instruction.rs"]
mod dockerfile_first_instruction;

#[path = "dockerfile/from_as_casing.rs"]
mod dockerfile_from_as_casing;

#[path = "dockerfile/from_eol_base.rs"]
mod dockerfile_from_eol_base;

#[path = "dockerfile/gem_pin.rs"]
mod dockerfile_gem_pin;

#[path = "dockerfile/git_clone.rs"]
mod dockerfile_git_clone;

#[path = "dockerfile/glob_as_option.rs"]
mod dockerfile_glob_as_option;

#[path = "dockerfile/go_pin.rs"]
mod dockerfile_go_pin;

#[path = "dockerfile/ignore_pragma_used.rs"]
mod dockerfile_ignore_pragma_used;

#[path = "dockerfile/ignore_without_reason.rs"]
mod dockerfile_ignore_without_reason;

#[path = "dockerfile/insecure_package_source.rs"]
mod dockerfile_insecure_package_source;

#[path = "dockerfile/instruction_casing.rs"]
mod dockerfile_instruction_casing;

#[path = "dockerfile/instruction_inside_run.rs"]
mod dockerfile_instruction_inside_run;

#[path = "dockerfile/invalid_default_arg_in_from.rs"]
mod dockerfile_invalid_default_arg_in_from;

#[path = "dockerfile/json_cmd_entrypoint.rs"]
mod dockerfile_json_cmd_entrypoint;

#[path = "dockerfile/json_form_broken.rs"]
mod dockerfile_json_form_broken;

#[path = "dockerfile/label_duplicate.rs"]
mod dockerfile_label_duplicate;

#[path = "dockerfile/label_empty.rs"]
mod dockerfile_label_empty;

#[path = "dockerfile/label_key_invalid.rs"]
mod dockerfile_label_key_invalid;

#[path = "dockerfile/label_missing.rs"]
mod dockerfile_label_missing;

#[path = "dockerfile/label_not_email.rs"]
mod dockerfile_label_not_email;

#[path = "dockerfile/label_not_git_hash.rs"]
mod dockerfile_label_not_git_hash;

#[path = "dockerfile/label_not_rfc3339.rs"]
mod dockerfile_label_not_rfc3339;

#[path = "dockerfile/label_not_semver.rs"]
mod dockerfile_label_not_semver;

#[path = "dockerfile/label_not_spdx.rs"]
mod dockerfile_label_not_spdx;

#[path = "dockerfile/label_not_url.rs"]
mod dockerfile_label_not_url;

#[path = "dockerfile/label_superfluous.rs"]
mod dockerfile_label_superfluous;

#[path = "dockerfile/latest_tag.rs"]
mod dockerfile_latest_tag;

#[path = "dockerfile/legacy_key_value.rs"]
mod dockerfile_legacy_key_value;

#[path = "dockerfile/ln_sh.rs"]
mod dockerfile_ln_sh;

#[path = "dockerfile/lock_file_flag.rs"]
mod dockerfile_lock_file_flag;

#[path = "dockerfile/lost_backslash.rs"]
mod dockerfile_lost_backslash;

#[path = "dockerfile/ls_grep.rs"]
mod dockerfile_ls_grep;

#[path = "dockerfile/maintainer.rs"]
mod dockerfile_maintainer;

#[path = "dockerfile/masked_exit_code.rs"]
mod dockerfile_masked_exit_code;

#[path = "dockerfile/misplaced_directive.rs"]
mod dockerfile_misplaced_directive;

#[path = "dockerfile/missing_healthcheck.rs"]
mod dockerfile_missing_healthcheck;

#[path = "dockerfile/missing_source.rs"]
mod dockerfile_missing_source;

#[path = "dockerfile/misspelt_directive.rs"]
mod dockerfile_misspelt_directive;

#[path = "dockerfile/multi_source_needs_slash.rs"]
mod dockerfile_multi_source_needs_slash;

#[path = "dockerfile/multiple_cmd.rs"]
mod dockerfile_multiple_cmd;

#[path = "dockerfile/multiple_entrypoint.rs"]
mod dockerfile_multiple_entrypoint;

#[path = "dockerfile/multiple_healthcheck.rs"]
mod dockerfile_multiple_healthcheck;

#[path = "dockerfile/named_user_without_passwd.rs"]
mod dockerfile_named_user_without_passwd;

#[path = "dockerfile/npm_ci.rs"]
mod dockerfile_npm_ci;

#[path = "dockerfile/npm_pin.rs"]
mod dockerfile_npm_pin;

#[path = "dockerfile/odd_command_name.rs"]
mod dockerfile_odd_command_name;

#[path = "dockerfile/onbuild_forbidden.rs"]
mod dockerfile_onbuild_forbidden;

#[path = "dockerfile/package_pin.rs"]
mod dockerfile_package_pin;

#[path = "dockerfile/package_upgrade.rs"]
mod dockerfile_package_upgrade;

#[path = "dockerfile/pip_no_cache.rs"]
mod dockerfile_pip_no_cache;

#[path = "dockerfile/pip_pin.rs"]
mod dockerfile_pip_pin;

#[path = "dockerfile/pipefail.rs"]
mod dockerfile_pipefail;

#[path = "dockerfile/platform_constant.rs"]
mod dockerfile_platform_constant;

#[path = "dockerfile/platform_redundant.rs"]
mod dockerfile_platform_redundant;

#[path = "dockerfile/port_22.rs"]
mod dockerfile_port_22;

#[path = "dockerfile/port_range.rs"]
mod dockerfile_port_range;

#[path = "dockerfile/powershell_error_action.rs"]
mod dockerfile_powershell_error_action;

#[path = "dockerfile/powershell_progress.rs"]
mod dockerfile_powershell_progress;

#[path = "dockerfile/prefer_run_heredoc.rs"]
mod dockerfile_prefer_run_heredoc;

#[path = "dockerfile/preprocessed_file.rs"]
mod dockerfile_preprocessed_file;

#[path = "dockerfile/python_env.rs"]
mod dockerfile_python_env;

#[path = "dockerfile/quote_gap.rs"]
mod dockerfile_quote_gap;

#[path = "dockerfile/remote_add_unverified.rs"]
mod dockerfile_remote_add_unverified;

#[path = "dockerfile/remote_script_exec.rs"]
mod dockerfile_remote_script_exec;

#[path = "dockerfile/repeated_in_brackets.rs"]
mod dockerfile_repeated_in_brackets;

#[path = "dockerfile/reserved_stage_name.rs"]
mod dockerfile_reserved_stage_name;

#[path = "dockerfile/rm_of_variable.rs"]
mod dockerfile_rm_of_variable;

#[path = "dockerfile/root_user.rs"]
mod dockerfile_root_user;

#[path = "dockerfile/secret_in_arg_env.rs"]
mod dockerfile_secret_in_arg_env;

#[path = "dockerfile/secret_in_code.rs"]
mod dockerfile_secret_in_code;

#[path = "dockerfile/secret_mount_needed.rs"]
mod dockerfile_secret_mount_needed;

#[path = "dockerfile/self_reference_env.rs"]
mod dockerfile_self_reference_env;

#[path = "dockerfile/shell_in_scratch.rs"]
mod dockerfile_shell_in_scratch;

#[path = "dockerfile/shell_syntax_error.rs"]
mod dockerfile_shell_syntax_error;

#[path = "dockerfile/shellcheck.rs"]
mod dockerfile_shellcheck;

#[path = "dockerfile/single_quoted_expansion.rs"]
mod dockerfile_single_quoted_expansion;

#[path = "dockerfile/single_stage_with_build_tools.rs"]
mod dockerfile_single_stage_with_build_tools;

#[path = "dockerfile/sort_packages.rs"]
mod dockerfile_sort_packages;

#[path = "dockerfile/stage_name_casing.rs"]
mod dockerfile_stage_name_casing;

#[path = "dockerfile/stopsignal_kill.rs"]
mod dockerfile_stopsignal_kill;

#[path = "dockerfile/stopsignal_spelling.rs"]
mod dockerfile_stopsignal_spelling;

#[path = "dockerfile/stopsignal_systemd.rs"]
mod dockerfile_stopsignal_systemd;

#[path = "dockerfile/stopsignal_unknown.rs"]
mod dockerfile_stopsignal_unknown;

#[path = "dockerfile/sudo.rs"]
mod dockerfile_sudo;

#[path = "dockerfile/test_and_or.rs"]
mod dockerfile_test_and_or;

#[path = "dockerfile/tls_off.rs"]
mod dockerfile_tls_off;

#[path = "dockerfile/typographic_character.rs"]
mod dockerfile_typographic_character;

#[path = "dockerfile/unassigned_variable.rs"]
mod dockerfile_unassigned_variable;

#[path = "dockerfile/unchecked_cd.rs"]
mod dockerfile_unchecked_cd;

#[path = "dockerfile/undefined_arg_in_from.rs"]
mod dockerfile_undefined_arg_in_from;

#[path = "dockerfile/undefined_var.rs"]
mod dockerfile_undefined_var;

#[path = "dockerfile/unknown_instruction.rs"]
mod dockerfile_unknown_instruction;

#[path = "dockerfile/unnamed_intermediate_stage.rs"]
mod dockerfile_unnamed_intermediate_stage;

#[path = "dockerfile/unquoted_substitution.rs"]
mod dockerfile_unquoted_substitution;

#[path = "dockerfile/unquoted_variable.rs"]
mod dockerfile_unquoted_variable;

#[path = "dockerfile/untagged_image.rs"]
mod dockerfile_untagged_image;

#[path = "dockerfile/untrusted_image.rs"]
mod dockerfile_untrusted_image;

#[path = "dockerfile/untrusted_registry.rs"]
mod dockerfile_untrusted_registry;

#[path = "dockerfile/unused_arg.rs"]
mod dockerfile_unused_arg;

#[path = "dockerfile/unused_stage.rs"]
mod dockerfile_unused_stage;

#[path = "dockerfile/update_alone.rs"]
mod dockerfile_update_alone;

#[path = "dockerfile/useless_cat.rs"]
mod dockerfile_useless_cat;

#[path = "dockerfile/useless_commands.rs"]
mod dockerfile_useless_commands;

#[path = "dockerfile/user_created_never_used.rs"]
mod dockerfile_user_created_never_used;

#[path = "dockerfile/user_drops_groups.rs"]
mod dockerfile_user_drops_groups;

#[path = "dockerfile/user_non_numeric.rs"]
mod dockerfile_user_non_numeric;

#[path = "dockerfile/useradd_high_uid.rs"]
mod dockerfile_useradd_high_uid;

#[path = "dockerfile/wget_and_curl.rs"]
mod dockerfile_wget_and_curl;

#[path = "dockerfile/wget_progress.rs"]
mod dockerfile_wget_progress;

#[path = "dockerfile/windows_chown.rs"]
mod dockerfile_windows_chown;

#[path = "dockerfile/windows_mount.rs"]
mod dockerfile_windows_mount;

#[path = "dockerfile/windows_stopsignal.rs"]
mod dockerfile_windows_stopsignal;

#[path = "dockerfile/workdir_relative.rs"]
mod dockerfile_workdir_relative;

#[path = "dockerfile/workdir_system_dir.rs"]
mod dockerfile_workdir_system_dir;

#[path = "dockerfile/yarn_cache_clean.rs"]
mod dockerfile_yarn_cache_clean;

#[path = "dockerfile/yum_clean.rs"]
mod dockerfile_yum_clean;

#[path = "dockerfile/yum_pin.rs"]
mod dockerfile_yum_pin;

#[path = "dockerfile/yum_yes.rs"]
mod dockerfile_yum_yes;

#[path = "dockerfile/zypper_clean.rs"]
mod dockerfile_zypper_clean;

#[path = "dockerfile/zypper_dist_upgrade.rs"]
mod dockerfile_zypper_dist_upgrade;

#[path = "dockerfile/zypper_pin.rs"]
mod dockerfile_zypper_pin;

#[path = "dockerfile/zypper_yes.rs"]
mod dockerfile_zypper_yes;

#[path = "kubernetes/dangling_service.rs"]
mod kubernetes_dangling_service;

#[path = "kubernetes/digest_pin.rs"]
mod kubernetes_digest_pin;

#[path = "kubernetes/host_namespace.rs"]
mod kubernetes_host_namespace;

#[path = "kubernetes/host_path_socket.rs"]
mod kubernetes_host_path_socket;

#[path = "kubernetes/invalid_quantity.rs"]
mod kubernetes_invalid_quantity;

#[path = "kubernetes/latest_tag.rs"]
mod kubernetes_latest_tag;

#[path = "kubernetes/missing_cpu_limit.rs"]
mod kubernetes_missing_cpu_limit;

#[path = "kubernetes/missing_liveness_probe.rs"]
mod kubernetes_missing_liveness_probe;

#[path = "kubernetes/missing_memory_limit.rs"]
mod kubernetes_missing_memory_limit;

#[path = "kubernetes/missing_readiness_probe.rs"]
mod kubernetes_missing_readiness_probe;

#[path = "kubernetes/missing_requests.rs"]
mod kubernetes_missing_requests;

#[path = "kubernetes/privilege_escalation.rs"]
mod kubernetes_privilege_escalation;

#[path = "kubernetes/privileged.rs"]
mod kubernetes_privileged;

#[path = "kubernetes/removed_api.rs"]
mod kubernetes_removed_api;

#[path = "kubernetes/request_exceeds_limit.rs"]
mod kubernetes_request_exceeds_limit;

#[path = "kubernetes/run_as_root.rs"]
mod kubernetes_run_as_root;

#[path = "kubernetes/selector_mismatch.rs"]
mod kubernetes_selector_mismatch;

#[path = "kubernetes/untagged_image.rs"]
mod kubernetes_untagged_image;

#[path = "kubernetes/untrusted_image.rs"]
mod kubernetes_untrusted_image;

#[path = "kubernetes/untrusted_registry.rs"]
mod kubernetes_untrusted_registry;

#[path = "project/missing_build_target.rs"]
mod project_missing_build_target;

#[path = "project/non_root_needs_numeric_user.rs"]
mod project_non_root_needs_numeric_user;

#[path = "rlint/config.rs"]
mod rlint_config;

#[path = "rlint/expired_ignore.rs"]
mod rlint_expired_ignore;

#[path = "rlint/internal_error.rs"]
mod rlint_internal_error;

#[path = "rlint/syntax.rs"]
mod rlint_syntax;

#[path = "rlint/unknown_rule.rs"]
mod rlint_unknown_rule;

#[path = "rlint/unused_ignore.rs"]
mod rlint_unused_ignore;

#[path = "yaml/ambiguous_boolean.rs"]
mod yaml_ambiguous_boolean;

#[path = "yaml/duplicate_key.rs"]
mod yaml_duplicate_key;

#[path = "yaml/octal_number.rs"]
mod yaml_octal_number;

#[rustfmt::skip]
pub(crate) static ALL: &[Rule] = &[
    Rule {
        id: Borrowed("compose/bad-port"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A mapping of ports cannot be read."),
        page: Borrowed(include_str!("compose/bad-port.md")),
        checks: Borrowed(compose_bad_port::CHECKS),
    },
    Rule {
        id: Borrowed("compose/depends-on-ignores-healthcheck"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[RuleOption { name: Borrowed("explicit"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report dependencies that say `service_started` themselves"), presets: Borrowed(&[(Preset::Strict, Borrowed("true")), (Preset::All, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A service depends on one that has a health check, and does not wait for it."),
        page: Borrowed(include_str!("compose/depends-on-ignores-healthcheck.md")),
        checks: Borrowed(compose_depends_on_ignores_healthcheck::CHECKS),
    },
    Rule {
        id: Borrowed("compose/digest-pin"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("CL-0019")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The image of a service is named without its digest."),
        page: Borrowed(include_str!("compose/digest-pin.md")),
        checks: Borrowed(compose_digest_pin::CHECKS),
    },
    Rule {
        id: Borrowed("compose/docker-socket"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended, Preset::ComposeLint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("CL-0001"), Borrowed("d6355c88"), Borrowed("exposing-docker-socket-volume")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A service mounts the socket of the container engine."),
        page: Borrowed(include_str!("compose/docker-socket.md")),
        checks: Borrowed(compose_docker_socket::CHECKS),
    },
    Rule {
        id: Borrowed("compose/host-namespace"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended, Preset::ComposeLint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("CL-0008"), Borrowed("CL-0010"), Borrowed("071a71ff"), Borrowed("4f31dd9f"), Borrowed("baa3890f"), Borrowed("8af7162d"), Borrowed("4d9f44c6")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A service shares a namespace of the host."),
        page: Borrowed(include_str!("compose/host-namespace.md")),
        checks: Borrowed(compose_host_namespace::CHECKS),
    },
    Rule {
        id: Borrowed("compose/latest-tag"),
        severity: Severity::Warning,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Recommended, Preset::Dclint, Preset::ComposeLint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("service-image-require-explicit-tag"), Borrowed("CL-0004")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The image of a service is tagged `latest`."),
        page: Borrowed(include_str!("compose/latest-tag.md")),
        checks: Borrowed(compose_latest_tag::CHECKS),
    },
    Rule {
        id: Borrowed("compose/missing-healthcheck"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("698ed579")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report every other service without a health check, as information"), presets: Borrowed(&[(Preset::Strict, Borrowed("true")), (Preset::All, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A datastore that another service waits for has no health check."),
        page: Borrowed(include_str!("compose/missing-healthcheck.md")),
        checks: Borrowed(compose_missing_healthcheck::CHECKS),
    },
    Rule {
        id: Borrowed("compose/missing-limits"),
        severity: Severity::Info,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::ComposeLint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("CL-0026"), Borrowed("bb9ac4f7"), Borrowed("6b610c50")]),
        options: Borrowed(&[RuleOption { name: Borrowed("cpu"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report services that limit memory and not the CPU"), presets: Borrowed(&[(Preset::ComposeLint, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A service has no memory limit."),
        page: Borrowed(include_str!("compose/missing-limits.md")),
        checks: Borrowed(compose_missing_limits::CHECKS),
    },
    Rule {
        id: Borrowed("compose/obsolete-version"),
        severity: Severity::Warning,
        category: Category::Style,
        presets: Borrowed(&[Preset::Recommended, Preset::Dclint]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("no-version-field")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The file says which version of a format it is in, and there are no versions any more."),
        page: Borrowed(include_str!("compose/obsolete-version.md")),
        checks: Borrowed(compose_obsolete_version::CHECKS),
    },
    Rule {
        id: Borrowed("compose/privileged"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended, Preset::ComposeLint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("CL-0002"), Borrowed("ae5b6871"), Borrowed("privileged-service")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A service is privileged."),
        page: Borrowed(include_str!("compose/privileged.md")),
        checks: Borrowed(compose_privileged::CHECKS),
    },
    Rule {
        id: Borrowed("compose/root-user"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended, Preset::ComposeLint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("CL-0018")]),
        options: Borrowed(&[RuleOption { name: Borrowed("built"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report services whose Dockerfile is known to end as root"), presets: Borrowed(&[(Preset::Strict, Borrowed("true")), (Preset::All, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A service is told to run as root."),
        page: Borrowed(include_str!("compose/root-user.md")),
        checks: Borrowed(compose_root_user::CHECKS),
    },
    Rule {
        id: Borrowed("compose/undefined-reference"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A service uses a network, volume, secret, config, model or service that the project does not declare."),
        page: Borrowed(include_str!("compose/undefined-reference.md")),
        checks: Borrowed(compose_undefined_reference::CHECKS),
    },
    Rule {
        id: Borrowed("compose/unknown-key"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Dclint]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("invalid-schema")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A key stands where compose knows no such key."),
        page: Borrowed(include_str!("compose/unknown-key.md")),
        checks: Borrowed(compose_unknown_key::CHECKS),
    },
    Rule {
        id: Borrowed("compose/untagged-image"),
        severity: Severity::Warning,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Recommended, Preset::Dclint, Preset::ComposeLint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("service-image-require-explicit-tag"), Borrowed("CL-0004")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The image of a service has neither a tag nor a digest."),
        page: Borrowed(include_str!("compose/untagged-image.md")),
        checks: Borrowed(compose_untagged_image::CHECKS),
    },
    Rule {
        id: Borrowed("compose/untrusted-image"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The image of a service is not among the trusted ones."),
        page: Borrowed(include_str!("compose/untrusted-image.md")),
        checks: Borrowed(compose_untrusted_image::CHECKS),
    },
    Rule {
        id: Borrowed("compose/untrusted-registry"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The image of a service comes from a registry that is not among the trusted ones."),
        page: Borrowed(include_str!("compose/untrusted-registry.md")),
        checks: Borrowed(compose_untrusted_registry::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/add-instead-of-copy"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3020"), Borrowed("DS-0005"), Borrowed("AVD-DS-0005"), Borrowed("CKV_DOCKER_4"), Borrowed("DF006"), Borrowed("CIS-DI-0009")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report sources whose names do not say what they are"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("`ADD` copies plain local files."),
        page: Borrowed(include_str!("dockerfile/add-instead-of-copy.md")),
        checks: Borrowed(dockerfile_add_instead_of_copy::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/and-or-as-if"),
        severity: Severity::Info,
        category: Category::Correctness,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("SC2015")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`a && b || c` is used like `if`, but runs `c` also when `b` fails."),
        page: Borrowed(include_str!("dockerfile/and-or-as-if.md")),
        checks: Borrowed(dockerfile_and_or_as_if::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/apk-no-cache"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3019"), Borrowed("DS-0025"), Borrowed("AVD-DS-0025"), Borrowed("DF029"), Borrowed("DKL-DI-0004")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report stages that are not shipped and indexes that are deleted in the same step as well"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`apk add` leaves the package index in the image."),
        page: Borrowed(include_str!("dockerfile/apk-no-cache.md")),
        checks: Borrowed(dockerfile_apk_no_cache::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/apk-pin"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3018"), Borrowed("DF052")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report words whose value is not known and groups as well"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`apk add` installs a package without saying which version."),
        page: Borrowed(include_str!("dockerfile/apk-pin.md")),
        checks: Borrowed(dockerfile_apk_pin::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/apk-virtual"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A step adds packages and deletes them again, one by one."),
        page: Borrowed(include_str!("dockerfile/apk-virtual.md")),
        checks: Borrowed(dockerfile_apk_virtual::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/apt-get-pin"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3008"), Borrowed("DF005")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report words whose value is not known and groups as well"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }, RuleOption { name: Borrowed("tools"), kind: Borrowed("strings"), default: Borrowed("[\"apt\",\"apt-get\",\"aptitude\"]"), description: Borrowed("the programs to look at"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("[\"apt-get\"]"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`apt-get` installs a package without saying which version."),
        page: Borrowed(include_str!("dockerfile/apt-get-pin.md")),
        checks: Borrowed(dockerfile_apt_get_pin::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/apt-get-yes"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3014"), Borrowed("DS-0021"), Borrowed("AVD-DS-0021"), Borrowed("DF015")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also where a word that is not known, or a file that is copied, may say not to ask"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("`apt-get` may ask a question that nobody answers."),
        page: Borrowed(include_str!("dockerfile/apt-get-yes.md")),
        checks: Borrowed(dockerfile_apt_get_yes::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/apt-lists-cleanup"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3009"), Borrowed("DF004"), Borrowed("DKL-DI-0005")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The package lists that `apt-get update` fetches stay in the image."),
        page: Borrowed(include_str!("dockerfile/apt-lists-cleanup.md")),
        checks: Borrowed(dockerfile_apt_lists_cleanup::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/apt-no-recommends"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3015"), Borrowed("DS-0029"), Borrowed("AVD-DS-0029"), Borrowed("DF016")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report it although the configuration or a variable may say so"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }, RuleOption { name: Borrowed("tools"), kind: Borrowed("strings"), default: Borrowed("[\"apt\",\"apt-get\",\"aptitude\"]"), description: Borrowed("the programs to look at"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("[\"apt-get\"]"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`apt-get install` brings along what the packages only recommend."),
        page: Borrowed(include_str!("dockerfile/apt-no-recommends.md")),
        checks: Borrowed(dockerfile_apt_no_recommends::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/apt-tool"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3027"), Borrowed("CKV_DOCKER_9"), Borrowed("DF059")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A step runs `apt`, which is meant for people at a terminal."),
        page: Borrowed(include_str!("dockerfile/apt-tool.md")),
        checks: Borrowed(dockerfile_apt_tool::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/backticks"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("SC2006")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A command is substituted with backticks."),
        page: Borrowed(include_str!("dockerfile/backticks.md")),
        checks: Borrowed(dockerfile_backticks::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/bad-image-reference"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("InvalidDefaultArgInFrom")]),
        options: Borrowed(&[RuleOption { name: Borrowed("placeholders"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report words in capitals alone, as BuildKit does"), presets: Borrowed(&[(Preset::Buildkit, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("What `FROM` names is no legal image reference."),
        page: Borrowed(include_str!("dockerfile/bad-image-reference.md")),
        checks: Borrowed(dockerfile_bad_image_reference::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/base-platform-mismatch"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("platform-mismatch")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`FROM` asks for a platform that its image is not made for."),
        page: Borrowed(include_str!("dockerfile/base-platform-mismatch.md")),
        checks: Borrowed(dockerfile_base_platform_mismatch::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/bash-only-syntax"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("SC3001"), Borrowed("SC3003"), Borrowed("SC3004"), Borrowed("SC3005"), Borrowed("SC3006"), Borrowed("SC3007"), Borrowed("SC3008"), Borrowed("SC3009"), Borrowed("SC3010"), Borrowed("SC3011"), Borrowed("SC3014"), Borrowed("SC3016"), Borrowed("SC3020"), Borrowed("SC3024"), Borrowed("SC3028"), Borrowed("SC3029"), Borrowed("SC3030"), Borrowed("SC3032"), Borrowed("SC3037"), Borrowed("SC3038"), Borrowed("SC3039"), Borrowed("SC3040"), Borrowed("SC3043"), Borrowed("SC3044"), Borrowed("SC3045"), Borrowed("SC3046"), Borrowed("SC3047"), Borrowed("SC3048"), Borrowed("SC3053"), Borrowed("SC3054"), Borrowed("SC3055"), Borrowed("SC3056"), Borrowed("SC3057"), Borrowed("SC3059"), Borrowed("SC3060"), Borrowed("SC2112"), Borrowed("SC2113"), Borrowed("DF066")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report what is not in POSIX for every `sh`, also where that knows it"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A script uses what the shell of the image does not know."),
        page: Borrowed(include_str!("dockerfile/bash-only-syntax.md")),
        checks: Borrowed(dockerfile_bash_only_syntax::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/blank-after-escape"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("Blanks stand between the escape character and the end of its line."),
        page: Borrowed(include_str!("dockerfile/blank-after-escape.md")),
        checks: Borrowed(dockerfile_blank_after_escape::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/cache-mount-preferred"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("prefer-package-cache-mounts")]),
        options: Borrowed(&[RuleOption { name: Borrowed("system"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report packages of the system, which most images install and clean up after in one step"), presets: Borrowed(&[]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("What a package manager downloads is fetched anew whenever the step runs again."),
        page: Borrowed(include_str!("dockerfile/cache-mount-preferred.md")),
        checks: Borrowed(dockerfile_cache_mount_preferred::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/cd-in-run"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3003"), Borrowed("DS-0013"), Borrowed("AVD-DS-0013"), Borrowed("DF008")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report every `cd`, also one that holds for a few commands of a step"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A whole step runs in a folder that `cd` enters first."),
        page: Borrowed(include_str!("dockerfile/cd-in-run.md")),
        checks: Borrowed(dockerfile_cd_in_run::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/changing-argument-before-install"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A build argument that is another one in each build is declared before packages are installed."),
        page: Borrowed(include_str!("dockerfile/changing-argument-before-install.md")),
        checks: Borrowed(dockerfile_changing_argument_before_install::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/chmod-777"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DF034"), Borrowed("tally/world-writable-state-path-workaround")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A file or folder is made writable for everybody."),
        page: Borrowed(include_str!("dockerfile/chmod-777.md")),
        checks: Borrowed(dockerfile_chmod_777::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/chown-flag-used"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("Chown Flag Exists")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`COPY` or `ADD` gives its files to another owner."),
        page: Borrowed(include_str!("dockerfile/chown-flag-used.md")),
        checks: Borrowed(dockerfile_chown_flag_used::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/chpasswd"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("CKV2_DOCKER_17")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A password is set in the build, and the file says which."),
        page: Borrowed(include_str!("dockerfile/chpasswd.md")),
        checks: Borrowed(dockerfile_chpasswd::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/comment-swallows-command"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A comment of the shell goes on over the following lines of an instruction."),
        page: Borrowed(include_str!("dockerfile/comment-swallows-command.md")),
        checks: Borrowed(dockerfile_comment_swallows_command::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/consecutive-run"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3059"), Borrowed("DF003")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also steps of stages whose layers are not in the image"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A step of one command follows a step of one command."),
        page: Borrowed(include_str!("dockerfile/consecutive-run.md")),
        checks: Borrowed(dockerfile_consecutive_run::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/copy-after-user-no-chown"),
        severity: Severity::Info,
        category: Category::Correctness,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("tally/copy-after-user-without-chown")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("Files are copied after a `USER` instruction, and belong to root."),
        page: Borrowed(include_str!("dockerfile/copy-after-user-no-chown.md")),
        checks: Borrowed(dockerfile_copy_after_user_no_chown::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/copy-archive-then-extract"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3010")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("An archive is copied and then unpacked by `tar`."),
        page: Borrowed(include_str!("dockerfile/copy-archive-then-extract.md")),
        checks: Borrowed(dockerfile_copy_archive_then_extract::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/copy-before-install"),
        severity: Severity::Warning,
        category: Category::Performance,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DF070")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("Sources are copied before dependencies are installed that do not need them."),
        page: Borrowed(include_str!("dockerfile/copy-before-install.md")),
        checks: Borrowed(dockerfile_copy_before_install::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/copy-chmod-merge"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("tally/prefer-copy-chmod")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A file is copied, and the next step changes its mode or owner."),
        page: Borrowed(include_str!("dockerfile/copy-chmod-merge.md")),
        checks: Borrowed(dockerfile_copy_chmod_merge::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/copy-everything"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DF007"), Borrowed("DF026")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The whole build context is copied into the image that ships."),
        page: Borrowed(include_str!("dockerfile/copy-everything.md")),
        checks: Borrowed(dockerfile_copy_everything::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/copy-from-empty-scratch"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("tally/copy-from-empty-scratch-stage")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`--from` names a stage without a single file."),
        page: Borrowed(include_str!("dockerfile/copy-from-empty-scratch.md")),
        checks: Borrowed(dockerfile_copy_from_empty_scratch::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/copy-from-self"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3023"), Borrowed("DS-0006"), Borrowed("AVD-DS-0006"), Borrowed("DF050")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`--from` names the stage it stands in."),
        page: Borrowed(include_str!("dockerfile/copy-from-self.md")),
        checks: Borrowed(dockerfile_copy_from_self::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/copy-from-unknown"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3022"), Borrowed("DF049")]),
        options: Borrowed(&[RuleOption { name: Borrowed("any-name"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report every name without a tag that is no stage, also one that may be an image or a named context"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("`--from` names a stage that is not there."),
        page: Borrowed(include_str!("dockerfile/copy-from-unknown.md")),
        checks: Borrowed(dockerfile_copy_from_unknown::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/copy-heredoc"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("tally/prefer-copy-heredoc")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A `RUN` only writes a text into a file."),
        page: Borrowed(include_str!("dockerfile/copy-heredoc.md")),
        checks: Borrowed(dockerfile_copy_heredoc::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/copy-ignored-file"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Buildkit]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("CopyIgnoredFile"), Borrowed("DF077")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report a source that the ignore file names where nobody knows whether there is such a file, and in stages that are not built"), presets: Borrowed(&[(Preset::Buildkit, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`COPY` takes a file that `.dockerignore` leaves out of the build context."),
        page: Borrowed(include_str!("dockerfile/copy-ignored-file.md")),
        checks: Borrowed(dockerfile_copy_ignored_file::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/copy-relative-dest"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3045"), Borrowed("DF063")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report every relative destination without a WORKDIR, also where the folder of the base image is not known or is no root folder"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("Files are copied to a relative path, and no `WORKDIR` says where that is."),
        page: Borrowed(include_str!("dockerfile/copy-relative-dest.md")),
        checks: Borrowed(dockerfile_copy_relative_dest::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/copy-whole-filesystem"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3067")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report every copy of a whole file system, also one onto an empty image and one that is not known to hold a distribution"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The whole file system of one image is copied over that of another."),
        page: Borrowed(include_str!("dockerfile/copy-whole-filesystem.md")),
        checks: Borrowed(dockerfile_copy_whole_filesystem::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/curl-fail"),
        severity: Severity::Info,
        category: Category::Reliability,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DF035")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`curl` is not told to fail when the server answers with an error."),
        page: Borrowed(include_str!("dockerfile/curl-fail.md")),
        checks: Borrowed(dockerfile_curl_fail::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/curl-location"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`curl` is not told to follow redirects, and the server is known to answer with one."),
        page: Borrowed(include_str!("dockerfile/curl-location.md")),
        checks: Borrowed(dockerfile_curl_location::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/curl-then-extract"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A step downloads an archive and unpacks it, which `ADD` does by itself."),
        page: Borrowed(include_str!("dockerfile/curl-then-extract.md")),
        checks: Borrowed(dockerfile_curl_then_extract::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/definition-description"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("InvalidDefinitionDescription")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The comment above an `ARG` or a named `FROM` does not start with that name."),
        page: Borrowed(include_str!("dockerfile/definition-description.md")),
        checks: Borrowed(dockerfile_definition_description::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/digest-pin"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DF073")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("An image is named without its digest."),
        page: Borrowed(include_str!("dockerfile/digest-pin.md")),
        checks: Borrowed(dockerfile_digest_pin::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/directive-casing"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The name of a parser directive is not in lower case."),
        page: Borrowed(include_str!("dockerfile/directive-casing.md")),
        checks: Borrowed(dockerfile_directive_casing::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/dnf-clean"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3040"), Borrowed("DS-0019"), Borrowed("AVD-DS-0019"), Borrowed("DS-0027"), Borrowed("AVD-DS-0027"), Borrowed("DF046")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report stages that are not shipped as well"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("What `dnf`, `microdnf` or `tdnf` downloads stays in the image."),
        page: Borrowed(include_str!("dockerfile/dnf-clean.md")),
        checks: Borrowed(dockerfile_dnf_clean::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/dnf-pin"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3041")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report words whose value is not known and groups as well"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`dnf`, `microdnf` or `tdnf` installs a package without saying which version."),
        page: Borrowed(include_str!("dockerfile/dnf-pin.md")),
        checks: Borrowed(dockerfile_dnf_pin::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/dnf-yes"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3038"), Borrowed("DF043")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also `microdnf`, which never asks, and where a word that is not known, or a file that is copied, may say not to ask"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`dnf` asks before it goes on, and nobody answers."),
        page: Borrowed(include_str!("dockerfile/dnf-yes.md")),
        checks: Borrowed(dockerfile_dnf_yes::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/dockerignore-bad-pattern"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A line of `.dockerignore` is no pattern."),
        page: Borrowed(include_str!("dockerfile/dockerignore-bad-pattern.md")),
        checks: Borrowed(dockerfile_dockerignore_bad_pattern::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/dockerignore-dead-pattern"),
        severity: Severity::Info,
        category: Category::Correctness,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A line of `.dockerignore` can have no effect."),
        page: Borrowed(include_str!("dockerfile/dockerignore-dead-pattern.md")),
        checks: Borrowed(dockerfile_dockerignore_dead_pattern::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/dockerignore-inline-comment"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A line of `.dockerignore` has a comment after its pattern."),
        page: Borrowed(include_str!("dockerfile/dockerignore-inline-comment.md")),
        checks: Borrowed(dockerfile_dockerignore_inline_comment::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/dockerignore-missing"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DF033")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The whole build context is copied, and no `.dockerignore` leaves anything out."),
        page: Borrowed(include_str!("dockerfile/dockerignore-missing.md")),
        checks: Borrowed(dockerfile_dockerignore_missing::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/duplicate-stage"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint, Preset::Buildkit]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3024"), Borrowed("DuplicateStageName"), Borrowed("DS-0012"), Borrowed("AVD-DS-0012"), Borrowed("CKV_DOCKER_11"), Borrowed("DF042")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("Two stages have the same name."),
        page: Borrowed(include_str!("dockerfile/duplicate-stage.md")),
        checks: Borrowed(dockerfile_duplicate_stage::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/echo-escape"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("SC2028")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report it for every `sh`, also where that replaces it, and in text for somebody else"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`echo` is given `\\n` or the like in a shell that prints it as it stands."),
        page: Borrowed(include_str!("dockerfile/echo-escape.md")),
        checks: Borrowed(dockerfile_echo_escape::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/empty-continuation"),
        severity: Severity::Warning,
        category: Category::Style,
        presets: Borrowed(&[Preset::Recommended, Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("NoEmptyContinuation")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A blank line stands inside an instruction that goes on over several lines."),
        page: Borrowed(include_str!("dockerfile/empty-continuation.md")),
        checks: Borrowed(dockerfile_empty_continuation::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/empty-password"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DKL-LI-0001")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A user gets an empty password."),
        page: Borrowed(include_str!("dockerfile/empty-password.md")),
        checks: Borrowed(dockerfile_empty_password::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/entrypoint-missing"),
        severity: Severity::Info,
        category: Category::Reliability,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DF036"), Borrowed("DF017")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The image has neither `CMD` nor `ENTRYPOINT`, and its base starts nothing but a shell."),
        page: Borrowed(include_str!("dockerfile/entrypoint-missing.md")),
        checks: Borrowed(dockerfile_entrypoint_missing::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/escape-at-end"),
        severity: Severity::Warning,
        category: Category::Style,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The last instruction of the file ends with the escape character."),
        page: Borrowed(include_str!("dockerfile/escape-at-end.md")),
        checks: Borrowed(dockerfile_escape_at_end::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/expose-host-mapping"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("ExposeInvalidFormat")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`EXPOSE` names an address or a port of the host."),
        page: Borrowed(include_str!("dockerfile/expose-host-mapping.md")),
        checks: Borrowed(dockerfile_expose_host_mapping::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/expose-missing"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DF022")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The image starts a web server, and `EXPOSE` does not say where it listens."),
        page: Borrowed(include_str!("dockerfile/expose-missing.md")),
        checks: Borrowed(dockerfile_expose_missing::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/expose-proto-casing"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("ExposeProtoCasing"), Borrowed("DF078")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The protocol in `EXPOSE` is not written in lower case."),
        page: Borrowed(include_str!("dockerfile/expose-proto-casing.md")),
        checks: Borrowed(dockerfile_expose_proto_casing::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/file-too-long"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("max-lines")]),
        options: Borrowed(&[RuleOption { name: Borrowed("max"), kind: Borrowed("integer"), default: Borrowed("200"), description: Borrowed("how many lines a file may have, blank lines and comments not counted"), presets: Borrowed(&[]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A Dockerfile has more lines than one reads at a time."),
        page: Borrowed(include_str!("dockerfile/file-too-long.md")),
        checks: Borrowed(dockerfile_file_too_long::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/first-instruction"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3061"), Borrowed("DF037"), Borrowed("from_first"), Borrowed("require-stages")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("An instruction other than `ARG` stands before the first `FROM`."),
        page: Borrowed(include_str!("dockerfile/first-instruction.md")),
        checks: Borrowed(dockerfile_first_instruction::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/from-as-casing"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("FromAsCasing"), Borrowed("DF079")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`AS` is written in another case than the `FROM` it belongs to."),
        page: Borrowed(include_str!("dockerfile/from-as-casing.md")),
        checks: Borrowed(dockerfile_from_as_casing::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/from-eol-base"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A base image is a release that gets no more security fixes."),
        page: Borrowed(include_str!("dockerfile/from-eol-base.md")),
        checks: Borrowed(dockerfile_from_eol_base::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/gem-pin"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3028"), Borrowed("DF053")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also words whose value only the build knows"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`gem install` names a gem whose version is left open."),
        page: Borrowed(include_str!("dockerfile/gem-pin.md")),
        checks: Borrowed(dockerfile_gem_pin::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/git-clone"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A step clones a public repository, which `ADD` does without `git`."),
        page: Borrowed(include_str!("dockerfile/git-clone.md")),
        checks: Borrowed(dockerfile_git_clone::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/glob-as-option"),
        severity: Severity::Info,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("SC2035")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A pattern of file names begins with `*` or `?`, so that a name with `-` in front becomes an option."),
        page: Borrowed(include_str!("dockerfile/glob-as-option.md")),
        checks: Borrowed(dockerfile_glob_as_option::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/go-pin"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3062"), Borrowed("DF054")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also packages without a version whose version `go.mod` says"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`go install`, `go get` or `go run` takes a module in whatever version is newest."),
        page: Borrowed(include_str!("dockerfile/go-pin.md")),
        checks: Borrowed(dockerfile_go_pin::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/ignore-pragma-used"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL1001")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A comment ignores findings."),
        page: Borrowed(include_str!("dockerfile/ignore-pragma-used.md")),
        checks: Borrowed(dockerfile_ignore_pragma_used::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/ignore-without-reason"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Manual]),
        aliases: Borrowed(&[Borrowed("DF072"), Borrowed("require-reason")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A comment ignores findings and does not say why."),
        page: Borrowed(include_str!("dockerfile/ignore-without-reason.md")),
        checks: Borrowed(dockerfile_ignore_without_reason::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/insecure-package-source"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("CKV2_DOCKER_7"), Borrowed("CKV2_DOCKER_8"), Borrowed("CKV2_DOCKER_9"), Borrowed("CKV2_DOCKER_10"), Borrowed("CKV2_DOCKER_11"), Borrowed("CKV2_DOCKER_15")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A package manager is told not to check what it installs."),
        page: Borrowed(include_str!("dockerfile/insecure-package-source.md")),
        checks: Borrowed(dockerfile_insecure_package_source::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/instruction-casing"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("ConsistentInstructionCasing"), Borrowed("DF076"), Borrowed("uppercase_commands")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("An instruction is written in another case than most of the file."),
        page: Borrowed(include_str!("dockerfile/instruction-casing.md")),
        checks: Borrowed(dockerfile_instruction_casing::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/instruction-inside-run"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A shell command has an instruction of the Dockerfile in it."),
        page: Borrowed(include_str!("dockerfile/instruction-inside-run.md")),
        checks: Borrowed(dockerfile_instruction_inside_run::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/invalid-default-arg-in-from"),
        severity: Severity::Info,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Buildkit]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("InvalidDefaultArgInFrom")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The base image is no legal name unless the build passes an argument."),
        page: Borrowed(include_str!("dockerfile/invalid-default-arg-in-from.md")),
        checks: Borrowed(dockerfile_invalid_default_arg_in_from::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/json-cmd-entrypoint"),
        severity: Severity::Info,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Hadolint, Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3025"), Borrowed("JSONArgsRecommended"), Borrowed("DF018"), Borrowed("DF025")]),
        options: Borrowed(&[RuleOption { name: Borrowed("exec"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report a script whose last command starts with `exec`"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true")), (Preset::Buildkit, Borrowed("true"))]) }, RuleOption { name: Borrowed("after-shell"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report it where a `SHELL` instruction is in effect"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }, RuleOption { name: Borrowed("healthcheck"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report the command of `HEALTHCHECK`, which gets no signals"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }, RuleOption { name: Borrowed("broken-array"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report what looks like an array and is none, which is an error of its own"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true")), (Preset::Buildkit, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("`CMD` or `ENTRYPOINT` runs its program through a shell."),
        page: Borrowed(include_str!("dockerfile/json-cmd-entrypoint.md")),
        checks: Borrowed(dockerfile_json_cmd_entrypoint::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/json-form-broken"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("invalid-json-form")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("Something looks like a JSON array and is none."),
        page: Borrowed(include_str!("dockerfile/json-form-broken.md")),
        checks: Borrowed(dockerfile_json_form_broken::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/label-duplicate"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A stage sets a label twice."),
        page: Borrowed(include_str!("dockerfile/label-duplicate.md")),
        checks: Borrowed(dockerfile_label_duplicate::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/label-empty"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3051")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A label that the configuration asks for has no value."),
        page: Borrowed(include_str!("dockerfile/label-empty.md")),
        checks: Borrowed(dockerfile_label_empty::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/label-key-invalid"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3048")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The name of a label is not of the form that Docker recommends, or lies in a name space that is reserved."),
        page: Borrowed(include_str!("dockerfile/label-key-invalid.md")),
        checks: Borrowed(dockerfile_label_key_invalid::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/label-missing"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Manual]),
        aliases: Borrowed(&[Borrowed("DL3049"), Borrowed("DF074")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every-stage"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("ask it of every stage that is not only copied from"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("An image has not all labels that the configuration asks for."),
        page: Borrowed(include_str!("dockerfile/label-missing.md")),
        checks: Borrowed(dockerfile_label_missing::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/label-not-email"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3058")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A label that the configuration calls an e-mail address is none."),
        page: Borrowed(include_str!("dockerfile/label-not-email.md")),
        checks: Borrowed(dockerfile_label_not_email::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/label-not-git-hash"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3055")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A label that the configuration calls the hash of a Git commit is none."),
        page: Borrowed(include_str!("dockerfile/label-not-git-hash.md")),
        checks: Borrowed(dockerfile_label_not_git_hash::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/label-not-rfc3339"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3053")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A label that the configuration calls a date and time by RFC 3339 is none."),
        page: Borrowed(include_str!("dockerfile/label-not-rfc3339.md")),
        checks: Borrowed(dockerfile_label_not_rfc3339::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/label-not-semver"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3056")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A label that the configuration calls a version by semver.org is none."),
        page: Borrowed(include_str!("dockerfile/label-not-semver.md")),
        checks: Borrowed(dockerfile_label_not_semver::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/label-not-spdx"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3054")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A label that the configuration calls a license expression of SPDX is none."),
        page: Borrowed(include_str!("dockerfile/label-not-spdx.md")),
        checks: Borrowed(dockerfile_label_not_spdx::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/label-not-url"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3052")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A label that the configuration calls a URL is none."),
        page: Borrowed(include_str!("dockerfile/label-not-url.md")),
        checks: Borrowed(dockerfile_label_not_url::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/label-superfluous"),
        severity: Severity::Info,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3050")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("An image has a label that the configuration does not know."),
        page: Borrowed(include_str!("dockerfile/label-superfluous.md")),
        checks: Borrowed(dockerfile_label_superfluous::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/latest-tag"),
        severity: Severity::Warning,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3007"), Borrowed("DS-0001"), Borrowed("AVD-DS-0001"), Borrowed("CKV_DOCKER_7"), Borrowed("DF001"), Borrowed("DF024"), Borrowed("latest_tag"), Borrowed("DKL-DI-0006")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report images whose tags name no versions, and bare names that no official image bears"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true")), (Preset::Strict, Borrowed("true")), (Preset::All, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A base image is tagged `latest`."),
        page: Borrowed(include_str!("dockerfile/latest-tag.md")),
        checks: Borrowed(dockerfile_latest_tag::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/legacy-key-value"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("LegacyKeyValueFormat"), Borrowed("DF082"), Borrowed("label_invalid")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A variable or label is set by the old form with a blank in place of `=`."),
        page: Borrowed(include_str!("dockerfile/legacy-key-value.md")),
        checks: Borrowed(dockerfile_legacy_key_value::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/ln-sh"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL4005")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`/bin/sh` is replaced by a link."),
        page: Borrowed(include_str!("dockerfile/ln-sh.md")),
        checks: Borrowed(dockerfile_ln_sh::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/lock-file-flag"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A package manager may change its lock file, or pass over it, instead of holding to it."),
        page: Borrowed(include_str!("dockerfile/lock-file-flag.md")),
        checks: Borrowed(dockerfile_lock_file_flag::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/lost-backslash"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("SC1012"), Borrowed("SC1001")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A backslash before a letter stands outside of quotes, where the shell takes it away."),
        page: Borrowed(include_str!("dockerfile/lost-backslash.md")),
        checks: Borrowed(dockerfile_lost_backslash::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/ls-grep"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("SC2010")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The output of `ls` is searched with `grep`."),
        page: Borrowed(include_str!("dockerfile/ls-grep.md")),
        checks: Borrowed(dockerfile_ls_grep::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/maintainer"),
        severity: Severity::Warning,
        category: Category::Style,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint, Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL4000"), Borrowed("MaintainerDeprecated"), Borrowed("DS-0022"), Borrowed("AVD-DS-0022"), Borrowed("CKV_DOCKER_6"), Borrowed("DF019")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The deprecated instruction `MAINTAINER` is used."),
        page: Borrowed(include_str!("dockerfile/maintainer.md")),
        checks: Borrowed(dockerfile_maintainer::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/masked-exit-code"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("SC2155")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report every such assignment, also one of a command that hardly fails"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The exit code of a command gets lost because its output is assigned by `export`, `local` or `declare`."),
        page: Borrowed(include_str!("dockerfile/masked-exit-code.md")),
        checks: Borrowed(dockerfile_masked_exit_code::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/misplaced-directive"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A parser directive stands where the builder takes it for a comment."),
        page: Borrowed(include_str!("dockerfile/misplaced-directive.md")),
        checks: Borrowed(dockerfile_misplaced_directive::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/missing-healthcheck"),
        severity: Severity::Info,
        category: Category::Reliability,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3057"), Borrowed("DS-0026"), Borrowed("AVD-DS-0026"), Borrowed("CKV_DOCKER_2"), Borrowed("DF012"), Borrowed("CIS-DI-0006")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The image has no `HEALTHCHECK`."),
        page: Borrowed(include_str!("dockerfile/missing-healthcheck.md")),
        checks: Borrowed(dockerfile_missing_healthcheck::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/missing-source"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`COPY` names a file that is not in the build context."),
        page: Borrowed(include_str!("dockerfile/missing-source.md")),
        checks: Borrowed(dockerfile_missing_source::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/misspelt-directive"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("syntax-directive-typo")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A comment at the top of the file is nearly a parser directive."),
        page: Borrowed(include_str!("dockerfile/misspelt-directive.md")),
        checks: Borrowed(dockerfile_misspelt_directive::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/multi-source-needs-slash"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3021"), Borrowed("DS-0011"), Borrowed("AVD-DS-0011"), Borrowed("DF048"), Borrowed("add_dest_invalid")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also a destination that is a folder for certain"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("Several sources are copied to a destination that does not end in `/`."),
        page: Borrowed(include_str!("dockerfile/multi-source-needs-slash.md")),
        checks: Borrowed(dockerfile_multi_source_needs_slash::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/multiple-cmd"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint, Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL4003"), Borrowed("MultipleInstructionsDisallowed"), Borrowed("DS-0016"), Borrowed("AVD-DS-0016"), Borrowed("DF038")]),
        options: Borrowed(&[RuleOption { name: Borrowed("at-later"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("point at the later ones, as hadolint does, instead of the earlier ones that have no effect"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A stage has more than one `CMD`."),
        page: Borrowed(include_str!("dockerfile/multiple-cmd.md")),
        checks: Borrowed(dockerfile_multiple_cmd::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/multiple-entrypoint"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint, Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL4004"), Borrowed("MultipleInstructionsDisallowed"), Borrowed("DS-0007"), Borrowed("AVD-DS-0007"), Borrowed("DF039")]),
        options: Borrowed(&[RuleOption { name: Borrowed("at-later"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("point at the later ones, as hadolint does, instead of the earlier ones that have no effect"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A stage has more than one `ENTRYPOINT`."),
        page: Borrowed(include_str!("dockerfile/multiple-entrypoint.md")),
        checks: Borrowed(dockerfile_multiple_entrypoint::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/multiple-healthcheck"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint, Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3012"), Borrowed("MultipleInstructionsDisallowed"), Borrowed("DS-0023"), Borrowed("AVD-DS-0023"), Borrowed("DF041")]),
        options: Borrowed(&[RuleOption { name: Borrowed("at-later"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("point at the later ones, as hadolint does, instead of the earlier ones that have no effect"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A stage has more than one `HEALTHCHECK`."),
        page: Borrowed(include_str!("dockerfile/multiple-healthcheck.md")),
        checks: Borrowed(dockerfile_multiple_healthcheck::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/named-user-without-passwd"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`USER` names somebody who is not in the image."),
        page: Borrowed(include_str!("dockerfile/named-user-without-passwd.md")),
        checks: Borrowed(dockerfile_named_user_without_passwd::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/npm-ci"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DF031")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`npm install` installs a project whose lock file is there."),
        page: Borrowed(include_str!("dockerfile/npm-ci.md")),
        checks: Borrowed(dockerfile_npm_ci::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/npm-pin"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3016")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also words whose value only the build knows"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`npm install` names a package whose version is left open."),
        page: Borrowed(include_str!("dockerfile/npm-pin.md")),
        checks: Borrowed(dockerfile_npm_pin::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/odd-command-name"),
        severity: Severity::Info,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("SC2211"), Borrowed("SC2288")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A pattern or a piece of something else stands where the name of a program is expected."),
        page: Borrowed(include_str!("dockerfile/odd-command-name.md")),
        checks: Borrowed(dockerfile_odd_command_name::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/onbuild-forbidden"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3043"), Borrowed("DF068")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`ONBUILD` holds back an instruction that it cannot hold back."),
        page: Borrowed(include_str!("dockerfile/onbuild-forbidden.md")),
        checks: Borrowed(dockerfile_onbuild_forbidden::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/package-pin"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`yarn`, `pnpm`, `bun`, `uv`, `cargo` or `composer` adds a package whose version is left open."),
        page: Borrowed(include_str!("dockerfile/package-pin.md")),
        checks: Borrowed(dockerfile_package_pin::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/package-upgrade"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DS-0024"), Borrowed("AVD-DS-0024"), Borrowed("DF044"), Borrowed("DF069"), Borrowed("DKL-DI-0003")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A step upgrades every package of its base."),
        page: Borrowed(include_str!("dockerfile/package-upgrade.md")),
        checks: Borrowed(dockerfile_package_upgrade::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/pip-no-cache"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3042"), Borrowed("DF030")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also stages of which only files are copied, and caches that are deleted in the same step"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`pip install` leaves the packages it downloaded in the image."),
        page: Borrowed(include_str!("dockerfile/pip-no-cache.md")),
        checks: Borrowed(dockerfile_pip_no_cache::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/pip-pin"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3013"), Borrowed("DF051")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also words whose value only the build knows"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`pip` or `pipx` installs a package whose version is left open."),
        page: Borrowed(include_str!("dockerfile/pip-pin.md")),
        checks: Borrowed(dockerfile_pip_pin::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/pipefail"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL4006"), Borrowed("DF057")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report every pipe, also one whose failure could not be noticed or hardly happens"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A command that can fail stands before a pipe, and its failure goes unnoticed."),
        page: Borrowed(include_str!("dockerfile/pipefail.md")),
        checks: Borrowed(dockerfile_pipefail::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/platform-constant"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Hadolint, Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3029"), Borrowed("FromPlatformFlagConstDisallowed"), Borrowed("DF061")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report every `--platform` that says neither `BUILDPLATFORM` nor `TARGETPLATFORM`, also one with other variables and one that the name of the stage announces"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`FROM` asks for one platform, whatever the build is for."),
        page: Borrowed(include_str!("dockerfile/platform-constant.md")),
        checks: Borrowed(dockerfile_platform_constant::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/platform-redundant"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Hadolint, Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3065"), Borrowed("RedundantTargetPlatform"), Borrowed("DF083")]),
        options: Borrowed(&[RuleOption { name: Borrowed("guarded"), kind: Borrowed("boolean"), default: Borrowed("true"), description: Borrowed("also report a reference with a default, such as `${TARGETPLATFORM:-linux/amd64}`; the builder always sets the variable"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("false"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`FROM --platform=$TARGETPLATFORM` asks for what is the default."),
        page: Borrowed(include_str!("dockerfile/platform-redundant.md")),
        checks: Borrowed(dockerfile_platform_redundant::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/port-22"),
        severity: Severity::Info,
        category: Category::Security,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DS-0004"), Borrowed("AVD-DS-0004"), Borrowed("CKV_DOCKER_1")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The image exposes port 22."),
        page: Borrowed(include_str!("dockerfile/port-22.md")),
        checks: Borrowed(dockerfile_port_22::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/port-range"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3011"), Borrowed("DS-0008"), Borrowed("AVD-DS-0008"), Borrowed("DF040")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`EXPOSE` names something that is no port."),
        page: Borrowed(include_str!("dockerfile/port-range.md")),
        checks: Borrowed(dockerfile_port_range::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/powershell-error-action"),
        severity: Severity::Info,
        category: Category::Reliability,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("tally/powershell/error-action-preference")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("Several PowerShell commands run in a step, and an error in one of them does not end it."),
        page: Borrowed(include_str!("dockerfile/powershell-error-action.md")),
        checks: Borrowed(dockerfile_powershell_error_action::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/powershell-progress"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("tally/powershell/progress-preference")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A PowerShell step downloads and shows its progress."),
        page: Borrowed(include_str!("dockerfile/powershell-progress.md")),
        checks: Borrowed(dockerfile_powershell_progress::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/prefer-run-heredoc"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("tally/prefer-run-heredoc")]),
        options: Borrowed(&[RuleOption { name: Borrowed("commands"), kind: Borrowed("integer"), default: Borrowed("5"), description: Borrowed("the number of chained commands from which on a step is reported"), presets: Borrowed(&[]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A step chains many commands with `&&`."),
        page: Borrowed(include_str!("dockerfile/prefer-run-heredoc.md")),
        checks: Borrowed(dockerfile_prefer_run_heredoc::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/preprocessed-file"),
        severity: Severity::Info,
        category: Category::Correctness,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DF075")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The file is written for the C preprocessor, which Podman and Buildah run on names that end in `.in`."),
        page: Borrowed(include_str!("dockerfile/preprocessed-file.md")),
        checks: Borrowed(dockerfile_preprocessed_file::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/python-env"),
        severity: Severity::Info,
        category: Category::Reliability,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DF032")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A Python image does not set `PYTHONUNBUFFERED`."),
        page: Borrowed(include_str!("dockerfile/python-env.md")),
        checks: Borrowed(dockerfile_python_env::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/quote-gap"),
        severity: Severity::Info,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("SC2026")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A word stands between two pieces in single quotes, outside of both."),
        page: Borrowed(include_str!("dockerfile/quote-gap.md")),
        checks: Borrowed(dockerfile_quote_gap::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/remote-add-unverified"),
        severity: Severity::Info,
        category: Category::Security,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`ADD` brings something from elsewhere, and nothing says what it must be."),
        page: Borrowed(include_str!("dockerfile/remote-add-unverified.md")),
        checks: Borrowed(dockerfile_remote_add_unverified::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/remote-script-exec"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DF021")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A script is downloaded and run without a look at what it is."),
        page: Borrowed(include_str!("dockerfile/remote-script-exec.md")),
        checks: Borrowed(dockerfile_remote_script_exec::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/repeated-in-brackets"),
        severity: Severity::Info,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("SC2102")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("An unquoted `[…]` has a character twice: it stands for one character, not for a word."),
        page: Borrowed(include_str!("dockerfile/repeated-in-brackets.md")),
        checks: Borrowed(dockerfile_repeated_in_brackets::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/reserved-stage-name"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint, Preset::Buildkit]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3063"), Borrowed("ReservedStageName"), Borrowed("DF084")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A stage is named `scratch` or `context`, which mean something else to the builder."),
        page: Borrowed(include_str!("dockerfile/reserved-stage-name.md")),
        checks: Borrowed(dockerfile_reserved_stage_name::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/rm-of-variable"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("SC2115")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also a variable that has a value"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`rm -r` deletes a folder of the system when a variable is empty."),
        page: Borrowed(include_str!("dockerfile/rm-of-variable.md")),
        checks: Borrowed(dockerfile_rm_of_variable::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/root-user"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3002"), Borrowed("DS-0002"), Borrowed("AVD-DS-0002"), Borrowed("CKV_DOCKER_3"), Borrowed("CKV_DOCKER_8"), Borrowed("DF002"), Borrowed("DF020"), Borrowed("CIS-DI-0001")]),
        options: Borrowed(&[RuleOption { name: Borrowed("inherited"), kind: Borrowed("boolean"), default: Borrowed("true"), description: Borrowed("also report an image without USER whose base image is known to run as root"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("false"))]) }, RuleOption { name: Borrowed("every-stage"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report other stages that end with `USER root`, and images that leave root by themselves"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The image that ships runs as root."),
        page: Borrowed(include_str!("dockerfile/root-user.md")),
        checks: Borrowed(dockerfile_root_user::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/secret-in-arg-env"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint, Preset::Buildkit]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3064"), Borrowed("SecretsUsedInArgOrEnv"), Borrowed("DS-0031"), Borrowed("AVD-DS-0031"), Borrowed("DF014"), Borrowed("CIS-DI-0010")]),
        options: Borrowed(&[RuleOption { name: Borrowed("allow"), kind: Borrowed("strings"), default: Borrowed("[]"), description: Borrowed("names that are no secrets"), presets: Borrowed(&[]) }, RuleOption { name: Borrowed("by-name-alone"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("judge by the words in the name alone, as BuildKit does, not by what else the name and the value say"), presets: Borrowed(&[(Preset::Buildkit, Borrowed("true"))]) }, RuleOption { name: Borrowed("by-part-of-name"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("judge by a part of the name anywhere in it, as hadolint does, so that `TOKENIZER` and `USERNAME` are secrets"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("An `ARG` or `ENV` carries a secret."),
        page: Borrowed(include_str!("dockerfile/secret-in-arg-env.md")),
        checks: Borrowed(dockerfile_secret_in_arg_env::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/secret-in-code"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DF013")]),
        options: Borrowed(&[RuleOption { name: Borrowed("allow"), kind: Borrowed("strings"), default: Borrowed("[]"), description: Borrowed("values that are no secrets"), presets: Borrowed(&[]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A credential is written out: a token, a private key, a password in an address."),
        page: Borrowed(include_str!("dockerfile/secret-in-code.md")),
        checks: Borrowed(dockerfile_secret_in_code::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/secret-mount-needed"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Manual]),
        aliases: Borrowed(&[Borrowed("tally/require-secret-mounts")]),
        options: Borrowed(&[RuleOption { name: Borrowed("commands"), kind: Borrowed("strings"), default: Borrowed("[]"), description: Borrowed("commands that need a secret, each with its id: `pip install=config`"), presets: Borrowed(&[]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A command that needs a secret runs without a secret mount."),
        page: Borrowed(include_str!("dockerfile/secret-mount-needed.md")),
        checks: Borrowed(dockerfile_secret_mount_needed::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/self-reference-env"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint, Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3044"), Borrowed("UndefinedVar"), Borrowed("DF062")]),
        options: Borrowed(&[RuleOption { name: Borrowed("despite-base"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report it where the base image sets the variable, as it does `PATH`"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }, RuleOption { name: Borrowed("guarded"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report a reference that says what to do when the variable is not set, such as `${NAME:-word}`"), presets: Borrowed(&[(Preset::Buildkit, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A pair of `ENV` uses a variable that another pair of the same instruction defines."),
        page: Borrowed(include_str!("dockerfile/self-reference-env.md")),
        checks: Borrowed(dockerfile_self_reference_env::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/shell-in-scratch"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("shell-run-in-scratch")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A command is written for a shell in an image that has none."),
        page: Borrowed(include_str!("dockerfile/shell-in-scratch.md")),
        checks: Borrowed(dockerfile_shell_in_scratch::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/shell-syntax-error"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("SC1072"), Borrowed("SC1073"), Borrowed("SC1009"), Borrowed("SC1033"), Borrowed("SC1036"), Borrowed("SC1046"), Borrowed("SC1047"), Borrowed("SC1048"), Borrowed("SC1050"), Borrowed("SC1056"), Borrowed("SC1058"), Borrowed("SC1061"), Borrowed("SC1062"), Borrowed("SC1064"), Borrowed("SC1065"), Borrowed("SC1078"), Borrowed("SC1088"), Borrowed("SC1133")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The shell cannot read a script: a quote, a bracket or a word such as `fi` is missing or one too many."),
        page: Borrowed(include_str!("dockerfile/shell-syntax-error.md")),
        checks: Borrowed(dockerfile_shell_syntax_error::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/shellcheck"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("SC*")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("An installed ShellCheck finds something in the script of a `RUN`; only with `--shellcheck auto` or `--shellcheck on`."),
        page: Borrowed(include_str!("dockerfile/shellcheck.md")),
        checks: Borrowed(dockerfile_shellcheck::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/single-quoted-expansion"),
        severity: Severity::Info,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("SC2016")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("Single quotes keep the shell from replacing what looks like a variable or a command."),
        page: Borrowed(include_str!("dockerfile/single-quoted-expansion.md")),
        checks: Borrowed(dockerfile_single_quoted_expansion::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/single-stage-with-build-tools"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DF011"), Borrowed("prefer-multi-stage-build")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The only stage installs compilers, and they stay in the image."),
        page: Borrowed(include_str!("dockerfile/single-stage-with-build-tools.md")),
        checks: Borrowed(dockerfile_single_stage_with_build_tools::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/sort-packages"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("sort-packages")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The packages of an installation are not in order."),
        page: Borrowed(include_str!("dockerfile/sort-packages.md")),
        checks: Borrowed(dockerfile_sort_packages::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/stage-name-casing"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("StageNameCasing"), Borrowed("DF085")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The name of a stage has capitals."),
        page: Borrowed(include_str!("dockerfile/stage-name-casing.md")),
        checks: Borrowed(dockerfile_stage_name_casing::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/stopsignal-kill"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`STOPSIGNAL` is a signal that no program can react to."),
        page: Borrowed(include_str!("dockerfile/stopsignal-kill.md")),
        checks: Borrowed(dockerfile_stopsignal_kill::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/stopsignal-spelling"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The signal in `STOPSIGNAL` is not written as usual."),
        page: Borrowed(include_str!("dockerfile/stopsignal-spelling.md")),
        checks: Borrowed(dockerfile_stopsignal_spelling::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/stopsignal-systemd"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The image starts systemd, and is stopped by a signal that does not stop it."),
        page: Borrowed(include_str!("dockerfile/stopsignal-systemd.md")),
        checks: Borrowed(dockerfile_stopsignal_systemd::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/stopsignal-unknown"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`STOPSIGNAL` names no signal."),
        page: Borrowed(include_str!("dockerfile/stopsignal-unknown.md")),
        checks: Borrowed(dockerfile_stopsignal_unknown::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/sudo"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3004"), Borrowed("DS-0010"), Borrowed("AVD-DS-0010"), Borrowed("CKV2_DOCKER_1"), Borrowed("DF010"), Borrowed("DKL-DI-0001")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also a `sudo` that runs something as another user than root"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A build step runs `sudo`."),
        page: Borrowed(include_str!("dockerfile/sudo.md")),
        checks: Borrowed(dockerfile_sudo::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/test-and-or"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("SC2166")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A test joins two questions with `-a` or `-o`."),
        page: Borrowed(include_str!("dockerfile/test-and-or.md")),
        checks: Borrowed(dockerfile_test_and_or::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/tls-off"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("CKV2_DOCKER_2"), Borrowed("CKV2_DOCKER_3"), Borrowed("CKV2_DOCKER_4"), Borrowed("CKV2_DOCKER_5"), Borrowed("CKV2_DOCKER_6"), Borrowed("CKV2_DOCKER_12"), Borrowed("CKV2_DOCKER_13"), Borrowed("CKV2_DOCKER_14"), Borrowed("CKV2_DOCKER_16")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A program is told to take any certificate."),
        page: Borrowed(include_str!("dockerfile/tls-off.md")),
        checks: Borrowed(dockerfile_tls_off::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/typographic-character"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A dash, quote or blank of a word processor stands where the shell or the builder needs the plain one."),
        page: Borrowed(include_str!("dockerfile/typographic-character.md")),
        checks: Borrowed(dockerfile_typographic_character::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/unassigned-variable"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("SC2154")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also what a base image that is not known, or a script that is read, may give a value"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A script uses a variable in small letters to which nothing gives a value."),
        page: Borrowed(include_str!("dockerfile/unassigned-variable.md")),
        checks: Borrowed(dockerfile_unassigned_variable::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/unchecked-cd"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("SC2164")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also a `cd` after which nothing comes, and one to a folder that is there"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A script goes on after a `cd` that may fail, in the wrong folder."),
        page: Borrowed(include_str!("dockerfile/unchecked-cd.md")),
        checks: Borrowed(dockerfile_unchecked_cd::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/undefined-arg-in-from"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("UndefinedArgInFrom"), Borrowed("DF086")]),
        options: Borrowed(&[RuleOption { name: Borrowed("guarded"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report a reference that says what to do when the variable is not set, such as `${NAME:-word}`"), presets: Borrowed(&[(Preset::Buildkit, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`FROM` uses a variable that no `ARG` before the first `FROM` declares."),
        page: Borrowed(include_str!("dockerfile/undefined-arg-in-from.md")),
        checks: Borrowed(dockerfile_undefined_arg_in_from::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/undefined-var"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("UndefinedVar"), Borrowed("DF087")]),
        options: Borrowed(&[RuleOption { name: Borrowed("guarded"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report a reference that says what to do when the variable is not set, such as `${NAME:-word}`"), presets: Borrowed(&[(Preset::Buildkit, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("An instruction uses a variable that is not defined where it stands."),
        page: Borrowed(include_str!("dockerfile/undefined-var.md")),
        checks: Borrowed(dockerfile_undefined_var::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/unknown-instruction"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("invalid_command"), Borrowed("invalid-onbuild-trigger")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A line starts with a word that is no instruction."),
        page: Borrowed(include_str!("dockerfile/unknown-instruction.md")),
        checks: Borrowed(dockerfile_unknown_instruction::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/unnamed-intermediate-stage"),
        severity: Severity::Info,
        category: Category::Reliability,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DF023")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("Files are taken from a stage by its number."),
        page: Borrowed(include_str!("dockerfile/unnamed-intermediate-stage.md")),
        checks: Borrowed(dockerfile_unnamed_intermediate_stage::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/unquoted-substitution"),
        severity: Severity::Info,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("SC2046")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also `export NAME=$(…)`, which only old shells split"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The output of a command stands outside of quotes, where the shell splits it."),
        page: Borrowed(include_str!("dockerfile/unquoted-substitution.md")),
        checks: Borrowed(dockerfile_unquoted_substitution::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/unquoted-variable"),
        severity: Severity::Info,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("SC2086")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also `${name:-}` and `export NAME=$value`, which only old shells split"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A variable stands outside of quotes, where the shell splits its value."),
        page: Borrowed(include_str!("dockerfile/unquoted-variable.md")),
        checks: Borrowed(dockerfile_unquoted_variable::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/untagged-image"),
        severity: Severity::Warning,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3006"), Borrowed("DS-0001"), Borrowed("AVD-DS-0001"), Borrowed("CKV_DOCKER_7"), Borrowed("DF001"), Borrowed("missing_tag"), Borrowed("DKL-DI-0006")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("also report images whose tags name no versions, and bare names that no official image bears"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true")), (Preset::Strict, Borrowed("true")), (Preset::All, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A base image has neither a tag nor a digest."),
        page: Borrowed(include_str!("dockerfile/untagged-image.md")),
        checks: Borrowed(dockerfile_untagged_image::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/untrusted-image"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("An image is not among the trusted ones."),
        page: Borrowed(include_str!("dockerfile/untrusted-image.md")),
        checks: Borrowed(dockerfile_untrusted_image::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/untrusted-registry"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3026"), Borrowed("DF065")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A base image comes from a registry that is not among the trusted ones."),
        page: Borrowed(include_str!("dockerfile/untrusted-registry.md")),
        checks: Borrowed(dockerfile_untrusted_registry::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/unused-arg"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("An `ARG` before the first `FROM` is used nowhere."),
        page: Borrowed(include_str!("dockerfile/unused-arg.md")),
        checks: Borrowed(dockerfile_unused_arg::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/unused-stage"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("no-unreachable-stages")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The last stage of the file needs nothing of this one."),
        page: Borrowed(include_str!("dockerfile/unused-stage.md")),
        checks: Borrowed(dockerfile_unused_stage::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/update-alone"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DS-0017"), Borrowed("AVD-DS-0017"), Borrowed("CKV_DOCKER_5"), Borrowed("DF028"), Borrowed("CIS-DI-0007")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A step fetches the package index and installs nothing."),
        page: Borrowed(include_str!("dockerfile/update-alone.md")),
        checks: Borrowed(dockerfile_update_alone::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/useless-cat"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("SC2002")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`cat` of one file is piped into a program that could read the file itself."),
        page: Borrowed(include_str!("dockerfile/useless-cat.md")),
        checks: Borrowed(dockerfile_useless_cat::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/useless-commands"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3001"), Borrowed("DF060")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also `kill`, `mount`, `service` and `ssh`, which have their uses"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A program runs in the build that has nothing to do there."),
        page: Borrowed(include_str!("dockerfile/useless-commands.md")),
        checks: Borrowed(dockerfile_useless_commands::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/user-created-never-used"),
        severity: Severity::Info,
        category: Category::Security,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The image creates a user, and then runs as root."),
        page: Borrowed(include_str!("dockerfile/user-created-never-used.md")),
        checks: Borrowed(dockerfile_user_created_never_used::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/user-drops-groups"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`USER` names a group, so that the user loses the other groups the file puts it into."),
        page: Borrowed(include_str!("dockerfile/user-drops-groups.md")),
        checks: Borrowed(dockerfile_user_drops_groups::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/user-non-numeric"),
        severity: Severity::Info,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3066")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report every name in every stage, `root` and a default in the reference included, not only the user of the image"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The image names its user, where a number would say more."),
        page: Borrowed(include_str!("dockerfile/user-non-numeric.md")),
        checks: Borrowed(dockerfile_user_non_numeric::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/useradd-high-uid"),
        severity: Severity::Warning,
        category: Category::Performance,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3046"), Borrowed("DF064")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`useradd` makes a user with a large number and without `--no-log-init`."),
        page: Borrowed(include_str!("dockerfile/useradd-high-uid.md")),
        checks: Borrowed(dockerfile_useradd_high_uid::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/wget-and-curl"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL4001"), Borrowed("DS-0014"), Borrowed("AVD-DS-0014"), Borrowed("DF058")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report each instruction that uses one of them, once both are used"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A stage downloads with `wget` as well as with `curl`."),
        page: Borrowed(include_str!("dockerfile/wget-and-curl.md")),
        checks: Borrowed(dockerfile_wget_and_curl::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/wget-progress"),
        severity: Severity::Info,
        category: Category::Style,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3047"), Borrowed("DF056")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also the `wget` of BusyBox, which has no such flag"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`wget` writes its progress into the log of the build, one line for each 50 kilobytes."),
        page: Borrowed(include_str!("dockerfile/wget-progress.md")),
        checks: Borrowed(dockerfile_wget_progress::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/windows-chown"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("tally/windows/no-chown-flag")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`--chown` or `--chmod` is given for a Windows image."),
        page: Borrowed(include_str!("dockerfile/windows-chown.md")),
        checks: Borrowed(dockerfile_windows_chown::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/windows-mount"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("tally/windows/no-run-mounts")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A step in a Windows image has a mount that only Linux has."),
        page: Borrowed(include_str!("dockerfile/windows-mount.md")),
        checks: Borrowed(dockerfile_windows_mount::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/windows-stopsignal"),
        severity: Severity::Info,
        category: Category::Correctness,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("tally/windows/no-stopsignal")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`STOPSIGNAL` is given for a Windows image."),
        page: Borrowed(include_str!("dockerfile/windows-stopsignal.md")),
        checks: Borrowed(dockerfile_windows_stopsignal::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/workdir-relative"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint, Preset::Buildkit]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3000"), Borrowed("WorkdirRelativePath"), Borrowed("DS-0009"), Borrowed("AVD-DS-0009"), Borrowed("CKV_DOCKER_10"), Borrowed("DF009")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report every relative WORKDIR, also one that continues a path set in the same file"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The first `WORKDIR` of a stage is a relative path."),
        page: Borrowed(include_str!("dockerfile/workdir-relative.md")),
        checks: Borrowed(dockerfile_workdir_relative::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/workdir-system-dir"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DS-0030"), Borrowed("AVD-DS-0030"), Borrowed("DKL-DI-0002")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`WORKDIR` is a folder that belongs to the system."),
        page: Borrowed(include_str!("dockerfile/workdir-system-dir.md")),
        checks: Borrowed(dockerfile_workdir_system_dir::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/yarn-cache-clean"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3060"), Borrowed("DF055")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`yarn install` leaves the packages it downloaded in the image."),
        page: Borrowed(include_str!("dockerfile/yarn-cache-clean.md")),
        checks: Borrowed(dockerfile_yarn_cache_clean::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/yum-clean"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3032"), Borrowed("DS-0015"), Borrowed("AVD-DS-0015"), Borrowed("DF045")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report stages that are not shipped as well"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("What `yum` downloads stays in the image."),
        page: Borrowed(include_str!("dockerfile/yum-clean.md")),
        checks: Borrowed(dockerfile_yum_clean::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/yum-pin"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3033")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report words whose value is not known and groups as well"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`yum` installs a package without saying which version."),
        page: Borrowed(include_str!("dockerfile/yum-pin.md")),
        checks: Borrowed(dockerfile_yum_pin::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/yum-yes"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3030"), Borrowed("DF027")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also where a word that is not known, or a file that is copied, may say not to ask"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`yum` asks before it goes on, and nobody answers."),
        page: Borrowed(include_str!("dockerfile/yum-yes.md")),
        checks: Borrowed(dockerfile_yum_yes::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/zypper-clean"),
        severity: Severity::Info,
        category: Category::Performance,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL3036"), Borrowed("DS-0020"), Borrowed("AVD-DS-0020"), Borrowed("DF047")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report stages that are not shipped as well"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("What `zypper` downloads stays in the image."),
        page: Borrowed(include_str!("dockerfile/zypper-clean.md")),
        checks: Borrowed(dockerfile_zypper_clean::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/zypper-dist-upgrade"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3035")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("A step moves the whole distribution on."),
        page: Borrowed(include_str!("dockerfile/zypper-dist-upgrade.md")),
        checks: Borrowed(dockerfile_zypper_dist_upgrade::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/zypper-pin"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Hadolint]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL3037")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report words whose value is not known and groups as well"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`zypper` installs a package without saying which version."),
        page: Borrowed(include_str!("dockerfile/zypper-pin.md")),
        checks: Borrowed(dockerfile_zypper_pin::CHECKS),
    },
    Rule {
        id: Borrowed("dockerfile/zypper-yes"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Hadolint]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DL3034")]),
        options: Borrowed(&[RuleOption { name: Borrowed("every"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("report also where a word that is not known, or a file that is copied, may say not to ask"), presets: Borrowed(&[(Preset::Hadolint, Borrowed("true"))]) }]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("`zypper` asks before it goes on, and nobody answers."),
        page: Borrowed(include_str!("dockerfile/zypper-yes.md")),
        checks: Borrowed(dockerfile_zypper_yes::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/dangling-service"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::KubeLinter]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("service-targets-pod")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("No pod beside a Service has the labels that it selects."),
        page: Borrowed(include_str!("kubernetes/dangling-service.md")),
        checks: Borrowed(kubernetes_dangling_service::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/digest-pin"),
        severity: Severity::Info,
        category: Category::Reproducibility,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("CKV_K8S_43")]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The image of a container is named without its digest."),
        page: Borrowed(include_str!("kubernetes/digest-pin.md")),
        checks: Borrowed(kubernetes_digest_pin::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/host-namespace"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended, Preset::KubeLinter]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("host-network"), Borrowed("host-pid"), Borrowed("host-ipc"), Borrowed("hostNetworkSet"), Borrowed("hostPIDSet"), Borrowed("hostIPCSet"), Borrowed("KSV-0008"), Borrowed("KSV-0009"), Borrowed("KSV-0010"), Borrowed("CKV_K8S_17"), Borrowed("CKV_K8S_18"), Borrowed("CKV_K8S_19")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A pod shares the network, the processes or the shared memory of its node."),
        page: Borrowed(include_str!("kubernetes/host-namespace.md")),
        checks: Borrowed(kubernetes_host_namespace::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/host-path-socket"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended, Preset::KubeLinter]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("docker-sock"), Borrowed("disallow-cri-sock-mount"), Borrowed("KSV-0006"), Borrowed("CKV_K8S_27")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A pod mounts the socket of its node's container runtime."),
        page: Borrowed(include_str!("kubernetes/host-path-socket.md")),
        checks: Borrowed(kubernetes_host_path_socket::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/invalid-quantity"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A request or a limit is not written as a quantity."),
        page: Borrowed(include_str!("kubernetes/invalid-quantity.md")),
        checks: Borrowed(kubernetes_invalid_quantity::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/latest-tag"),
        severity: Severity::Warning,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Recommended, Preset::KubeLinter]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("container-image-tag"), Borrowed("tagNotSpecified"), Borrowed("disallow-latest-tag"), Borrowed("KSV-0013"), Borrowed("CKV_K8S_14")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The image of a container is tagged `latest`."),
        page: Borrowed(include_str!("kubernetes/latest-tag.md")),
        checks: Borrowed(kubernetes_latest_tag::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/missing-cpu-limit"),
        severity: Severity::Info,
        category: Category::Reliability,
        presets: Borrowed(&[]),
        fixes: Borrowed(&[Applicability::Manual]),
        aliases: Borrowed(&[Borrowed("unset-cpu-requirements"), Borrowed("container-resources"), Borrowed("cpuLimitsMissing"), Borrowed("KSV-0011"), Borrowed("CKV_K8S_11")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A container may use all the CPU time of its node."),
        page: Borrowed(include_str!("kubernetes/missing-cpu-limit.md")),
        checks: Borrowed(kubernetes_missing_cpu_limit::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/missing-liveness-probe"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Manual]),
        aliases: Borrowed(&[Borrowed("no-liveness-probe"), Borrowed("livenessProbeMissing"), Borrowed("pod-probes"), Borrowed("CKV_K8S_8")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A container that serves has no liveness probe."),
        page: Borrowed(include_str!("kubernetes/missing-liveness-probe.md")),
        checks: Borrowed(kubernetes_missing_liveness_probe::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/missing-memory-limit"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended, Preset::KubeLinter]),
        fixes: Borrowed(&[Applicability::Manual]),
        aliases: Borrowed(&[Borrowed("unset-memory-requirements"), Borrowed("container-resources"), Borrowed("memoryLimitsMissing"), Borrowed("KSV-0018"), Borrowed("CKV_K8S_13")]),
        options: Borrowed(&[RuleOption { name: Borrowed("init-containers"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("whether init containers are looked at, too"), presets: Borrowed(&[(Preset::KubeLinter, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A container may use all the memory of its node."),
        page: Borrowed(include_str!("kubernetes/missing-memory-limit.md")),
        checks: Borrowed(kubernetes_missing_memory_limit::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/missing-readiness-probe"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Manual]),
        aliases: Borrowed(&[Borrowed("no-readiness-probe"), Borrowed("readinessProbeMissing"), Borrowed("pod-probes"), Borrowed("CKV_K8S_9")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A container that serves has no readiness probe."),
        page: Borrowed(include_str!("kubernetes/missing-readiness-probe.md")),
        checks: Borrowed(kubernetes_missing_readiness_probe::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/missing-requests"),
        severity: Severity::Warning,
        category: Category::Reliability,
        presets: Borrowed(&[Preset::Recommended, Preset::KubeLinter]),
        fixes: Borrowed(&[Applicability::Manual]),
        aliases: Borrowed(&[Borrowed("unset-cpu-requirements"), Borrowed("container-resources"), Borrowed("cpuRequestsMissing"), Borrowed("memoryRequestsMissing"), Borrowed("KSV-0015"), Borrowed("KSV-0016"), Borrowed("CKV_K8S_10"), Borrowed("CKV_K8S_12")]),
        options: Borrowed(&[RuleOption { name: Borrowed("init-containers"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("whether init containers are looked at, too"), presets: Borrowed(&[(Preset::KubeLinter, Borrowed("true"))]) }, RuleOption { name: Borrowed("resources"), kind: Borrowed("strings"), default: Borrowed("[\"cpu\",\"memory\"]"), description: Borrowed("what must be requested"), presets: Borrowed(&[(Preset::KubeLinter, Borrowed("[\"cpu\"]"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A container does not say how much CPU time or memory it needs."),
        page: Borrowed(include_str!("kubernetes/missing-requests.md")),
        checks: Borrowed(kubernetes_missing_requests::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/privilege-escalation"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended, Preset::KubeLinter]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("privilege-escalation-container"), Borrowed("privilegeEscalationAllowed"), Borrowed("KSV-0001"), Borrowed("CKV_K8S_20")]),
        options: Borrowed(&[RuleOption { name: Borrowed("explicit"), kind: Borrowed("boolean"), default: Borrowed("false"), description: Borrowed("whether a container that does not forbid it is reported, too"), presets: Borrowed(&[(Preset::Strict, Borrowed("true")), (Preset::All, Borrowed("true"))]) }]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A process in a container may gain more privileges than it started with."),
        page: Borrowed(include_str!("kubernetes/privilege-escalation.md")),
        checks: Borrowed(kubernetes_privilege_escalation::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/privileged"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended, Preset::KubeLinter]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("privileged-container"), Borrowed("container-security-context-privileged"), Borrowed("runAsPrivileged"), Borrowed("KSV-0017"), Borrowed("CKV_K8S_16")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A container is privileged."),
        page: Borrowed(include_str!("kubernetes/privileged.md")),
        checks: Borrowed(kubernetes_privileged::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/removed-api"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::KubeLinter]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("no-extensions-v1beta")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The API version of an object is no longer served."),
        page: Borrowed(include_str!("kubernetes/removed-api.md")),
        checks: Borrowed(kubernetes_removed_api::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/request-exceeds-limit"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A container requests more of a resource than its limit allows."),
        page: Borrowed(include_str!("kubernetes/request-exceeds-limit.md")),
        checks: Borrowed(kubernetes_request_exceeds_limit::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/run-as-root"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended, Preset::KubeLinter]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("run-as-non-root"), Borrowed("runAsRootAllowed"), Borrowed("KSV-0012"), Borrowed("KSV-0105"), Borrowed("CKV_K8S_23")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A container runs as root, or nothing keeps it from that."),
        page: Borrowed(include_str!("kubernetes/run-as-root.md")),
        checks: Borrowed(kubernetes_run_as_root::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/selector-mismatch"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::KubeLinter]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("mismatching-selector"), Borrowed("deployment-pod-selector-labels-match-template-metadata-labels"), Borrowed("statefulset-pod-selector-labels-match-template-metadata-labels")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The selector of a workload does not match the labels of its own pods."),
        page: Borrowed(include_str!("kubernetes/selector-mismatch.md")),
        checks: Borrowed(kubernetes_selector_mismatch::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/untagged-image"),
        severity: Severity::Warning,
        category: Category::Reproducibility,
        presets: Borrowed(&[Preset::Recommended, Preset::KubeLinter]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("latest-tag"), Borrowed("container-image-tag"), Borrowed("tagNotSpecified"), Borrowed("disallow-latest-tag"), Borrowed("KSV-0013"), Borrowed("CKV_K8S_14")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The image of a container has neither a tag nor a digest."),
        page: Borrowed(include_str!("kubernetes/untagged-image.md")),
        checks: Borrowed(kubernetes_untagged_image::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/untrusted-image"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.2.0"),
        summary: Borrowed("The image of a container is not among the trusted ones."),
        page: Borrowed(include_str!("kubernetes/untrusted-image.md")),
        checks: Borrowed(kubernetes_untrusted_image::CHECKS),
    },
    Rule {
        id: Borrowed("kubernetes/untrusted-registry"),
        severity: Severity::Warning,
        category: Category::Security,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("KSV-0125"), Borrowed("AVD-KSV-0125")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The image of a container comes from a registry that is not among the trusted ones."),
        page: Borrowed(include_str!("kubernetes/untrusted-registry.md")),
        checks: Borrowed(kubernetes_untrusted_registry::CHECKS),
    },
    Rule {
        id: Borrowed("project/missing-build-target"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A compose service builds a stage that its Dockerfile does not have."),
        page: Borrowed(include_str!("project/missing-build-target.md")),
        checks: Borrowed(project_missing_build_target::CHECKS),
    },
    Rule {
        id: Borrowed("project/non-root-needs-numeric-user"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Manual]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A pod must not run as root, but the kubelet cannot tell that its image does not."),
        page: Borrowed(include_str!("project/non-root-needs-numeric-user.md")),
        checks: Borrowed(project_non_root_needs_numeric_user::CHECKS),
    },
    Rule {
        id: Borrowed("rlint/config"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A configuration file is not what it should be."),
        page: Borrowed(include_str!("rlint/config.md")),
        checks: Borrowed(rlint_config::CHECKS),
    },
    Rule {
        id: Borrowed("rlint/expired-ignore"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DF072")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("An ignore comment has passed its `expires=` date."),
        page: Borrowed(include_str!("rlint/expired-ignore.md")),
        checks: Borrowed(rlint_expired_ignore::CHECKS),
    },
    Rule {
        id: Borrowed("rlint/internal-error"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A rule failed on a file: a fault of rlint."),
        page: Borrowed(include_str!("rlint/internal-error.md")),
        checks: Borrowed(rlint_internal_error::CHECKS),
    },
    Rule {
        id: Borrowed("rlint/syntax"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("DL1000"), Borrowed("DF071"), Borrowed("invalid-schema"), Borrowed("required_params"), Borrowed("missing_args"), Borrowed("extra_args")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The text is not what its language asks for."),
        page: Borrowed(include_str!("rlint/syntax.md")),
        checks: Borrowed(rlint_syntax::CHECKS),
    },
    Rule {
        id: Borrowed("rlint/unknown-rule"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DF072")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("An ignore comment names a rule that does not exist."),
        page: Borrowed(include_str!("rlint/unknown-rule.md")),
        checks: Borrowed(rlint_unknown_rule::CHECKS),
    },
    Rule {
        id: Borrowed("rlint/unused-ignore"),
        severity: Severity::Warning,
        category: Category::Style,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("DF072")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("An ignore comment ignores nothing."),
        page: Borrowed(include_str!("rlint/unused-ignore.md")),
        checks: Borrowed(rlint_unused_ignore::CHECKS),
    },
    Rule {
        id: Borrowed("yaml/ambiguous-boolean"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[Borrowed("truthy")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("`yes`, `no`, `on`, `off`, `y`, `n`, `true` or `false` stands without quotes where it is not read as it was meant."),
        page: Borrowed(include_str!("yaml/ambiguous-boolean.md")),
        checks: Borrowed(yaml_ambiguous_boolean::CHECKS),
    },
    Rule {
        id: Borrowed("yaml/duplicate-key"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("YML010"), Borrowed("key-duplicates")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A key stands twice in one mapping."),
        page: Borrowed(include_str!("yaml/duplicate-key.md")),
        checks: Borrowed(yaml_duplicate_key::CHECKS),
    },
    Rule {
        id: Borrowed("yaml/octal-number"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Safe, Applicability::Unsafe]),
        aliases: Borrowed(&[Borrowed("octal-values")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A number is read as octal where decimal was meant, or a file mode as decimal where octal was meant."),
        page: Borrowed(include_str!("yaml/octal-number.md")),
        checks: Borrowed(yaml_octal_number::CHECKS),
    },
];

#[rustfmt::skip]
pub(crate) static DECLINED: &[Declined] = &[
    Declined { tool: "hadolint", ids: &["DL3005"], reason: "hadolint dropped it: `apt-get dist-upgrade` in an image is how security fixes arrive between two releases of a base image, and\nno text can tell that from a mistake. Pin the base image by digest and rebuild on a schedule; `dockerfile/untagged-image`\nand `dockerfile/latest-tag` say where the base is left open." },
    Declined { tool: "hadolint", ids: &["DL3017", "DL3031", "DL3039"], reason: "hadolint dropped them: `apk upgrade`, `yum update` and `dnf update` may be what brings a security fix before the base image\nhas it. Pin the base image by digest and rebuild on a schedule instead." },
    Declined { tool: "hadolint", ids: &["DL4002"], reason: "No version of hadolint in use reports it, and its documentation has no page for it. It is accepted so that an old\nconfiguration still loads." },
    Declined { tool: "BuildKit", ids: &["InvalidBaseImagePlatform"], reason: "It compares the platform of the base image with the one that is asked for, so it needs the image, from a registry. rlint\nopens no connection while it checks; the builder says it at build time." },
    Declined { tool: "Trivy", ids: &["DS-0003", "DS-0018", "DS-0028"], reason: "No check of Trivy has this number today. They are accepted so that a list of skipped numbers still loads." },
    Declined { tool: "droast", ids: &["DF067"], reason: "droast itself reserves the number and reports nothing: whether a local archive should be copied or unpacked depends on what\nthe image is for." },
    Declined { tool: "droast", ids: &["DF080", "DF081"], reason: "droast 1.7 has no rule of this number: its list goes from DF079 straight to DF082." },
    Declined { tool: "dockle", ids: &["CIS-DI-0002", "CIS-DI-0003", "CIS-DI-0004"], reason: "They ask for a process (only trusted base images, no needless packages, scanning and rebuilding), and dockle itself reports\nnothing for them. What a file can show of the first is `dockerfile/untrusted-registry`, once the registries are named." },
    Declined { tool: "dockle", ids: &["CIS-DI-0005"], reason: "It looks at `DOCKER_CONTENT_TRUST` in the environment that pulls and pushes, which no file shows. A base image pinned by\ndigest is what a Dockerfile itself can say." },
    Declined { tool: "dockle", ids: &["CIS-DI-0008", "DKL-LI-0002"], reason: "They look at the files of the finished image (`setuid` and `setgid` bits, users and groups with one number), which a\nDockerfile does not show. Run dockle, or a scanner of images, on the image." },
    Declined { tool: "dockle", ids: &["CIS-DI-0011"], reason: "It asks for a process: packages whose signatures were verified. What turns that verification off is reported where it is\nwritten in a Dockerfile." },
    Declined { tool: "dockle", ids: &["DKL-LI-0003"], reason: "It looks for files in the finished image that nothing there needs. What a Dockerfile can show of it, the whole context that\nis copied, is a question of the ignore file." },
];
