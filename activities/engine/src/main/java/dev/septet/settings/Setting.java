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
 * Every environment variable that Septet reads, or that it gives to the engine where the user has
 * not set it. All code reads a variable through its constant here. {@code septet env} and the page
 * of settings are made of this list; a test looks for variables that are not in it.
 *
 * <p>A name with {@code <NAME>} stands for all variables of that pattern.
 */
@SuppressWarnings("ImmutableEnumChecker") // its sets cannot be changed, its forms have no state
public enum Setting {
    STATE(
            "SEPTET_STATE",
            "the checkout's .septet",
            "docs/server.md",
            ProcessKind.SEPTET,
            "Folder for what must outlive a process: the server's database, the store, logs."),
    DATA(
            "SEPTET_DATA",
            "only folders of served pipelines are read",
            "README.md",
            ProcessKind.CLIENTS,
            "Further folders that pipelines may read from, a list like `PATH`."),
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
            "The store of artifacts: a folder, or `s3://bucket/prefix`."),
    STORE_CACHE_GB(
            "SEPTET_STORE_CACHE_GB",
            "100",
            "docs/encryption.md",
            ProcessKind.STORE,
            "How much a machine keeps of what it fetched from a shared store, in gigabytes of 10^9" + " bytes.",
            SettingFormat.WHOLE_GIGABYTES),
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
            "With keys: folder for plain files while they are in use, such as one in memory."),
    TARGET_MODE(
            "SEPTET_TARGET_MODE",
            "private",
            "docs/deploy.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.SERVER, ProcessKind.PLUGIN),
            "Who may read published models: `private` (the owner) or `group`.",
            SettingFormat.words("private", "group")),
    TEMPORAL_CLI(
            "SEPTET_TEMPORAL_CLI",
            "found on PATH or fetched",
            "docs/server.md",
            ProcessKind.of(ProcessKind.COMMANDS),
            "The executable of the Temporal CLI, whose server Septet starts."),
    API_KEYS(
            "SEPTET_API_KEYS",
            "-",
            "docs/serving.md",
            ProcessKind.of(ProcessKind.SERVER),
            "API keys of a model server, between spaces or commas.",
            SettingFormat.TEXT,
            true),
    PHONE_REGIONS(
            "SEPTET_PHONE_REGIONS",
            "the built-in regions",
            "docs/language.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.SERVER),
            "Regions (`IN,BR`) whose national phone numbers audit logs and reviewed rows mask" + " too."),
    SANDBOX(
            "SEPTET_SANDBOX",
            "on",
            "docs/base-models.md",
            ProcessKind.STORE,
            "`off`: model files are opened without a child process that opens them first.",
            SettingFormat.words("on", "off")),
    SECRETS(
            "SEPTET_SECRETS",
            "-",
            "docs/language.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "File with the secrets that pipelines name."),
    SECRET_PIPELINES(
            "SEPTET_SECRET_<NAME>_PIPELINES",
            "-",
            "docs/language.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "Pipelines that may use the secret, between commas."),
    SECRET(
            "SEPTET_SECRET_<NAME>",
            "-",
            "docs/language.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "A secret that pipelines name.",
            SettingFormat.TEXT,
            true),
    NOTIFY_COMMANDS(
            "SEPTET_NOTIFY_COMMANDS",
            "none may be run",
            "docs/steering.md",
            ProcessKind.LIGHT_WORK,
            "Folder of the programs that notices may run."),
    NOTIFY_PRIVATE(
            "SEPTET_NOTIFY_PRIVATE",
            "refused",
            "docs/steering.md",
            ProcessKind.LIGHT_WORK,
            "`allow`: webhooks may go to this machine and to private networks.",
            SettingFormat.words("allow")),
    NOTIFY_CA(
            "SEPTET_NOTIFY_CA",
            "the JDK's",
            "docs/steering.md",
            ProcessKind.LIGHT_WORK,
            "PEM file of certificates that webhooks' servers may show beside those that Java" + " trusts."),
    S3_ENDPOINTS(
            "SEPTET_S3_ENDPOINTS",
            "-",
            "docs/deploy.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.SERVER, ProcessKind.PLUGIN),
            "Further servers of buckets that pipelines may name, between commas."),
    RUN_KEY_FILE(
            "SEPTET_RUN_KEY_FILE",
            "run.key in the state folder",
            "docs/machines.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.TRAINING, ProcessKind.PLUGIN),
            "Key file by which workers of several machines know their own tickets."),
    APPROVERS(
            "SEPTET_APPROVERS",
            "-",
            "docs/steering.md",
            ProcessKind.LIGHT_WORK,
            "OpenSSH file of allowed signers: who may answer a gate, in which role."),
    UNSIGNED_APPROVALS(
            "SEPTET_UNSIGNED_APPROVALS",
            "refused",
            "docs/steering.md",
            ProcessKind.LIGHT_WORK,
            "`allow`: a name without a signature is taken at its word.",
            SettingFormat.words("allow")),
    CODEC_KEYS(
            "SEPTET_CODEC_KEYS",
            "payloads are not encrypted",
            "docs/encryption.md",
            ProcessKind.CLIENTS,
            "File with the keys that encrypt what goes to the Temporal server."),
    CODEC_ENDPOINT(
            "SEPTET_CODEC_ENDPOINT",
            "-",
            "docs/encryption.md",
            ProcessKind.CLIENTS,
            "Address of a codec server, for processes that shall not hold keys."),
    CODEC_TOKEN_FILE(
            "SEPTET_CODEC_TOKEN_FILE",
            "-",
            "docs/encryption.md",
            ProcessKind.CLIENTS,
            "File with the bearer token for the codec server."),
    LOG_FORMAT(
            "SEPTET_LOG_FORMAT",
            "plain",
            "docs/server.md",
            ProcessKind.SEPTET,
            "Log lines on standard output: `plain`, `json` (an object a line) or `none`. The option"
                    + " `--log-format` comes first."),

    AWS_ACCESS_KEY_ID(
            "AWS_ACCESS_KEY_ID",
            "-",
            "docs/machines.md",
            ProcessKind.STORE,
            "Name of the key to the object store. Without both, the SDK looks for one (profiles," + " instance roles).",
            SettingFormat.TEXT,
            true),
    AWS_SECRET_ACCESS_KEY(
            "AWS_SECRET_ACCESS_KEY", "-", "docs/machines.md", ProcessKind.STORE, "The key itself.", SettingFormat.TEXT, true),
    AWS_SESSION_TOKEN(
            "AWS_SESSION_TOKEN", "-", "", ProcessKind.STORE, "Token of a key that lasts for a session.", SettingFormat.TEXT, true),
    AWS_REGION("AWS_REGION", "us-east-1", "", ProcessKind.STORE, "Region of the object store."),
    AWS_DEFAULT_REGION("AWS_DEFAULT_REGION", "-", "", ProcessKind.STORE, "The region where `AWS_REGION` is not set."),
    AWS_ENDPOINT_URL(
            "AWS_ENDPOINT_URL",
            "Amazon's",
            "docs/deploy.md",
            ProcessKind.STORE,
            "Address of an object store other than Amazon's.",
            SettingFormat.address("https://s3.example")),
    AWS_ENDPOINT_URL_S3(
            "AWS_ENDPOINT_URL_S3",
            "-",
            "",
            ProcessKind.STORE,
            "The same; comes before `AWS_ENDPOINT_URL`.",
            SettingFormat.address("https://s3.example")),

    HF_ENDPOINT(
            "HF_ENDPOINT",
            "https://huggingface.co",
            "docs/base-models.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "Address of the hub.",
            SettingFormat.address("https://huggingface.co")),
    HF_HOME(
            "HF_HOME",
            "~/.cache/huggingface",
            "docs/base-models.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "Folder of the hub's tools."),
    HF_HUB_CACHE(
            "HF_HUB_CACHE",
            "hub in HF_HOME",
            "docs/base-models.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "Folder of what comes from the hub."),
    HF_HUB_OFFLINE(
            "HF_HUB_OFFLINE",
            "0",
            "docs/base-models.md",
            ProcessKind.of(ProcessKind.COMMANDS, ProcessKind.LIGHT, ProcessKind.PLUGIN),
            "`1`, `ON`, `YES` or `TRUE`: nothing is fetched. Anything else is no, as for the hub's" + " own tools."),
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

    TEMPORAL_ADDRESS(
            "TEMPORAL_ADDRESS",
            "found or started",
            "docs/server.md",
            ProcessKind.CLIENTS,
            "`HOST:PORT` of the Temporal server."),
    TEMPORAL_NAMESPACE("TEMPORAL_NAMESPACE", "default", "", ProcessKind.CLIENTS, "Namespace in the server."),
    TEMPORAL_API_KEY("TEMPORAL_API_KEY", "-", "", ProcessKind.CLIENTS, "API key or token for the server.", SettingFormat.TEXT, true),
    TEMPORAL_PROFILE(
            "TEMPORAL_PROFILE",
            "-",
            "",
            ProcessKind.CLIENTS,
            "Profile in Temporal's configuration file; without one `default`."),
    TEMPORAL_CONFIG_FILE(
            "TEMPORAL_CONFIG_FILE", "-", "docs/server.md", ProcessKind.CLIENTS, "Temporal's configuration file (TOML)."),
    TEMPORAL_TLS_KEY(
            "TEMPORAL_TLS_CLIENT_KEY_DATA",
            "-",
            "",
            ProcessKind.CLIENTS,
            "Key of the client certificate, as PEM.",
            SettingFormat.TEXT,
            true),
    TEMPORAL_TLS_PART(
            "TEMPORAL_TLS_<NAME>",
            "-",
            "",
            ProcessKind.CLIENTS,
            "Certificates, paths and names of TLS, as the `temporal` CLI reads them."),
    TEMPORAL_TLS("TEMPORAL_TLS", "-", "", ProcessKind.CLIENTS, "Whether TLS is used."),
    TEMPORAL_GRPC_META(
            "TEMPORAL_GRPC_META_<NAME>",
            "-",
            "",
            ProcessKind.CLIENTS,
            "A header of every request to the server.",
            SettingFormat.TEXT,
            true),

    GLIBC_TUNABLES(
            "GLIBC_TUNABLES",
            "glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=17179869184"
                    + ":glibc.malloc.top_pad=268435456",
            "",
            ProcessKind.TUNED,
            "glibc's allocator keeps blocks of up to 32 MB."),
    THP_MEM_ALLOC_ENABLE("THP_MEM_ALLOC_ENABLE", "1", "", ProcessKind.TUNED, "libtorch's allocator uses huge pages."),
    GOMP_SPINCOUNT("GOMP_SPINCOUNT", "0", "", ProcessKind.TUNED, "Idle OpenMP threads sleep, they do not spin."),
    ONEDNN_PRIMITIVE_CACHE_CAPACITY(
            "ONEDNN_PRIMITIVE_CACHE_CAPACITY", "128", "", ProcessKind.TUNED, "How many compiled products oneDNN keeps."),
    LRU_CACHE_CAPACITY("LRU_CACHE_CAPACITY", "128", "", ProcessKind.TUNED, "How many of them libtorch's binding keeps."),
    DJL_CACHE_DIR(
            "DJL_CACHE_DIR",
            "~/.djl.ai",
            "",
            ProcessKind.STORE,
            "Folder of all that the engine's libraries keep. `septet dev` does not pass it on to"
                    + " the light worker."),
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
            "Folder with a tokenizer's native library of your own. `septet dev` does not pass it" + " on."),
    RUST_FLAVOR(
            "RUST_FLAVOR",
            "cpu",
            "",
            ProcessKind.STORE,
            "Build of the tokenizer's native library. `septet dev` does not pass it on."),
    OPT_OUT_TRACKING(
            "OPT_OUT_TRACKING", "true", "", ProcessKind.STORE, "`true`: DJL reports nothing of its use to its makers."),

    XDG_CACHE_HOME(
            "XDG_CACHE_HOME",
            "~/.cache",
            "",
            ProcessKind.STORE,
            "Parent of the caches: converted GGUF files, checked models, the hub's."),
    XDG_DATA_HOME(
            "XDG_DATA_HOME",
            "~/.local/share",
            "",
            ProcessKind.of(ProcessKind.COMMANDS),
            "Parent of what is fetched once for all checkouts: the Temporal CLI."),
    XDG_STATE_HOME(
            "XDG_STATE_HOME",
            "~/.local/state",
            "",
            ProcessKind.SEPTET,
            "Parent of the state folder where the checkout cannot be written."),
    HOME("HOME", "the account's", "", ProcessKind.SEPTET, "Your folder, `~` in this list."),
    PATH("PATH", "-", "", ProcessKind.of(ProcessKind.COMMANDS), "Where Septet searches for the Temporal CLI."),
    JAVA_HOME("JAVA_HOME", "java on PATH", "", ProcessKind.of(ProcessKind.LAUNCHER), "The JDK, version 17 or later."),
    TERM("TERM", "-", "", ProcessKind.of(ProcessKind.COMMANDS), "`dumb`: no colours, and no lines that are drawn again."),
    NO_COLOR("NO_COLOR", "-", "docs/looking.md", ProcessKind.of(ProcessKind.COMMANDS), "Set: no colours.");

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

    Setting(String variable, String standard, String page, Set<ProcessKind> readers, String description, SettingFormat form) {
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

    /** A sentence for each variable with a value that cannot be meant. */
    public static List<String> problems(Map<String, String> environment) {
        return Arrays.stream(values())
                .map(setting -> setting.problem(environment))
                .filter(Objects::nonNull)
                .toList();
    }

    /**
     * Checks all of them, before anything starts.
     *
     * @throws IllegalArgumentException naming each variable with a value that cannot be meant, what
     *     was found and what is expected
     */
    public static void check(Map<String, String> environment) {
        List<String> problems = problems(environment);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
    }

    /** A value without the name and the password that an address may carry. */
    public static String withoutPassword(String value) {
        int end = value.lastIndexOf('@');
        int scheme = value.indexOf("://");
        if (scheme >= 0 && scheme < end) {
            return value.substring(0, scheme + 3) + "(hidden)" + value.substring(end);
        }
        boolean nameAndPassword = end > 0 && !value.startsWith("/") && value.lastIndexOf(':', end) >= 0;
        return nameAndPassword ? "(hidden)" + value.substring(end) : value;
    }

    /** The name in the environment, for all variables of a pattern with {@code <NAME>} in it. */
    public String variable() {
        return variable;
    }

    /** Whether it stands for all variables of a pattern. */
    public boolean isPattern() {
        return variable.contains(NAME);
    }

    /** The part of the variables' names before {@code <NAME>}; the name where that is all. */
    public String prefix() {
        return isPattern() ? variable.substring(0, variable.indexOf(NAME)) : variable;
    }

    /** The part after {@code <NAME>}; empty where there is none. */
    public String suffix() {
        return isPattern() ? variable.substring(prefix().length() + NAME.length()) : "";
    }

    /** What takes effect when it is not set: a value or a phrase; {@code -} for nothing. */
    public String standard() {
        return standard;
    }

    /** The page that explains it, below {@code .github} or the README; empty for none. */
    public String page() {
        return page;
    }

    /** The processes that read it. */
    public Set<ProcessKind> readers() {
        return readers;
    }

    /** What it says, in Markdown. */
    public String description() {
        return description;
    }

    /** Whether its value is never shown. */
    public boolean secret() {
        return secret;
    }

    /** The value exactly as it is set; null when it is not. */
    public @Nullable String value(Map<String, String> environment) {
        return environment.get(variable);
    }

    /** The same of one variable of a pattern. */
    public @Nullable String value(String name, Map<String, String> environment) {
        return environment.get(prefix() + name + suffix());
    }

    /**
     * The value without spaces around it; empty when it is not set.
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
