package dev.septet.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Every environment variable that Septet reads, or that it sets for the engine when the user has
 * not set it. All code reads a variable through its constant here. {@code septet env} and the page
 * of settings are generated from this list; a test searches for variables that are not in it.
 *
 * <p>A name with {@code <NAME>} stands for all variables of that pattern.
 */
@SuppressWarnings("ImmutableEnumChecker") // its sets are immutable, its forms have no state
public enum Setting {
    STATE(
            "SEPTET_STATE",
            "the checkout's .septet",
            "docs/server.md",
            ProcessKind.SEPTET,
            "Folder for data that must survive a process: the server's database, the store, logs."),
    DATA(
            "SEPTET_DATA",
            "only folders of served pipelines are read",
            "README.md",
            ProcessKind.CLIENTS,
            "Further folders that pipelines may read from; a list like `PATH`."),
    PLUGINS(
            "SEPTET_PLUGINS",
            "plugins in the state folder",
            "docs/extending.md",
            ProcessKind.of(ProcessKind.LAUNCHER),
            "Folder of jars that add words to the pipeline language. They are trusted code."),
    STORE(
            "SEPTET_STORE",
            "store in the state folder",
            "docs/machines.md",
            ProcessKind.STORE,
            "The artifact store: a folder, or `s3://bucket/prefix`."),
    STORE_CACHE_GB(
            "SEPTET_STORE_CACHE_GB",
            "100",
            "docs/encryption.md",
            ProcessKind.STORE,
            "Size limit of a machine's cache of a shared store, in gigabytes (10^9 bytes).",
            SettingFormat.WHOLE_GIGABYTES),
    KEEP(
            "SEPTET_KEEP",
            "5 versions, 30 days",
            "docs/retention.md",
            ProcessKind.of(ProcessKind.COMMANDS),
            "What `septet gc` keeps beside what is needed: the newest versions of each pipeline, and what was used"
                    + " within this time.",
            SettingFormat.RETENTION),
    STORE_KEYS(
            "SEPTET_STORE_KEYS",
            "store and audit logs are not encrypted",
            "docs/encryption.md",
            ProcessKind.STORE,
            "File with the keys that encrypt the store and the audit logs."),
    STORE_SCRATCH(
            "SEPTET_STORE_SCRATCH",
            "scratch in the store",
            "docs/encryption.md",
            ProcessKind.STORE,
            "Folder for decrypted files while they are in use, for example in memory. Used only with"
                    + " `SEPTET_STORE_KEYS`."),
    TARGET_MODE(
            "SEPTET_TARGET_MODE",
            "private",
            "docs/deploy.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.SERVER, ProcessKind.PLUGIN),
            "Who may read published models: `private` (only the owner) or `group`.",
            SettingFormat.words("private", "group")),
    MERGED_TYPE(
            "SEPTET_MERGED_TYPE",
            "float32",
            "docs/retention.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.TRAINING, ProcessKind.PLUGIN),
            "Type of a merged model's weights: `float32`, or `base` for the base model's. The result of `deploy`"
                    + " depends on it.",
            SettingFormat.words("float32", "base")),
    TARGET_FILES(
            "SEPTET_TARGET_FILES",
            "link",
            "docs/retention.md",
            ProcessKind.of(ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "How a published folder gets large files: `link` (hard links to the store's files, where the file system"
                    + " allows it) or `copy`.",
            SettingFormat.words("link", "copy")),
    TEMPORAL_CLI(
            "SEPTET_TEMPORAL_CLI",
            "on PATH, or downloaded",
            "docs/server.md",
            ProcessKind.of(ProcessKind.COMMANDS),
            "Path of the Temporal CLI, with which Septet starts a server."),
    API_KEYS(
            "SEPTET_API_KEYS",
            "-",
            "docs/serving.md",
            ProcessKind.of(ProcessKind.SERVER),
            "API keys of a model server, separated by spaces or commas.",
            SettingFormat.TEXT,
            true),
    PHONE_REGIONS(
            "SEPTET_PHONE_REGIONS",
            "the built-in regions",
            "docs/language.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.SERVER),
            "Additional regions (`IN,BR`) whose national phone numbers are masked in audit logs and reviewed rows."),
    AUDIT_DAYS(
            "SEPTET_AUDIT_DAYS",
            "unlimited",
            "docs/monitoring.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.SERVER),
            "Days after which model servers, light workers and `septet gc` delete lines of audit logs.",
            SettingFormat.WHOLE_DAYS),
    SANDBOX(
            "SEPTET_SANDBOX",
            "on",
            "docs/base-models.md",
            ProcessKind.STORE,
            "`off`: do not check model files in a sandboxed child process before they are opened.",
            SettingFormat.words("on", "off")),
    SECRETS(
            "SEPTET_SECRETS",
            "-",
            "docs/language.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "File with the secrets that pipelines may use."),
    SECRET_PIPELINES(
            "SEPTET_SECRET_<NAME>_PIPELINES",
            "-",
            "docs/language.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "Pipelines that may use the secret, separated by commas."),
    SECRET(
            "SEPTET_SECRET_<NAME>",
            "-",
            "docs/language.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "A secret that pipelines may use.",
            SettingFormat.TEXT,
            true),
    TRAINERS(
            "SEPTET_TRAINERS",
            "none",
            "docs/trainers.md",
            ProcessKind.of(
                    ProcessKind.COMMANDS,
                    ProcessKind.LIGHT,
                    ProcessKind.TRAINING,
                    ProcessKind.SERVER,
                    ProcessKind.PLUGIN),
            "YAML file with the outside trainers, endpoints, buckets, databases and teams that pipelines may name."),
    TRAINER_RUNS(
            "SEPTET_TRAINER_RUNS",
            "trainers in the state folder",
            "docs/trainers.md",
            ProcessKind.of(ProcessKind.TRAINING, ProcessKind.PLUGIN),
            "Folder of the run folders of outside trainers."),
    TRAINER_RUN_DAYS(
            "SEPTET_TRAINER_RUN_DAYS",
            "14",
            "docs/trainers.md",
            ProcessKind.of(ProcessKind.TRAINING),
            "Days after which a training worker removes the run folder of an outside trainer whose run is closed.",
            SettingFormat.WHOLE_DAYS),
    NOTIFY_COMMANDS(
            "SEPTET_NOTIFY_COMMANDS",
            "none",
            "docs/notices.md",
            ProcessKind.LIGHT_WORK,
            "Folder with the programs that notices may run."),
    NOTIFY_PRIVATE(
            "SEPTET_NOTIFY_PRIVATE",
            "refused",
            "docs/notices.md",
            ProcessKind.LIGHT_WORK,
            "`allow`: webhooks may go to this machine and to private networks.",
            SettingFormat.words("allow")),
    NOTIFY_CA(
            "SEPTET_NOTIFY_CA",
            "the JDK's",
            "docs/notices.md",
            ProcessKind.LIGHT_WORK,
            "PEM file with certificates that are trusted for webhooks' servers, in addition to Java's."),
    S3_ENDPOINTS(
            "SEPTET_S3_ENDPOINTS",
            "-",
            "docs/deploy.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.SERVER, ProcessKind.PLUGIN),
            "Additional S3 servers that pipelines may name, separated by commas."),
    RUN_KEY_FILE(
            "SEPTET_RUN_KEY_FILE",
            "run.key in the state folder",
            "docs/machines.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.TRAINING, ProcessKind.PLUGIN),
            "Key file with which the workers of several machines verify each other's run tickets."),
    APPROVERS(
            "SEPTET_APPROVERS",
            "-",
            "docs/approvals.md",
            ProcessKind.LIGHT_WORK,
            "OpenSSH file of allowed signers: who may answer an approval, and in which role."),
    RELEASE_SIGNERS(
            "SEPTET_RELEASE_SIGNERS",
            "/etc/septet/release-signers",
            "docs/releases.md",
            ProcessKind.of(ProcessKind.LAUNCHER, ProcessKind.COMMANDS),
            "OpenSSH file of allowed signers: who may sign releases, for `septet verify --release` and for the launcher."),
    RELEASE_FILES(
            "SEPTET_RELEASE_FILES",
            "the launcher checks nothing",
            "docs/releases.md",
            ProcessKind.of(ProcessKind.LAUNCHER),
            "Signed list of the files of an installed release. With it, the launcher refuses a release whose files differ."),
    UNSIGNED_APPROVALS(
            "SEPTET_UNSIGNED_APPROVALS",
            "refused",
            "docs/approvals.md",
            ProcessKind.LIGHT_WORK,
            "`allow`: accept a name without a signature.",
            SettingFormat.words("allow")),
    PRICE_PER_HOUR(
            "SEPTET_PRICE_PER_HOUR",
            "reports show no cost",
            "docs/report.md",
            ProcessKind.LIGHT_WORK,
            "Price of a machine for one hour, such as `2.40 EUR`, for the reports of runs.",
            SettingFormat.PRICE),
    POWER_WATTS(
            "SEPTET_POWER_WATTS",
            "reports estimate no energy",
            "docs/report.md",
            ProcessKind.LIGHT_WORK,
            "Electric power of a machine while it works, in watts, for the reports of runs.",
            SettingFormat.AMOUNT),
    GRID_GRAMS(
            "SEPTET_GRID_GRAMS",
            "reports estimate no emissions",
            "docs/report.md",
            ProcessKind.LIGHT_WORK,
            "Carbon intensity of the electricity in grams of CO2 equivalent per kWh. Used with `SEPTET_POWER_WATTS`.",
            SettingFormat.AMOUNT),
    WEB_UI(
            "SEPTET_WEB_UI",
            "reports have no link",
            "docs/report.md",
            ProcessKind.LIGHT_WORK,
            "Address of Temporal's Web UI, to which reports link. User, password and query are left out.",
            SettingFormat.address("https://temporal.example")),
    UI(
            "SEPTET_UI",
            "`septet dev`: 127.0.0.1:8237, or any free port; workers: no page",
            "docs/ui.md",
            ProcessKind.CLIENTS,
            "Address on which `septet dev` and `septet worker` serve the page of all pipelines; `off` = none.",
            SettingFormat.HOST_AND_PORT),
    UI_KEY_FILE(
            "SEPTET_UI_KEY_FILE",
            "a token in the state folder",
            "docs/ui.md",
            ProcessKind.CLIENTS,
            "File with the keys of that page, as `septet key create` writes it. Needed where other machines can connect."),
    UI_PUBLIC_ADDRESS(
            "SEPTET_UI_PUBLIC_ADDRESS",
            "the address that the page listens on, on this machine",
            "docs/ui.md",
            ProcessKind.CLIENTS,
            "Address by which browsers reach that page. Needed for sign-in from other machines, and behind a proxy.",
            SettingFormat.address("https://septet.example")),
    CODEC_KEYS(
            "SEPTET_CODEC_KEYS",
            "payloads are not encrypted",
            "docs/encryption.md",
            ProcessKind.CLIENTS,
            "File with the keys that encrypt payloads for the Temporal server."),
    CODEC_ENDPOINT(
            "SEPTET_CODEC_ENDPOINT",
            "-",
            "docs/encryption.md",
            ProcessKind.CLIENTS,
            "URL of a codec server, for processes that must not hold keys."),
    CODEC_TOKEN_FILE(
            "SEPTET_CODEC_TOKEN_FILE",
            "-",
            "docs/encryption.md",
            ProcessKind.CLIENTS,
            "File with the bearer token for the codec server."),
    TORCH(
            "SEPTET_TORCH",
            "the wheel in the user's cache",
            "docs/gpu.md",
            ProcessKind.of(ProcessKind.COMMANDS),
            "Python environment with torch 2.7.1 for CUDA 12, from which `septet doctor --fix gpu` takes libtorch: its"
                    + " folder, its `python`, or its `site-packages`."),
    LOG_FORMAT(
            "SEPTET_LOG_FORMAT",
            "plain",
            "docs/server.md",
            ProcessKind.SEPTET,
            "Format of log lines on standard output (workers) or standard error (servers): `plain`, `json` (one"
                    + " object per line) or `none`. The option `--log-format` takes precedence."),

    AWS_ACCESS_KEY_ID(
            "AWS_ACCESS_KEY_ID",
            "-",
            "docs/machines.md",
            ProcessKind.STORE,
            "Access key ID for the object store. Without this ID and `AWS_SECRET_ACCESS_KEY`, the AWS SDK searches for"
                    + " credentials (profiles, instance roles).",
            SettingFormat.TEXT,
            true),
    AWS_SECRET_ACCESS_KEY(
            "AWS_SECRET_ACCESS_KEY",
            "-",
            "docs/machines.md",
            ProcessKind.STORE,
            "Secret access key for the object store.",
            SettingFormat.TEXT,
            true),
    AWS_SESSION_TOKEN(
            "AWS_SESSION_TOKEN",
            "-",
            "",
            ProcessKind.STORE,
            "Session token of temporary credentials.",
            SettingFormat.TEXT,
            true),
    AWS_REGION("AWS_REGION", "us-east-1", "", ProcessKind.STORE, "Region of the object store."),
    AWS_DEFAULT_REGION("AWS_DEFAULT_REGION", "-", "", ProcessKind.STORE, "Region when `AWS_REGION` is not set."),
    AWS_ENDPOINT_URL(
            "AWS_ENDPOINT_URL",
            "Amazon's",
            "docs/deploy.md",
            ProcessKind.STORE,
            "URL of an object store other than Amazon's.",
            SettingFormat.address("https://s3.example")),
    AWS_ENDPOINT_URL_S3(
            "AWS_ENDPOINT_URL_S3",
            "-",
            "",
            ProcessKind.STORE,
            "Like `AWS_ENDPOINT_URL`, and takes precedence over it.",
            SettingFormat.address("https://s3.example")),

    HF_ENDPOINT(
            "HF_ENDPOINT",
            "https://huggingface.co",
            "docs/base-models.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "URL of the hub.",
            SettingFormat.address("https://huggingface.co")),
    HF_HOME(
            "HF_HOME",
            "~/.cache/huggingface",
            "docs/base-models.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "Home folder of the hub's tools."),
    HF_HUB_CACHE(
            "HF_HUB_CACHE",
            "hub in HF_HOME",
            "docs/base-models.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "Cache folder for downloads from the hub."),
    HF_HUB_OFFLINE(
            "HF_HUB_OFFLINE",
            "0",
            "docs/base-models.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "`1`, `ON`, `YES` or `TRUE`: download nothing. Any other value allows downloads, as with the hub's own"
                    + " tools."),
    HF_TOKEN(
            "HF_TOKEN",
            "-",
            "docs/base-models.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "Token for private and gated models.",
            SettingFormat.TEXT,
            true),
    HF_TOKEN_PATH(
            "HF_TOKEN_PATH",
            "token in HF_HOME",
            "docs/base-models.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "File with the token."),

    HEARTBEAT_SECONDS(
            "SEPTET_HEARTBEAT_SECONDS",
            "1",
            "docs/retention.md",
            ProcessKind.of(ProcessKind.LIGHT, ProcessKind.TRAINING, ProcessKind.PLUGIN),
            "Shortest time between two heartbeats of an activity. Temporal Cloud bills each one. Progress and"
                    + " cancellations arrive this much later.",
            SettingFormat.WHOLE_SECONDS),
    ENGINE_CHANGE(
            "SEPTET_ENGINE_CHANGE",
            "refuse",
            "docs/upgrading.md",
            ProcessKind.of(ProcessKind.TRAINING, ProcessKind.PLUGIN),
            "What a worker does with a training whose checkpoint another revision of the training program made: `refuse` it,"
                    + " or `restart` it from the first step.",
            SettingFormat.words("refuse", "restart")),
    BUILD_ID(
            "SEPTET_BUILD_ID",
            "-",
            "docs/upgrading.md",
            ProcessKind.of(ProcessKind.LIGHT, ProcessKind.TRAINING),
            "Version of the workers that `septet worker` starts, as its option `--build-id`. Empty: workers have no version."),
    DEPLOYMENT(
            "SEPTET_DEPLOYMENT",
            "septet",
            "docs/upgrading.md",
            ProcessKind.of(ProcessKind.LIGHT, ProcessKind.TRAINING),
            "Name of the worker deployment that the version belongs to, as its option `--deployment`."),
    METRICS_ADDRESS(
            "SEPTET_METRICS_ADDRESS",
            "off",
            "docs/observing.md",
            ProcessKind.SEPTET,
            "Address and port of `/metrics`, `/health` and `/ready`, such as `127.0.0.1:9464`. Port 0: any free port."
                    + " Processes that `septet dev` or `--devices` starts use port 0.",
            SettingFormat.HOST_AND_PORT),
    METRICS_TOKEN(
            "SEPTET_METRICS_TOKEN",
            "-",
            "docs/observing.md",
            ProcessKind.SEPTET,
            "Token that `/metrics` and `/targets` require. `/health` and `/ready` never require it.",
            SettingFormat.TOKEN,
            true),
    TEMPORAL_ADDRESS(
            "TEMPORAL_ADDRESS",
            "found or started",
            "docs/server.md",
            ProcessKind.CLIENTS,
            "`HOST:PORT` of the Temporal server."),
    TEMPORAL_NAMESPACE("TEMPORAL_NAMESPACE", "default", "", ProcessKind.CLIENTS, "Namespace on the server."),
    TEMPORAL_API_KEY(
            "TEMPORAL_API_KEY",
            "-",
            "",
            ProcessKind.CLIENTS,
            "API key or token for the server.",
            SettingFormat.TEXT,
            true),
    TEMPORAL_PROFILE(
            "TEMPORAL_PROFILE",
            "-",
            "",
            ProcessKind.CLIENTS,
            "Profile in Temporal's configuration file; `default` when not set."),
    TEMPORAL_CONFIG_FILE(
            "TEMPORAL_CONFIG_FILE",
            "-",
            "docs/server.md",
            ProcessKind.CLIENTS,
            "Temporal's configuration file (TOML)."),
    TEMPORAL_TLS_KEY(
            "TEMPORAL_TLS_CLIENT_KEY_DATA",
            "-",
            "",
            ProcessKind.CLIENTS,
            "Private key of the client certificate, as PEM.",
            SettingFormat.TEXT,
            true),
    TEMPORAL_TLS_PART(
            "TEMPORAL_TLS_<NAME>",
            "-",
            "",
            ProcessKind.CLIENTS,
            "Certificates, paths and names for TLS, as for the `temporal` CLI."),
    TEMPORAL_TLS("TEMPORAL_TLS", "-", "", ProcessKind.CLIENTS, "Whether to use TLS."),
    TEMPORAL_GRPC_META(
            "TEMPORAL_GRPC_META_<NAME>",
            "-",
            "",
            ProcessKind.CLIENTS,
            "A header of every request to the server.",
            SettingFormat.TEXT,
            true),

    OTEL_EXPORTER_OTLP_ENDPOINT(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "no traces",
            "docs/traces-and-logs.md",
            ProcessKind.SEPTET,
            "Base URL of a receiver of traces, such as `http://127.0.0.1:4318`. Without it, Septet records no traces.",
            SettingFormat.address("http://127.0.0.1:4318")),
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT(
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "/v1/traces below the base URL",
            "docs/traces-and-logs.md",
            ProcessKind.SEPTET,
            "The whole URL for traces; takes precedence over `OTEL_EXPORTER_OTLP_ENDPOINT`.",
            SettingFormat.address("http://127.0.0.1:4318/v1/traces")),
    OTEL_EXPORTER_OTLP_PROTOCOL(
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "http/protobuf",
            "docs/traces-and-logs.md",
            ProcessKind.SEPTET,
            "How traces are sent. Septet sends them by HTTP only.",
            SettingFormat.words("http/protobuf")),
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL(
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "",
            ProcessKind.SEPTET,
            "Like `OTEL_EXPORTER_OTLP_PROTOCOL`, for traces only.",
            SettingFormat.words("http/protobuf")),
    OTEL_SERVICE_NAME(
            "OTEL_SERVICE_NAME",
            "septet, septet-worker or septet-server",
            "docs/traces-and-logs.md",
            ProcessKind.SEPTET,
            "The service name of this process in traces."),
    OTEL_TRACES_SAMPLER(
            "OTEL_TRACES_SAMPLER",
            "parentbased_always_on",
            "docs/traces-and-logs.md",
            ProcessKind.SEPTET,
            "Which traces are recorded, such as `parentbased_traceidratio` with `OTEL_TRACES_SAMPLER_ARG=0.1`."),
    OTEL_TRACES_EXPORTER(
            "OTEL_TRACES_EXPORTER",
            "otlp",
            "",
            ProcessKind.SEPTET,
            "`none`: no traces.",
            SettingFormat.words("otlp", "none")),
    OTEL_SDK_DISABLED("OTEL_SDK_DISABLED", "false", "", ProcessKind.SEPTET, "`true`: no traces."),
    OTEL(
            "OTEL_<NAME>",
            "-",
            "docs/traces-and-logs.md",
            ProcessKind.SEPTET,
            "Another variable of OpenTelemetry's SDK. Headers may hold a key, so no value is shown.",
            SettingFormat.TEXT,
            true),

    GLIBC_TUNABLES(
            "GLIBC_TUNABLES",
            "glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=17179869184"
                    + ":glibc.malloc.top_pad=268435456",
            "",
            ProcessKind.TUNED,
            "Makes glibc's allocator keep freed blocks of up to 32 MB."),
    THP_MEM_ALLOC_ENABLE(
            "THP_MEM_ALLOC_ENABLE", "1", "", ProcessKind.TUNED, "Makes libtorch's allocator use huge pages."),
    GOMP_SPINCOUNT("GOMP_SPINCOUNT", "0", "", ProcessKind.TUNED, "Makes idle OpenMP threads sleep instead of spin."),
    ONEDNN_PRIMITIVE_CACHE_CAPACITY(
            "ONEDNN_PRIMITIVE_CACHE_CAPACITY",
            "128",
            "",
            ProcessKind.TUNED,
            "Number of compiled oneDNN primitives in oneDNN's cache."),
    LRU_CACHE_CAPACITY(
            "LRU_CACHE_CAPACITY",
            "128",
            "",
            ProcessKind.TUNED,
            "Number of compiled oneDNN primitives in libtorch's cache."),
    CUBLAS_WORKSPACE_CONFIG(
            "CUBLAS_WORKSPACE_CONFIG",
            ":4096:8",
            "docs/gpu.md",
            ProcessKind.TUNED,
            "Fixed workspaces of cuBLAS: without them, equal products can differ in the last bits."),
    NVIDIA_TF32_OVERRIDE(
            "NVIDIA_TF32_OVERRIDE",
            "0",
            "docs/gpu.md",
            ProcessKind.TUNED,
            "`0`: NVIDIA's libraries compute float32 products in float32, not in TF32."),
    CUDA_DEVICE_ORDER(
            "CUDA_DEVICE_ORDER",
            "PCI_BUS_ID",
            "docs/gpu.md",
            ProcessKind.TUNED,
            "Makes CUDA number the cards as nvidia-smi does."),
    CUDA_VISIBLE_DEVICES(
            "CUDA_VISIBLE_DEVICES",
            "all cards",
            "docs/gpu.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.TRAINING, ProcessKind.SERVER, ProcessKind.PLUGIN),
            "Cards that a process may use: numbers of nvidia-smi or UUIDs, separated by commas. `--devices` sets it for"
                    + " each training worker."),
    PYTORCH_LIBRARY_PATH(
            "PYTORCH_LIBRARY_PATH",
            "gpu.env in the state folder, or the CPU build",
            "docs/gpu.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.TRAINING, ProcessKind.SERVER, ProcessKind.PLUGIN),
            "Folder of libtorch. Empty: the CPU build."),
    PYTORCH_FLAVOR(
            "PYTORCH_FLAVOR",
            "gpu.env in the state folder",
            "docs/gpu.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.TRAINING, ProcessKind.SERVER, ProcessKind.PLUGIN),
            "Build of DJL's bridge to the libtorch in `PYTORCH_LIBRARY_PATH`: `cu128` for CUDA 12."),
    PYTORCH_VERSION(
            "PYTORCH_VERSION",
            "gpu.env in the state folder",
            "docs/gpu.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.TRAINING, ProcessKind.SERVER, ProcessKind.PLUGIN),
            "Version of the libtorch in `PYTORCH_LIBRARY_PATH`: `2.7.1`."),
    DJL_CACHE_DIR(
            "DJL_CACHE_DIR",
            "~/.djl.ai",
            "",
            ProcessKind.STORE,
            "Cache folder of the engine's libraries. `septet dev` does not pass it on to the light worker."),
    ENGINE_CACHE_DIR(
            "ENGINE_CACHE_DIR",
            "DJL_CACHE_DIR",
            "",
            ProcessKind.STORE,
            "Folder of the native libraries. `septet dev` does not pass it on to the light" + " worker."),
    TOKENIZERS_CACHE(
            "TOKENIZERS_CACHE",
            "tokenizers in ENGINE_CACHE_DIR",
            "",
            ProcessKind.STORE,
            "Folder of the tokenizer's native library. `septet dev` does not pass it on."),
    RUST_LIBRARY_PATH(
            "RUST_LIBRARY_PATH",
            "-",
            "",
            ProcessKind.STORE,
            "Folder with your own build of the tokenizer's native library. `septet dev` does not pass it on."),
    RUST_FLAVOR(
            "RUST_FLAVOR",
            "cpu",
            "",
            ProcessKind.STORE,
            "Build variant of the tokenizer's native library. `septet dev` does not pass it on."),
    OPT_OUT_TRACKING("OPT_OUT_TRACKING", "true", "", ProcessKind.STORE, "`true`: DJL sends no usage data."),

    XDG_CACHE_HOME(
            "XDG_CACHE_HOME",
            "~/.cache",
            "",
            ProcessKind.STORE,
            "Parent folder of the caches: converted GGUF files, checked models, the hub's files, libtorch with CUDA."),
    XDG_DATA_HOME(
            "XDG_DATA_HOME",
            "~/.local/share",
            "",
            ProcessKind.of(ProcessKind.COMMANDS),
            "Parent folder of downloads that all checkouts share: the Temporal CLI."),
    XDG_STATE_HOME(
            "XDG_STATE_HOME",
            "~/.local/state",
            "",
            ProcessKind.SEPTET,
            "Parent of the state folder of an installed archive, or when the checkout is not writable."),
    HOME("HOME", "the account's", "", ProcessKind.SEPTET, "Your home folder, `~` in this list."),
    PATH("PATH", "-", "", ProcessKind.STORE, "Where Septet searches for the Temporal CLI, pip and nvidia-smi."),
    JAVA_HOME(
            "JAVA_HOME",
            "java on PATH",
            "",
            ProcessKind.of(ProcessKind.LAUNCHER),
            "The JDK, version 17 or later. An installed archive uses its own Java."),
    TERM("TERM", "-", "", ProcessKind.of(ProcessKind.COMMANDS), "`dumb`: no colours, and no lines that are redrawn."),
    TRACEPARENT(
            "TRACEPARENT",
            "a new trace",
            "docs/traces-and-logs.md",
            ProcessKind.of(ProcessKind.COMMANDS),
            "Span that the trace of `septet run` continues, as W3C's header `traceparent`, for example of a CI job."),
    NO_COLOR("NO_COLOR", "-", "docs/looking.md", ProcessKind.of(ProcessKind.COMMANDS), "Disables colours when set.");

    private static final String NAME = "<NAME>";

    private final String variable;
    private final String standard;
    private final String page;
    private final Set<ProcessKind> readers;
    private final String description;
    private final SettingFormat form;
    private final boolean secret;
    private final Pattern pattern;

    Setting(String variable, String standard, String page, Set<ProcessKind> readers, String description) {
        this(variable, standard, page, readers, description, SettingFormat.TEXT);
    }

    Setting(
            String variable,
            String standard,
            String page,
            Set<ProcessKind> readers,
            String description,
            SettingFormat form) {
        this(variable, standard, page, readers, description, form, false);
    }

    Setting(
            String variable,
            String standard,
            String page,
            Set<ProcessKind> readers,
            String description,
            SettingFormat form,
            boolean secret) {
        this.variable = variable;
        this.standard = standard;
        this.page = page;
        this.readers = readers;
        this.description = description;
        this.form = form;
        this.secret = secret;
        this.pattern = Pattern.compile(variable.replace("<NAME>", "[A-Za-z0-9_]+"));
    }

    /** The declaration of a variable; empty when there is none. */
    public static Optional<Setting> of(String variable) {
        return Arrays.stream(values())
                .filter(setting -> setting.pattern.matcher(variable).matches())
                .findFirst();
    }

    /** One sentence for each variable with an invalid value. */
    public static List<String> problems(Map<String, String> environment) {
        return Arrays.stream(values())
                .map(setting -> setting.problem(environment))
                .filter(Objects::nonNull)
                .toList();
    }

    /**
     * Checks all variables before anything starts.
     *
     * @throws IllegalArgumentException naming each variable with an invalid value, what was found
     *     and what is expected
     */
    public static void check(Map<String, String> environment) {
        List<String> problems = problems(environment);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** Hides the user name and the password of a URL. */
    public static String withoutPassword(String value) {
        int end = value.lastIndexOf('@');
        int scheme = value.indexOf("://");
        if (scheme >= 0 && scheme < end) {
            return value.substring(0, scheme + 3) + "(hidden)" + value.substring(end);
        }
        boolean nameAndPassword = end > 0 && !value.startsWith("/") && value.lastIndexOf(':', end) >= 0;
        return nameAndPassword ? "(hidden)" + value.substring(end) : value;
    }

    /** The name of the environment variable; a pattern contains {@code <NAME>}. */
    public String variable() {
        return variable;
    }

    /** Whether it stands for all variables of a pattern. */
    public boolean isPattern() {
        return variable.contains(NAME);
    }

    /** The part of the name before {@code <NAME>}; the whole name when it is not a pattern. */
    public String prefix() {
        return isPattern() ? variable.substring(0, variable.indexOf(NAME)) : variable;
    }

    /** The part of the name after {@code <NAME>}; empty when there is none. */
    public String suffix() {
        return isPattern() ? variable.substring(prefix().length() + NAME.length()) : "";
    }

    /** The default: a value or a phrase; {@code -} for none. */
    public String standard() {
        return standard;
    }

    /** The page that explains it, below {@code .github}, or the README; empty for none. */
    public String page() {
        return page;
    }

    /** The processes that read it. */
    public Set<ProcessKind> readers() {
        return readers;
    }

    /** The description, in Markdown. */
    public String description() {
        return description;
    }

    /** Whether its value is never shown. */
    public boolean secret() {
        return secret;
    }

    /** Whether each valid value is a word of a list or a number, so that it tells nothing private. */
    public boolean isHarmless() {
        return !secret && form.fixed();
    }

    /** The value exactly as set; null when it is not set. */
    public @Nullable String value(Map<String, String> environment) {
        return environment.get(variable);
    }

    /** The value of one variable of a pattern, exactly as set; null when it is not set. */
    public @Nullable String value(String name, Map<String, String> environment) {
        return environment.get(prefix() + name + suffix());
    }

    /**
     * The value without surrounding white space; empty when it is not set.
     *
     * @throws IllegalArgumentException naming the variable, what was found and what is expected
     */
    public String text(Map<String, String> environment) {
        String problem = problem(environment);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        return stripped(environment);
    }

    private String stripped(Map<String, String> environment) {
        return environment.getOrDefault(variable, "").strip();
    }

    private @Nullable String problem(Map<String, String> environment) {
        String value = stripped(environment);
        return value.isEmpty() || form.fits().test(value)
                ? null
                : "%s is %s, got '%s'"
                        .formatted(variable, form.expected(), secret ? "(not shown)" : withoutPassword(value));
    }
}
