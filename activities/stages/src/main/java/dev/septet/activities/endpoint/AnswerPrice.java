package dev.septet.activities.endpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.operator.OperatorFile;
import org.jspecify.annotations.Nullable;

/**
 * Prices of a model's answers.
 *
 * @param input price of a million tokens of requests
 * @param output price of a million tokens of answers
 */
public record AnswerPrice(double input, double output) {
    /** The cost of tokens, in the endpoint's currency. */
    public double of(long promptTokens, long tokens) {
        return (input * promptTokens + output * tokens) / 1e6;
    }

    /** Reads {@code answerPrices:} of an endpoint, such as {@code {gpt-4o-mini: {input: 0.15, output: 0.60}}}. */
    static @Nullable AnswerPrice of(OperatorFile file, String at, JsonNode prices, String model) {
        String where = at + ": answerPrices";
        AnswerPrice found = null;
        for (var one : file.object(prices, where).properties()) {
            JsonNode price = file.object(one.getValue(), where + ": " + one.getKey(), "input", "output");
            AnswerPrice read = new AnswerPrice(
                    number(file, where + ": " + one.getKey(), price, "input"),
                    number(file, where + ": " + one.getKey(), price, "output"));
            found = one.getKey().equals(model) ? read : found;
        }
        return found;
    }

    private static double number(OperatorFile file, String at, JsonNode json, String name) {
        Double value = file.number(json, at, name);
        if (value == null || !(value >= 0) || value.isInfinite()) {
            throw file.wrong(at, name, "the price of a million tokens, such as 0.60");
        }
        return value;
    }
}
