package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Septet beside a cluster that requires client certificates and API keys with claims. */
@Tag("long")
class AuthorizedClusterIT {
    @TempDir
    private static Path root;

    private static AuthorizedServer cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = AuthorizedServer.start(root.resolve("cluster"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aRunEndsWithAKeyThatMayWriteAndWork() throws Exception {
        Path pipelines = root.resolve("pipelines");
        Workspace.in(pipelines, "guarded", 100, Pipelines.small(10));
        Path worker = cluster.profile("worker", cluster.apiKey("default:write", "default:worker"));
        try (DevStack stack = DevStack.beside(cluster.ref(worker), root.resolve("state"), pipelines)) {
            var report = stack.result(stack.begin("guarded"), Duration.ofMinutes(4));
            assertThat(report.toString()).contains("guarded");

            Path reader = cluster.profile("reader", cluster.apiKey("default:read"));
            assertThat(septet(reader, "runs").all()).contains("guarded");
        }
    }

    @Test
    void whatAKeyMayNotDoIsSaidPlainly() throws Exception {
        Path foreign = cluster.profile("foreign", cluster.apiKey("other:admin"));
        Shell.Said said = septet(foreign, "runs");
        assertThat(said.status()).as(said.all()).isEqualTo(1);
        assertThat(said.err())
                .contains("the Temporal server refused", "the API key")
                .doesNotContain("at io.");
    }

    @Test
    void withoutACertificateOrTlsNothingAnswers() throws Exception {
        Path bare = cluster.profileWithoutCertificate("bare", cluster.apiKey("default:admin"));
        for (Map<String, String> environment : java.util.List.of(
                Map.of("TEMPORAL_CONFIG_FILE", bare.toString()), Map.of("TEMPORAL_ADDRESS", cluster.address()))) {
            Shell.Said said = Shell.septet(root, with(environment), 120, "runs");
            assertThat(said.status()).as(said.all()).isEqualTo(69);
            assertThat(said.err()).contains("does not answer", "TLS");
        }
    }

    private static Shell.Said septet(Path profile, String... words) throws Exception {
        return Shell.septet(root, with(Map.of("TEMPORAL_CONFIG_FILE", profile.toString())), 120, words);
    }

    private static Map<String, String> with(Map<String, String> environment) {
        Map<String, String> all = new java.util.HashMap<>(environment);
        all.putAll(DevStack.environment(root.resolve("state")));
        return all;
    }
}
