package dev.septet.activities.endpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.llm.format.StrictJson;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A model that a service holds and answers for. Septet knows only its name, and stores it as the file
 * {@code endpoint-model.json} in the place of weights.
 *
 * @param endpoint name in the operator's file
 * @param model name of the model at the service
 * @param base the model that it was trained from, as the service names it
 * @param job id of the fine-tuning job
 */
public record EndpointModel(String endpoint, String model, String base, String job) {
    /** Name of the only file of such a model. */
    public static final String FILE = "endpoint-model.json";

    private static final int FORMAT = 1;
    private static final int MOST_BYTES = 64 << 10;
    private static final String FORMAT_NAME = "format";

    public EndpointModel {
        require("endpoint", endpoint, OpenAiSpec.ENDPOINT_PATTERN);
        require("model", model, OpenAiSpec.MODEL_PATTERN);
        require("base", base, OpenAiSpec.MODEL_PATTERN);
        require("job", job, OpenAiSpec.MODEL_PATTERN);
    }

    private static void require(String name, String value, String pattern) {
        if (!value.matches(pattern)) {
            throw new IllegalArgumentException(
                    "`%s` is not a name with letters, digits and any of . _ : / @ -".formatted(name));
        }
    }

    /** Writes it as the only file of a folder. */
    public void write(Path folder) throws IOException {
        ObjectNode json = SpecJson.mapper().createObjectNode();
        json.put("base", base)
                .put("endpoint", endpoint)
                .put(FORMAT_NAME, FORMAT)
                .put("job", job)
                .put("model", model);
        Files.writeString(
                folder.resolve(FILE), SpecJson.mapper().writeValueAsString(json) + "\n", StandardCharsets.UTF_8);
    }

    /**
     * The model of a folder; empty when the folder has weights.
     *
     * @throws StageProblem CHAIN_BROKEN when the file is damaged
     */
    public static Optional<EndpointModel> read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
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
        return Optional.of(parsed(bytes));
    }

    private static EndpointModel parsed(byte[] bytes) throws IOException {
        JsonNode json;
        try {
            json = StrictJson.MAPPER.readTree(bytes);
        } catch (JsonProcessingException invalid) {
            throw damaged("it is not JSON");
        }
        TreeSet<String> names = new TreeSet<>();
        json.fieldNames().forEachRemaining(names::add);
        JsonNode format = json.path(FORMAT_NAME);
        if (format.isInt() && format.asInt() > FORMAT) {
            throw damaged(String.format(
                    Locale.ROOT,
                    "it has the format %d; this version of Septet reads format %d. Use a newer version",
                    format.asInt(),
                    FORMAT));
        } else if (!format.isInt() || format.asInt() != FORMAT) {
            throw damaged(String.format(Locale.ROOT, "it has no `format: %d`", FORMAT));
        } else if (!String.join(" ", names).equals("base endpoint format job model")) {
            throw damaged("it must have the names base, endpoint, format, job and model");
        }
        for (String name : names) {
            if (!name.equals(FORMAT_NAME) && !json.path(name).isTextual()) {
                throw damaged("`%s` is not text".formatted(name));
            }
        }
        try {
            return new EndpointModel(
                    json.path("endpoint").asText(),
                    json.path("model").asText(),
                    json.path("base").asText(),
                    json.path("job").asText());
        } catch (IllegalArgumentException wrong) {
            throw damaged(String.valueOf(wrong.getMessage()));
        }
    }

    private static StageProblem damaged(String why) {
        return new StageProblem(
                FailureType.CHAIN_BROKEN,
                "%s, which names the model of a service, is damaged: %s; train the model again".formatted(FILE, why));
    }
}
