package dev.septet.workers.cli.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The parts of a bundle, and what was left out, with the reason. Written as one zip file at the end. */
final class BundleFile {
    /** The first entry, which lists the others. */
    static final String MANIFEST = "manifest.json";

    private final Map<String, String> parts = new LinkedHashMap<>();
    private final Map<String, String> about = new LinkedHashMap<>();
    private final Map<String, String> leftOut = new LinkedHashMap<>();

    /** Adds a part. */
    void add(String name, String description, JsonNode content) {
        add(name, description, content.toPrettyString() + "\n");
    }

    /** Adds a part of text. */
    void add(String name, String description, String content) {
        parts.put(name, content);
        about.put(name, description);
    }

    /** Notes what is not in the bundle. */
    void leaveOut(String what, String why) {
        leftOut.put(what, why);
    }

    /** What is in the bundle, and what is not. */
    ObjectNode manifest() {
        ObjectNode manifest = SpecJson.mapper().createObjectNode();
        ObjectNode entries = manifest.putObject("entries");
        parts.forEach((name, content) -> entries.putObject(name)
                .put("bytes", content.getBytes(StandardCharsets.UTF_8).length)
                .put("about", about.get(name)));
        ObjectNode missing = manifest.putObject("leftOut");
        leftOut.forEach(missing::put);
        return manifest;
    }

    /**
     * Writes the file, readable by its owner only. A file of this name is replaced at the end, or stays as it is.
     *
     * @return number of bytes
     */
    long write(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            try (OutputStream out = Files.newOutputStream(file)) {
                writeTo(out);
            }
            return 0;
        }
        Path folder = file.toAbsolutePath().getParent();
        Path temporary = Files.createTempFile(folder, "septet-support", ".new"); // for its owner only
        try {
            try (OutputStream out = Files.newOutputStream(temporary)) {
                writeTo(out);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return Files.size(file);
    }

    private void writeTo(OutputStream out) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            put(zip, MANIFEST, manifest().toPrettyString() + "\n");
            for (Map.Entry<String, String> part : parts.entrySet()) {
                put(zip, part.getKey(), part.getValue());
            }
        }
    }

    private static void put(ZipOutputStream zip, String name, String content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }
}
