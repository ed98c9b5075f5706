package dev.septet.activities.deploy.publication;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.store.Manifest;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.deploy.OciSpec;
import dev.septet.dsl.pipeline.deploy.TargetSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An OCI image layout with one artifact. Every file of the export is a separate layer under its
 * digest; its title is the file name with which ORAS and others restore it. The layout contains no
 * time stamp: equal exports give equal bytes.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md">Image
 *     layout</a>
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md">Guidelines
 *     for artifact usage</a>
 */
final class OciFiles implements TargetFiles {
    static final String ARTIFACT = "application/vnd.septet.model.v1";

    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String EMPTY = "application/vnd.oci.empty.v1+json";
    private static final String BLOBS = "blobs/sha256/";

    @Override
    public String type() {
        return "oci";
    }

    @Override
    public boolean handles(TargetSpec target) {
        return target instanceof OciSpec;
    }

    @Override
    public Map<String, Path> files(TargetSpec target, Exported export, Path scratch) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        ObjectNode manifest = SpecJson.mapper().createObjectNode();
        manifest.put("schemaVersion", 2).put("mediaType", MANIFEST).put("artifactType", ARTIFACT);
        manifest.set("config", blob(files, scratch, EMPTY, "{}"));
        ArrayNode layers = manifest.putArray("layers");
        Map<String, Path> contents = Manifest.filesBelow(export.folder());
        for (Manifest.Entry entry : Manifest.of(contents).files()) {
            Path file = contents.get(entry.path());
            if (file != null) {
                ObjectNode layer = descriptor(type(entry.path()), entry.sha256(), entry.sizeBytes());
                layer.putObject("annotations").put("org.opencontainers.image.title", entry.path());
                layers.add(layer);
                files.put(BLOBS + entry.sha256(), file);
            }
        }
        manifest.putObject("annotations").put("org.opencontainers.image.title", export.name());
        ObjectNode described = blob(files, scratch, MANIFEST, SpecJson.mapper().writeValueAsString(manifest));
        described.put("artifactType", ARTIFACT);
        described.putObject("annotations").put("org.opencontainers.image.ref.name", export.name());
        ObjectNode index = SpecJson.mapper().createObjectNode();
        index.put("schemaVersion", 2)
                .put("mediaType", INDEX)
                .putArray("manifests")
                .add(described);
        files.put("index.json", written(scratch, "index.json", index.toString()));
        files.put("oci-layout", written(scratch, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"));
        return files;
    }

    private static ObjectNode blob(Map<String, Path> files, Path scratch, String mediaType, String text)
            throws IOException {
        String digest = Sha256.of(text);
        files.put(BLOBS + digest, written(scratch, digest, text));
        return descriptor(mediaType, digest, text.getBytes(StandardCharsets.UTF_8).length);
    }

    private static ObjectNode descriptor(String mediaType, String sha256, long size) {
        return SpecJson.mapper()
                .createObjectNode()
                .put("mediaType", mediaType)
                .put("digest", "sha256:" + sha256)
                .put("size", size);
    }

    private static String type(String path) {
        String name = path.toLowerCase(Locale.ROOT);
        if (name.endsWith(".json")) {
            return "application/json";
        }
        return name.endsWith(".md") || name.endsWith(".jinja") ? "text/plain" : "application/octet-stream";
    }

    private static Path written(Path scratch, String name, String text) throws IOException {
        return Files.writeString(scratch.resolve(name), text);
    }
}
