package dev.septet.activities.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.llm.format.FolderDigest;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks before a publication that an export has only GGUF files that passed the exam, each with the examined bytes. */
public final class ExaminedFiles {
    /** Name of the exam's findings in the export. */
    public static final String FILE = "forms.json";

    private ExaminedFiles() {}

    /**
     * Checks an export.
     *
     * @param parts what the exam of the pipeline file has beside metrics; null when it has only them
     * @throws StageProblem CHAIN_BROKEN naming the first file that did not pass as it is, or an exam without these parts
     */
    static void check(Path export, @Nullable String parts) throws IOException {
        JsonNode root = findings(export);
        // An earlier version examined forms without these parts.
        if (!root.path("parts").asText("").equals(parts == null ? "" : parts)) {
            throw broken("the exam in %s was without these parts: %s".formatted(FILE, parts));
        }
        JsonNode findings = root.path("forms");
        try (Stream<Path> all = Files.list(export)) {
            for (Path file : all.filter(each -> each.toString().endsWith(".gguf"))
                    .sorted()
                    .toList()) {
                check(findings, String.valueOf(file.getFileName()), file);
            }
        }
    }

    private static JsonNode findings(Path export) throws IOException {
        Path file = export.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw broken("the export has no results of an exam in " + FILE);
        }
        try {
            return SpecJson.mapper().readTree(file.toFile());
        } catch (JsonProcessingException damaged) {
            throw broken(FILE + " is damaged");
        }
    }

    private static void check(JsonNode findings, String name, Path file) {
        for (JsonNode form : findings) {
            if (form.path("file").asText().equals(name)) {
                if (!form.path("verdict").asText().equals("GO")) {
                    throw broken("%s did not pass".formatted(name));
                } else if (!form.path("sha256").asText().equals(FolderDigest.ofFile(file))) {
                    throw broken("%s is not the file that passed: its bytes changed".formatted(name));
                }
                return;
            }
        }
        throw broken("%s took no exam".formatted(name));
    }

    private static StageProblem broken(String problem) {
        return new StageProblem(
                FailureType.CHAIN_BROKEN,
                "deploy: exam: %s. Nothing was published; start the pipeline again".formatted(problem));
    }
}
