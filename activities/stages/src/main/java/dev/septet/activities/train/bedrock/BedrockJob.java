package dev.septet.activities.train.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.endpoint.BedrockAccount;
import dev.septet.activities.endpoint.ModelEndpoint;
import dev.septet.activities.quota.TeamUse;
import dev.septet.activities.secret.MaskedText;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.dsl.pipeline.backend.OpenAiSpec;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What Bedrock reports about a model customization job.
 *
 * @param name that Septet chose
 * @param json an answer of {@code GetModelCustomizationJob}
 */
record BedrockJob(String name, JsonNode json) {
    /** Name of the note beside the ledger. */
    static final String NOTE = "job.json";

    private static final String ARN = "arn:aws[a-z-]*:bedrock:[A-Za-z0-9._:/-]{1,230}";
    private static final int LONGEST_VALUE = 32;

    private String status() {
        return json.path("status").asText();
    }

    boolean completed() {
        return status().equals("Completed");
    }

    boolean failed() {
        return status().equals("Failed");
    }

    boolean stopped() {
        return status().equals("Stopped");
    }

    /** Whether Bedrock still works with it, and may charge for it. */
    boolean open() {
        return !completed() && !failed() && !stopped();
    }

    /** Whether this run created it: other jobs have other tokens. */
    boolean isOf(BedrockRecord record) {
        return json.path("clientRequestToken").asText().equals(record.job());
    }

    /** What it does, for people. */
    String state() {
        StringBuilder state = new StringBuilder(MaskedText.line(status()));
        json.path("statusDetails").properties().forEach(part -> {
            String name = part.getKey().replace("Details", "");
            String its = part.getValue().path("status").asText("");
            if (name.matches("[A-Za-z]{1,32}") && its.matches("[A-Za-z]{1,32}")) {
                state.append(", ").append(name).append(' ').append(its);
            }
        });
        return state.isEmpty() ? "open" : state.toString();
    }

    /** Why it failed, by Bedrock. */
    String reason() {
        String message = json.path("failureMessage").asText("");
        return message.isBlank() ? "Bedrock gives no reason" : MaskedText.lineWithoutQuotes(message);
    }

    /** Its own address; the name when Bedrock gives none that Septet can store. */
    String arn() {
        return arn("jobArn")
                .filter(arn -> arn.matches(OpenAiSpec.MODEL_PATTERN))
                .orElse(name);
    }

    /** Address of the trained model; empty when Bedrock gives none that Septet can use. */
    Optional<String> model() {
        return arn("outputModelArn");
    }

    private Optional<String> arn(String field) {
        JsonNode arn = json.path(field);
        return arn.isTextual() && arn.asText().matches(ARN) ? Optional.of(arn.asText()) : Optional.empty();
    }

    /** What it cost by the operator's price and Septet's count of tokens, for people. */
    static String cost(ModelEndpoint endpoint, String base, long tokens) {
        String trained = String.format(Locale.ROOT, "about %,d trained tokens", tokens);
        Double cost = endpoint.cost(base, tokens);
        return cost == null ? trained : trained + String.format(Locale.ROOT, ", %.2f %s", cost, endpoint.currency());
    }

    /** Counts the cost of a completed job as use of the run and its team. */
    void countUse(ModelEndpoint endpoint, String base, long tokens) throws IOException {
        TeamUse.countJob(
                "bedrock " + arn(),
                TimeUnit.SECONDS.toMillis(seconds("endTime")),
                endpoint.cost(base, tokens),
                endpoint.currency());
    }

    /**
     * The note beside the ledger: what was trained, and what it cost.
     *
     * @param tokens by Septet's count, because Bedrock reports none
     * @param deployment address of the deployment
     */
    String note(ModelEndpoint endpoint, String base, long tokens, String deployment) {
        ObjectNode note = SpecJson.mapper().createObjectNode();
        note.put("base", base);
        Double price = endpoint.prices().get(base);
        if (price != null) {
            note.put("cost", endpoint.cost(base, tokens))
                    .put("currency", endpoint.currency())
                    .put("pricePerMillionTokens", price);
        }
        note.put("createdAt", seconds("creationTime")).put("customModel", model().orElse(""));
        note.put("endpoint", BedrockAccount.NAME).put("estimated", true);
        note.put("finishedAt", seconds("endTime")).put("format", 1);
        ObjectNode chosen = note.putObject("hyperparameters");
        json.path("hyperParameters").properties().stream()
                .filter(one -> one.getKey().matches("[A-Za-z0-9_-]{1,64}"))
                .filter(one ->
                        one.getValue().isTextual() && one.getValue().asText().length() <= LONGEST_VALUE)
                .sorted(java.util.Map.Entry.comparingByKey())
                .limit(64)
                .forEach(one -> chosen.put(one.getKey(), one.getValue().asText()));
        note.put("job", arn()).put("model", deployment).put("trainedTokens", tokens);
        try {
            return SpecJson.mapper().writeValueAsString(note) + "\n";
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException("a tree can be written", e);
        }
    }

    /** Seconds since 1970; 0 = not known. */
    private long seconds(String field) {
        try {
            return OffsetDateTime.parse(json.path(field).asText()).toEpochSecond();
        } catch (DateTimeException other) {
            return 0;
        }
    }
}
