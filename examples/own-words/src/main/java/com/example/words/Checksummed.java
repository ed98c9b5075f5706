package com.example.words;

import dev.septet.activities.deploy.publication.Exported;
import dev.septet.activities.deploy.publication.TargetExtension;
import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.pipeline.ExtensionSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** A folder with the merged model and a list that {@code sha256sum --check} reads. */
public final class Checksummed implements TargetExtension {
    private static final String LIST = "SHA256SUMS";

    @Override
    public ExtensionWord word() {
        return ExtensionWord.target(
                "checksummed", "A folder with the merged model and SHA256SUMS, for `sha256sum --check`.");
    }

    @Override
    public Map<String, Path> files(ExtensionSpec used, Exported export, Path scratch) throws IOException {
        Map<String, Path> files = new TreeMap<>(export.documents());
        files.putAll(export.below(export.model(), "model/"));
        StringBuilder list = new StringBuilder();
        for (Map.Entry<String, Path> file : files.entrySet()) {
            list.append(sha256(file.getValue()))
                    .append("  ")
                    .append(file.getKey())
                    .append('\n');
        }
        files.put(LIST, Files.writeString(scratch.resolve(LIST), list));
        return files;
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
