package dev.septet.workers.cli;

import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.workers.codec.CodecSettings;

import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.LoadClientConfigProfileOptions;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Every variable that Septet heeds, with what takes effect when it is not set. */
record Settings(Map<String, String> environment) {
    private static final Pattern SECRET = Pattern.compile("KEY|SECRET|TOKEN|PASSWORD");
    private static final Pattern PATHS =
            Pattern.compile("_(PATH|FILE)$|^SEPTET_(CODEC|STORE)_KEYS$");

    /** By name; the text is the default. */
    private static final Map<String, String> KNOWN = known();

    /** All of them, and Temporal's own. */
    List<Setting> all() throws IOException {
        List<Setting> settings = new ArrayList<>();
        KNOWN.forEach((name, usual) -> settings.add(of(name, usual)));
        ClientConfigProfile profile = profile();
        temporal("TEMPORAL_ADDRESS", profile.getAddress(), "found or started", settings);
        temporal("TEMPORAL_NAMESPACE", profile.getNamespace(), "default", settings);
        temporal("TEMPORAL_API_KEY", profile.getApiKey(), "-", settings);
        for (String name : List.of("TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE")) {
            settings.add(of(name, "-"));
        }
        environment.keySet().stream()
                .filter(
                        name ->
                                name.startsWith("TEMPORAL_TLS")
                                        || name.startsWith("SEPTET_SECRET_"))
                .sorted()
                .forEach(name -> settings.add(of(name, "-")));
        return settings;
    }

    private Setting of(String name, String usual) {
        String value = environment.get(name);
        return value == null || value.isEmpty()
                ? new Setting(name, usual, "default")
                : new Setting(name, shown(name, value), "environment");
    }

    private void temporal(
            String name, @Nullable String effective, String usual, List<Setting> into) {
        boolean here = !environment.getOrDefault(name, "").isEmpty();
        into.add(
                here || effective == null || effective.isEmpty()
                        ? of(name, usual)
                        : new Setting(name, shown(name, effective), "temporal's profile"));
    }

    private ClientConfigProfile profile() throws IOException {
        try {
            return ClientConfigProfile.load(
                    LoadClientConfigProfileOptions.newBuilder()
                            .setEnvOverrides(environment)
                            .build());
        } catch (RuntimeException e) {
            throw new CliProblem(
                    ExitCode.USAGE,
                    "the Temporal configuration cannot be read: "
                            + e.getMessage()
                            + ". See `temporal config list`.");
        }
    }

    private static String shown(String name, String value) {
        boolean secret =
                SECRET.matcher(name).find()
                        && !PATHS.matcher(name).find()
                        && !name.equals("SEPTET_SECRETS")
                        && !(name.startsWith("SEPTET_SECRET_") && name.endsWith("_PIPELINES"));
        return secret ? "(set, not shown)" : withoutPassword(value);
    }

    /** An address may carry a name and a password. */
    static String withoutPassword(String value) {
        return value.replaceAll("://[^/@\\s]*@", "://(hidden)@");
    }

    private static Map<String, String> known() {
        Map<String, String> known = new LinkedHashMap<>();
        known.put("SEPTET_STATE", "the checkout's .septet");
        known.put("SEPTET_DATA", "only folders of served pipelines are read");
        known.put("SEPTET_STORE", "store in the state folder");
        known.put("SEPTET_STORE_CACHE_GB", "100");
        known.put(AtRestEncryption.VARIABLE, "store and audit logs are not encrypted");
        known.put("SEPTET_STORE_SCRATCH", "scratch in the store");
        known.put("SEPTET_TARGET_MODE", "private");
        known.put("SEPTET_TEMPORAL_CLI", "found on PATH or fetched");
        known.put("SEPTET_API_KEYS", "-");
        known.put(PhoneRegions.VARIABLE, "the built-in regions");
        known.put("SEPTET_SANDBOX", "on");
        known.put("SEPTET_SECRETS", "-");
        known.put("SEPTET_NOTIFY_COMMANDS", "none may be run");
        known.put("SEPTET_NOTIFY_PRIVATE", "refused");
        known.put("SEPTET_NOTIFY_CA", "the JDK's");
        known.put("SEPTET_S3_ENDPOINTS", "-");
        known.put("SEPTET_RUN_KEY_FILE", "run.key in the state folder");
        known.put("SEPTET_APPROVERS", "-");
        known.put("SEPTET_UNSIGNED_APPROVALS", "refused");
        known.put(CodecSettings.KEYS, "payloads are not encrypted");
        known.put(CodecSettings.ENDPOINT, "-");
        known.put(CodecSettings.TOKEN_FILE, "-");
        known.put(LogFormatOption.VARIABLE, "plain");
        known.put("AWS_ACCESS_KEY_ID", "-");
        known.put("AWS_SECRET_ACCESS_KEY", "-");
        known.put("AWS_SESSION_TOKEN", "-");
        known.put("AWS_REGION", "us-east-1");
        known.put("AWS_ENDPOINT_URL", "Amazon's");
        known.put("HF_ENDPOINT", "https://huggingface.co");
        known.put("HF_HOME", "~/.cache/huggingface");
        known.put("HF_HUB_OFFLINE", "0");
        known.put("HF_TOKEN", "-");
        known.put("HF_TOKEN_PATH", "token in HF_HOME");
        known.put("JAVA_HOME", "java on PATH");
        known.put("NO_COLOR", "-");
        return known;
    }
}
