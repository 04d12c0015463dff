//! The keys of compose files: those of the Compose Specification, and those of the formats before it.
//!
//! Written from the specification of 2026. A shape says what may stand at a place: which scalars, a list of what, a
//! mapping with which keys.

/// What may stand at a place.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The scalars that may.
    pub scalars: Scalars,
    /// What a list holds, where a list may stand.
    pub items: Option<&'static Shape>,
    /// The keys of a mapping, where one may stand.
    pub mapping: Option<&'static Mapping>,
}

/// A set of scalar types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scalars(u8);

/// A mapping.
#[derive(Debug)]
pub struct Mapping {
    /// What it is, with its article: "a service".
    pub name: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
    /// What stands under a key that is not among `keys`, where any name may be used.
    pub others: Option<&'static Shape>,
    /// Whether keys that start with `x-` are left alone.
    pub extensions: bool,
}

/// A key.
#[derive(Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What stands under it.
    pub shape: Shape,
    /// What to write instead, for a key that only earlier formats know.
    pub replaced_by: Option<&'static str>,
}

impl Scalars {
    /// None at all.
    pub const NONE: Scalars = Scalars(0);
    /// Text. Whatever is interpolated counts as it.
    pub const STRING: Scalars = Scalars(1);
    /// Whole numbers.
    pub const INTEGER: Scalars = Scalars(2);
    /// Numbers, whole ones included.
    pub const NUMBER: Scalars = Scalars(4 | 2);
    /// `true` and `false`.
    pub const BOOLEAN: Scalars = Scalars(8);
    /// Nothing.
    pub const NULL: Scalars = Scalars(16);

    /// The union.
    pub const fn or(self, other: Scalars) -> Scalars {
        Scalars(self.0 | other.0)
    }

    /// Whether all of `other` are among them.
    pub const fn contains(self, other: Scalars) -> bool {
        self.0 & other.0 == other.0
    }
}

impl Mapping {
    /// The key of that name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The names that may be written today.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let keys = self.keys;
        keys.iter().filter(|key| key.replaced_by.is_none()).map(|key| key.name)
    }
}

/// A whole compose file.
pub static FILE: Mapping = Mapping {
    name: "a compose file",
    keys: &[
        key("version", STRING),
        key("name", STRING),
        key("include", list(&INCLUDE)),
        key("services", mapping(&SERVICES)),
        key("models", mapping(&MODELS)),
        key("networks", mapping(&NETWORKS)),
        key("volumes", mapping(&VOLUMES)),
        key("secrets", mapping(&SECRETS)),
        key("configs", mapping(&CONFIGS)),
    ],
    others: None,
    extensions: true,
};

/// A service.
pub static SERVICE: Mapping = Mapping {
    name: "a service",
    keys: &[
        key("annotations", LIST_OR_MAP),
        key("attach", BOOLEAN),
        key("blkio_config", mapping(&BLKIO)),
        key("build", STRING.or(mapping(&BUILD))),
        key("cap_add", STRINGS),
        key("cap_drop", STRINGS),
        key("cgroup", STRING),
        key("cgroup_parent", STRING),
        key("command", COMMAND),
        key("configs", list(&GRANT)),
        key("container_name", STRING),
        key("cpu_count", INTEGER),
        key("cpu_percent", INTEGER),
        key("cpu_period", NUMBER),
        key("cpu_quota", NUMBER),
        key("cpu_rt_period", NUMBER),
        key("cpu_rt_runtime", NUMBER),
        key("cpu_shares", NUMBER),
        key("cpus", NUMBER),
        key("cpuset", STRING),
        key("credential_spec", mapping(&CREDENTIAL_SPEC)),
        key("depends_on", STRINGS.or(mapping(&DEPENDS_ON))),
        key("deploy", NULL.or(mapping(&DEPLOY))),
        key("develop", NULL.or(mapping(&DEVELOP))),
        key("device_cgroup_rules", STRINGS),
        key("devices", list(&STRING_OR_DEVICE)),
        key("dns", STRING_OR_LIST),
        key("dns_opt", STRINGS),
        key("dns_search", STRING_OR_LIST),
        key("domainname", STRING),
        key("entrypoint", COMMAND),
        key("env_file", STRING.or(list(&STRING_OR_ENV_FILE))),
        key("environment", LIST_OR_MAP),
        key("expose", list(&NUMBER)),
        key("extends", STRING.or(mapping(&EXTENDS))),
        key("external_links", STRINGS),
        key("extra_hosts", HOSTS),
        key("gpus", STRING.or(list(&GPU))),
        key("group_add", list(&NUMBER)),
        key("healthcheck", mapping(&HEALTHCHECK)),
        key("hostname", STRING),
        key("image", STRING),
        key("init", BOOLEAN),
        key("ipc", STRING),
        key("isolation", STRING),
        key("label_file", STRING_OR_LIST),
        key("labels", LIST_OR_MAP),
        key("links", STRINGS),
        key("logging", mapping(&LOGGING)),
        key("mac_address", STRING),
        key("mem_limit", NUMBER),
        key("mem_reservation", INTEGER),
        key("mem_swappiness", INTEGER),
        key("memswap_limit", NUMBER),
        key("models", STRINGS.or(mapping(&SERVICE_MODELS))),
        key("network_mode", STRING),
        key("networks", STRINGS.or(mapping(&SERVICE_NETWORKS))),
        key("oom_kill_disable", BOOLEAN),
        key("oom_score_adj", INTEGER),
        key("pid", STRING.or(NULL)),
        key("pids_limit", NUMBER),
        key("platform", STRING),
        key("ports", list(&NUMBER_OR_PORT)),
        key("post_start", list(&HOOK)),
        key("pre_start", list(&INIT)),
        key("pre_stop", list(&HOOK)),
        key("privileged", BOOLEAN),
        key("profiles", STRINGS),
        key("provider", mapping(&PROVIDER)),
        key("pull_policy", STRING),
        key("pull_refresh_after", STRING),
        key("read_only", BOOLEAN),
        key("restart", STRING),
        key("runtime", STRING),
        key("scale", INTEGER),
        key("secrets", list(&GRANT)),
        key("security_opt", STRINGS),
        key("shm_size", NUMBER),
        key("stdin_open", BOOLEAN),
        key("stop_grace_period", STRING),
        key("stop_signal", STRING),
        key("storage_opt", ANY_MAP),
        key("sysctls", LIST_OR_MAP),
        key("tmpfs", STRING_OR_LIST),
        key("tty", BOOLEAN),
        key("ulimits", mapping(&ULIMITS)),
        key("use_api_socket", BOOLEAN),
        key("user", STRING),
        key("userns_mode", STRING),
        key("uts", STRING),
        key("volumes", list(&STRING_OR_MOUNT)),
        key("volumes_from", STRINGS),
        key("working_dir", STRING),
        old("dockerfile", STRING, "build.dockerfile"),
        old("log_driver", STRING, "logging.driver"),
        old("log_opt", ANY_MAP, "logging.options"),
        old("net", STRING, "network_mode"),
        old("volume_driver", STRING, "driver` of a volume under the top-level `volumes"),
    ],
    others: None,
    extensions: true,
};

static SERVICES: Mapping = named("the services", &Shape { mapping: Some(&SERVICE), ..NULL });
static MODELS: Mapping = named("the models", &mapping(&MODEL));
static NETWORKS: Mapping = named("the networks", &NULL.or(mapping(&NETWORK)));
static VOLUMES: Mapping = named("the volumes", &NULL.or(mapping(&VOLUME)));
static SECRETS: Mapping = named("the secrets", &mapping(&SECRET));
static CONFIGS: Mapping = named("the configs", &mapping(&CONFIG));

static BUILD: Mapping = keys(
    "`build`",
    &[
        key("additional_contexts", LIST_OR_MAP),
        key("args", LIST_OR_MAP),
        key("cache_from", STRINGS),
        key("cache_to", STRINGS),
        key("context", STRING),
        key("dockerfile", STRING),
        key("dockerfile_inline", STRING),
        key("entitlements", STRINGS),
        key("extra_hosts", HOSTS),
        key("isolation", STRING),
        key("labels", LIST_OR_MAP),
        key("network", STRING),
        key("no_cache", BOOLEAN),
        key("no_cache_filter", STRING_OR_LIST),
        key("platforms", STRINGS),
        key("privileged", BOOLEAN),
        key("provenance", BOOLEAN),
        key("pull", BOOLEAN),
        key("sbom", BOOLEAN),
        key("secrets", list(&GRANT)),
        key("shm_size", INTEGER),
        key("ssh", LIST_OR_MAP),
        key("tags", STRINGS),
        key("target", STRING),
        key("ulimits", mapping(&ULIMITS)),
    ],
);

static BLKIO: Mapping = Mapping {
    name: "`blkio_config`",
    keys: &[
        key("device_read_bps", list(&BLKIO_LIMIT)),
        key("device_read_iops", list(&BLKIO_LIMIT)),
        key("device_write_bps", list(&BLKIO_LIMIT)),
        key("device_write_iops", list(&BLKIO_LIMIT)),
        key("weight", INTEGER),
        key("weight_device", list(&BLKIO_WEIGHT)),
    ],
    others: None,
    extensions: false,
};
static BLKIO_LIMIT: Shape = mapping(&Mapping {
    name: "a limit of `blkio_config`",
    keys: &[key("path", STRING), key("rate", INTEGER)],
    others: None,
    extensions: false,
});
static BLKIO_WEIGHT: Shape = mapping(&Mapping {
    name: "a weight of `blkio_config`",
    keys: &[key("path", STRING), key("weight", INTEGER)],
    others: None,
    extensions: false,
});

static CREDENTIAL_SPEC: Mapping =
    keys("`credential_spec`", &[key("config", STRING), key("file", STRING), key("registry", STRING)]);

static DEPENDS_ON: Mapping = named(
    "`depends_on`",
    &mapping(&keys(
        "an entry of `depends_on`",
        &[key("condition", STRING), key("required", BOOLEAN), key("restart", BOOLEAN)],
    )),
);

static DEPLOY: Mapping = keys(
    "`deploy`",
    &[
        key("endpoint_mode", STRING),
        key("labels", LIST_OR_MAP),
        key("mode", STRING),
        key("placement", mapping(&PLACEMENT)),
        key("replicas", INTEGER),
        key("resources", mapping(&RESOURCES)),
        key("restart_policy", mapping(&RESTART_POLICY)),
        key("rollback_config", mapping(&UPDATE)),
        key("update_config", mapping(&UPDATE)),
    ],
);
static PLACEMENT: Mapping = keys(
    "`placement`",
    &[
        key("constraints", STRINGS),
        key("max_replicas_per_node", INTEGER),
        key("preferences", list(&mapping(&keys("a preference", &[key("spread", STRING)])))),
    ],
);
static RESOURCES: Mapping =
    keys("`resources`", &[key("limits", mapping(&LIMITS)), key("reservations", mapping(&RESERVATIONS))]);
static LIMITS: Mapping = keys("`limits`", &[key("cpus", NUMBER), key("memory", STRING), key("pids", INTEGER)]);
static RESERVATIONS: Mapping = keys(
    "`reservations`",
    &[
        key("cpus", NUMBER),
        key("devices", list(&mapping(&DEVICE_REQUEST))),
        key("generic_resources", list(&mapping(&GENERIC_RESOURCE))),
        key("memory", STRING),
    ],
);
static GENERIC_RESOURCE: Mapping = keys(
    "a generic resource",
    &[key(
        "discrete_resource_spec",
        mapping(&keys("`discrete_resource_spec`", &[key("kind", STRING), key("value", NUMBER)])),
    )],
);
static DEVICE_REQUEST: Mapping = keys(
    "a device request",
    &[
        key("capabilities", STRINGS),
        key("count", INTEGER),
        key("device_ids", STRINGS),
        key("driver", STRING),
        key("options", LIST_OR_MAP),
    ],
);
static RESTART_POLICY: Mapping = keys(
    "`restart_policy`",
    &[key("condition", STRING), key("delay", STRING), key("max_attempts", INTEGER), key("window", STRING)],
);
static UPDATE: Mapping = keys(
    "an update policy",
    &[
        key("delay", STRING),
        key("failure_action", STRING),
        key("max_failure_ratio", NUMBER),
        key("monitor", STRING),
        key("order", STRING),
        key("parallelism", INTEGER),
    ],
);

static DEVELOP: Mapping = keys("`develop`", &[key("watch", list(&mapping(&WATCH)))]);
static WATCH: Mapping = keys(
    "an entry of `watch`",
    &[
        key("action", STRING),
        key("exec", HOOK),
        key("ignore", STRING_OR_LIST),
        key("include", STRING_OR_LIST),
        key("initial_sync", BOOLEAN),
        key("path", STRING),
        key("target", STRING),
    ],
);

static STRING_OR_DEVICE: Shape =
    STRING.or(mapping(&keys("a device", &[key("permissions", STRING), key("source", STRING), key("target", STRING)])));
static STRING_OR_ENV_FILE: Shape = STRING.or(mapping(&Mapping {
    name: "an entry of `env_file`",
    keys: &[key("format", STRING), key("path", STRING), key("required", BOOLEAN)],
    others: None,
    extensions: false,
}));
static EXTENDS: Mapping = Mapping {
    name: "`extends`",
    keys: &[key("file", STRING), key("service", STRING)],
    others: None,
    extensions: false,
};
/// The schema leaves these open: any key may stand beside them.
static GPU: Shape = mapping(&Mapping { others: Some(&ANY), ..DEVICE_REQUEST_OPEN });
const DEVICE_REQUEST_OPEN: Mapping = Mapping {
    name: "a device request",
    keys: &[
        key("capabilities", STRINGS),
        key("count", INTEGER),
        key("device_ids", STRINGS),
        key("driver", STRING),
        key("options", LIST_OR_MAP),
    ],
    others: None,
    extensions: true,
};

static HEALTHCHECK: Mapping = keys(
    "`healthcheck`",
    &[
        key("disable", BOOLEAN),
        key("interval", STRING),
        key("retries", NUMBER),
        key("start_interval", STRING),
        key("start_period", STRING),
        key("test", STRING_OR_LIST),
        key("timeout", STRING),
    ],
);
static LOGGING: Mapping = keys("`logging`", &[key("driver", STRING), key("options", ANY_MAP)]);
static SERVICE_MODELS: Mapping = named(
    "the models of a service",
    &NULL.or(mapping(&keys("a model of a service", &[key("endpoint_var", STRING), key("model_var", STRING)]))),
);
static SERVICE_NETWORKS: Mapping = named(
    "the networks of a service",
    &NULL.or(mapping(&keys(
        "a network of a service",
        &[
            key("aliases", STRINGS),
            key("driver_opts", ANY_MAP),
            key("gw_priority", NUMBER),
            key("interface_name", STRING),
            key("ipv4_address", STRING),
            key("ipv6_address", STRING),
            key("link_local_ips", STRINGS),
            key("mac_address", STRING),
            key("priority", NUMBER),
        ],
    ))),
);
static NUMBER_OR_PORT: Shape = NUMBER.or(mapping(&keys(
    "a port",
    &[
        key("app_protocol", STRING),
        key("host_ip", STRING),
        key("mode", STRING),
        key("name", STRING),
        key("protocol", STRING),
        key("published", INTEGER),
        key("target", INTEGER),
    ],
)));
static HOOK: Shape = mapping(&keys(
    "a hook",
    &[
        key("command", COMMAND),
        key("environment", LIST_OR_MAP),
        key("privileged", BOOLEAN),
        key("user", STRING),
        key("working_dir", STRING),
    ],
));
/// Young, and meant to take more keys of a service: others are let through.
static INIT: Shape = mapping(&Mapping {
    name: "an init container",
    keys: &[
        key("command", COMMAND),
        key("environment", LIST_OR_MAP),
        key("image", STRING),
        key("per_replica", BOOLEAN),
        key("privileged", BOOLEAN),
        key("user", STRING),
        key("working_dir", STRING),
    ],
    others: Some(&ANY),
    extensions: true,
});
static PROVIDER: Mapping = keys("`provider`", &[key("options", ANY_MAP), key("type", STRING)]);
static ULIMITS: Mapping =
    named("`ulimits`", &INTEGER.or(mapping(&keys("a limit", &[key("hard", INTEGER), key("soft", INTEGER)]))));
static STRING_OR_MOUNT: Shape = STRING.or(mapping(&keys(
    "a mount",
    &[
        key(
            "bind",
            mapping(&keys(
                "`bind`",
                &[
                    key("create_host_path", BOOLEAN),
                    key("propagation", STRING),
                    key("recursive", STRING),
                    key("selinux", STRING),
                ],
            )),
        ),
        key("consistency", STRING),
        key("image", mapping(&keys("`image`", &[key("subpath", STRING)]))),
        key("read_only", BOOLEAN),
        key("source", STRING),
        key("target", STRING),
        key("tmpfs", mapping(&keys("`tmpfs`", &[key("mode", NUMBER), key("size", INTEGER)]))),
        key("type", STRING),
        key(
            "volume",
            mapping(&keys("`volume`", &[key("labels", LIST_OR_MAP), key("nocopy", BOOLEAN), key("subpath", STRING)])),
        ),
    ],
)));
/// A secret or a config of a service.
static GRANT: Shape = STRING.or(mapping(&keys(
    "a secret or config of a service",
    &[key("gid", STRING), key("mode", NUMBER), key("source", STRING), key("target", STRING), key("uid", STRING)],
)));

static INCLUDE: Shape = STRING.or(mapping(&Mapping {
    name: "an entry of `include`",
    keys: &[key("env_file", STRING_OR_LIST), key("path", STRING_OR_LIST), key("project_directory", STRING)],
    others: None,
    extensions: false,
}));
static MODEL: Mapping = keys(
    "a model",
    &[key("context_size", INTEGER), key("model", STRING), key("name", STRING), key("runtime_flags", STRINGS)],
);
static NETWORK: Mapping = keys(
    "a network",
    &[
        key("attachable", BOOLEAN),
        key("driver", STRING),
        key("driver_opts", ANY_MAP),
        key("enable_ipv4", BOOLEAN),
        key("enable_ipv6", BOOLEAN),
        key("external", BOOLEAN.or(mapping(&EXTERNAL))),
        key("internal", BOOLEAN),
        key("ipam", mapping(&IPAM)),
        key("labels", LIST_OR_MAP),
        key("name", STRING),
    ],
);
static EXTERNAL: Mapping = keys("`external`", &[key("name", STRING)]);
static IPAM: Mapping =
    keys("`ipam`", &[key("config", list(&mapping(&IPAM_CONFIG))), key("driver", STRING), key("options", ANY_MAP)]);
static IPAM_CONFIG: Mapping = keys(
    "an address pool",
    &[key("aux_addresses", ANY_MAP), key("gateway", STRING), key("ip_range", STRING), key("subnet", STRING)],
);
static VOLUME: Mapping = keys(
    "a volume",
    &[
        key("driver", STRING),
        key("driver_opts", ANY_MAP),
        key("external", BOOLEAN.or(mapping(&EXTERNAL))),
        key("labels", LIST_OR_MAP),
        key("name", STRING),
    ],
);
/// The schema lets any key stand beside `name`.
static EXTERNAL_OPEN: Mapping =
    Mapping { name: "`external`", keys: &[key("name", STRING)], others: Some(&ANY), extensions: true };
static SECRET: Mapping = keys(
    "a secret",
    &[
        key("driver", STRING),
        key("driver_opts", ANY_MAP),
        key("environment", STRING),
        key("external", BOOLEAN.or(mapping(&EXTERNAL_OPEN))),
        key("file", STRING),
        key("labels", LIST_OR_MAP),
        key("name", STRING),
        key("template_driver", STRING),
    ],
);
static CONFIG: Mapping = keys(
    "a config",
    &[
        key("content", STRING),
        key("environment", STRING),
        key("external", BOOLEAN.or(mapping(&EXTERNAL_OPEN))),
        key("file", STRING),
        key("labels", LIST_OR_MAP),
        key("name", STRING),
        key("template_driver", STRING),
    ],
);

const STRING: Shape = scalar(Scalars::STRING);
const NULL: Shape = scalar(Scalars::NULL);
// Numbers and truth values may come from a variable, so text is allowed wherever they are.
const NUMBER: Shape = scalar(Scalars::NUMBER.or(Scalars::STRING));
const INTEGER: Shape = scalar(Scalars::INTEGER.or(Scalars::STRING));
const BOOLEAN: Shape = scalar(Scalars::BOOLEAN.or(Scalars::STRING));
const SCALAR: Shape = scalar(Scalars::STRING.or(Scalars::NUMBER).or(Scalars::BOOLEAN).or(Scalars::NULL));
const STRINGS: Shape = list(&STRING);
const STRING_OR_LIST: Shape = STRING.or(STRINGS);
const COMMAND: Shape = NULL.or(STRING_OR_LIST);
const LIST_OR_MAP: Shape = STRINGS.or(mapping(&named("a map", &SCALAR)));
const HOSTS: Shape = STRINGS.or(mapping(&named("`extra_hosts`", &STRING_OR_LIST)));
const ANY_MAP: Shape = mapping(&named("a map", &ANY));
/// No shape at all: nothing below is looked at.
const ANY: Shape = Shape {
    scalars: Scalars::STRING.or(Scalars::NUMBER).or(Scalars::BOOLEAN).or(Scalars::NULL),
    items: None,
    mapping: None,
};

const fn key(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, replaced_by: None }
}

/// A key of the formats before the specification.
const fn old(name: &'static str, shape: Shape, replaced_by: &'static str) -> Key {
    Key { name, shape, replaced_by: Some(replaced_by) }
}

const fn keys(name: &'static str, keys: &'static [Key]) -> Mapping {
    Mapping { name, keys, others: None, extensions: true }
}

/// A mapping from names of the user's choice.
const fn named(name: &'static str, others: &'static Shape) -> Mapping {
    Mapping { name, keys: &[], others: Some(others), extensions: false }
}

const fn scalar(scalars: Scalars) -> Shape {
    Shape { scalars, items: None, mapping: None }
}

const fn list(items: &'static Shape) -> Shape {
    Shape { scalars: Scalars::NONE, items: Some(items), mapping: None }
}

const fn mapping(mapping: &'static Mapping) -> Shape {
    Shape { scalars: Scalars::NONE, items: None, mapping: Some(mapping) }
}

impl Shape {
    /// What may stand by either.
    const fn or(self, other: Shape) -> Shape {
        Shape {
            scalars: self.scalars.or(other.scalars),
            items: if self.items.is_some() { self.items } else { other.items },
            mapping: if self.mapping.is_some() { self.mapping } else { other.mapping },
        }
    }
}
