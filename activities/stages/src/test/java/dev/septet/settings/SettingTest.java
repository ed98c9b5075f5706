package dev.septet.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.approval.ApprovalSettings;
import dev.septet.activities.basemodel.HubSettings;
import dev.septet.activities.notify.NotifySettings;
import dev.septet.activities.store.AtRest;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.store.bucket.S3Connection;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingTest {
    /** Who parses each variable, besides the check before a process starts. */
    private static final Map<String, Function<Map<String, String>, Object>> PARSERS = Map.of(
            "SEPTET_NOTIFY_PRIVATE", NotifySettings::of,
            "SEPTET_UNSIGNED_APPROVALS", ApprovalSettings::of,
            "SEPTET_STORE_CACHE_GB", AtRest.CacheBound::of,
            "SEPTET_TARGET_MODE", FileModes::ofTargets,
            "HF_ENDPOINT", environment -> HubSettings.of(environment, Path.of("home")),
            "AWS_ENDPOINT_URL", S3Connection::of,
            "AWS_ENDPOINT_URL_S3", S3Connection::of,
            "SEPTET_SANDBOX", Setting.SANDBOX::text);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        SEPTET_SANDBOX            | no             | on or off, got 'no'
        SEPTET_SANDBOX            | OFF            | on or off, got 'OFF'
        SEPTET_NOTIFY_PRIVATE     | yes            | allow, got 'yes'
        SEPTET_UNSIGNED_APPROVALS | true           | allow, got 'true'
        SEPTET_STORE_CACHE_GB     | 50GB           | a whole number of gigabytes such as 50, got '50GB'
        SEPTET_STORE_CACHE_GB     | -1             | a whole number of gigabytes such as 50, got '-1'
        SEPTET_STORE_CACHE_GB     | 1234567        | a whole number of gigabytes such as 50, got '1234567'
        SEPTET_TARGET_MODE        | public         | private or group, got 'public'
        HF_ENDPOINT               | my hub         | an address such as https://huggingface.co, got 'my hub'
        HF_ENDPOINT               | ftp://hub      | an address such as https://huggingface.co, got 'ftp://hub'
        AWS_ENDPOINT_URL          | localhost:9000 | an address such as https://s3.example, got 'localhost:9000'
        AWS_ENDPOINT_URL_S3       | s3             | an address such as https://s3.example, got 's3'
        AWS_ENDPOINT_URL          | ftp://u:pw@s3  | an address such as https://s3.example, got 'ftp://(hidden)@s3'
        AWS_ENDPOINT_URL          | u:pw@s3:9000   | an address such as https://s3.example, got '(hidden)@s3:9000'
        AWS_ENDPOINT_URL          | ftp://u:p@/w@s | an address such as https://s3.example, got 'ftp://(hidden)@s'
        """)
    void aBadValueIsToldByItsName(String variable, String value, String expected) {
        Map<String, String> environment = Map.of(variable, value);
        String message = variable + " is " + expected;

        refuses(() -> Setting.check(environment), message);
        refuses(() -> Objects.requireNonNull(PARSERS.get(variable)).apply(environment), message);
    }

    private static void refuses(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void allBadValuesAreToldAtOnce() {
        refuses(
                () -> Setting.check(Map.of("SEPTET_SANDBOX", "0", "SEPTET_STORE_CACHE_GB", "many")),
                "SEPTET_STORE_CACHE_GB is a whole number of gigabytes such as 50, got 'many';"
                        + " SEPTET_SANDBOX is on or off, got '0'");
    }

    @Test
    void goodValuesAndEmptyOnesPass() {
        for (Setting setting : Setting.values()) {
            Setting.check(Map.of(setting.variable(), " "));
        }
        Map<String, String> environment = Map.of(
                "SEPTET_SANDBOX", "on",
                "SEPTET_NOTIFY_PRIVATE", " allow ",
                "SEPTET_UNSIGNED_APPROVALS", "allow",
                "SEPTET_STORE_CACHE_GB", "0",
                "SEPTET_TARGET_MODE", "group",
                "HF_ENDPOINT", "http://127.0.0.1:8080/",
                "AWS_ENDPOINT_URL", "https://me:pw@s3.example:9000");

        Setting.check(environment);

        assertThat(NotifySettings.of(environment).privateAddresses()).isTrue();
        assertThat(NotifySettings.of(Map.of()).privateAddresses()).isFalse();
        assertThat(ApprovalSettings.of(environment).unsigned()).isTrue();
        assertThat(ApprovalSettings.of(Map.of()).unsigned()).isFalse();
        assertThat(AtRest.CacheBound.of(environment).bytes()).isZero();
        assertThat(AtRest.CacheBound.of(Map.of()).bytes()).isEqualTo(100_000_000_000L);
        assertThat(HubSettings.of(environment, Path.of("home")).endpoint()).hasToString("http://127.0.0.1:8080");
        assertThat(HubSettings.of(Map.of(), Path.of("home")).endpoint()).hasToString("https://huggingface.co");
    }

    @Test
    void patternsStandForTheirVariables() {
        assertThat(Setting.of("SEPTET_SECRET_HOOK")).contains(Setting.SECRET);
        assertThat(Setting.of("SEPTET_SECRET_HOOK_PIPELINES")).contains(Setting.SECRET_PIPELINES);
        assertThat(Setting.of("SEPTET_SECRETS")).contains(Setting.SECRETS);
        assertThat(Setting.of("TEMPORAL_TLS")).contains(Setting.TEMPORAL_TLS);
        assertThat(Setting.of("TEMPORAL_TLS_CLIENT_KEY_DATA")).contains(Setting.TEMPORAL_TLS_KEY);
        assertThat(Setting.of("TEMPORAL_TLS_CLIENT_KEY_PATH")).contains(Setting.TEMPORAL_TLS_PART);
        assertThat(Setting.of("SEPTET_SECRET_")).isEmpty();
        assertThat(Setting.of("SEPTET_STORES")).isEmpty();
        assertThat(Setting.SECRET.value("HOOK", Map.of("SEPTET_SECRET_HOOK", "x")))
                .isEqualTo("x");
    }
}
