package dev.septet.activities.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.store.Manifest;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.deploy.OciSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OciTargetTest extends FolderTargetContract {
    @Override
    protected TargetSpec spec() {
        return new OciSpec("out");
    }

    /** As image-spec 1.1 says it: layout file, index, manifest with an artifact type, blobs. */
    @Test
    void isAnImageLayoutOfOneArtifact() throws IOException {
        Path folder = published("layout");
        assertThat(json(folder.resolve("oci-layout")).path("imageLayoutVersion").asText())
                .isEqualTo("1.0.0");
        JsonNode index = json(folder.resolve("index.json"));
        assertThat(index.path("schemaVersion").asInt()).isEqualTo(2);
        assertThat(index.path("mediaType").asText()).isEqualTo("application/vnd.oci.image.index.v1+json");
        assertThat(index.path("manifests")).hasSize(1);
        JsonNode described = index.path("manifests").path(0);
        assertThat(described.path("mediaType").asText()).isEqualTo("application/vnd.oci.image.manifest.v1+json");
        JsonNode manifest = json(blob(folder, described));
        assertThat(manifest.path("schemaVersion").asInt()).isEqualTo(2);
        assertThat(manifest.path("artifactType").asText())
                .isEqualTo(described.path("artifactType").asText())
                .matches("[a-z]+/vnd\\.[a-z.0-9]+");
        assertThat(manifest.path("config").path("mediaType").asText()).isEqualTo("application/vnd.oci.empty.v1+json");
        assertThat(blob(folder, manifest.path("config"))).hasContent("{}");
        Map<String, Path> files = new TreeMap<>();
        for (JsonNode layer : manifest.path("layers")) {
            files.put(
                    layer.path("annotations")
                            .path("org.opencontainers.image.title")
                            .asText(),
                    blob(folder, layer));
        }
        Map<String, Path> exported = Manifest.filesBelow(exported().folder());
        assertThat(files.keySet()).isEqualTo(exported.keySet());
        for (Map.Entry<String, Path> file : exported.entrySet()) {
            assertThat(files.get(file.getKey())).hasSameBinaryContentAs(file.getValue());
        }
    }

    private static Path blob(Path folder, JsonNode descriptor) throws IOException {
        String digest = descriptor.path("digest").asText();
        assertThat(digest).matches("sha256:[0-9a-f]{64}");
        assertThat(descriptor.path("mediaType").asText()).isNotEmpty();
        Path blob = folder.resolve("blobs/sha256").resolve(digest.substring("sha256:".length()));
        assertThat(Files.size(blob)).isEqualTo(descriptor.path("size").asLong());
        assertThat("sha256:" + Sha256.of(Files.readAllBytes(blob))).isEqualTo(digest);
        return blob;
    }

    private static JsonNode json(Path file) throws IOException {
        return SpecJson.mapper().readTree(file.toFile());
    }
}
