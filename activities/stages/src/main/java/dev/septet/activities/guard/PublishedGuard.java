package dev.septet.activities.guard;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.endpoint.ModelEndpoints;
import dev.septet.activities.evaluate.safety.FoundGuard;
import dev.septet.activities.evaluate.safety.GuardFormat;
import dev.septet.activities.evaluate.safety.GuardModels;
import dev.septet.activities.store.ArtifactStore;
import dev.septet.dsl.pipeline.SpecDigest;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.deploy.ServingGuardSpec;
import dev.septet.dsl.pipeline.evaluate.SafetySpec;
import dev.septet.llm.format.FormatProblem;
import dev.septet.workflows.FailureType;
import dev.septet.workflows.artifact.ArtifactRef;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The guard of a published version, as the file {@code guard.json} of its export. The version's digest covers the file. A
 * server that opens the version finds the guard here, and serves nothing if the guard is another one.
 *
 * @param format of the file
 * @param spec what the pipeline file says
 * @param style of prompts and answers, which may be that of the guard's template
 * @param threshold from this probability on, a text is unsafe; null for a guard of a service
 * @param model the guard's files in the store; null for a guard of a service
 * @param judge digest of the guard's files, its style and its threshold, or of the service's address and model
 * @param template digest of everything that the guard's template writes around the texts: layout and taxonomy
 * @param digest of all of the above but {@code format}: the guard's identity, which the audit log names
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PublishedGuard(
        int format,
        @JsonProperty("guard") ServingGuardSpec spec,
        SafetySpec.Style style,
        @Nullable Double threshold,
        @Nullable ArtifactRef model,
        String judge,
        String template,
        String digest) {
    /** Name of the file in an export. */
    public static final String FILE = "guard.json";

    private static final int FORMAT = 1;
    private static final int MOST_BYTES = 64 << 10;
    private static final String BLOCK = "deploy";

    /**
     * A guard that was found.
     *
     * @param model its files in the store; null for a guard of a service
     */
    static PublishedGuard of(ServingGuardSpec spec, FoundGuard found, @Nullable ArtifactRef model) {
        GuardFormat format = found.format();
        Double threshold = model == null ? null : (Double) GuardModels.threshold(spec.judge());
        Map<String, Object> parts = new TreeMap<>();
        parts.put("guard", spec);
        parts.put("style", format.style().name());
        parts.put("judge", found.digest());
        parts.put("template", format.digest());
        if (model != null) {
            parts.put("model", model.sha256());
        }
        return new PublishedGuard(
                FORMAT, spec, format.style(), threshold, model, found.digest(), format.digest(), SpecDigest.of(parts));
    }

    /** Writes it to an export. */
    public void write(Path export) throws IOException {
        Files.writeString(
                export.resolve(FILE),
                SpecJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    }

    /**
     * The guard of an export; empty when the version has none.
     *
     * @throws StageProblem CHAIN_BROKEN when the file is damaged
     */
    public static Optional<PublishedGuard> read(Path export) throws IOException {
        Path file = export.resolve(FILE);
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw damaged("it is not a plain file");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        if (bytes.length > MOST_BYTES) {
            throw damaged("it is larger than 64 KB");
        }
        try {
            JsonNode json = SpecJson.mapper().readTree(bytes);
            int format = json.path("format").asInt();
            if (format > FORMAT) {
                throw damaged(String.format(
                        Locale.ROOT,
                        "it has the format %d; this version of Septet reads format %d. Use a newer version",
                        format,
                        FORMAT));
            }
            PublishedGuard read = SpecJson.mapper().treeToValue(json, PublishedGuard.class);
            if (read == null || format != FORMAT || read.digest == null || read.judge == null) {
                throw damaged("it lacks a name");
            }
            return Optional.of(read);
        } catch (JsonProcessingException | IllegalArgumentException | NullPointerException wrong) {
            throw damaged("it is not JSON of a guard");
        }
    }

    /**
     * Fetches the guard, and checks that it is the one that was published.
     *
     * @param endpoints services of the operator's file
     * @throws StageProblem CHAIN_BROKEN when it is another one, or its files are missing or damaged; POLICY_DENIED when
     *     the operator does not declare its endpoint or model
     */
    public FoundGuard verified(ArtifactStore store, ModelEndpoints endpoints) throws IOException {
        ArtifactRef files = model;
        FoundGuard found;
        try {
            found = files == null
                    ? GuardModels.atEndpoint(BLOCK, endpoints, spec.judge())
                    : GuardModels.inFolder(BLOCK, spec.judge(), store.fetch(files));
        } catch (FormatProblem | IOException missing) {
            throw new StageProblem(
                    FailureType.CHAIN_BROKEN,
                    "the guard of this version cannot be read, so the version is not served: %s; publish the version again"
                            .formatted(missing.getMessage()),
                    missing);
        }
        PublishedGuard now = of(spec, found, files);
        if (!now.digest.equals(digest)) {
            throw new StageProblem(
                    FailureType.CHAIN_BROKEN,
                    "the guard of this version is not the one that was published (%s differs), so the version is not served; publish the version again"
                            .formatted(
                                    !now.judge.equals(judge)
                                            ? files == null ? "its address or model" : "its model, style or threshold"
                                            : now.template.equals(template) ? "its declaration" : "its prompt"));
        }
        return found;
    }

    private static StageProblem damaged(String why) {
        return new StageProblem(
                FailureType.CHAIN_BROKEN,
                "%s, which names the guard of this version, is damaged: %s; publish the version again"
                        .formatted(FILE, why));
    }
}
