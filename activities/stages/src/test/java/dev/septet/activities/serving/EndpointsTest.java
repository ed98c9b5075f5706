package dev.septet.activities.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.store.ArtifactStore;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The addresses at which pipelines are served. */
class EndpointsTest {
    private static final Fence FENCE = new Fence("run-1/deploy", 1);

    @TempDir
    private Path temp = Path.of("");

    @Test
    void aPipelineWithoutTargetHasNone() throws IOException {
        ArtifactStore store = new LocalStore(temp.resolve("store"));
        Endpoints endpoints = new Endpoints(store);
        Endpoint support = new Endpoint("127.0.0.1", 8080, "SUPPORT_KEYS");
        endpoints.set("support", support, FENCE);
        endpoints.set("other", new Endpoint("127.0.0.1", 8081, null), FENCE);
        endpoints.set("other", null, FENCE);
        assertThat(endpoints.all()).containsOnlyKeys("support").containsValue(support);
    }
}
