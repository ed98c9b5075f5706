package dev.septet.activities.train.hosted;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.activities.quota.TeamUse;
import dev.septet.activities.secret.MaskedText;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import dev.septet.workflows.Progress;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a service reports about a fine-tuning job.
 *
 * @param json a {@code fine_tuning.job}
 */
record ServiceJob(String id, JsonNode json) {
    /** Name of the note beside the ledger. */
    static final String NOTE = "job.json";

    private static final int LONGEST_STATUS = 40;
    private static final int LONGEST_VALUE = 32;

    /** A job with a plain id; empty when it has none. */
    static Optional<ServiceJob> of(JsonNode json) {
        return ServiceIds.of(json.path("id")).map(id -> new ServiceJob(id, json));
    }

    private String status() {
        return json.path("status").asText();
    }

    boolean succeeded() {
        return status().equals("succeeded");
    }

    boolean failed() {
        return status().equals("failed");
    }

    boolean cancelled() {
        return status().equals("cancelled") || status().equals("canceled");
    }

    /** Whether the service still works with it, and may charge for it. */
    boolean open() {
        return !succeeded() && !failed() && !cancelled();
    }

    boolean trainsOn(@Nullable String file) {
        return json.path("training_file").asText().equals(file);
    }

    /** Seconds since 1970. */
    long finishedAt() {
        return json.path("finished_at").asLong(0);
    }

    long createdAt() {
        return json.path("created_at").asLong(0);
    }

    long trainedTokens() {
        return Math.max(0, json.path("trained_tokens").asLong(0));
    }

    /** The model's name; empty when the service gives none that Septet can use. */
    Optional<String> model() {
        JsonNode name = json.path("fine_tuned_model");
        return name.isTextual() && name.asText().matches(OpenAiSpec.MODEL_PATTERN)
                ? Optional.of(name.asText())
                : Optional.empty();
    }

    /** Ids of the files with its metrics. */
    List<String> resultFiles() {
        List<String> ids = new ArrayList<>();
        json.path("result_files").forEach(id -> ServiceIds.of(id).ifPresent(ids::add));
        return ids;
    }

    /** Why it failed, by the service. */
    String reason() {
        JsonNode error = json.path("error");
        String message = error.path("message").asText("");
        String code = error.path("code").asText("");
        String all = message.isBlank() ? code : code.isBlank() ? message : code + ": " + message;
        return all.isBlank() ? "the service gives no reason" : MaskedText.lineWithoutQuotes(all);
    }

    /** Whether the service refuses the rows, which another job would not change. */
    boolean refusesRows() {
        String code = json.path("error").path("code").asText("").toLowerCase(Locale.ROOT);
        String field = json.path("error").path("param").asText("");
        return code.contains("invalid_training_file")
                || code.contains("invalid_validation_file")
                || code.contains("invalid_file_format")
                || field.equals("training_file")
                || field.equals("validation_file");
    }

    /** What people see while it is open. */
    Progress progress(ModelEndpoint endpoint, JobMetrics.Latest latest, Instant now) {
        String status = MaskedText.line(status());
        long finish = json.path("estimated_finish").asLong(0);
        Duration left = Duration.between(now, Instant.ofEpochSecond(finish));
        return new Progress(
                "training at endpoint %s (job %s is %s)"
                        .formatted(
                                endpoint.name(),
                                id,
                                status.isEmpty()
                                        ? "open"
                                        : status.substring(0, Math.min(LONGEST_STATUS, status.length()))),
                latest.step(),
                latest.total(),
                "steps",
                latest.loss(),
                null,
                finish == 0 || left.isNegative() ? null : (Double) (double) left.toSeconds(),
                null,
                null);
    }

    /** What it cost, for people. */
    String cost(ModelEndpoint endpoint, String base) {
        String tokens = String.format(Locale.ROOT, "%,d trained tokens", trainedTokens());
        Double cost = endpoint.cost(base, trainedTokens());
        return cost == null ? tokens : tokens + String.format(Locale.ROOT, ", %.2f %s", cost, endpoint.currency());
    }

    /** Counts its cost as use of the run and its team, once it has ended. A cancelled job costs what it trained. */
    void countUse(ModelEndpoint endpoint, String base) throws IOException {
        if (!open()) {
            long ended = TimeUnit.SECONDS.toMillis(finishedAt());
            TeamUse.countJob(
                    endpoint.name() + " " + id, ended, endpoint.cost(base, trainedTokens()), endpoint.currency());
        }
    }

    /** The note beside the ledger: what was trained, and what it cost. */
    String note(ModelEndpoint endpoint, String base) {
        ObjectNode note = SpecJson.mapper().createObjectNode();
        note.put("base", base);
        Double price = endpoint.prices().get(base);
        if (price != null) {
            note.put("cost", endpoint.cost(base, trainedTokens()))
                    .put("currency", endpoint.currency())
                    .put("pricePerMillionTokens", price);
        }
        note.put("createdAt", createdAt()).put("endpoint", endpoint.name());
        note.put("finishedAt", finishedAt()).put("format", 1);
        ObjectNode chosen = note.putObject("hyperparameters");
        JsonNode method = json.path("method");
        JsonNode set = method.path(method.path("type").asText()).path("hyperparameters");
        for (String name : List.of("batch_size", "beta", "learning_rate_multiplier", "n_epochs")) {
            JsonNode value = set.has(name)
                    ? set.path(name)
                    : json.path("hyperparameters").path(name);
            if (value.isNumber() || (value.isTextual() && value.asText().length() <= LONGEST_VALUE)) {
                chosen.set(name, value);
            }
        }
        note.put("job", id).put("model", model().orElse("")).put("trainedTokens", trainedTokens());
        try {
            return SpecJson.mapper().writeValueAsString(note) + "\n";
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException("a tree can be written", e);
        }
    }
}
