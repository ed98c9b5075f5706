package dev.septet.activities.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.store.Manifest;
import dev.septet.activities.store.bucket.S3Folder;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A bucket prefix that models are published to.
 *
 * <pre>
 * versions/&lt;version&gt;/...             complete when its manifest.json exists; it is written last
 * current.json                       the live version; replaced atomically
 * </pre>
 */
final class VersionBucket implements TargetPlace {
    /** The alias object's name. */
    static final String CURRENT = "current.json";

    private static final String VERSIONS = "versions/";

    private final S3Folder folder;

    /**
     * The content of the alias object.
     *
     * @param manifest key of the version's manifest, relative to the prefix
     * @param sha256 digest of that manifest
     */
    record Alias(String version, String manifest, String sha256) {}

    VersionBucket(S3Folder folder) {
        this.folder = folder;
    }

    @Override
    public String location() {
        return folder.at() + CURRENT;
    }

    @Override
    public void add(String version, Map<String, Path> files) throws IOException {
        refuseForeign();
        if (!holds(version)) {
            folder.put(VERSIONS + version + "/", files);
        }
    }

    @Override
    public boolean holds(String version) throws IOException {
        return folder.holds(VERSIONS + version + "/");
    }

    @Override
    public List<String> versions() throws IOException {
        return folder.names(VERSIONS);
    }

    @Override
    public Optional<String> current() throws IOException {
        Optional<String> text = folder.text(CURRENT);
        return text.isEmpty()
                ? Optional.empty()
                : Optional.of(parsed(text.get()).version());
    }

    @Override
    public void point(String version) throws IOException {
        if (!holds(version)) {
            throw StageProblem.invalid("%s has no complete version %s; it has %s"
                    .formatted(folder.at(), version, String.join(", ", versions())));
        }
        if (current().equals(Optional.of(version))) {
            return;
        }
        String manifest = VERSIONS + version + "/" + Manifest.FILE;
        Alias alias = new Alias(
                version,
                manifest,
                folder.manifest(VERSIONS + version + "/").orElseThrow().digest());
        folder.replace(CURRENT, (SpecJson.mapper().writeValueAsString(alias) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void unpoint(String version) throws IOException {
        if (current().equals(Optional.of(version))) {
            folder.delete(CURRENT);
        }
    }

    @Override
    public void remove(String version) throws IOException {
        if (!current().equals(Optional.of(version))) {
            folder.deleteAll(VERSIONS + version + "/");
        }
    }

    @Override
    public void refuseForeign() throws IOException {
        List<String> foreign = new ArrayList<>(folder.names(""));
        foreign.removeAll(List.of("versions", CURRENT));
        if (!foreign.isEmpty()) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "%s holds %s, which no publication created: name a separate prefix, or move it away"
                            .formatted(folder.at(), foreign.get(0)));
        }
    }

    private Alias parsed(String text) {
        try {
            return SpecJson.mapper().readValue(text, Alias.class);
        } catch (JsonProcessingException e) {
            throw new StageProblem(
                    FailureType.POLICY_DENIED,
                    "%s%s is not an alias that a publication wrote: move it away".formatted(folder.at(), CURRENT));
        }
    }
}
